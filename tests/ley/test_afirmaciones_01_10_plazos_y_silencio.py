"""Afirmaciones 1 a 10: cómo se cuenta un plazo, cuándo opera el silencio y hasta qué segundo llega un día."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from .municipalidad import Municipalidad

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
