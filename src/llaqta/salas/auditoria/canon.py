"""La forma canónica de un suceso: lo que entra al registro, sin un solo dato personal.

Quién, en nombre de quién, sobre qué y con qué datos entran como compromisos: ``SHA-256(sal || JSON canónico)``. La sal
de cada campo sale de una semilla secreta por suceso; quien la tiene abre el compromiso, y borrarla lo cierra para
siempre (Ley 29733) sin tocar la hoja. El JSON es el de RFC 8785 para cadenas, enteros, listas y objetos: los sucesos no
llevan números con decimales.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

VERSION = 1
CAMPOS = ("actor", "datos", "en_nombre_de", "objeto")
"""Los campos que entran como compromisos."""
_SALES = tuple(campo.encode() for campo in CAMPOS)

_escribir = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode


class SinDecimales(ValueError):
    """Un suceso lleva un número con decimales: su forma canónica no sería la misma en todas las máquinas."""


@dataclass(frozen=True)
class SucesoLeido:
    """Un suceso tal como está en la base, con sus instantes ya escritos en UTC y microsegundos."""

    id: int
    tipo: str
    datos: dict[str, Any]
    actor: int | None
    en_nombre_de: int | None
    objeto: str
    ocurrido: str
    registrado: str

    @property
    def valores(self) -> dict[str, Any]:
        """El valor de cada campo comprometido."""
        return {
            "actor": self.actor,
            "datos": self.datos,
            "en_nombre_de": self.en_nombre_de,
            "objeto": self.objeto,
        }


def json_canonico(valor: Any) -> str:
    """El JSON canónico de un valor.

    :raises SinDecimales: si lleva un número con decimales
    """
    if isinstance(valor, Mapping | list | tuple | float):
        _sin_decimales(valor)
    return _escribir(valor)


def _sin_decimales(valor: Any) -> None:
    if isinstance(valor, float):
        raise SinDecimales(f"El número {valor} no entra al registro: escríbalo como texto o como entero.")
    if isinstance(valor, Mapping):
        for contenido in valor.values():
            _sin_decimales(contenido)
    elif isinstance(valor, list | tuple):
        for contenido in valor:
            _sin_decimales(contenido)


def sal(semilla: bytes, campo: str) -> bytes:
    """La sal de un campo: HMAC-SHA256 de su nombre con la semilla del suceso."""
    return hmac.digest(semilla, campo.encode("ascii"), "sha256")


def compromiso(sal_del_campo: bytes, valor: Any) -> str:
    """El compromiso de un valor, en hexadecimal."""
    return hashlib.sha256(sal_del_campo + json_canonico(valor).encode()).hexdigest()


def canonico(suceso: SucesoLeido, semilla: bytes) -> bytes:
    """La forma canónica de un suceso con su semilla: las claves en orden, sin espacios, en UTF-8.

    Está escrita a mano porque se hace por cada suceso del registro; una prueba la compara con la escrita por ``json``.

    :raises SinDecimales: si sus datos llevan un número con decimales
    """
    actor, datos, en_nombre_de, objeto = (hmac.digest(semilla, campo, "sha256") for campo in _SALES)
    sha = hashlib.sha256
    return (
        f'{{"actor":"{sha(actor + _numero(suceso.actor)).hexdigest()}"'
        f',"datos":"{sha(datos + json_canonico(suceso.datos).encode()).hexdigest()}"'
        f',"en_nombre_de":"{sha(en_nombre_de + _numero(suceso.en_nombre_de)).hexdigest()}"'
        f',"objeto":"{sha(objeto + _escribir(suceso.objeto).encode()).hexdigest()}"'
        f',"ocurrido":"{suceso.ocurrido}","registrado":"{suceso.registrado}","suceso":"{suceso.id}"'
        f',"tipo":{_texto(suceso.tipo)},"v":{VERSION}}}'
    ).encode()


def abrir(suceso: SucesoLeido, semilla: bytes, campos: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Lo que permite a un tercero comprobar qué valor se comprometió en cada campo."""
    valores = suceso.valores
    return {campo: {"sal": sal(semilla, campo).hex(), "valor": valores[campo]} for campo in campos}


def _numero(valor: int | None) -> bytes:
    return b"null" if valor is None else str(valor).encode()


@lru_cache(maxsize=1024)
def _texto(valor: str) -> str:
    return _escribir(valor)
