"""Lo que firmamos lo aceptan también los programas de otros: OpenSSL, poppler y pyHanko sin nuestra regla."""

from __future__ import annotations

import io
import re
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from llaqta.salas.firma import cades, pades, sello
from llaqta.salas.firma.juicio import leer
from llaqta.salas.firma.llaves import LlaveDeSoftware
from llaqta.salas.firma.tests import firmantes

pytestmark = pytest.mark.django_db


def _rango(pdf: bytes) -> tuple[int, int, int, int]:
    hallado = re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", pdf)[-1]
    uno, dos, tres, cuatro = (int(numero) for numero in hallado)
    return uno, dos, tres, cuatro


def _sobre_y_contenido(pdf: bytes) -> tuple[bytes, bytes]:
    _, abre, cierra, resto = _rango(pdf)
    return bytes.fromhex(pdf[abre + 1 : cierra - 1].decode()), pdf[:abre] + pdf[cierra : cierra + resto]


def test_openssl_acepta_el_sobre_cades(firmado: bytes, tmp_path: Path) -> None:
    sobre, contenido = _sobre_y_contenido(firmado)
    (tmp_path / "sobre.der").write_bytes(sobre)
    (tmp_path / "contenido").write_bytes(contenido)
    raiz = sello.autoridad().raiz.certificado.public_bytes(serialization.Encoding.PEM)
    (tmp_path / "raiz.pem").write_bytes(raiz)

    hecho = subprocess.run(
        ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "sobre.der", "-content",
         "contenido",
         "-CAfile", "raiz.pem", "-purpose", "any", "-no_check_time", "-out", "/dev/null"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert "CAdES Verification successful" in hecho.stderr


def test_poppler_ve_las_dos_firmas_y_que_la_ultima_cubre_todo(
    firmado: bytes, ahora: datetime, tmp_path: Path
) -> None:
    dos = firmantes.firmar_con(firmantes.llave_de(sello.autoridad(), ahora), firmado, ahora)
    (tmp_path / "dos.pdf").write_bytes(dos)

    salida = subprocess.run(
        ["pdfsig", "-nocert", "dos.pdf"], cwd=tmp_path, capture_output=True, text=True
    ).stdout
    assert salida.count("Signature is Valid.") == 2
    assert salida.count("Total document signed") == 1
    assert salida.count("ETSI.CAdES.detached") == 2
    assert "Jun 01 2026" in salida


def test_pyhanko_la_acepta_con_revocacion_obligatoria(firmado: bytes, ahora: datetime) -> None:
    propia = sello.autoridad()
    contexto = ValidationContext(
        trust_roots=[leer(propia.raiz.certificado.public_bytes(serialization.Encoding.DER))],
        crls=list(propia.emitir_listas(revocados=[], ahora=ahora)),
        revocation_mode="require",
        moment=ahora,
    )
    (firma,) = PdfFileReader(io.BytesIO(firmado)).embedded_signatures

    estado = validate_pdf_signature(firma, contexto)
    assert estado.bottom_line
    assert estado.coverage.name == "ENTIRE_FILE"


def test_en_el_pdf_se_reserva_justo_el_sitio_del_sobre(firmado: bytes) -> None:
    sobre, _ = _sobre_y_contenido(firmado)

    # Una firma ECDSA varía unos bytes de largo: lo que sobra, nunca más que eso, son ceros.
    escrito = int.from_bytes(sobre[2:4]) + 4
    assert 0 <= len(sobre) - escrito <= 8
    assert not any(sobre[escrito:])


def test_con_curva_eliptica_tambien_vale(pdf: bytes, ahora: datetime, tmp_path: Path) -> None:
    llave = firmantes.certificado_propio(ahora)
    for numero in range(8):  # la firma ECDSA varía de largo: que siempre quepa
        firmado = pades.firmar_bytes(pdf, llave=llave, acto=pades.Acto("Nadie", f"Vuelta {numero}", ahora))
        (firma,) = PdfFileReader(io.BytesIO(firmado)).embedded_signatures
        estado = validate_pdf_signature(
            firma, ValidationContext(trust_roots=[firma.signer_cert], moment=ahora)
        )
        assert (estado.intact, estado.valid) == (True, True)
        assert len(_sobre_y_contenido(firmado)[0]) == cades.tamano_del_sobre(llave)


def test_un_archivo_se_firma_en_su_sitio_sin_leerlo_entero(
    pdf: bytes, ahora: datetime, tmp_path: Path
) -> None:
    ruta = tmp_path / "grande.pdf"
    ruta.write_bytes(pdf)
    llave = firmantes.llave_de(sello.autoridad(), ahora)

    with ruta.open("r+b") as flujo:
        pades.firmar_flujo(
            flujo, llave=llave, acto=pades.Acto("Alguien", "Soy el autor del documento", ahora)
        )
    assert ruta.read_bytes().startswith(pdf)
    assert PdfFileReader(io.BytesIO(ruta.read_bytes())).embedded_signatures[0].compute_digest()


def test_der_codifica_como_manda_x690() -> None:
    assert cades.oid("2.999.3").hex() == "0603883703"
    assert cades.entero(0).hex() == "020100"
    assert cades.entero(128).hex() == "02020080"
    assert cades.tlv(cades.OCTETOS, bytes(200))[:3].hex() == "0481c8"
    assert cades.conjunto(cades.CONJUNTO, [b"\x02\x01\x05", b"\x02\x01\x01"]).hex() == "3106020101020105"


def test_otra_curva_no_se_admite(ahora: datetime) -> None:
    from llaqta.salas.firma.llaves import LlaveNoDisponible, es_eliptica

    buena = firmantes.certificado_propio(ahora)
    assert es_eliptica(buena.certificado)
    assert isinstance(buena, LlaveDeSoftware)
    assert isinstance(buena.privada, ec.EllipticCurvePrivateKey)
    with pytest.raises(LlaveNoDisponible, match="Solo se firma con RSA de 2048 bits o más"):
        es_eliptica(_de_otra_curva(ahora))


def _de_otra_curva(ahora: datetime):  # type: ignore[no-untyped-def]
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import NameOID

    privada = ec.generate_private_key(ec.SECP521R1())
    quien = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Otra curva")])
    return (
        x509.CertificateBuilder()
        .subject_name(quien).issuer_name(quien).public_key(privada.public_key())
        .serial_number(1).not_valid_before(ahora).not_valid_after(ahora.replace(year=2030))
        .sign(privada, hashes.SHA256())
    )  # fmt: skip
