"""Un recado por HTTP a la sede de otra entidad: corto, con tope y plazo, y solo a donde se puede ir.

La dirección la escribe una persona, pero el nombre lo resuelve la red: se exige que sea pública (``cimientos.red``).
Quien vigile a un vecino de su red interna nombra su servidor en ``LLAQTA_TESTIGO_HOSTS``; solo a esos se les habla sin
HTTPS o en una dirección privada.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from llaqta.cimientos import red

TOPE = 256 * 1024
SEGUNDOS = 15


class NoSePudo(Exception):
    """No se pudo ir o volver; el texto dice por qué."""


def check_url(url: str) -> str:
    """Devuelve la dirección limpia de un registro, si se puede ir a ella.

    :raises NoSePudo: si no es https (ni un servidor permitido), o trae usuario, consulta o fragmento
    """
    try:
        partes = urlsplit(url)
        puerto = partes.port
    except ValueError as error:
        raise NoSePudo("Esa dirección está mal escrita.") from error
    if not partes.hostname or partes.query or partes.fragment or "@" in partes.netloc or url != url.strip():
        raise NoSePudo("Escriba solo la dirección del registro: https://servidor/registro")
    if any(ord(letra) <= 32 or ord(letra) == 127 for letra in url):
        raise NoSePudo("Esa dirección está mal escrita.")
    if partes.scheme != "https" and not (partes.scheme == "http" and _permitido(partes.hostname, puerto)):
        raise NoSePudo("La dirección debe comenzar con https://, salvo servidores de LLAQTA_TESTIGO_HOSTS.")
    return url.rstrip("/")


def llevar(url: str, cuerpo: bytes | None = None) -> bytes:
    """Pide ``url`` (o le entrega ``cuerpo``) y devuelve lo que contesta.

    :raises NoSePudo: si no se puede ir ahí, si no contesta a tiempo o si contesta de más
    """
    partes = urlsplit(url)
    check_url(f"{partes.scheme}://{partes.netloc}{partes.path}")
    host = partes.hostname or ""
    cabeceras = {"User-Agent": "Llaqta testigo"}
    if cuerpo is not None:
        cabeceras["Content-Type"] = "text/plain; charset=utf-8"
    try:
        respuesta = red.pedir(url, tope=TOPE, espera=SEGUNDOS, paso=_paso, cuerpo=cuerpo, cabeceras=cabeceras)
    except red.NombreDesconocido as error:
        raise NoSePudo(f"No se encontró el servidor {host}.") from error
    except red.DireccionProhibida as error:
        raise NoSePudo(f"{host} está en una red interna: no se va ahí.") from error
    except red.TardoDemasiado as error:
        raise NoSePudo("Tardó demasiado en contestar.") from error
    except red.RespondioDeMas as error:
        raise NoSePudo("Contestó más de lo que ocupa un punto de control.") from error
    except red.NoSeTrajo as error:
        raise NoSePudo(f"No se pudo hablar con {host}: {type(error.__cause__).__name__}.") from error
    if respuesta.estado != 200:
        raise NoSePudo(f"Contestó con el estado {respuesta.estado}.")
    return respuesta.contenido


def _paso(host: str, puerto: int, direccion: str) -> bool:
    """A Internet, y a los servidores de la red propia que nombró quien administra la máquina."""
    return _permitido(host, puerto) or red.es_publica(direccion)


def _permitido(host: str, puerto: int | None) -> bool:
    return bool({host, f"{host}:{puerto}"} & set(settings.TESTIGO_HOSTS))
