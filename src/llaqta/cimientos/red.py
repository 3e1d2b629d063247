"""Una petición HTTP a otra máquina sin que nadie nos use para llegar adentro: la única manera de salir de la casa.

El nombre se resuelve una sola vez, se mira **cada una** de sus direcciones y se va a esas mismas: entre mirar y
conectar no puede cambiar. Sin seguir desvíos, sin intermediarios del entorno, con un tope de bytes y de tiempo que
cuenta también lo que tarda el nombre. Quien llama dice adónde se puede ir con una regla (``Paso``).

No toca Django: también lo usa el motor de firma, que anda sin él.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as SeDemora
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

ESPERA = 5.0
PUERTOS = {80, 443}
_PEDAZO = 64 * 1024
_consultas_dns = ThreadPoolExecutor(4, thread_name_prefix="dns")

Paso = Callable[[str, int, str], bool]
"""Dice si se puede ir: recibe el nombre, el puerto y una de las direcciones a las que ese nombre lleva."""


class NoSeTrajo(Exception):
    """No se obtuvo lo que se pidió; el texto dice por qué, para el registro."""


class DireccionProhibida(NoSeTrajo):
    """La dirección lleva adentro de la red, o no es una dirección web."""


class NombreDesconocido(NoSeTrajo):
    """El nombre no existe, o nadie dijo a tiempo adónde lleva."""


class TardoDemasiado(NoSeTrajo):
    """Se acabó el tiempo antes que la respuesta."""


class RespondioDeMas(NoSeTrajo):
    """La respuesta no cabe en el tope."""


@dataclass(frozen=True)
class Respuesta:
    """Lo que contestó la otra máquina: el estado, el tipo sin parámetros y, si el estado es 200, el contenido."""

    estado: int
    tipo: str
    contenido: bytes


def a_la_internet(_nombre: str, _puerto: int, direccion: str) -> bool:
    """La regla de la dirección que escribió un extraño o un vecino: solo la Internet pública."""
    return es_publica(direccion)


def adonde_diga_la_instalacion(_nombre: str, _puerto: int, _direccion: str) -> bool:
    """La regla de la dirección que puso quien administra la máquina (la TSA, Firma Perú): también su red interna."""
    return True


def traer(
    url: str,
    *,
    tope: int,
    permitidas: Collection[str] = (),
    cuerpo: bytes | None = None,
    tipo: str = "",
    espera: float = ESPERA,
) -> bytes:
    """Pide una dirección que escribió otro (dentro de un certificado) y devuelve lo que responde.

    Solo direcciones públicas y los puertos de siempre.

    :param tope: cuántos bytes se aceptan
    :param permitidas: direcciones IP internas a las que sí se puede ir, en cualquier puerto
    :param cuerpo: con él se pide por POST
    :param espera: segundos en total
    :raises DireccionProhibida: si no se debe ir ahí; no se llegó a conectar
    :raises NoSeTrajo: si no respondió bien y a tiempo
    """

    def paso(_nombre: str, puerto: int, direccion: str) -> bool:
        return direccion in permitidas or (puerto in PUERTOS and es_publica(direccion))

    cabeceras = {"Accept": "*/*"} | ({"Content-Type": tipo} if tipo else {})
    respuesta = pedir(url, tope=tope, espera=espera, paso=paso, cuerpo=cuerpo, cabeceras=cabeceras)
    if respuesta.estado != 200:
        raise NoSeTrajo(f"Respondió {respuesta.estado}.")
    return respuesta.contenido


def pedir(
    url: str,
    *,
    tope: int,
    espera: float,
    paso: Paso,
    cuerpo: bytes | None = None,
    cabeceras: Mapping[str, str] | None = None,
) -> Respuesta:
    """Hace una petición, y solo una: un desvío se devuelve como llegó, con su estado.

    :param tope: cuántos bytes se aceptan
    :param espera: segundos en total, desde que se pregunta por el nombre
    :param paso: adónde se puede ir
    :param cuerpo: con él se pide por POST
    :param cabeceras: las que se añaden; el usuario y la clave de una dirección se ponen aquí, no se leen de ella
    :raises DireccionProhibida: si no se debe ir ahí; no se llegó a conectar
    :raises NombreDesconocido: si el nombre no lleva a ninguna parte
    :raises TardoDemasiado: si no contestó a tiempo
    :raises RespondioDeMas: si contestó más que el tope
    :raises NoSeTrajo: si no se pudo conectar o se cortó; su causa es el error de la red
    """
    limite = time.monotonic() + espera
    partes = _partir(url)
    direcciones, puerto = _resolver(partes, paso, espera)
    try:
        conexion = _conectar(partes, direcciones, puerto, limite)
        try:
            camino = (partes.path or "/") + (f"?{partes.query}" if partes.query else "")
            propias = {"Host": _anfitrion(partes), "User-Agent": "Llaqta", "Accept-Encoding": "identity"}
            conexion.request(
                "GET" if cuerpo is None else "POST",
                camino,
                body=cuerpo,
                headers=propias | {"Connection": "close"} | dict(cabeceras or {}),
            )
            return _leer(conexion, tope, limite)
        finally:
            conexion.close()
    except TimeoutError as error:
        raise TardoDemasiado(f"{partes.hostname}: Tardó demasiado.") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoSeTrajo(f"{partes.hostname}: {error or type(error).__name__}") from error


def _partir(url: str) -> SplitResult:
    try:
        partes = urlsplit(url)
        partes.port  # noqa: B018 (un puerto que no es un número se descubre al leerlo)
    except ValueError as error:
        raise DireccionProhibida(f"«{url[:80]}» no es una dirección.") from error
    limpia = url.isprintable() and " " not in url and (partes.path + partes.query).isascii()
    if partes.scheme not in {"http", "https"} or not partes.hostname or "@" in partes.netloc or not limpia:
        raise DireccionProhibida(f"«{url[:80]}» no es una dirección web.")
    return partes


def _anfitrion(partes: SplitResult) -> str:
    """El nombre y el puerto como van en la cabecera: uno con ñ viaja en su forma ASCII."""
    return partes.netloc.encode("idna").decode("ascii")


def _resolver(partes: SplitResult, paso: Paso, espera: float) -> tuple[list[str], int]:
    """Resuelve el nombre y exige que se pueda ir a **todas** sus direcciones."""
    nombre = partes.hostname or ""
    puerto = partes.port or (443 if partes.scheme == "https" else 80)
    futuro: Future[list[str]] = _consultas_dns.submit(_direcciones, nombre, puerto)
    try:
        direcciones = futuro.result(timeout=espera)
    except (OSError, SeDemora, UnicodeError) as error:
        raise NombreDesconocido(f"No se encontró {nombre}.") from error
    for direccion in direcciones:
        if not paso(nombre, puerto, direccion):
            raise DireccionProhibida(f"{nombre} lleva a {direccion}:{puerto}, y ahí no se va.")
    if not direcciones:
        raise NombreDesconocido(f"No se encontró {nombre}.")
    return direcciones, puerto


def _direcciones(nombre: str, puerto: int) -> list[str]:
    return list(
        dict.fromkeys(str(fila[4][0]) for fila in socket.getaddrinfo(nombre, puerto, type=socket.SOCK_STREAM))
    )


def es_publica(direccion: str) -> bool:
    """Dice si una IP es de la Internet pública; una IPv6 que lleva dentro una IPv4 vale lo que esta.

    Por Teredo no se va nunca: lleva dentro dos direcciones, y ninguna es la de quien contesta.
    """
    try:
        ip = ipaddress.ip_address(direccion.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.teredo is not None:
            return False
        dentro = ip.ipv4_mapped or ip.sixtofour
        if ip in ipaddress.ip_network("64:ff9b::/96") or ip in ipaddress.ip_network("::/96"):
            dentro = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if dentro is not None:
            return es_publica(str(dentro))
    return ip.is_global and not ip.is_multicast


def _conectar(
    partes: SplitResult, direcciones: list[str], puerto: int, limite: float
) -> http.client.HTTPConnection:
    """Va a la primera que atienda, repartiendo el tiempo que queda; todas pasaron ya la regla."""
    conexion = http.client.HTTPConnection(partes.hostname or "", puerto)
    for faltan, direccion in zip(range(len(direcciones), 0, -1), direcciones, strict=True):
        espera = max((limite - time.monotonic()) / faltan, 0.1)
        try:
            conexion.sock = _enchufar(partes, direccion, puerto, espera)
            # Lo que resta es para pedir y para que conteste.
            conexion.sock.settimeout(max(limite - time.monotonic(), 0.1))
            return conexion
        except OSError:
            if faltan == 1:
                raise
    raise OSError("no hay direcciones")


def _enchufar(partes: SplitResult, direccion: str, puerto: int, espera: float) -> socket.socket:
    enchufe = socket.create_connection((direccion, puerto), espera)
    if partes.scheme != "https":
        return enchufe
    try:
        return ssl.create_default_context().wrap_socket(enchufe, server_hostname=partes.hostname)
    except BaseException:
        enchufe.close()
        raise


def _leer(conexion: http.client.HTTPConnection, tope: int, limite: float) -> Respuesta:
    respuesta = conexion.getresponse()
    tipo = respuesta.headers.get_content_type()
    if respuesta.status != 200:
        return Respuesta(respuesta.status, tipo, b"")
    leido = bytearray()
    while True:
        queda = limite - time.monotonic()
        if queda <= 0:
            raise TimeoutError
        if conexion.sock is not None:
            conexion.sock.settimeout(queda)
        pedazo = respuesta.read1(_PEDAZO)
        if not pedazo:
            return Respuesta(respuesta.status, tipo, bytes(leido))
        leido += pedazo
        if len(leido) > tope:
            raise RespondioDeMas("Respondió más de lo que se acepta.")
