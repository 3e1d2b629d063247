"""El Estado de prueba se porta como uno de verdad: lo dice OpenSSL, que no es nuestro ni de certomancer."""

from __future__ import annotations

import subprocess
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from llaqta.salas.firma.testing.pki import EstadoDePrueba


def _pem(carpeta: Path, nombre: str, certificado: x509.Certificate) -> str:
    (carpeta / nombre).write_bytes(certificado.public_bytes(serialization.Encoding.PEM))
    return nombre


def _correr(carpeta: Path, *orden: str) -> str:
    return subprocess.run(orden, cwd=carpeta, capture_output=True, text=True).stdout


def test_el_ocsp_dice_bueno_y_despues_de_revocar_dice_revocado(
    estado_de_prueba: EstadoDePrueba, ahora: datetime, tmp_path: Path
) -> None:
    estado_de_prueba.reloj = None  # OpenSSL compara con el reloj de la máquina
    for nombre in ("raiz", "emisora", "firmante"):
        _pem(tmp_path, f"{nombre}.pem", estado_de_prueba.certificado(nombre))
    orden = ("openssl", "ocsp", "-CAfile", "raiz.pem", "-issuer", "emisora.pem", "-cert", "firmante.pem",
             "-url", f"{estado_de_prueba.url}/pe/ocsp/emisora")  # fmt: skip

    assert "firmante.pem: good" in _correr(tmp_path, *orden)
    estado_de_prueba.revocar("firmante", desde=datetime(2025, 2, 1, tzinfo=ahora.tzinfo))
    assert "firmante.pem: revoked" in _correr(tmp_path, *orden)


def test_el_sello_de_tiempo_lleva_la_hora_del_reloj_de_la_prueba(
    estado_de_prueba: EstadoDePrueba, tmp_path: Path
) -> None:
    (tmp_path / "algo").write_bytes(b"algo")
    _correr(tmp_path, "openssl", "ts", "-query", "-data", "algo", "-sha256", "-cert", "-out", "p.tsq")
    pedido = urllib.request.Request(estado_de_prueba.url_tsa, (tmp_path / "p.tsq").read_bytes())
    with urllib.request.urlopen(pedido, timeout=10) as respuesta:
        (tmp_path / "r.tsr").write_bytes(respuesta.read())
    _pem(tmp_path, "raiz.pem", estado_de_prueba.raiz)

    dicho = _correr(tmp_path, "openssl", "ts", "-reply", "-in", "r.tsr", "-text")
    assert "Status: Granted." in dicho
    assert "Time stamp: Jun  1 15:00:00 2026 GMT" in dicho


def test_la_lista_nombra_al_revocado_desde_la_hora_siguiente(
    estado_de_prueba: EstadoDePrueba, ahora: datetime
) -> None:
    serie = estado_de_prueba.certificado("firmante").serial_number
    estado_de_prueba.revocar("firmante", desde=ahora + timedelta(minutes=5))

    antes = x509.load_der_x509_crl(estado_de_prueba.lista())
    despues = x509.load_der_x509_crl(estado_de_prueba.lista(al=ahora + timedelta(hours=1)))
    assert antes.get_revoked_certificate_by_serial_number(serie) is None
    assert despues.get_revoked_certificate_by_serial_number(serie) is not None


def test_los_firmantes_tienen_la_forma_peruana_y_llaves_de_las_dos_clases(
    estado_de_prueba: EstadoDePrueba,
) -> None:
    eliptica, de_rsa = estado_de_prueba.llave("firmante"), estado_de_prueba.llave("firmante-rsa")

    assert isinstance(eliptica.privada, ec.EllipticCurvePrivateKey)
    assert isinstance(de_rsa.privada, rsa.RSAPrivateKey)
    assert "QUISPE HUAMAN Rosa FIR 45678901 hard" in de_rsa.certificado.subject.rfc4514_string()
    usos = de_rsa.certificado.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usos.content_commitment, usos.digital_signature) == (True, False)


def test_apagado_rehusa_y_encendido_vuelve_a_contestar(estado_de_prueba: EstadoDePrueba) -> None:
    lista = f"{estado_de_prueba.url}/pe/crls/emisora/latest.crl"
    estado_de_prueba.apagar()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(lista, timeout=5)

    estado_de_prueba.encender()
    with urllib.request.urlopen(lista, timeout=5) as respuesta:
        assert (
            x509.load_der_x509_crl(respuesta.read()).issuer == estado_de_prueba.certificado("emisora").subject
        )


def test_un_certificado_a_la_medida_tambien_se_revoca(
    estado_de_prueba: EstadoDePrueba, ahora: datetime
) -> None:
    llave = estado_de_prueba.emitir("a-medida", usos=("digital_signature",))
    estado_de_prueba.revocar("a-medida", desde=ahora)

    lista = x509.load_der_x509_crl(estado_de_prueba.lista(al=ahora + timedelta(hours=1)))
    assert lista.get_revoked_certificate_by_serial_number(llave.certificado.serial_number) is not None
