"""La ceremonia de la llave: delante de testigos, con su acta; la llave nueva no sella hasta tener su certificado."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from django.core.management import CommandError, call_command

from llaqta.cimientos.models import Entidad
from llaqta.salas.firma import queries, sello, services
from llaqta.salas.firma.testing.fichas import MODULO
from llaqta.salas.firma.testing.pki import EstadoDePrueba

pytestmark = pytest.mark.django_db


@pytest.fixture
def carpeta_nueva(settings: Any, tmp_path: Path, entidad: Entidad) -> Path:
    settings.DATOS = tmp_path
    return tmp_path / "firma"


def _certificar(csr: x509.CertificateSigningRequest, estado: EstadoDePrueba) -> bytes:
    """Lo que hace la entidad de certificación con un pedido: comprueba que lo firmó su llave y emite."""
    assert csr.is_signature_valid
    emisora = estado.certificado("emisora")
    ahora = datetime.now(emisora.not_valid_before_utc.tzinfo)
    emitido = (
        x509.CertificateBuilder()
        .subject_name(csr.subject).issuer_name(emisora.subject).public_key(csr.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ahora - timedelta(days=365)).not_valid_after(ahora + timedelta(days=700))
        .add_extension(csr.extensions.get_extension_for_class(x509.KeyUsage).value, critical=True)
        .sign(estado.privada("emisora"), hashes.SHA256())
    )  # fmt: skip
    return b"".join(uno.public_bytes(serialization.Encoding.PEM) for uno in (emitido, emisora))


def test_la_ceremonia_deja_el_pedido_y_el_acta_y_se_sigue_sellando_con_la_llave_de_antes(
    carpeta_nueva: Path, tmp_path: Path, ahora: datetime, capsys: Any
) -> None:
    antes = sello.get_sello(ahora=ahora).certificado
    call_command("firma", "ceremonia", "--quien", "Paola Inga, Jefa de Informática",
                 "--testigo", "Ana Ruiz, OCI", "--testigo", "Luis Paz, Secretario General",
                 "--salida", str(tmp_path / "salida"))  # fmt: skip

    csr = x509.load_pem_x509_csr((tmp_path / "salida" / "sello.csr").read_bytes())
    assert csr.is_signature_valid
    assert "MUNICIPALIDAD DISTRITAL DE PICHARI FAU 20999000011 soft" in csr.subject.rfc4514_string()
    assert csr.extensions.get_extension_for_class(x509.KeyUsage).value.content_commitment
    acta = (tmp_path / "salida" / "acta.txt").read_text()
    huella = hashes.Hash(hashes.SHA256())
    huella.update(csr.public_bytes(serialization.Encoding.DER))
    assert huella.finalize().hex() in acta.replace(" ", "")
    for dicho in ("Paola Inga, Jefa de Informática", "Ana Ruiz, OCI", "Luis Paz, Secretario General"):
        assert acta.count(dicho) == 2
    assert sello.get_sello(ahora=ahora).certificado == antes
    espera = carpeta_nueva / "sello-nuevo.key"
    assert espera.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert espera.stat().st_mode & 0o777 == 0o600
    (linea,) = (carpeta_nueva / "ceremonias.jsonl").read_text().splitlines()
    assert json.loads(linea)["testigos"] == ["Ana Ruiz, OCI", "Luis Paz, Secretario General"]


def test_con_el_certificado_recibido_se_sella_con_la_llave_nueva(
    carpeta_nueva: Path, tmp_path: Path, estado_de_prueba: EstadoDePrueba, pdf: bytes, capsys: Any
) -> None:
    call_command("firma", "ceremonia", "--quien", "P", "--clase", "RSA-3072", "--salida", str(tmp_path))
    recibido = _certificar(x509.load_pem_x509_csr((tmp_path / "sello.csr").read_bytes()), estado_de_prueba)
    (tmp_path / "recibido.pem").write_bytes(recibido)
    anclas = carpeta_nueva / "anclas"
    anclas.mkdir()
    (anclas / "estado.pem").write_bytes(estado_de_prueba.raiz_pem)

    call_command("firma", "instalar", str(tmp_path / "recibido.pem"))

    ahora = datetime.now().astimezone()
    sellado = services.sellar(pdf=pdf, motivo="Cargo", ahora=ahora)
    (firma,) = queries.verificar(sellado, ahora=ahora).firmas
    assert firma.titular == "MUNICIPALIDAD DISTRITAL DE PICHARI FAU 20999000011 soft"
    assert firma.de_demostracion is False
    assert sello.get_sello(ahora=ahora).certificado.public_key().key_size == 3072  # type: ignore[union-attr]
    assert not (carpeta_nueva / "sello-nuevo.key").exists()
    assert len((carpeta_nueva / "ceremonias.jsonl").read_text().splitlines()) == 2


def test_el_certificado_de_otra_llave_no_se_instala(
    carpeta_nueva: Path, tmp_path: Path, estado_de_prueba: EstadoDePrueba, ahora: datetime
) -> None:
    antes = sello.get_sello(ahora=ahora).certificado
    call_command("firma", "ceremonia", "--quien", "P", "--salida", str(tmp_path))
    ajeno = estado_de_prueba.certificado("empresa").public_bytes(serialization.Encoding.PEM)
    (tmp_path / "ajeno.pem").write_bytes(ajeno)

    with pytest.raises(CommandError, match="Ningún certificado de los dados es de la llave"):
        call_command("firma", "instalar", str(tmp_path / "ajeno.pem"))
    assert sello.get_sello(ahora=ahora).certificado == antes
    assert (carpeta_nueva / "sello-nuevo.key").exists()


def test_no_hay_dos_ceremonias_a_medias(carpeta_nueva: Path, tmp_path: Path, ahora: datetime) -> None:
    sello.get_sello(ahora=ahora)
    call_command("firma", "ceremonia", "--quien", "P", "--salida", str(tmp_path))
    espera = (carpeta_nueva / "sello-nuevo.key").read_bytes()

    with pytest.raises(CommandError, match="Ya hay una llave que espera su certificado"):
        call_command("firma", "renovar", "--quien", "P", "--salida", str(tmp_path))
    assert (carpeta_nueva / "sello-nuevo.key").read_bytes() == espera


def test_el_estado_dice_que_vence_cuando(carpeta_nueva: Path, ahora: datetime, capsys: Any) -> None:
    sello.get_sello(ahora=ahora)
    capsys.readouterr()
    call_command("firma", "estado")

    dicho = capsys.readouterr().out
    assert (
        "MUNICIPALIDAD DISTRITAL DE PICHARI FAU 20999000011 soft (de demostración, SIN VALOR LEGAL)" in dicho
    )
    assert "archivo cifrado" in dicho
    assert "no hay TSA" in dicho


def test_quien_atiende_paginas_no_celebra_ceremonias(
    carpeta_nueva: Path, settings: Any, tmp_path: Path
) -> None:
    settings.PAPEL = "web"
    with pytest.raises(CommandError, match="no abre llaves"):
        call_command("firma", "ceremonia", "--quien", "P", "--salida", str(tmp_path))
    assert not carpeta_nueva.exists() or not list(carpeta_nueva.glob("*.key"))


# --- La ficha, en otro proceso: SoftHSM2 lee su configuración una sola vez -------------------------------------------
GUION = """
import sys
from pathlib import Path
carpeta = Path(sys.argv[1])
import django; django.setup()
from datetime import datetime, timedelta, UTC
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from django.conf import settings
from llaqta.salas.firma import ceremonia, pades, sello
from llaqta.salas.firma.llaves import abrir_ficha
from llaqta.salas.firma.testing.fichas import MODULO, PIN, crear_ficha
from llaqta.salas.firma.tests.documentos import una_pagina
crear_ficha(carpeta, 'llaqta')
settings.DATOS, settings.FIRMA_PKCS11 = carpeta, MODULO
settings.FIRMA_PKCS11_FICHA, settings.FIRMA_PKCS11_PIN = 'llaqta', PIN
ahora, propia = datetime.now(UTC), sello.autoridad()
sujeto = ceremonia.sujeto_de_la_entidad(nombre='Municipalidad', ruc='20999000011')
acta = ceremonia.celebrar(sujeto=sujeto, quien='P', testigos=(), clase='P-256', ahora=ahora)
csr = x509.load_der_x509_csr(acta.csr)
assert csr.is_signature_valid
certificado = (x509.CertificateBuilder().subject_name(csr.subject).issuer_name(propia.emisora.certificado.subject)
    .public_key(csr.public_key()).serial_number(7).not_valid_before(ahora - timedelta(days=1))
    .not_valid_after(ahora + timedelta(days=30))
    .add_extension(x509.KeyUsage(False, True, False, False, False, False, False, False, False), critical=True)
    .sign(propia.emisora.privada, hashes.SHA256()))
ceremonia.instalar([certificado, propia.emisora.certificado], ahora=ahora)
ficha = abrir_ficha(modulo=MODULO, ficha='llaqta', pin=PIN)
firmado = pades.firmar_bytes(una_pagina(), llave=ficha, acto=pades.Acto('M', 'Cargo', ahora))
from llaqta.salas.firma.confianza import Confianza
from llaqta.salas.firma.verificacion import verificar
D = serialization.Encoding.DER
raiz, emisora = (c.certificado.public_bytes(D) for c in (propia.raiz, propia.emisora))
confianza = Confianza((raiz,), (emisora,), propia.emitir_listas(revocados=[], ahora=ahora), raiz)
informe = verificar(firmado, confianza=confianza, ahora=ahora + timedelta(seconds=1))
print(informe.veredicto.value, informe.firmas[0].titular, type(csr.public_key()).__name__)
"""


def test_la_llave_nace_y_se_queda_en_la_ficha_y_sella_con_p256(tmp_path: Path) -> None:
    if not Path(MODULO).exists():
        pytest.skip("SoftHSM2 no está instalado")
    hecho = subprocess.run(
        [sys.executable, "-c", GUION, str(tmp_path)], env=os.environ | {"LLAQTA_DEMO": "1"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert hecho.stdout.strip() == "VALIDA MUNICIPALIDAD FAU 20999000011 hard ECPublicKey", hecho.stderr[
        -1500:
    ]
