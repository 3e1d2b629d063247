"""Las cuentas de la mesa: cuándo se presenta, hasta cuándo se observa, se subsana y se deriva."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from llaqta.cimientos.calendario import LIMA, Calendario
from llaqta.salas.mesapartes import rules

NACIONAL = Calendario()


def en(dia: date, hora: int = 10, minuto: int = 0, segundo: int = 0) -> datetime:
    return datetime(dia.year, dia.month, dia.day, hora, minuto, segundo, tzinfo=LIMA)


def test_la_entidad_observa_lo_electronico_en_dos_dias_habiles() -> None:
    viernes = date(2026, 7, 24)

    plazo = rules.plazo_para_observar(viernes, dias=2, en_ventanilla=False, calendario=NACIONAL)

    assert plazo.fecha == date(2026, 7, 30)  # el 28 y el 29 son feriados


def test_en_ventanilla_se_observa_en_el_mismo_acto() -> None:
    assert rules.plazo_para_observar(
        date(2026, 6, 1), dias=2, en_ventanilla=True, calendario=NACIONAL
    ).fecha == date(2026, 6, 1)


def test_la_persona_subsana_en_dos_dias_habiles_desde_el_requerimiento() -> None:
    plazo = rules.plazo_para_subsanar(en(date(2026, 7, 27)), NACIONAL, dias=2)

    assert plazo.fecha == date(2026, 7, 31)
    assert [p["motivo"] for p in rules.explicar(plazo)][-2:] == ["día hábil", "día hábil"]
    assert rules.en_plazo(en(date(2026, 7, 31), 23, 59, 59), plazo.fecha)
    assert not rules.en_plazo(en(date(2026, 8, 1), 0, 0, 0), plazo.fecha)


@pytest.mark.parametrize(
    ("ahora", "palabras", "tono"),
    [
        (en(date(2026, 6, 1), 16), "Derivar hoy", "espera"),
        (en(date(2026, 6, 2), 8), "Atrasado 1 día hábil", "alerta"),
        (en(date(2026, 6, 4), 8), "Atrasado 3 días hábiles", "alerta"),
    ],
)
def test_lo_que_entra_se_deriva_el_mismo_dia(ahora: datetime, palabras: str, tono: str) -> None:
    alarma = rules.alarma_de_derivar(date(2026, 6, 1), ahora, NACIONAL)

    assert (alarma.palabras, alarma.tono) == (palabras, tono)


def test_lo_que_llega_en_sabado_se_deriva_el_lunes() -> None:
    sabado = date(2026, 6, 13)

    assert rules.alarma_de_derivar(sabado, en(sabado), NACIONAL).dia == date(2026, 6, 15)
    assert rules.alarma_de_derivar(sabado, en(date(2026, 6, 15)), NACIONAL).palabras == "Derivar hoy"


@pytest.mark.parametrize(
    ("dia", "palabras", "tono"),
    [
        (date(2026, 6, 1), "Quedan 2 días hábiles", "espera"),
        (date(2026, 6, 2), "Queda 1 día hábil", "espera"),
        (date(2026, 6, 3), "Vence hoy a las 23:59", "alerta"),
        (date(2026, 6, 4), "Venció el miércoles 3 de junio de 2026", "alerta"),
    ],
)
def test_el_reloj_de_la_persona_se_dice(dia: date, palabras: str, tono: str) -> None:
    alarma = rules.alarma_de_subsanar(date(2026, 6, 3), en(dia), NACIONAL)

    assert (alarma.palabras, alarma.tono) == (palabras, tono)


@pytest.mark.parametrize(
    ("dia", "palabras"),
    [
        (date(2026, 6, 2), "Observar: queda 1 día hábil"),
        (date(2026, 6, 3), "Observar: hasta hoy"),
        (date(2026, 6, 4), "Ya no se puede observar"),
    ],
)
def test_el_reloj_de_la_mesa_se_dice(dia: date, palabras: str) -> None:
    assert rules.alarma_de_observar(date(2026, 6, 3), en(dia), NACIONAL).palabras == palabras
