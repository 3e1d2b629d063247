"""El PIN: cinco fallos seguidos bloquean el certificado quince minutos, aunque el acto que lo pidió se deshaga."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma import intentos, policies, services
from llaqta.salas.firma.models import Certificado
from llaqta.salas.firma.services import Motivo
from llaqta.salas.firma.tests.conftest import PIN

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _sin_rastro(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Los intentos y su aviso se confirman aparte: ninguna prueba los deshace y hay que retirarlos al terminar."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as base:
        base.execute("ALTER TABLE cimientos_suceso DISABLE TRIGGER USER")
        base.execute("DELETE FROM cimientos_suceso WHERE tipo = 'firma.PinBloqueado'")
        base.execute("ALTER TABLE cimientos_suceso ENABLE TRIGGER USER")
        base.execute("DELETE FROM firma_intentosdepin")


def _firmar(jefe: Persona, pdf: bytes, ahora: datetime, pin: str) -> services.PdfFirmado:
    # Como lo llama un acto: dentro de una transacción que se deshace si la firma se niega.
    with transaction.atomic():
        return services.firmar(
            actor=jefe, pdf=pdf, pin=pin, motivo=Motivo.AUTOR, cargo="Subgerente", ahora=ahora
        )


def _fallar(jefe: Persona, pdf: bytes, ahora: datetime, veces: int) -> list[str]:
    frases = []
    for _ in range(veces):
        with pytest.raises(policies.PinEquivocado) as negativa:
            _firmar(jefe, pdf, ahora, "000000")
        frases.append(negativa.value.frase)
    return frases


def test_el_pin_equivocado_no_firma_y_dice_cuantos_intentos_quedan(
    jefe: Persona, certificado: Certificado, pdf: bytes, ahora: datetime
) -> None:
    frases = _fallar(jefe, pdf, ahora, 4)

    assert frases[0] == (
        "El PIN no es correcto. Le quedan 4 intentos antes de que su certificado se bloquee 15 minutos."
    )
    assert frases[3] == (
        "El PIN no es correcto. Le queda 1 intento antes de que su certificado se bloquee 15 minutos."
    )


def test_acertar_devuelve_la_cuenta_a_cero(
    jefe: Persona, certificado: Certificado, pdf: bytes, ahora: datetime
) -> None:
    _fallar(jefe, pdf, ahora, 4)
    _firmar(jefe, pdf, ahora, PIN)

    assert "quedan 4 intentos" in _fallar(jefe, pdf, ahora, 1)[0]


def test_cinco_fallos_bloquean_quince_minutos_aunque_despues_acierte(
    jefe: Persona, certificado: Certificado, pdf: bytes, ahora: datetime
) -> None:
    _fallar(jefe, pdf, ahora, 4)
    with pytest.raises(policies.CertificadoBloqueado, match="bloqueado hasta las 10:15"):
        _firmar(jefe, pdf, ahora, "000000")

    with pytest.raises(policies.CertificadoBloqueado):
        _firmar(jefe, pdf, ahora + timedelta(minutes=14, seconds=59), PIN)
    assert _firmar(jefe, pdf, ahora + timedelta(minutes=15), PIN).titular == certificado.titular


def test_despues_del_bloqueo_hay_otros_cinco_intentos(
    jefe: Persona, certificado: Certificado, pdf: bytes, ahora: datetime
) -> None:
    _fallar(jefe, pdf, ahora, 4)
    with pytest.raises(policies.CertificadoBloqueado):
        _firmar(jefe, pdf, ahora, "000000")

    assert "quedan 4 intentos" in _fallar(jefe, pdf, ahora + timedelta(minutes=15), 1)[0]


def test_el_bloqueo_se_anuncia_aunque_el_acto_se_deshaga(
    jefe: Persona, certificado: Certificado, pdf: bytes, ahora: datetime
) -> None:
    _fallar(jefe, pdf, ahora, 4)
    with pytest.raises(policies.CertificadoBloqueado):
        _firmar(jefe, pdf, ahora, "000000")

    suceso = Suceso.objects.get(tipo="firma.PinBloqueado", datos={"certificado_id": certificado.pk})
    assert suceso.actor_id == jefe.pk


def test_el_pin_de_otro_no_abre_mi_llave(
    jefe: Persona, gerente: Persona, certificado: Certificado, pdf: bytes, ahora: datetime
) -> None:
    services.emitir_certificado_de_demostracion(persona=gerente, pin="987654", ahora=ahora)

    with pytest.raises(policies.PinEquivocado):
        _firmar(gerente, pdf, ahora, PIN)


def test_la_llave_no_se_abre_con_el_pin_si_cambia_el_secreto_de_la_instalacion(
    jefe: Persona, certificado: Certificado, ahora: datetime, settings: object
) -> None:
    from llaqta.salas.firma.llaves import LlaveNoDisponible, abrir_llave
    from llaqta.salas.firma.secretos import clave_de_pin

    settings.SECRET_KEY = "el-secreto-de-quien-se-llevo-una-copia-de-la-base"  # type: ignore[attr-defined]
    with pytest.raises(LlaveNoDisponible):
        abrir_llave(
            certificado=certificado.x509,
            cadena=(),
            pkcs8=certificado.llave_cifrada.encode(),
            clave=clave_de_pin(PIN, certificado.numero_de_serie),
        )


@pytest.mark.parametrize("pin", ["", "12345", "1234 56", "1" * 65])
def test_un_pin_corto_o_con_espacios_no_se_acepta(ciudadana: Persona, ahora: datetime, pin: str) -> None:
    with pytest.raises(EntradaInvalida, match="entre 6 y 64 caracteres"):
        services.emitir_certificado_de_demostracion(persona=ciudadana, pin=pin, ahora=ahora)
    assert not Certificado.objects.filter(persona=ciudadana).exists()


def test_una_empresa_no_tiene_certificado_de_firma(empresa: Persona, ahora: datetime) -> None:
    with pytest.raises(NoProcede, match="Solo una persona natural"):
        services.emitir_certificado_de_demostracion(persona=empresa, pin=PIN, ahora=ahora)
    assert not Certificado.objects.filter(persona=empresa).exists()


def test_veinte_peticiones_a_la_vez_prueban_cinco_pin_y_no_veinte(
    certificado: Certificado, ahora: datetime
) -> None:
    def probar(_: int) -> bool:
        try:
            intentos.cobrar(certificado, ahora=ahora)
        except policies.CertificadoBloqueado:
            return False
        return True

    with ThreadPoolExecutor(20) as hilos:
        assert sum(hilos.map(probar, range(20))) == policies.FALLOS_PERMITIDOS
