"""El verificador entiende los sellos de otras manos: los que hace OpenSSL, con RSA y con curva elíptica."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from llaqta.salas.auditoria.tests.registro_aparte import Tsa
from llaqta.salas.auditoria.verificador.llaqta_verificador import Confianza, Informe, NoVale, comprobar_sello

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no hay openssl en esta máquina")
CUERPO = b"llaqta.pe/registro/080910\n40\nAAAA\n"
CONFIG = """
[tsa]
default_tsa = t
[t]
serial = {d}/serie
signer_cert = {d}/tsa.pem
certs = {d}/raiz.pem
signer_key = {d}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = {ess}
"""


def sellar(carpeta: Path, tsa: Tsa, ess: str, resumen: str) -> bytes:
    pem = serialization.Encoding.PEM
    (carpeta / "tsa.pem").write_bytes(tsa.cert.public_bytes(pem))
    (carpeta / "raiz.pem").write_bytes(tsa.pem)
    clave = tsa.llave.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (carpeta / "tsa.key").write_bytes(clave)
    (carpeta / "serie").write_text("01\n")
    (carpeta / "ts.cnf").write_text(CONFIG.format(d=carpeta, ess=ess))
    (carpeta / "cuerpo").write_bytes(CUERPO)
    for orden in (
        f"openssl ts -query -data cuerpo -{resumen} -cert -out pedido.tsq",
        "openssl ts -reply -config ts.cnf -queryfile pedido.tsq -token_out -out sello.der",
    ):
        subprocess.run(orden.split(), cwd=carpeta, check=True, capture_output=True, timeout=60)
    return (carpeta / "sello.der").read_bytes()


@pytest.fixture(scope="module")
def de_rsa() -> Any:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.mark.parametrize("curva", [False, True], ids=["rsa", "p256"])
@pytest.mark.parametrize("ess", ["sha1", "sha256"])
@pytest.mark.parametrize("resumen", ["sha256", "sha512"])
def test_un_sello_de_openssl_se_comprueba_y_de_otro_texto_no(
    tmp_path: Path, de_rsa: Any, curva: bool, ess: str, resumen: str
) -> None:
    # OpenSSL pone la hora de la máquina: los certificados valen todo el siglo.
    siglo = {"desde": datetime(2001, 1, 1, tzinfo=UTC), "hasta": datetime(2100, 1, 1, tzinfo=UTC)}
    tsa = Tsa(llave=ec.generate_private_key(ec.SECP256R1()) if curva else de_rsa, **siglo)
    sello = sellar(tmp_path, tsa, ess, resumen)
    informe = Informe()
    comprobar_sello(sello, CUERPO, Confianza(autoridades=(tsa.raiz,)), informe)
    assert informe.sin_comprobar == [
        "No se comprobó si el certificado de quien selló la hora fue revocado después."
    ]
    with pytest.raises(NoVale, match="OTRO texto"):
        comprobar_sello(sello, CUERPO + b"x", Confianza(), Informe())
    with pytest.raises(NoVale, match="no es de la autoridad"):
        comprobar_sello(sello, CUERPO, Confianza(autoridades=(Tsa().raiz,)), Informe())
