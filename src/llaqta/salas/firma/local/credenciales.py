"""El permiso de la entidad ante Firma Perú: con ``fwAuthorization.json`` se pide un JWT, que se guarda hasta que vence.

El archivo lo entrega la PCM. Su clave nunca sale del servidor: al equipo de quien firma solo viaja el JWT, dentro de
los argumentos de una sesión. Si la plataforma falla tres veces seguidas, durante un minuto no se le pregunta.
"""

from __future__ import annotations

import base64
import binascii
import json
import threading
import urllib.parse
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from llaqta.cimientos import red
from llaqta.cimientos.errors import NoProcede

ESPERA = 10.0
RESPUESTA_MAXIMA = 16 * 1024
FALLOS_SEGUIDOS = 3
DESCANSO = timedelta(minutes=1)
ANTES_DE_VENCER = timedelta(minutes=5)
SIN_FECHA = timedelta(minutes=10)
EN_ESTA_MAQUINA = ("127.0.0.1", "::1", "localhost")


class FirmaPeruNoResponde(NoProcede):
    """La plataforma no dio el permiso: se puede firmar con PIN o intentar más tarde."""

    def __init__(self, detalle: str = "") -> None:
        super().__init__(
            "Firma Perú no responde en este momento. Vuelva a intentar en unos minutos o firme con su PIN."
        )
        self.detalle = detalle


@dataclass(frozen=True)
class Credenciales:
    """Lo que dice ``fwAuthorization.json``."""

    client_id: str
    client_secret: str
    token_url: str

    def __repr__(self) -> str:
        """Sin la clave: esto puede llegar a un registro."""
        return f"Credenciales({self.client_id!r}, {self.token_url!r})"


def archivo() -> Path:
    """Dónde está ``fwAuthorization.json``."""
    elegido = str(settings.FIRMAPERU_CREDENCIALES)
    return Path(elegido) if elegido else Path(settings.DATOS) / "firma" / "fwAuthorization.json"


def hay_credenciales() -> bool:
    """Dice si la entidad ya tiene su archivo."""
    return archivo().is_file()


def leer() -> Credenciales:
    """Lee el archivo.

    :raises NoProcede: si no existe o no es el que entrega la PCM
    """
    try:
        dicho = json.loads(archivo().read_text(encoding="utf-8"))
        leidas = Credenciales(*(str(dicho[clave]) for clave in ("client_id", "client_secret", "token_url")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoProcede(
            "La municipalidad todavía no puede usar Firma Perú: falta su archivo de autorización. Avise a informática."
        ) from error
    partes = urllib.parse.urlsplit(leidas.token_url)
    if partes.scheme != "https" and partes.hostname not in EN_ESTA_MAQUINA:
        raise NoProcede("La dirección de Firma Perú debe ser https; avise a informática.")
    return leidas


@dataclass
class _Permiso:
    jwt: str
    hasta: datetime


class Portero:
    """Pide el JWT, lo recuerda hasta poco antes de que venza, y deja de preguntar cuando la plataforma se cae."""

    def __init__(self) -> None:
        self._turno = threading.Lock()
        self._permisos: dict[str, _Permiso] = {}
        self._fallos = 0
        self._descansa_hasta = datetime.min.replace(tzinfo=UTC)

    def get_permiso(self, credenciales: Credenciales, *, ahora: datetime) -> str:
        """El JWT vigente.

        :raises FirmaPeruNoResponde: si no contesta, contesta otra cosa, o se la está dejando descansar
        """
        with self._turno:
            guardado = self._permisos.get(credenciales.client_id)
            if guardado and guardado.hasta > ahora:
                return guardado.jwt
            if self._descansa_hasta > ahora:
                raise FirmaPeruNoResponde("en descanso")
            try:
                jwt = pedir_jwt(credenciales)
                hasta = vence(jwt, ahora=ahora)
            except (red.NoSeTrajo, ValueError) as error:
                self._fallos += 1
                if self._fallos >= FALLOS_SEGUIDOS:
                    self._fallos, self._descansa_hasta = 0, ahora + DESCANSO
                raise FirmaPeruNoResponde(type(error).__name__) from error
            self._fallos = 0
            self._permisos[credenciales.client_id] = _Permiso(jwt, hasta)
            return jwt


PORTERO = Portero()


def pedir_jwt(credenciales: Credenciales) -> str:
    """Pide el JWT a ``token_url`` con ``client_id`` y ``client_secret`` (POST de formulario); no sigue desvíos.

    :raises NoSeTrajo: si no contesta, o contesta de más
    :raises ValueError: si no contesta un JWT
    """
    cuerpo = urllib.parse.urlencode(
        {"client_id": credenciales.client_id, "client_secret": credenciales.client_secret}
    )
    respuesta = red.pedir(
        credenciales.token_url,
        tope=RESPUESTA_MAXIMA,
        espera=ESPERA,
        paso=red.adonde_diga_la_instalacion,
        cuerpo=cuerpo.encode(),
        cabeceras={"Content-Type": "application/x-www-form-urlencoded"},
    )
    if respuesta.estado != 200:
        raise ValueError(f"contestó {respuesta.estado}")
    jwt = respuesta.contenido.decode("ascii").strip().strip('"')
    if jwt.count(".") != 2 or any(signo.isspace() for signo in jwt):
        raise ValueError("no contestó un JWT")
    return jwt


def vence(jwt: str, *, ahora: datetime) -> datetime:
    """Hasta cuándo conviene usar un JWT: cinco minutos antes de su ``exp``; si no lo dice, diez minutos.

    Aquí no se comprueba su firma: quien lo juzga es el componente de Firma Perú.

    :raises ValueError: si ya venció o no se puede leer
    """
    cuerpo = jwt.split(".")[1]
    try:
        dicho = json.loads(base64.urlsafe_b64decode(cuerpo + "=" * (-len(cuerpo) % 4)))
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError("el JWT no se puede leer") from error
    exp = dicho.get("exp") if isinstance(dicho, dict) else None
    if not isinstance(exp, int | float):
        return ahora + SIN_FECHA
    hasta = datetime.fromtimestamp(exp, tz=UTC)
    if hasta <= ahora:
        raise ValueError("el JWT ya venció")
    return max(hasta - ANTES_DE_VENCER, ahora)
