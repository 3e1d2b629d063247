"""El depósito: acto legal con consentimiento previo, una sola vez por acto y persona."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import Denegado, NoProcede
from llaqta.cimientos.models import Serie, Suceso
from llaqta.salas.casilla import services
from llaqta.salas.casilla.models import Adhesion, Notificacion
from llaqta.salas.casilla.policies import SinCasilla
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.plazos import services as plazos

pytestmark = pytest.mark.django_db


def huellas() -> tuple[int, int, int, int]:
    """Cuánto hay de lo que una negativa no puede dejar: notificaciones, sucesos, trabajos y números tomados."""
    serie = Serie.objects.filter(nombre="casilla.notificacion").first()
    return (
        Notificacion.objects.count(),
        Suceso.objects.count(),
        ProcrastinateJob.objects.count(),
        serie.ultimo if serie else 0,
    )


def test_depositar_numera_congela_la_regla_y_calcula_el_efecto(adhesion: Adhesion, depositar: Any) -> None:
    notificacion = depositar()
    assert notificacion.codigo == "NOT-2026-000001"
    assert notificacion.regla_efecto == "LEY31736_5DIAS"
    assert notificacion.dias_para_acusar == 5
    assert notificacion.deposito_computa_el == date(2026, 6, 1)
    assert notificacion.efecto_el == date(2026, 6, 9)
    suceso = Suceso.objects.get(tipo="casilla.NotificacionDepositada")
    assert suceso.datos == {"notificacion_id": notificacion.pk}
    trabajos = ProcrastinateJob.objects.filter(args={"suceso_id": suceso.pk}).values_list(
        "task_name", flat=True
    )
    assert {"casilla.avisar", "casilla.sellar_constancia_de_deposito"} <= set(trabajos)


def test_depositar_dos_veces_es_un_solo_deposito(adhesion: Adhesion, depositar: Any) -> None:
    assert depositar() == depositar()
    assert Notificacion.objects.count() == 1
    assert Suceso.objects.filter(tipo="casilla.NotificacionDepositada").count() == 1


def test_sin_consentimiento_no_se_deposita_y_no_queda_rastro(depositar: Any) -> None:
    antes = huellas()
    with pytest.raises(
        SinCasilla, match="no ha aceptado la casilla electrónica: notifique en su domicilio, con cédula"
    ):
        depositar()
    assert huellas() == antes


def test_el_consentimiento_posterior_no_vale_para_antes(adhesion: Adhesion, depositar: Any) -> None:
    adhesion.aceptada_en = datetime(2026, 6, 1, 10, 1, tzinfo=LIMA)
    adhesion.save()
    with pytest.raises(SinCasilla):
        depositar()


def test_revocada_no_se_deposita_mas_y_lo_anterior_vale(
    adhesion: Adhesion, ciudadana: Persona, resolucion: Documento, depositar: Any, ahora: datetime
) -> None:
    anterior = depositar()
    services.revocar_casilla(actor=ciudadana, ahora=ahora + timedelta(hours=1))
    anterior.refresh_from_db()
    assert anterior.estado == Notificacion.Estado.DEPOSITADA
    resolucion.pk, resolucion.numero = None, "RESOLUCIÓN N° 000002-2026-MDP/SGLC"
    resolucion.save()
    with pytest.raises(SinCasilla):
        depositar(documento=resolucion, ahora=ahora + timedelta(hours=2))


def test_no_deposita_quien_no_tramita(adhesion: Adhesion, ventanilla: Persona, depositar: Any) -> None:
    antes = huellas()
    with pytest.raises(Denegado, match="Solo el personal que tramita expedientes puede notificar"):
        depositar(actor=ventanilla)
    assert huellas() == antes


def test_solo_se_notifica_lo_firmado(adhesion: Adhesion, resolucion: Documento, depositar: Any) -> None:
    Documento.objects.filter(pk=resolucion.pk).update(firmado=False)
    resolucion.refresh_from_db()
    antes = huellas()
    with pytest.raises(NoProcede, match="Solo se notifica un documento firmado digitalmente"):
        depositar()
    assert huellas() == antes


def test_depositado_en_sabado_cuenta_desde_el_lunes(adhesion: Adhesion, depositar: Any) -> None:
    notificacion = depositar(ahora=datetime(2026, 6, 13, 11, 0, tzinfo=LIMA))
    assert notificacion.deposito_computa_el == date(2026, 6, 15)
    assert notificacion.efecto_el == date(2026, 6, 23)


def test_cambiar_la_regla_manana_no_cambia_lo_de_ayer(
    adhesion: Adhesion, administradora: Persona, ciudadana: Persona, depositar: Any, ahora: datetime
) -> None:
    notificacion = depositar()
    plazos.cambiar_regla(
        actor=administradora,
        codigo="EFECTO_CASILLA",
        valor="DEPOSITO",
        norma="Ley 27444, art. 25.2",
        desde=date(2026, 6, 2),
        nota="Para la prueba.",
        ahora=ahora,
    )
    leida = services.abrir_notificacion(
        actor=ciudadana, codigo=notificacion.codigo, ahora=ahora + timedelta(days=2)
    )
    assert leida.regla_efecto == "LEY31736_5DIAS"
    assert leida.efecto_el == date(2026, 6, 3)
