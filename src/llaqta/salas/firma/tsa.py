"""Pedir la hora a quien puede darla: una autoridad de sellado de tiempo (RFC 3161).

La hora de un sello es siempre la de la autoridad. Si no responde, o responde algo que no se puede comprobar, no hay
sello: quien lo pidió espera y vuelve a pedirlo. Nunca se pone en su lugar la hora de esta máquina.
"""

from __future__ import annotations

import base64
import logging
import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cryptography import x509
from django.conf import settings

from llaqta.cimientos import red
from llaqta.salas.firma.sello_de_tiempo import SelloDeTiempo, SelloInvalido, comprobar

TOPE = 64 * 1024
"""Un sello con su cadena ocupa entre 1 y 8 KB; lo que pase de aquí no es un sello."""
registro = logging.getLogger(__name__)


class TsaNoConfigurada(Exception):
    """Esta instalación no tiene autoridad de sellado de tiempo (``LLAQTA_TSA_URL``)."""


class TsaNoResponde(Exception):
    """Ninguna autoridad de sellado dio un sello que valga: se vuelve a pedir más tarde. El texto dice por qué."""


def hay_tsa() -> bool:
    """Dice si la entidad tiene una autoridad de sellado de tiempo configurada (``queries.hay_tsa``)."""
    return bool(settings.TSA_URL)


def pedir_token(digest_sha256: bytes, *, ahora: datetime) -> bytes:
    """Pide un sello de tiempo y devuelve el ``TimeStampToken`` en DER, ya comprobado.

    :param digest_sha256: el SHA-256 de lo que se sella, que es todo lo que la autoridad llega a ver
    :param ahora: no entra en el sello; sirve para el registro de la máquina
    :raises TsaNoConfigurada: si no hay a quién pedirlo
    :raises TsaNoResponde: si no se consiguió; vuelva a intentarlo
    """
    return pedir_sello(digest_sha256, ahora=ahora).der


def pedir_sello(digest_sha256: bytes, *, ahora: datetime) -> SelloDeTiempo:
    """Lo mismo, con el sello leído: su hora, quién lo puso y hasta cuándo se puede comprobar.

    :raises TsaNoConfigurada: si no hay a quién pedirlo
    :raises TsaNoResponde: si ni la autoridad ni su reserva dieron un sello que valga
    """
    if not hay_tsa():
        raise TsaNoConfigurada("No hay una autoridad de sellado de tiempo configurada (LLAQTA_TSA_URL).")
    if len(digest_sha256) != 32:
        raise ValueError("Se sella un resumen SHA-256: son 32 bytes.")
    motivos: list[str] = []
    for url in filter(None, (settings.TSA_URL, settings.TSA_RESERVA)):
        try:
            return _pedir_a(url, digest_sha256)
        except (red.NoSeTrajo, ValueError, SelloInvalido) as error:
            motivos.append(_explicar(error))
            registro.warning("La TSA %s no dio sello a las %s: %s", _sin_clave(url), ahora, motivos[-1])
    raise TsaNoResponde(" ".join(dict.fromkeys(motivos)))


def _pedir_a(url: str, resumen: bytes) -> SelloDeTiempo:
    # asn1crypto lo carga solo quien pide un sello.
    from asn1crypto import algos, core, tsp  # noqa: PLC0415

    nonce = secrets.randbits(63) | 1 << 62
    pedido = tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": {
                "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
                "hashed_message": resumen,
            },
            "nonce": core.Integer(nonce),
            "cert_req": True,
        }
    )
    contestado = _enviar(url, pedido.dump())
    return comprobar(_abrir(contestado), resumen=resumen, nonce=nonce, anclas=anclas_de_tiempo())


def _abrir(contestado: bytes) -> bytes:
    """Saca el sello de la respuesta.

    :raises SelloInvalido: si la autoridad se negó o no contestó un sello
    """
    from asn1crypto import tsp  # noqa: PLC0415

    try:
        respuesta = tsp.TimeStampResp.load(contestado, strict=True)
        estado = respuesta["status"]["status"].native
        sello = respuesta["time_stamp_token"]
        der = bytes(sello.dump()) if estado in {"granted", "granted_with_mods"} else b""
    except (ValueError, TypeError, KeyError) as error:
        raise SelloInvalido("Lo que contestó no es un sello de tiempo.") from error
    if not der:
        raise SelloInvalido(f"La autoridad de sellado se negó ({estado}).")
    return der


def _enviar(url: str, cuerpo: bytes) -> bytes:
    """Una sola petición: sin redirecciones, con tope de tamaño y de tiempo.

    :raises NoSeTrajo: si no se pudo conectar, tardó demasiado o contestó otra cosa
    """
    cabeceras = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    if credencial := _credencial(url):
        cabeceras["Authorization"] = credencial
    respuesta = red.pedir(
        _sin_usuario(url),
        tope=TOPE,
        espera=settings.TSA_SEGUNDOS,
        paso=red.adonde_diga_la_instalacion,
        cuerpo=cuerpo,
        cabeceras=cabeceras,
    )
    if respuesta.estado != 200:
        raise red.NoSeTrajo(f"contestó con el estado {respuesta.estado}")
    if respuesta.tipo != "application/timestamp-reply":
        raise red.NoSeTrajo(f"contestó {respuesta.tipo}, que no es un sello")
    return respuesta.contenido


def _credencial(url: str) -> str:
    """La que trae la dirección; la de los ajustes es solo de la autoridad principal."""
    partes = urlsplit(url)
    usuario, clave = unquote(partes.username or ""), unquote(partes.password or "")
    if not usuario and url == settings.TSA_URL:
        usuario, clave = settings.TSA_USUARIO, settings.TSA_CLAVE
    if not usuario:
        return ""
    return "Basic " + base64.b64encode(f"{usuario}:{clave}".encode()).decode()


def anclas_de_tiempo() -> Sequence[x509.Certificate] | None:
    """Las raíces a las que debe llegar un sello: la de demostración y las que puso la municipalidad.

    Con ``LLAQTA_TSA_ANCLA`` o algo en ``DATOS/firma/anclas`` la cadena se exige; si la municipalidad no ha puesto
    ninguna, no hay con qué compararla y basta que la firma del sello sea correcta: devuelve ``None``.
    """
    # Se leen los archivos, sin pasar por ``sello``: así el motor firma y sella sin cargar la base de datos.
    carpeta = Path(settings.DATOS) / "firma"
    puestas = [Path(settings.TSA_ANCLA)] if settings.TSA_ANCLA else []
    puestas += sorted((carpeta / "anclas").glob("*.pem"))
    if not puestas:
        return None
    if (propia := carpeta / "raiz.pem").exists():
        puestas.append(propia)
    return [uno for ruta in puestas for uno in _leer_pem(ruta, ruta.stat().st_mtime_ns)]


@lru_cache(maxsize=32)
def _leer_pem(ruta: Path, _version: int) -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_pem_x509_certificates(ruta.read_bytes()))


def _sin_usuario(url: str) -> str:
    partes = urlsplit(url)
    return partes._replace(netloc=partes.netloc.rpartition("@")[2]).geturl()


def _sin_clave(url: str) -> str:
    partes = urlsplit(url)
    return f"{partes.scheme}://{partes.hostname}{partes.path}"


def _explicar(error: Exception) -> str:
    if isinstance(error, SelloInvalido):
        return str(error)
    if isinstance(error, red.TardoDemasiado):
        return "La autoridad de sellado de tiempo tardó demasiado en contestar."
    if isinstance(error.__cause__, ConnectionError):
        return "La autoridad de sellado de tiempo no acepta conexiones."
    return f"La autoridad de sellado de tiempo no contestó bien: {error}."
