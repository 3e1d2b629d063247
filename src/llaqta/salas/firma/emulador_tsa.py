"""Una autoridad de sellado de tiempo de mentira, SIN VALOR LEGAL: para practicar con sellos verdaderos en su forma.

Habla RFC 3161 por HTTP, con un certificado que emite la autoridad de demostración y lo dice en su nombre. La hora es la
de esta máquina: por eso no vale, y por eso ``./llaqta up`` la enciende solo en la demostración.
"""

from __future__ import annotations

import hashlib
import secrets
import socket
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import algos, core, tsp
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from llaqta.cimientos.archivos import PRIVADO, escribir
from llaqta.salas.firma import sello
from llaqta.salas.firma.ca import DESDE, cerrojo, cifrar_llave
from llaqta.salas.firma.cades import (
    CERTIFICADO_DEL_FIRMANTE,
    CONJUNTO,
    CONTEXTO_0,
    OCTETOS,
    RESUMEN_DEL_MENSAJE,
    SECUENCIA,
    TIPO_DE_CONTENIDO,
    atributo,
    conjunto,
    entero,
    nombrado,
    oid,
    sobre,
    tlv,
)
from llaqta.salas.firma.llaves import LlaveDeSoftware, abrir_llave
from llaqta.salas.firma.secretos import clave_de_la_autoridad

TOPE = 16 * 1024
VIGENCIA = timedelta(days=6 * 365)
# De la rama de ejemplos que nadie más usa (2.999): esta política no compromete a ninguna autoridad.
POLITICA = "2.999.27269.1"
INFORMACION = oid("1.2.840.113549.1.9.16.1.4")
RECHAZO = tlv(SECUENCIA, tlv(SECUENCIA, entero(2)))


def llave_de_la_tsa(*, ahora: datetime) -> LlaveDeSoftware:
    """Abre la llave de la TSA de demostración; si no existe o venció, la crea.

    :raises LlaveNoDisponible: si no abre, o este proceso atiende páginas
    """
    propia = sello.autoridad()
    ruta = sello.carpeta() / "tsa.pem"
    if ruta.exists():
        certificado = x509.load_pem_x509_certificate(_partir(ruta)[1])
        if certificado.not_valid_after_utc > ahora and propia.emitio(certificado):
            pkcs8 = _partir(ruta)[0]
            cadena = (propia.emisora.certificado, propia.raiz.certificado)
            return abrir_llave(
                certificado=certificado, cadena=cadena, pkcs8=pkcs8, clave=clave_de_la_autoridad()
            )
    privada = ec.generate_private_key(ec.SECP256R1())
    certificado = propia.emitir_de_tiempo(
        publica=privada.public_key(), desde=DESDE, hasta=ahora.replace(microsecond=0) + VIGENCIA
    )
    with cerrojo(ruta.parent):
        publico = certificado.public_bytes(serialization.Encoding.PEM)
        escribir(ruta, cifrar_llave(privada, clave_de_la_autoridad()) + publico, PRIVADO)
    return LlaveDeSoftware(certificado, (propia.emisora.certificado, propia.raiz.certificado), privada)


def _partir(ruta: Path) -> tuple[bytes, bytes]:
    contenido = ruta.read_bytes()
    corte = contenido.index(b"-----BEGIN CERTIFICATE")
    return contenido[:corte], contenido[corte:]


def responder(pedido: bytes, llave: LlaveDeSoftware, *, hora: datetime) -> bytes:
    """Contesta un ``TimeStampReq`` con su ``TimeStampResp``, en DER; lo que no se entiende, se rechaza."""
    try:
        leido = tsp.TimeStampReq.load(pedido, strict=True)
        huella = leido["message_imprint"]
        algoritmo = huella["hash_algorithm"]["algorithm"].native
        if algoritmo not in {"sha256", "sha384", "sha512"}:
            return RECHAZO
        if len(huella["hashed_message"].native) != hashlib.new(algoritmo).digest_size:
            return RECHAZO
        informacion = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": POLITICA,
                "message_imprint": {
                    "hash_algorithm": algos.DigestAlgorithm({"algorithm": algoritmo}),
                    "hashed_message": huella["hashed_message"].native,
                },
                "serial_number": secrets.randbits(63),
                "gen_time": hora.astimezone(UTC).replace(microsecond=0),
                "accuracy": {"seconds": 1},
            }
        )
        if leido["nonce"].native is not None:
            informacion["nonce"] = core.Integer(leido["nonce"].native)
    except (ValueError, TypeError, KeyError):
        return RECHAZO
    return tlv(SECUENCIA, tlv(SECUENCIA, entero(0)), _firmar(informacion.dump(), llave))


def _firmar(informacion: bytes, llave: LlaveDeSoftware) -> bytes:
    """Arma el ``TimeStampToken``: la información, firmada con el certificado de la autoridad (RFC 3161, 2.4.2)."""
    atributos = [
        atributo(TIPO_DE_CONTENIDO, INFORMACION),
        atributo(RESUMEN_DEL_MENSAJE, tlv(OCTETOS, hashlib.sha256(informacion).digest())),
        atributo(CERTIFICADO_DEL_FIRMANTE, nombrado(llave.certificado)),
    ]
    firma = llave.firmar(conjunto(CONJUNTO, atributos))
    contenido = tlv(SECUENCIA, INFORMACION, tlv(CONTEXTO_0, tlv(OCTETOS, informacion)))
    return sobre(llave, atributos, firma, version=3, contenido=contenido)


class EmuladorTsa(ThreadingHTTPServer):
    """El servidor, sobre un puerto que ya está abierto."""

    daemon_threads = True

    def __init__(self, puerta: socket.socket, llave: LlaveDeSoftware) -> None:
        super().__init__(puerta.getsockname()[:2], _Pedido, bind_and_activate=False)
        self.socket.close()
        self.socket = puerta
        self.llave = llave
        self.server_activate()


class _Pedido(BaseHTTPRequestHandler):
    timeout = 10

    def do_POST(self) -> None:  # noqa: N802 - lo nombra http.server
        """Sella lo que se pide."""
        assert isinstance(self.server, EmuladorTsa)
        try:
            largo = min(int(self.headers.get("Content-Length", "0")), TOPE)
        except ValueError:
            largo = 0
        contestado = responder(self.rfile.read(largo), self.server.llave, hora=datetime.now(UTC))
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(contestado)))
        self.end_headers()
        self.wfile.write(contestado)

    def log_message(self, format: str, *args: object) -> None:
        """No se escribe cada sello en el registro de la máquina."""
