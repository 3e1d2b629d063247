"""Desde cuándo surte efecto una notificación: las fechas de la ley, con el calendario nacional."""

from __future__ import annotations

from datetime import date

import pytest

from llaqta.cimientos.calendario import Calendario
from llaqta.salas.casilla import rules

NACIONAL = Calendario()


def efecto(deposito: date, acuse: date | None = None, regla: str = rules.LEY31736_5DIAS) -> date | None:
    return rules.calcular_efecto(
        deposito=deposito, acuse=acuse, regla=regla, dias=5, calendario=NACIONAL
    ).fecha


def test_sin_acuse_surte_efecto_el_primer_dia_habil_despues_de_cinco() -> None:
    # peru-law (a) 23: 2 y 3 de abril son feriados.
    assert efecto(date(2026, 4, 1)) == date(2026, 4, 13)


def test_con_acuse_surte_efecto_ese_dia() -> None:
    assert efecto(date(2026, 4, 1), acuse=date(2026, 4, 7)) == date(2026, 4, 7)


def test_deposito_del_24_de_julio_sin_acuse() -> None:
    # peru-law (a) 24: se saltan 28 y 29 de julio.
    assert efecto(date(2026, 7, 24)) == date(2026, 8, 5)


def test_el_ultimo_deposito_seguro_del_caso_5() -> None:
    assert efecto(date(2026, 7, 13)) == date(2026, 7, 21)
    assert efecto(date(2026, 7, 14)) == date(2026, 7, 22)


def test_abrirla_un_sabado_surte_efecto_el_lunes() -> None:
    assert efecto(date(2026, 6, 12), acuse=date(2026, 6, 13)) == date(2026, 6, 15)


def test_abrirla_tarde_no_adelanta_ni_atrasa_el_efecto() -> None:
    assert efecto(date(2026, 4, 1), acuse=date(2026, 4, 20)) == date(2026, 4, 13)


def test_regla_del_deposito_y_regla_del_acuse() -> None:
    assert efecto(date(2026, 4, 1), regla=rules.DEPOSITO) == date(2026, 4, 1)
    assert efecto(date(2026, 4, 1), regla=rules.ACUSE) is None
    assert efecto(date(2026, 4, 1), acuse=date(2026, 4, 8), regla=rules.ACUSE) == date(2026, 4, 8)


def test_una_regla_desconocida_se_rechaza() -> None:
    with pytest.raises(ValueError, match="No conocemos la regla"):
        efecto(date(2026, 4, 1), regla="AYER")


def test_la_explicacion_nombra_cada_feriado_que_se_salto() -> None:
    resultado = rules.calcular_efecto(
        deposito=date(2026, 4, 1), acuse=None, regla=rules.LEY31736_5DIAS, dias=5, calendario=NACIONAL
    )
    assert resultado.explicacion[0] == "Se depositó el miércoles 1 de abril de 2026."
    assert resultado.explicacion[2].startswith("No se cuenta el jueves 2 de abril de 2026: feriado nacional")
    assert resultado.explicacion[-1].endswith("el lunes 13 de abril de 2026 (Ley 31736).")
