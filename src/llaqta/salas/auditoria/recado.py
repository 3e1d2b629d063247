"""Un recado por HTTP a la sede de otra entidad: corto, con tope y plazo, y solo a donde se puede ir.

La dirección la escribe una persona, pero el nombre lo resuelve la red: por eso se resuelve una vez, se exige que sea
pública y se va a esa misma dirección. Sin redirecciones. Quien vigile a un vecino de su red interna nombra su servidor
en ``LLAQTA_TESTIGO_HOSTS``; solo a esos se les habla sin HTTPS o en una dirección privada.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

TOPE = 256 * 1024
SEGUNDOS = 15


class NoSePudo(Exception):
    """No se pudo ir o volver; el texto dice por qué."""


class _Http(http.client.HTTPConnection):
    """Va a la dirección ya resuelta y comprobada, no a la que el nombre diga después."""

    def __init__(self, host: str, puerto: int, direccion: str) -> None:
        super().__init__(host, puerto, timeout=SEGUNDOS)
        self.direccion = direccion

    def connect(self) -> None:
        """Abre la conexión."""
        self.sock = socket.create_connection((self.direccion, self.port), self.timeout)


class _Https(_Http):
    """Lo mismo, comprobando que el certificado sea del nombre."""

    def connect(self) -> None:
        """Abre la conexión cifrada."""
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


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
    host = partes.hostname or ""
    check_url(f"{partes.scheme}://{partes.netloc}{partes.path}")
    puerto = partes.port or (443 if partes.scheme == "https" else 80)
    hasta = time.monotonic() + SEGUNDOS
    clase = _Https if partes.scheme == "https" else _Http
    conexion = clase(host, puerto, _resolver(host, puerto))
    try:
        conexion.request(
            "GET" if cuerpo is None else "POST",
            partes.path + (f"?{partes.query}" if partes.query else ""),
            cuerpo,
            {"User-Agent": "Llaqta testigo", "Accept-Encoding": "identity"}
            | ({"Content-Type": "text/plain; charset=utf-8"} if cuerpo is not None else {}),
        )
        respuesta = conexion.getresponse()
        if respuesta.status != 200:
            raise NoSePudo(f"Contestó con el estado {respuesta.status}.")
        return _leer(respuesta, conexion, hasta)
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise NoSePudo(f"No se pudo hablar con {host}: {type(error).__name__}.") from error
    finally:
        conexion.close()


def _leer(respuesta: http.client.HTTPResponse, conexion: Any, hasta: float) -> bytes:
    trozos: list[bytes] = []
    total = 0
    while True:
        if (queda := hasta - time.monotonic()) <= 0:
            raise NoSePudo("Tardó demasiado en contestar.")
        if conexion.sock is not None:
            conexion.sock.settimeout(queda)
        trozo = respuesta.read1(16 * 1024)
        if not trozo:
            return b"".join(trozos)
        total += len(trozo)
        if total > TOPE:
            raise NoSePudo("Contestó más de lo que ocupa un punto de control.")
        trozos.append(trozo)


def _resolver(host: str, puerto: int) -> str:
    """La dirección a la que se irá.

    :raises NoSePudo: si el nombre no existe, o si alguna de sus direcciones no es pública
    """
    try:
        halladas = [str(cada[4][0]) for cada in socket.getaddrinfo(host, puerto, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise NoSePudo(f"No se encontró el servidor {host}.") from error
    if not _permitido(host, puerto):
        for direccion in halladas:
            ip = ipaddress.ip_address(direccion.split("%")[0])
            if not _es_publica(ip):
                raise NoSePudo(f"{host} está en una red interna: no se va ahí.")
    return halladas[0]


def _es_publica(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(ip, ipaddress.IPv6Address):
        dentro = ip.ipv4_mapped or ip.sixtofour
        if dentro is not None or ip.teredo is not None:
            return dentro is not None and ip.teredo is None and _es_publica(dentro)
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            return _es_publica(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return ip.is_global and not ip.is_multicast


def _permitido(host: str, puerto: int | None) -> bool:
    return bool({host, f"{host}:{puerto}"} & set(settings.TESTIGO_HOSTS))
