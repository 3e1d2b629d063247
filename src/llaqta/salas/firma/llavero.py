"""El llavero: el único proceso que tiene abierta la llave del sello, y firma por quien no debe tenerla.

Habla por un zócalo de Unix, que solo abre quien comparte su usuario o su grupo. Firma únicamente los atributos de una
firma CAdES hecha con su propio certificado: no sirve para firmar certificados, listas de revocación ni otra cosa. Quien
tome el proceso de las páginas podrá pedirle sellos mientras dure, como cualquier usuario del sistema, pero no llevarse
la llave; y cada sello que pida quedará en un documento registrado.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import socket
import socketserver
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from llaqta.salas.firma.llaves import Llave, LlaveNoDisponible

TOPE = 64 * 1024
SEGUNDOS = 20
LARGO_DE_UNA_RUTA = 100
_CONJUNTO = 0x31
_TIPO_DE_CONTENIDO_DATOS = bytes.fromhex("301806092a864886f70d010903310b06092a864886f70d010701")
_FIRMA_XML = b"http://www.w3.org/2000/09/xmldsig#"
registro = logging.getLogger(__name__)


@dataclass(frozen=True)
class LlaveRemota:
    """Una llave que está en el llavero: se conoce su certificado y se le puede pedir que firme."""

    certificado: x509.Certificate
    cadena: tuple[x509.Certificate, ...]
    _zocalo: Path

    def firmar(self, datos: bytes) -> bytes:
        """Pide al llavero la firma de los atributos de un documento.

        :raises LlaveNoDisponible: si no responde o se niega
        """
        return bytes.fromhex(str(_pedir(self._zocalo, {"firmar": datos.hex()})["firma"]))


def get_llave(zocalo: Path) -> LlaveRemota:
    """Pregunta al llavero con qué certificado sella.

    :raises LlaveNoDisponible: si no responde o no pudo abrir su llave
    """
    dicho = _pedir(zocalo, {"quien": True})
    propio, *cadena = _leer(str(dicho["certificados"]))
    return LlaveRemota(propio, tuple(cadena), zocalo)


@lru_cache(maxsize=4)
def _leer(pem: str) -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_pem_x509_certificates(pem.encode()))


@contextmanager
def _direccion(zocalo: Path) -> Iterator[str]:
    """La ruta de un zócalo no puede pasar de 108 bytes: si es más larga se nombra desde su carpeta ya abierta."""
    if len(os.fsencode(zocalo)) < LARGO_DE_UNA_RUTA:
        yield str(zocalo)
        return
    carpeta = os.open(zocalo.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{carpeta}/{zocalo.name}"
    finally:
        os.close(carpeta)


def _pedir(zocalo: Path, pedido: dict[str, Any]) -> dict[str, Any]:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as conexion, _direccion(zocalo) as ruta:
            conexion.settimeout(SEGUNDOS)
            conexion.connect(ruta)
            conexion.sendall(json.dumps(pedido).encode() + b"\n")
            with conexion.makefile("rb") as flujo:
                dicho: dict[str, Any] = json.loads(flujo.readline(TOPE))
    except (OSError, ValueError) as error:
        raise LlaveNoDisponible("El llavero no responde.") from error
    if "error" in dicho:
        raise LlaveNoDisponible(str(dicho["error"]))
    return dicho


class Llavero(socketserver.ThreadingUnixStreamServer):
    """El servidor: recibe cómo abrir la llave cada vez, porque puede renovarse mientras atiende."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, zocalo: Path, abrir: Callable[[], Llave]) -> None:
        self.abrir = abrir
        zocalo.unlink(missing_ok=True)
        # Solo el dueño y su grupo llegan a conectarse.
        antes = os.umask(0o117)
        try:
            with _direccion(zocalo) as ruta:
                super().__init__(ruta, _Atencion)
        finally:
            os.umask(antes)


class _Atencion(socketserver.StreamRequestHandler):
    timeout = SEGUNDOS

    def handle(self) -> None:
        """Atiende un pedido y responde una línea."""
        assert isinstance(self.server, Llavero)
        try:
            dicho = responder(json.loads(self.rfile.readline(TOPE)), self.server.abrir)
        except LlaveNoDisponible as error:
            dicho = {"error": str(error)}
        except (ValueError, TypeError, KeyError, OSError):
            dicho = {"error": "El pedido al llavero no se entiende."}
        except Exception:
            registro.exception("El llavero no pudo atender un pedido.")
            dicho = {"error": "El llavero no pudo firmar."}
        self.wfile.write(json.dumps(dicho).encode() + b"\n")


def responder(pedido: dict[str, Any], abrir: Callable[[], Llave]) -> dict[str, Any]:
    """Hace lo que se pide: decir con qué certificado sella, o firmar.

    :raises LlaveNoDisponible: si la llave no abre o lo que se pide firmar no es una firma de documento
    """
    llave = abrir()
    if "quien" in pedido:
        todos = (llave.certificado, *llave.cadena)
        return {
            "certificados": "".join(uno.public_bytes(serialization.Encoding.PEM).decode() for uno in todos)
        }
    datos = bytes.fromhex(pedido["firmar"])
    if not _es_de_un_documento(datos, llave.certificado):
        raise LlaveNoDisponible("El llavero solo firma documentos con su propio certificado.")
    return {"firma": llave.firmar(datos).hex()}


def _es_de_un_documento(datos: bytes, certificado: x509.Certificate) -> bool:
    """Dice si son los atributos de una firma CAdES de datos, hecha con este certificado, o los de una firma XML."""
    if datos.startswith((b"<ds:SignedInfo", b"<SignedInfo")):
        return _FIRMA_XML in datos[:400]
    huella = hashlib.sha256(certificado.public_bytes(serialization.Encoding.DER)).digest()
    return datos[:1] == bytes((_CONJUNTO,)) and _TIPO_DE_CONTENIDO_DATOS in datos and huella in datos
