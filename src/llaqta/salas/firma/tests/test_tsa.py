"""La hora la da la autoridad de sellado, o nadie: si falla, no hay sello y nunca aparece la hora de esta máquina."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms, tsp

from llaqta.salas.firma import queries, tsa
from llaqta.salas.firma.sello_de_tiempo import SelloInvalido, comprobar
from llaqta.salas.firma.testing.pki import EstadoDePrueba

RESUMEN = hashlib.sha256(b"una resolucion").digest()


@pytest.fixture
def con_tsa(settings: Any, estado_de_prueba: EstadoDePrueba) -> EstadoDePrueba:
    """La instalación pide sus sellos al Estado de prueba."""
    settings.TSA_URL = estado_de_prueba.url_tsa
    settings.TSA_SEGUNDOS = 1
    return estado_de_prueba


def test_sin_autoridad_configurada_no_se_pide_a_nadie(ahora: datetime) -> None:
    assert not queries.hay_tsa()
    with pytest.raises(tsa.TsaNoConfigurada):
        tsa.pedir_token(RESUMEN, ahora=ahora)


def test_el_sello_es_de_lo_pedido_y_su_hora_es_la_de_la_autoridad(
    con_tsa: EstadoDePrueba, ahora: datetime
) -> None:
    con_tsa.reloj = datetime(2026, 7, 4, 12, 30, 15, tzinfo=UTC)

    sello = tsa.pedir_sello(RESUMEN, ahora=ahora)

    assert sello.hora == datetime(2026, 7, 4, 12, 30, 15, tzinfo=UTC)
    assert sello.certificado == con_tsa.certificado("tsa")
    assert sello.vence_el == datetime(2028, 1, 1, tzinfo=UTC)
    assert comprobar(sello.der, resumen=RESUMEN, anclas=[con_tsa.raiz]).cadena == (con_tsa.raiz,)


@pytest.mark.parametrize("falla", ["500", "html", "vacia", "cuelga", "corta", "infinita"])
def test_si_la_autoridad_falla_no_hay_sello(con_tsa: EstadoDePrueba, ahora: datetime, falla: str) -> None:
    con_tsa.fallar("tsa", falla)

    desde = time.monotonic()
    with pytest.raises(tsa.TsaNoResponde, match="sell"):
        tsa.pedir_token(RESUMEN, ahora=ahora)
    assert time.monotonic() - desde < 5


def test_si_la_autoridad_esta_apagada_no_hay_sello(con_tsa: EstadoDePrueba, ahora: datetime) -> None:
    con_tsa.apagar()

    with pytest.raises(tsa.TsaNoResponde, match="no acepta conexiones"):
        tsa.pedir_token(RESUMEN, ahora=ahora)


def _otro_resumen(pedido: bytes) -> bytes:
    cambiado = tsp.TimeStampReq.load(pedido)
    cambiado["message_imprint"]["hashed_message"] = bytes(32)
    return bytes(cambiado.dump(force=True))


def _otro_nonce(pedido: bytes) -> bytes:
    cambiado = tsp.TimeStampReq.load(pedido)
    cambiado["nonce"] = 7
    return bytes(cambiado.dump(force=True))


def _sin_nonce(pedido: bytes) -> bytes:
    cambiado = tsp.TimeStampReq.load(pedido)
    return bytes(
        tsp.TimeStampReq(
            {"version": 1, "message_imprint": cambiado["message_imprint"], "cert_req": True}
        ).dump()
    )


@pytest.mark.parametrize(
    ("alterar", "motivo"),
    [(_otro_resumen, "de otro documento"), (_otro_nonce, "a otro pedido"), (_sin_nonce, "a otro pedido")],
)
def test_un_sello_de_otra_cosa_no_se_acepta(
    con_tsa: EstadoDePrueba, ahora: datetime, alterar: Callable[[bytes], bytes], motivo: str
) -> None:
    con_tsa.al_pedir["tsa"] = alterar

    with pytest.raises(tsa.TsaNoResponde, match=motivo):
        tsa.pedir_token(RESUMEN, ahora=ahora)


def _con_la_firma_cambiada(respuesta: bytes) -> bytes:
    cambiada = tsp.TimeStampResp.load(respuesta)
    firmante = cambiada["time_stamp_token"]["content"]["signer_infos"][0]
    firmante["signature"] = bytes(len(firmante["signature"].native))
    return bytes(cambiada.dump(force=True))


def _sin_firmante(respuesta: bytes) -> bytes:
    cambiada = tsp.TimeStampResp.load(respuesta)
    cambiada["time_stamp_token"]["content"]["signer_infos"] = []
    return bytes(cambiada.dump(force=True))


def _con_otra_hora(respuesta: bytes) -> bytes:
    cambiada = tsp.TimeStampResp.load(respuesta)
    dentro = cambiada["time_stamp_token"]["content"]["encap_content_info"]
    informacion = tsp.TSTInfo.load(bytes(dentro["content"]))
    informacion["gen_time"] = datetime(2020, 1, 1, tzinfo=UTC)
    dentro["content"] = cms.ParsableOctetString(informacion.dump(force=True))
    return bytes(cambiada.dump(force=True))


def _negada(_respuesta: bytes) -> bytes:
    return bytes.fromhex("30053003020102")  # PKIStatus 2, «rejection», sin sello


@pytest.mark.parametrize("alterar", [_con_la_firma_cambiada, _sin_firmante, _con_otra_hora, _negada])
def test_un_sello_sin_firma_o_alterado_no_se_acepta(
    con_tsa: EstadoDePrueba, ahora: datetime, alterar: Callable[[bytes], bytes]
) -> None:
    con_tsa.al_responder["tsa"] = alterar

    with pytest.raises(tsa.TsaNoResponde):
        tsa.pedir_token(RESUMEN, ahora=ahora)


def test_el_certificado_vencido_de_la_autoridad_no_sirve(
    con_tsa: EstadoDePrueba, ahora: datetime, settings: Any
) -> None:
    settings.TSA_URL = con_tsa.url_de_tsa("tsa-vencida")

    with pytest.raises(tsa.TsaNoResponde, match="no estaba vigente"):
        tsa.pedir_token(RESUMEN, ahora=ahora)


def test_si_la_primera_no_responde_se_pide_a_la_reserva(
    con_tsa: EstadoDePrueba, ahora: datetime, settings: Any
) -> None:
    con_tsa.fallar("tsa/tsa", "500")
    settings.TSA_RESERVA = con_tsa.url_de_tsa("tsa-nueva")

    assert tsa.pedir_sello(RESUMEN, ahora=ahora).certificado == con_tsa.certificado("tsa-nueva")


def test_con_la_raiz_conocida_no_se_acepta_el_sello_de_otra_autoridad(
    con_tsa: EstadoDePrueba, ahora: datetime, settings: Any, tmp_path: Path
) -> None:
    settings.TSA_ANCLA = str(tmp_path / "raiz.pem")
    (tmp_path / "raiz.pem").write_bytes(con_tsa.raiz_pem)
    assert tsa.pedir_sello(RESUMEN, ahora=ahora).hora == ahora

    otra = con_tsa.emitir("raiz-ajena", usos=("key_cert_sign",)).certificado
    from cryptography.hazmat.primitives import serialization

    (tmp_path / "raiz.pem").write_bytes(otra.public_bytes(serialization.Encoding.PEM))
    with pytest.raises(tsa.TsaNoResponde, match="No conocemos a la autoridad"):
        tsa.pedir_token(RESUMEN, ahora=ahora)


def test_el_usuario_y_la_clave_van_solo_a_la_autoridad_principal(
    con_tsa: EstadoDePrueba, ahora: datetime, settings: Any
) -> None:
    settings.TSA_USUARIO, settings.TSA_CLAVE = "muni", "secreta"
    settings.TSA_RESERVA = con_tsa.url_de_tsa("tsa-nueva")

    assert tsa._credencial(settings.TSA_URL) == "Basic bXVuaTpzZWNyZXRh"
    assert tsa._credencial(settings.TSA_RESERVA) == ""
    assert tsa._credencial("https://otro:clave@tsa.example/x") == "Basic b3RybzpjbGF2ZQ=="


def test_en_ningun_sitio_se_escribe_la_hora_de_esta_maquina() -> None:
    """Quien pide y quien pone sellos no leen el reloj: solo cuentan cuánto esperan."""
    carpeta = Path(tsa.__file__).parent
    for nombre in ("tsa.py", "sello_de_tiempo.py", "niveles.py"):
        if (carpeta / nombre).exists():
            assert not re.search(r"\bnow\(|utcnow|time\.time\(", (carpeta / nombre).read_text()), nombre


@pytest.mark.parametrize("basura", [b"", b"\x30\x03\x02\x01\x00", b"<html>", bytes(200), b"\x30\x82\xff\xff"])
def test_lo_que_no_es_un_sello_no_es_un_sello(basura: bytes) -> None:
    with pytest.raises(SelloInvalido):
        comprobar(basura, resumen=RESUMEN)
