"""Firmantes que no son de la casa: otras autoridades, otros programas, otros usos del certificado."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from pyhanko.keys.pemder import load_certs_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from llaqta.salas.firma import pades
from llaqta.salas.firma.ca import Autoridad, Titular, abrir_autoridad
from llaqta.salas.firma.llaves import LlaveDeSoftware

TITULAR = Titular(nombre="FALSARIO Juan", marca="FIR 10000001", documento="PNOPE-10000001")


def otra_autoridad(carpeta: Path) -> Autoridad:
    """Una autoridad hecha en casa con los mismos nombres que la de la instalación, y otra llave."""
    return abrir_autoridad(carpeta=carpeta, clave=b"otra")


def llave_de(
    autoridad: Autoridad, ahora: datetime, *, titular: Titular = TITULAR, dias: int = 30
) -> LlaveDeSoftware:
    """Una llave RSA-2048 con certificado de esa autoridad, válido desde ayer."""
    privada = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificado = autoridad.emitir(
        titular=titular,
        publica=privada.public_key(),
        desde=ahora - timedelta(days=1),
        hasta=ahora + timedelta(days=dias),
    )
    return LlaveDeSoftware(certificado, (autoridad.emisora.certificado,), privada)


def firmar_con(llave: LlaveDeSoftware, pdf: bytes, ahora: datetime) -> bytes:
    """Firma con el motor, sin pasar por la casa: nadie comprueba si el certificado sirve."""
    return pades.firmar_bytes(
        pdf, llave=llave, acto=pades.Acto("Alguien", "Soy el autor del documento", ahora)
    )


def certificado_propio(ahora: datetime, *, firma: bool = True, nombre: str = "Nadie") -> LlaveDeSoftware:
    """Un certificado que se emite a sí mismo; sin ``firma``, con el uso de autenticación."""
    privada = ec.generate_private_key(ec.SECP256R1())
    quien = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, nombre)])
    usos = x509.KeyUsage(not firma, firma, False, False, False, False, False, False, False)
    certificado = (
        x509.CertificateBuilder()
        .subject_name(quien)
        .issuer_name(quien)
        .public_key(privada.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ahora - timedelta(days=1))
        .not_valid_after(ahora + timedelta(days=30))
        .add_extension(usos, critical=True)
        .sign(privada, hashes.SHA256())
    )
    return LlaveDeSoftware(certificado, (), privada)


def certificado_de_autenticacion(autoridad: Autoridad, ahora: datetime) -> LlaveDeSoftware:
    """El gemelo del certificado de firma del DNIe: la misma persona, pero solo para identificarse."""
    privada = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    quien = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "QUISPE HUAMÁN Rosa AUT 45678901 soft")])
    certificado = (
        x509.CertificateBuilder()
        .subject_name(quien)
        .issuer_name(autoridad.emisora.certificado.subject)
        .public_key(privada.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ahora - timedelta(days=1))
        .not_valid_after(ahora + timedelta(days=30))
        .add_extension(
            x509.KeyUsage(True, False, False, False, False, False, False, False, False), critical=True
        )
        .sign(autoridad.emisora.privada, hashes.SHA256())
    )
    return LlaveDeSoftware(certificado, (autoridad.emisora.certificado,), privada)


@dataclass(frozen=True)
class PyhankoDeFabrica:
    """El pyHanko de fábrica, con una llave nuestra: el otro programa con que comparar."""

    llave: LlaveDeSoftware

    def firmante(self) -> signers.SimpleSigner:
        """Su firmante, con la llave como él la guarda."""
        from asn1crypto import keys

        der = self.llave.privada.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        propio, *cadena = (
            next(iter(load_certs_from_pemder_data(c.public_bytes(serialization.Encoding.DER))))
            for c in (self.llave.certificado, *self.llave.cadena)
        )
        return signers.SimpleSigner(
            signing_cert=propio,
            signing_key=keys.PrivateKeyInfo.load(der),
            cert_registry=SimpleCertificateStore.from_certs(cadena),
        )

    def firmar(self, pdf: bytes, *, campo: str = "Firma1", certifica: bool = False) -> bytes:
        """Firma; si ``certifica``, además declara que solo admite más firmas (DocMDP 2)."""
        datos = signers.PdfSignatureMetadata(
            field_name=campo,
            subfilter=SigSeedSubFilter.PADES,
            md_algorithm="sha256",
            certify=certifica,
            docmdp_permissions=MDPPerm.FILL_FORMS,
        )
        salida = io.BytesIO()
        signers.sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)), datos, signer=self.firmante(), output=salida
        )
        return salida.getvalue()
