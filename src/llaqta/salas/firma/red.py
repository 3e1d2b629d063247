"""Traer algo de una dirección que escribió otro (dentro de un certificado) sin que nos use para llegar adentro.

Solo ``http`` y ``https``, a direcciones públicas de Internet, sin seguir desvíos, con un tope de bytes y de tiempo. El
nombre se resuelve una sola vez y la conexión va a esa misma dirección: entre mirar y conectar no puede cambiar.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as SeDemora
from urllib.parse import SplitResult, urlsplit

ESPERA = 5.0
PUERTOS = {80, 443}
_PEDAZO = 64 * 1024
_consultas_dns = ThreadPoolExecutor(4, thread_name_prefix="dns")


class NoSeTrajo(Exception):
    """No se obtuvo lo que se pidió; el texto dice por qué, para el registro."""


class DireccionProhibida(NoSeTrajo):
    """La dirección lleva adentro de la red, o no es una dirección web."""


def traer(
    url: str,
    *,
    tope: int,
    permitidas: Collection[str] = (),
    cuerpo: bytes | None = None,
    tipo: str = "",
    espera: float = ESPERA,
) -> bytes:
    """Pide una dirección y devuelve lo que responde.

    :param tope: cuántos bytes se aceptan
    :param permitidas: direcciones IP internas a las que sí se puede ir, en cualquier puerto
    :param cuerpo: con él se pide por POST
    :param espera: segundos en total
    :raises DireccionProhibida: si no se debe ir ahí; no se llegó a conectar
    :raises NoSeTrajo: si no respondió bien y a tiempo
    """
    limite = time.monotonic() + espera
    partes = _partir(url)
    direccion, puerto = _resolver(partes, permitidas, espera)
    conexion = _conectar(partes, direccion, puerto, limite)
    try:
        camino = (partes.path or "/") + (f"?{partes.query}" if partes.query else "")
        cabeceras = {"Host": partes.netloc, "User-Agent": "Llaqta", "Accept": "*/*", "Connection": "close"}
        if tipo:
            cabeceras["Content-Type"] = tipo
        conexion.request("GET" if cuerpo is None else "POST", camino, body=cuerpo, headers=cabeceras)
        return _leer(conexion, tope, limite)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoSeTrajo(f"{partes.hostname}: {error or type(error).__name__}") from error
    finally:
        conexion.close()


def _partir(url: str) -> SplitResult:
    try:
        partes = urlsplit(url)
        partes.port  # noqa: B018 (un puerto que no es un número se descubre al leerlo)
    except ValueError as error:
        raise DireccionProhibida(f"«{url[:80]}» no es una dirección.") from error
    limpia = url.isascii() and url.isprintable() and " " not in url
    if partes.scheme not in {"http", "https"} or not partes.hostname or partes.username or not limpia:
        raise DireccionProhibida(f"«{url[:80]}» no es una dirección web.")
    return partes


def _resolver(partes: SplitResult, permitidas: Collection[str], espera: float) -> tuple[str, int]:
    """Resuelve el nombre y exige que **todas** sus direcciones sean públicas."""
    puerto = partes.port or (443 if partes.scheme == "https" else 80)
    futuro: Future[list[str]] = _consultas_dns.submit(_direcciones, partes.hostname or "", puerto)
    try:
        direcciones = futuro.result(timeout=espera)
    except (OSError, SeDemora, UnicodeError) as error:
        raise NoSeTrajo(f"No se encontró {partes.hostname}.") from error
    for direccion in direcciones:
        if direccion in permitidas:
            continue
        if not es_publica(direccion) or puerto not in PUERTOS:
            raise DireccionProhibida(f"{partes.hostname} lleva a {direccion}:{puerto}, y ahí no se va.")
    if not direcciones:
        raise NoSeTrajo(f"No se encontró {partes.hostname}.")
    return direcciones[0], puerto


def _direcciones(nombre: str, puerto: int) -> list[str]:
    return list(
        dict.fromkeys(str(fila[4][0]) for fila in socket.getaddrinfo(nombre, puerto, type=socket.SOCK_STREAM))
    )


def es_publica(direccion: str) -> bool:
    """Dice si una IP es de la Internet pública; una IPv6 que lleva dentro una IPv4 vale lo que esta."""
    try:
        ip = ipaddress.ip_address(direccion.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        dentro = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in ipaddress.ip_network("64:ff9b::/96") or ip in ipaddress.ip_network("::/96"):
            dentro = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if dentro is not None:
            return es_publica(str(dentro))
    return ip.is_global and not ip.is_multicast


def _conectar(partes: SplitResult, direccion: str, puerto: int, limite: float) -> http.client.HTTPConnection:
    espera = max(limite - time.monotonic(), 0.1)
    conexion = http.client.HTTPConnection(partes.hostname or "", puerto, timeout=espera)
    try:
        enchufe = socket.create_connection((direccion, puerto), timeout=espera)
        if partes.scheme == "https":
            enchufe = ssl.create_default_context().wrap_socket(enchufe, server_hostname=partes.hostname)
    except OSError as error:
        raise NoSeTrajo(f"{partes.hostname}: {error}") from error
    conexion.sock = enchufe
    return conexion


def _leer(conexion: http.client.HTTPConnection, tope: int, limite: float) -> bytes:
    respuesta = conexion.getresponse()
    if respuesta.status != 200:
        raise NoSeTrajo(f"Respondió {respuesta.status}.")
    leido = bytearray()
    while True:
        queda = limite - time.monotonic()
        if queda <= 0:
            raise NoSeTrajo("Tardó demasiado.")
        if conexion.sock is not None:
            conexion.sock.settimeout(queda)
        pedazo = respuesta.read1(_PEDAZO)
        if not pedazo:
            return bytes(leido)
        leido += pedazo
        if len(leido) > tope:
            raise NoSeTrajo("Respondió más de lo que se acepta.")
