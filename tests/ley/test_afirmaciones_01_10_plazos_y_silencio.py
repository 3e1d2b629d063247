"""Afirmaciones 1 a 10: cómo se cuenta un plazo, cuándo opera el silencio y hasta qué segundo llega un día."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.plazos import services as plazos

from .municipalidad import Municipalidad, el

pytestmark = pytest.mark.django_db


def test_01_los_dias_son_habiles_y_se_cuentan_desde_el_siguiente(muni: Municipalidad) -> None:
    """Arts. 131.1, 133.1 y 134.1: presentado el lunes 1 de junio, 30 días, vence el martes 14 de julio."""
    expediente = muni.presentar("2026-06-01 10:00").expediente
    assert expediente.fecha_presentacion == date(2026, 6, 1)
    assert expediente.vence_el == date(2026, 7, 14)
    pasos = {paso["fecha"]: paso for paso in expediente.explicacion["pasos"]}
    assert "2026-06-01" not in pasos
    assert pasos["2026-06-02"]["cuenta"] == 1
    assert pasos["2026-06-29"]["cuenta"] is None
    assert "San Pedro y San Pablo" in pasos["2026-06-29"]["motivo"]
    assert pasos["2026-07-14"]["cuenta"] == 30


@pytest.mark.parametrize(
    ("ambito", "vence"),
    [("REGIONAL", date(2026, 7, 15)), ("LOCAL", date(2026, 7, 14)), ("SERVICIO", date(2026, 7, 15))],
)
def test_02_el_feriado_regional_no_se_cuenta_y_el_municipal_si(
    muni: Municipalidad, feriado: Callable[..., object], ambito: str, vence: date
) -> None:
    """Art. 134.1: se excluyen los feriados nacionales y regionales y los no laborables del servicio."""
    feriado("2026-06-24", ambito)
    assert muni.presentar("2026-06-01 10:00").expediente.vence_el == vence


def test_03_el_termino_de_la_distancia_se_agrega(
    muni: Municipalidad, administradora: Persona, documento: Callable[..., Documento]
) -> None:
    """Art. 135: a quien viene de una comunidad a dos días se le suman dos: vence el jueves 16 de julio."""
    origen = plazos.guardar_origen(
        actor=administradora, nombre="Comunidad de prueba", dias=2, norma="Cuadro de términos de la distancia",
        desde=date(2026, 6, 1), ahora=el("2026-06-01 08:00"),
    )  # fmt: skip
    comun = {
        "actor": muni.rosa, "administrado": muni.rosa, "version_tramite": muni.version, "asunto": "Licencia",
        "presentado_en": el("2026-06-01 10:00"), "ahora": el("2026-06-01 10:00"),
    }  # fmt: skip
    de_lejos = expedientes.abrir(**comun, documentos=[documento()], origen=origen.codigo)
    assert (de_lejos.dias_distancia, de_lejos.vence_el) == (2, date(2026, 7, 16))
    assert "distancia" in str(de_lejos.explicacion["pasos"])
    de_aqui = expedientes.abrir(**comun, documentos=[documento()])
    assert (de_aqui.dias_distancia, de_aqui.vence_el) == (0, date(2026, 7, 14))


def _con_corte_horario(abogado: Persona) -> None:
    """Donde el abogado insiste: desde el 10 de junio, lo enviado después del cierre vale al día hábil siguiente."""
    plazos.cambiar_regla(
        actor=abogado, codigo="POLITICA_HORARIO", valor="CORTE_HORARIO", norma="DS 075-2023-PCM",
        desde=date(2026, 6, 10), nota="Informe legal de prueba", ahora=el("2026-06-01 09:00"),
    )  # fmt: skip


def test_08_lo_enviado_de_noche_vale_ese_dia(muni: Municipalidad) -> None:
    """Art. 117.1 e Indecopi 0518-2024: el viernes 12 a las 23:40 es el viernes 12."""
    expediente = muni.presentar("2026-06-12 23:40").expediente
    assert expediente.fecha_presentacion == date(2026, 6, 12)
    assert expediente.vence_el == date(2026, 7, 30)


def test_09_lo_enviado_un_sabado_tiene_fecha_del_sabado_y_se_cuenta_desde_el_lunes(
    muni: Municipalidad,
) -> None:
    """El sábado 13 es la fecha de presentación; el día 1 es el lunes 15; vence el jueves 30 de julio."""
    expediente = muni.presentar("2026-06-13 10:00").expediente
    assert expediente.fecha_presentacion == date(2026, 6, 13)
    assert expediente.vence_el == date(2026, 7, 30)
    primero = next(paso for paso in expediente.explicacion["pasos"] if paso["cuenta"] == 1)
    assert primero["fecha"] == "2026-06-15"


@pytest.mark.parametrize("enviado", ["2026-06-12 23:40", "2026-06-13 10:00"])
def test_08_y_09_con_corte_horario_se_tiene_por_presentado_el_lunes(
    muni: Municipalidad, administradora: Persona, enviado: str
) -> None:
    """DS 075-2023-PCM: el viernes de noche y el sábado son el lunes 15; vence el viernes 31 de julio."""
    _con_corte_horario(administradora)
    expediente = muni.presentar(enviado).expediente
    assert expediente.presentado_en == el(enviado)
    assert expediente.fecha_presentacion == date(2026, 6, 15)
    assert expediente.politica_horario == "CORTE_HORARIO"
    assert expediente.vence_el == date(2026, 7, 31)


def test_08_cambiar_la_politica_no_reescribe_lo_anterior(
    muni: Municipalidad, administradora: Persona
) -> None:
    """Lo enviado de noche antes de que rija el corte conserva su día."""
    _con_corte_horario(administradora)
    expediente = muni.presentar("2026-06-09 23:40").expediente
    assert (expediente.fecha_presentacion, expediente.politica_horario) == (date(2026, 6, 9), "DIA_COMPLETO")
