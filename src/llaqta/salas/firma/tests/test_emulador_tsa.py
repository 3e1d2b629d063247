"""La TSA de demostración: tiene la forma de una verdadera, y dice que no vale."""

from __future__ import annotations

import hashlib
import socket
import subprocess
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from llaqta.cimientos.models import Entidad
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma import anclas, niveles, queries, sello, services, tsa
from llaqta.salas.firma.emulador_tsa import EmuladorTsa, llave_de_la_tsa, responder
from llaqta.salas.firma.llaves import LlaveDeSoftware
from llaqta.salas.firma.models import Certificado
from llaqta.salas.firma.niveles import Nivel
from llaqta.salas.firma.sello_de_tiempo import comprobar
from llaqta.salas.firma.verificacion import Veredicto

pytestmark = pytest.mark.django_db
RESUMEN = hashlib.sha256(b"cargo").digest()


@pytest.fixture
def llave(entidad: Entidad, ahora: datetime) -> LlaveDeSoftware:
    return llave_de_la_tsa(ahora=ahora)


@pytest.fixture
def encendida(llave: LlaveDeSoftware, settings: Any) -> Iterator[None]:
    puerta = socket.socket()
    puerta.bind(("127.0.0.1", 0))
    servidor = EmuladorTsa(puerta, llave)
    threading.Thread(target=servidor.serve_forever, args=(0.02,), daemon=True).start()
    settings.TSA_URL = f"http://127.0.0.1:{puerta.getsockname()[1]}/"
    yield
    servidor.shutdown()
    servidor.server_close()


def test_su_certificado_dice_que_no_vale_y_solo_sirve_para_el_tiempo(
    llave: LlaveDeSoftware, ahora: datetime
) -> None:
    assert services.nombre_comun(llave.certificado) == "TSA DE DEMOSTRACIÓN (SIN VALOR LEGAL)"
    uso = llave.certificado.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert (uso.critical, [str(oid.dotted_string) for oid in uso.value]) == (True, ["1.3.6.1.5.5.7.3.8"])
    assert llave_de_la_tsa(ahora=ahora).certificado == llave.certificado
    assert llave_de_la_tsa(ahora=ahora + timedelta(days=3000)).certificado != llave.certificado


def test_openssl_acepta_lo_que_sella(llave: LlaveDeSoftware, ahora: datetime, tmp_path: Path) -> None:
    (tmp_path / "algo").write_bytes(b"cargo")
    (tmp_path / "raiz.pem").write_bytes(llave.cadena[1].public_bytes(serialization.Encoding.PEM))
    subprocess.run(
        ["openssl", "ts", "-query", "-data", "algo", "-sha256", "-cert", "-out", "p.tsq"],
        cwd=tmp_path,
        check=True,
    )
    (tmp_path / "r.tsr").write_bytes(responder((tmp_path / "p.tsq").read_bytes(), llave, hora=ahora))

    orden = ["openssl", "ts", "-verify", "-queryfile", "p.tsq", "-in", "r.tsr", "-CAfile", "raiz.pem",
             "-attime", str(int(ahora.timestamp()))]  # fmt: skip
    hecho = subprocess.run(orden, cwd=tmp_path, capture_output=True, text=True)
    assert "Verification: OK" in hecho.stdout + hecho.stderr


@pytest.mark.parametrize("basura", [b"", b"hola", bytes(500)])
def test_lo_que_no_es_un_pedido_se_rechaza(llave: LlaveDeSoftware, ahora: datetime, basura: bytes) -> None:
    # PKIStatus 2, «rejection», sin sello.
    assert responder(basura, llave, hora=ahora) == bytes.fromhex("30053003020102")


def test_el_cliente_le_pide_sellos_por_http(encendida: None, ahora: datetime) -> None:
    pedido = tsa.pedir_sello(RESUMEN, ahora=ahora)

    raiz = sello.raiz_de_demostracion()
    assert raiz is not None
    assert comprobar(pedido.der, resumen=RESUMEN, anclas=[raiz]).hora == pedido.hora


@pytest.mark.parametrize("nivel", [Nivel.T, Nivel.LT, Nivel.LTA])
def test_un_documento_de_la_demostracion_llega_a_todos_los_niveles_sin_red(
    encendida: None, jefe: Persona, certificado: Certificado, firmado: bytes, nivel: Nivel
) -> None:
    from django.utils import timezone

    ahora = timezone.now()  # la TSA de demostración tiene su propio reloj
    elevado = niveles.elevar(firmado, nivel, confianza=anclas.get_confianza(ahora=ahora), ahora=ahora)

    informe = queries.verificar(elevado, ahora=ahora)
    assert (informe.veredicto, informe.motivos) == (Veredicto.VALIDA, ())
    assert informe.firmas[0].nivel == nivel.value
    assert informe.de_demostracion


def test_lo_revocado_se_publica_en_un_archivo_que_no_necesita_la_llave(
    jefe: Persona, certificado: Certificado, ahora: datetime
) -> None:
    services.revocar_certificado(actor=jefe, certificado=certificado, motivo="Perdió la llave", ahora=ahora)
    services.publicar_listas(ahora=ahora)

    ruta = sello.carpeta() / "crl" / "demostracion-emisora.crl"
    lista = x509.load_der_x509_crl(ruta.read_bytes())
    assert lista.is_signature_valid(sello.autoridad_publica().emisora.public_key())  # type: ignore[arg-type]
    assert lista.get_revoked_certificate_by_serial_number(int(certificado.numero_de_serie, 16)) is not None
    assert ruta.stat().st_mode & 0o777 == 0o644
