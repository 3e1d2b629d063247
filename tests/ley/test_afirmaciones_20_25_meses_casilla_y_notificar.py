"""Afirmaciones 20 a 25: los meses, el plazo para notificar y desde cuándo surte efecto lo depositado en la casilla."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from llaqta.cimientos.calendario import Calendario
from llaqta.salas.casilla import services as casilla
from llaqta.salas.casilla.models import Notificacion
from llaqta.salas.casilla.policies import SinCasilla
from llaqta.salas.casilla.testing import avisar_todo
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.plazos import rules
from llaqta.salas.tramites.models import VersionProcedimiento

from .municipalidad import Municipalidad, el

pytestmark = pytest.mark.django_db
Huella = Callable[[], dict[str, int]]


@pytest.mark.parametrize(
    ("presentado", "meses", "vence"),
    [("2026-01-31 10:00", 1, date(2026, 3, 2)), ("2026-11-30 10:00", 3, date(2027, 3, 1))],
)
def test_20_al_mes_que_no_tiene_ese_dia_le_sigue_el_primer_habil(
    muni: Municipalidad, presentado: str, meses: int, vence: date
) -> None:
    """Art. 134.3: un mes desde el 31 de enero expira el lunes 2 de marzo, no el 28 de febrero."""
    muni.rige(plazo=meses, plazo_unidad=VersionProcedimiento.Unidad.MESES)
    assert muni.presentar(presentado).expediente.vence_el == vence


def test_22_se_notifica_en_cinco_dias_habiles_y_lo_tardio_vale(
    muni: Municipalidad,
    julio_firma: None,
    rosa_con_casilla: None,
    cliente: Callable[..., Client],
    reloj: Callable[[str], Any],
) -> None:
    """Arts. 24.1 y 140.3: firmado el martes 4 de agosto, se notifica hasta el miércoles 12; tarde vale, con alerta."""
    muni.rige(calificacion="SILENCIO_NEGATIVO")
    dias = plazos.get_entero("NOTIFICAR", al=date(2026, 8, 4))
    cuenta = rules.vencer(date(2026, 8, 4), dias, rules.HABILES, Calendario())
    assert cuenta.fecha == date(2026, 8, 12)
    assert [paso.fecha.day for paso in cuenta.pasos if paso.cuenta] == [5, 7, 10, 11, 12]

    expediente = muni.en_tramite("2026-07-20 10:00")
    decision = muni.resolver(expediente, "2026-08-04 10:00")
    paginas = []
    for cuando in ("2026-08-12 23:59", "2026-08-13 09:00"):
        with reloj(cuando):
            paginas.append(cliente(muni.lucia).get(f"/expedientes/{expediente.numero}/").content.decode())
    assert "Falta notificar lo firmado: hasta el miércoles 12 de agosto de 2026." in paginas[0]
    assert "debió notificarse" not in paginas[0]
    assert "Lo firmado debió notificarse hasta el miércoles 12 de agosto de 2026." in paginas[1]

    notificacion = muni.depositar(expediente, decision, "2026-08-13 10:00")
    muni.abrir(notificacion, "2026-08-13 11:00")
    expedientes.tomar_conocimiento(notificacion_id=notificacion.pk, ahora=el("2026-08-13 11:00"))
    assert muni.leer(expediente).estado == "NOTIFICADO"


@pytest.fixture
def depositada(muni: Municipalidad, julio_firma: None, rosa_con_casilla: None) -> Notificacion:
    """Una decisión depositada el miércoles 1 de abril de 2026, víspera de Semana Santa."""
    expediente = muni.en_tramite("2026-03-25 10:00")
    decision = muni.resolver(expediente, "2026-04-01 09:00")
    return muni.depositar(expediente, decision, "2026-04-01 10:00")


def test_23_sin_acuse_surte_efecto_el_primer_habil_despues_de_cinco(depositada: Notificacion) -> None:
    """Ley 31736: depositada el miércoles 1 de abril, surte efecto el lunes 13; el 12 todavía no."""
    assert depositada.efecto_el == date(2026, 4, 13)
    avisar_todo(ahora=el("2026-04-12 23:59"))
    assert casilla.declarar_eficacia(ahora=el("2026-04-12 23:59")) == 0
    assert casilla.declarar_eficacia(ahora=el("2026-04-13 00:00")) == 1
    assert casilla.declarar_eficacia(ahora=el("2026-04-14 00:00")) == 0
    depositada.refresh_from_db()
    assert depositada.estado == "EFECTIVA"


def test_23_con_acuse_surte_efecto_ese_dia(muni: Municipalidad, depositada: Notificacion) -> None:
    """Ley 31736: leída el martes 7 de abril, surte efecto el 7."""
    muni.abrir(depositada, "2026-04-07 20:00")
    depositada.refresh_from_db()
    assert (depositada.estado, depositada.efecto_el) == ("LEIDA", date(2026, 4, 7))


def test_23_abrirla_tarde_no_cambia_nada(muni: Municipalidad, depositada: Notificacion) -> None:
    """Ley 31736: pasados los cinco días ya surtió efecto; leerla el 20 no mueve la fecha."""
    avisar_todo(ahora=el("2026-04-13 00:00"))
    casilla.declarar_eficacia(ahora=el("2026-04-13 00:00"))
    muni.abrir(depositada, "2026-04-20 10:00")
    depositada.refresh_from_db()
    assert (depositada.estado, depositada.efecto_el) == ("EFECTIVA", date(2026, 4, 13))


def test_25_sin_consentimiento_previo_no_se_deposita(
    muni: Municipalidad, julio_firma: None, huella_de_la_base: Huella
) -> None:
    """Art. 20.4 y Ley 31736: el consentimiento es expreso y previo; el posterior no vale para antes."""
    expediente = muni.en_tramite("2026-06-01 10:00")
    decision = muni.resolver(expediente, "2026-06-02 10:00")
    antes = huella_de_la_base()
    with pytest.raises(SinCasilla):
        muni.depositar(expediente, decision, "2026-06-02 11:00")
    assert huella_de_la_base() == antes
    assert muni.leer(expediente).estado == "RESUELTO"

    casilla.aceptar_casilla(actor=muni.rosa, correo="rosa@ejemplo.pe", ahora=el("2026-06-03 09:00"))
    antes = huella_de_la_base()
    with pytest.raises(SinCasilla):
        muni.depositar(expediente, decision, "2026-06-03 08:59:59")
    assert huella_de_la_base() == antes
    muni.depositar(expediente, decision, "2026-06-03 09:00:01")
    assert Notificacion.objects.count() == 1


def test_25_retirado_el_consentimiento_lo_anterior_queda_y_lo_nuevo_no_entra(
    muni: Municipalidad, julio_firma: None, rosa_con_casilla: None, huella_de_la_base: Huella
) -> None:
    """Ley 31736: desde que se retira no se le deposita más; las notificaciones anteriores valen."""
    antigua, nueva = muni.en_tramite("2026-06-01 10:00"), muni.en_tramite("2026-06-01 10:00")
    hecha = muni.depositar(antigua, muni.resolver(antigua, "2026-06-02 10:00"), "2026-06-02 11:00")
    decision = muni.resolver(nueva, "2026-06-02 10:00")
    casilla.revocar_casilla(actor=muni.rosa, ahora=el("2026-06-03 09:00"))
    antes = huella_de_la_base()
    with pytest.raises(SinCasilla):
        muni.depositar(nueva, decision, "2026-06-03 09:00:01")
    assert huella_de_la_base() == antes
    avisar_todo(ahora=el("2026-06-30 09:00"))
    assert casilla.declarar_eficacia(ahora=el("2026-06-30 09:00")) == 1
    hecha.refresh_from_db()
    assert hecha.estado == "EFECTIVA"
