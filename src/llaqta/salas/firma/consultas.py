"""Preguntar por la red si un certificado está revocado: OCSP primero, lista CRL después, y guardar lo que respondan.

Las direcciones las escribió quien emitió el certificado: por eso solo se pregunta por los de una cadena que ya llega a
un ancla, y siempre por la puerta vigilada de ``red``. Lo guardado (``DATOS/firma/revocacion``) es público y viene
firmado: no hace falta creerle al disco, cada constancia se vuelve a comprobar al usarla. Sin red se usa lo guardado, y
lo que no se pudo comprobar queda ``INDETERMINADA``.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from llaqta.cimientos import red
from llaqta.cimientos.archivos import escribir
from llaqta.salas.firma.revocacion import Evidencias

registro = logging.getLogger(__name__)
TOPE_OCSP = 256 * 1024
TOPE_CRL = 20 * 1024 * 1024
DIRECCIONES = 2
"""Cuántas direcciones de cada clase se prueban por certificado."""


@dataclass
class Consultor:
    """Quien pregunta, con lo que puede gastar. Se usa como la ``consulta`` de ``Confianza``.

    :param carpeta: dónde se guarda lo respondido
    :param al: a qué fecha debe estar fresco lo guardado para no volver a preguntar
    :param permitidas: direcciones internas a las que sí se puede ir (la autoridad de la propia red)
    :param presupuesto: segundos que puede gastar en toda la verificación
    :param en_linea: si puede usar la red; si no, solo mira lo guardado
    :param guarda: si guarda lo que le responden
    """

    carpeta: Path
    al: datetime
    permitidas: Collection[str] = ()
    presupuesto: float = 15.0
    en_linea: bool = True
    guarda: bool = True
    fallas: list[str] = field(default_factory=list)
    _gastado: float = 0.0

    def __call__(
        self, certificado: x509.Certificate, emisor: x509.Certificate
    ) -> tuple[Sequence[bytes], Sequence[bytes]]:
        """Trae lo que se sepa de un certificado: listas y respuestas (DER), frescas si se pudo."""
        respuestas = [
            dicho
            for url in _direcciones_ocsp(certificado)[:DIRECCIONES]
            if (dicho := self._preguntar(url, certificado, emisor))
        ]
        if respuestas and self._bastan([], respuestas, certificado, emisor):
            return [], respuestas
        listas = [
            lista
            for url in _direcciones_crl(certificado)[:DIRECCIONES]
            if (lista := self._traer_lista(url, certificado, emisor))
        ]
        return listas, respuestas

    def _preguntar(self, url: str, certificado: x509.Certificate, emisor: x509.Certificate) -> bytes:
        pedido = ocsp.OCSPRequestBuilder().add_certificate(certificado, emisor, hashes.SHA1()).build()  # noqa: S303 (RFC 6960: es un nombre, no una firma)
        cuerpo = pedido.public_bytes(serialization.Encoding.DER)
        ruta = self._ruta(url.encode() + cuerpo, "ocsp")
        guardada = _leer(ruta)
        if guardada and self._bastan([], [guardada], certificado, emisor):
            return guardada
        traida = self._traer(url, cuerpo=cuerpo, tipo="application/ocsp-request", tope=TOPE_OCSP)
        if traida and Evidencias(listas=(), respuestas=[traida]).sobre(certificado, emisor):
            self._guardar(ruta, traida)
            return traida
        return guardada

    def _traer_lista(self, url: str, certificado: x509.Certificate, emisor: x509.Certificate) -> bytes:
        ruta = self._ruta(url.encode(), "crl")
        guardada = _leer(ruta)
        if guardada and self._bastan([guardada], [], certificado, emisor):
            return guardada
        traida = _en_der(self._traer(url, tope=TOPE_CRL))
        if traida and Evidencias(listas=[traida], respuestas=()).sobre(certificado, emisor):
            self._guardar(ruta, traida)
            return traida
        return guardada

    def _bastan(
        self,
        listas: Sequence[bytes],
        respuestas: Sequence[bytes],
        certificado: x509.Certificate,
        emisor: x509.Certificate,
    ) -> bool:
        """Dice si lo que se tiene está fresco: entonces no hace falta volver a preguntar."""
        dichos = Evidencias(listas=listas, respuestas=respuestas).sobre(certificado, emisor)
        return any(dicho.desde <= self.al <= dicho.hasta for dicho in dichos)

    def _traer(self, url: str, *, tope: int, cuerpo: bytes | None = None, tipo: str = "") -> bytes:
        queda = self.presupuesto - self._gastado
        if not self.en_linea or queda <= 0:
            return b""
        inicio = time.monotonic()
        try:
            return red.traer(
                url,
                tope=tope,
                permitidas=self.permitidas,
                cuerpo=cuerpo,
                tipo=tipo,
                espera=min(red.ESPERA, queda),
            )
        except red.NoSeTrajo as error:
            registro.info("No se pudo consultar la revocación: %s", error)
            self.fallas.append(str(error))
            return b""
        finally:
            self._gastado += time.monotonic() - inicio

    def _ruta(self, que: bytes, clase: str) -> Path:
        return self.carpeta / f"{hashlib.sha256(que).hexdigest()}.{clase}"

    def _guardar(self, ruta: Path, contenido: bytes) -> None:
        if not self.guarda:
            return
        try:
            ruta.parent.mkdir(parents=True, exist_ok=True)
            escribir(ruta, contenido)
        except OSError as error:
            registro.warning("No se pudo guardar lo que respondió una autoridad: %s", error)


def _leer(ruta: Path) -> bytes:
    try:
        return ruta.read_bytes()
    except OSError:
        return b""


def _en_der(contenido: bytes) -> bytes:
    """Algunas autoridades publican su lista en PEM."""
    if not contenido.startswith(b"-----BEGIN"):
        return contenido
    try:
        return x509.load_pem_x509_crl(contenido).public_bytes(serialization.Encoding.DER)
    except ValueError:
        return b""


def _direcciones_ocsp(certificado: x509.Certificate) -> list[str]:
    try:
        accesos = certificado.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [
        acceso.access_location.value
        for acceso in accesos
        if acceso.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(acceso.access_location, x509.UniformResourceIdentifier)
    ]


def _direcciones_crl(certificado: x509.Certificate) -> list[str]:
    try:
        puntos = certificado.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [
        nombre.value
        for punto in puntos
        for nombre in punto.full_name or ()
        if isinstance(nombre, x509.UniformResourceIdentifier) and nombre.value.lower().startswith("http")
    ]
