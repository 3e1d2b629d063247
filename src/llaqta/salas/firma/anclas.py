"""En quién se confía: la autoridad de demostración propia y las que la municipalidad puso en ``DATOS/firma/anclas``.

Las listas de revocación de las autoridades ajenas se dejan en ``DATOS/firma/crl``; la de la propia se emite al momento,
con lo que dice la base de datos, de modo que revocar surte efecto en la verificación siguiente.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from llaqta.salas.firma.models import Certificado
from llaqta.salas.firma.sello import autoridad, carpeta

CERTIFICADOS = ("*.pem", "*.crt", "*.cer", "*.der")
LISTAS = ("*.crl", "*.pem")


@dataclass(frozen=True)
class Confianza:
    """Con qué se verifica: raíces y listas de revocación en DER, y la raíz de demostración."""

    raices: tuple[bytes, ...]
    otras: tuple[bytes, ...]
    listas: tuple[bytes, ...]
    de_demostracion: bytes


def get_confianza(*, ahora: datetime) -> Confianza:
    """Reúne las anclas y las listas de revocación que valen en este momento."""
    propia = autoridad()
    revocados = Certificado.objects.filter(revocado_en__isnull=False).values_list(
        "numero_de_serie", "revocado_en"
    )
    listas = propia.emitir_listas(
        revocados=[(int(serie, 16), en) for serie, en in revocados if en is not None], ahora=ahora
    )
    raiz = _der(propia.raiz.certificado)
    return Confianza(
        raices=(raiz, *_leer_certificados(carpeta() / "anclas")),
        otras=(_der(propia.emisora.certificado),),
        listas=(*listas, *_leer_listas(carpeta() / "crl")),
        de_demostracion=raiz,
    )


def _der(objeto: x509.Certificate | x509.CertificateRevocationList) -> bytes:
    return objeto.public_bytes(serialization.Encoding.DER)


def _leer_certificados(lugar: Path) -> Iterator[bytes]:
    for archivo in _archivos(lugar, CERTIFICADOS):
        contenido = archivo.read_bytes()
        if contenido.startswith(b"-----BEGIN"):
            yield from (_der(certificado) for certificado in x509.load_pem_x509_certificates(contenido))
        else:
            yield _der(x509.load_der_x509_certificate(contenido))


def _leer_listas(lugar: Path) -> Iterator[bytes]:
    for archivo in _archivos(lugar, LISTAS):
        contenido = archivo.read_bytes()
        leer = x509.load_pem_x509_crl if contenido.startswith(b"-----BEGIN") else x509.load_der_x509_crl
        yield _der(leer(contenido))


def _archivos(lugar: Path, patrones: tuple[str, ...]) -> list[Path]:
    return sorted({archivo for patron in patrones for archivo in lugar.glob(patron)})
