"""Lo que dicen de un PDF firmado los programas que no son nuestros: OpenSSL, poppler y pyHanko."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature


def openssl_acepta_la_firma(
    firma: EmbeddedPdfSignature, pdf: bytes, raiz: x509.Certificate, carpeta: Path
) -> bool:
    """Dice si ``openssl cms -verify -cades`` acepta el sobre de una firma sobre lo que cubre."""
    cubierto, sobre = _separar(firma, pdf)
    _escribir(carpeta, sobre=sobre, cubierto=cubierto, raiz=_pem(raiz))
    orden = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "sobre", "-content",
             "cubierto", "-CAfile", "raiz", "-purpose", "any", "-no_check_time", "-out", "/dev/null"]  # fmt: skip
    return "CAdES Verification successful" in _correr(carpeta, orden)


def openssl_acepta_el_sello(
    sello: EmbeddedPdfSignature, pdf: bytes, raiz: x509.Certificate, carpeta: Path
) -> bool:
    """Dice si ``openssl ts -verify`` acepta un sello de tiempo del documento sobre lo que cubre."""
    cubierto, sobre = _separar(sello, pdf)
    _escribir(carpeta, sobre=sobre, cubierto=cubierto, raiz=_pem(raiz))
    orden = ["openssl", "ts", "-verify", "-data", "cubierto", "-in", "sobre", "-token_in", "-CAfile", "raiz",
             "-no_check_time"]  # fmt: skip
    return "Verification: OK" in _correr(carpeta, orden)


def pdfsig(pdf: bytes, carpeta: Path) -> str:
    """Lo que dice ``pdfsig`` de poppler, sin mirar la confianza."""
    _escribir(carpeta, pdf=pdf)
    return _correr(carpeta, ["pdfsig", "-nocert", "pdf"])


def _separar(firma: EmbeddedPdfSignature, pdf: bytes) -> tuple[bytes, bytes]:
    _, abre, cierra, resto = (int(numero) for numero in firma.byte_range)
    sobre = bytes(firma.pkcs7_content)
    largo = int.from_bytes(sobre[2:4]) + 4  # los sobres pasan siempre de 256 bytes; lo que sigue son ceros
    return pdf[:abre] + pdf[cierra : cierra + resto], sobre[:largo]


def _escribir(carpeta: Path, **archivos: bytes) -> None:
    for nombre, contenido in archivos.items():
        (carpeta / nombre).write_bytes(contenido)


def _pem(certificado: x509.Certificate) -> bytes:
    return certificado.public_bytes(serialization.Encoding.PEM)


def _correr(carpeta: Path, orden: list[str]) -> str:
    hecho = subprocess.run(orden, cwd=carpeta, capture_output=True, text=True, check=False)
    return hecho.stdout + hecho.stderr
