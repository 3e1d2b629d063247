"""La hora de la máquina, comparada con la de un servidor NTP: una constancia vale lo que vale su reloj.

El trabajador pregunta cada pocos minutos (SNTP, RFC 4330: un paquete de ida y uno de vuelta) y deja la respuesta en la
memoria compartida; quien actúa solo la lee, y nunca espera a la red. Si nadie contestó, no se inventa nada: se dice
«no se pudo comprobar». El Inacal publica la hora oficial del Perú por NTP; los servidores se eligen en ``LLAQTA_NTP``.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import caches

PUERTO = 123
ESPERA = 2.0
MINUTOS_QUE_VALE = 10
MAXIMO_DESFASE = timedelta(seconds=2)
_LLAVE = "cimientos.reloj_ntp"
_DE_1900_A_1970 = 2_208_988_800
_SIN_SINCRONIZAR = 3


class RelojSinRespuesta(Exception):
    """Ningún servidor de hora contestó algo que se pueda creer."""


@dataclass(frozen=True)
class Comprobacion:
    """Cuánto se aparta este reloj del de un servidor, y cuándo se preguntó.

    ``desfase_ms`` es lo que habría que sumarle a este reloj: positivo, este atrasa.
    """

    servidor: str
    desfase_ms: int
    medida_en: str

    @property
    def es_confiable(self) -> bool:
        """Verdadero si se aparta dos segundos o menos."""
        return abs(self.desfase_ms) <= MAXIMO_DESFASE.total_seconds() * 1000

    def como_datos(self) -> dict[str, Any]:
        """Como se guarda junto al acto."""
        return asdict(self)


def consultar(servidor: str, *, espera: float = ESPERA) -> float:
    """Pregunta la hora a un servidor (``nombre`` o ``nombre:puerto``) y devuelve el desfase en segundos.

    :raises RelojSinRespuesta: si no contesta, contesta otra cosa, o dice que él tampoco tiene la hora
    """
    import time  # noqa: PLC0415 — el único lugar de los cimientos que mira el reloj del sistema

    nombre, _, puerto = servidor.partition(":")
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as enchufe:
            enchufe.settimeout(espera)
            salida = time.time()
            marca = _a_ntp(salida)
            enchufe.sendto(bytes([0x23]) + bytes(39) + marca, (nombre, int(puerto or PUERTO)))
            respuesta, _ = enchufe.recvfrom(512)
            llegada = time.time()
    except (OSError, ValueError) as error:
        raise RelojSinRespuesta(f"{servidor}: {error}") from error
    if len(respuesta) < 48 or respuesta[0] & 0x07 != 4 or respuesta[24:32] != marca:
        raise RelojSinRespuesta(f"{servidor}: la respuesta no es la de esta pregunta")
    if respuesta[0] >> 6 == _SIN_SINCRONIZAR or not 1 <= respuesta[1] <= 15:
        raise RelojSinRespuesta(f"{servidor}: dice que no tiene la hora")
    recibida, enviada = _de_ntp(respuesta[32:40]), _de_ntp(respuesta[40:48])
    return ((recibida - salida) + (enviada - llegada)) / 2


def comprobar(*, ahora: datetime, servidores: Sequence[str] | None = None) -> Comprobacion | None:
    """Pregunta a los servidores en orden y guarda la primera respuesta; ``None`` si ninguno está puesto o contesta."""
    for servidor in settings.NTP if servidores is None else servidores:
        try:
            desfase = consultar(servidor)
        except RelojSinRespuesta:
            continue
        hecha = Comprobacion(servidor, round(desfase * 1000), ahora.isoformat(timespec="seconds"))
        caches["default"].set(_LLAVE, hecha.como_datos(), MINUTOS_QUE_VALE * 60)
        return hecha
    return None


def ultima() -> Comprobacion | None:
    """La última comprobación, si tiene menos de diez minutos."""
    if not settings.NTP:
        return None
    datos = caches["default"].get(_LLAVE)
    return Comprobacion(**datos) if datos else None


def en_palabras(datos: dict[str, Any]) -> str:
    """Lo que una constancia dice del reloj: con quién se comparó y cuánto se aparta, o que no se pudo."""
    if not datos:
        return "No se pudo comprobar con un servidor de hora"
    return f"Comprobado con {datos['servidor']}: diferencia de {datos['desfase_ms']} ms"


def _a_ntp(segundos: float) -> bytes:
    enteros = int(segundos)
    return struct.pack("!II", (enteros + _DE_1900_A_1970) & 0xFFFFFFFF, int((segundos - enteros) * 2**32))


def _de_ntp(marca: bytes) -> float:
    enteros, fraccion = struct.unpack("!II", marca)
    return float(enteros - _DE_1900_A_1970 + fraccion / 2**32)
