"""Los plazos, con las fechas que la ley da y las de las tablas del dominio (peru-law, parte a)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llaqta.cimientos.calendario import (
    LIMA,
    Calendario,
    contar_habiles,
    fecha_en_palabras,
    hoy_en_lima,
    primer_habil,
    sumar_habiles,
)
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.models import DiaNoLaborable
from llaqta.cimientos.queries import get_calendario

NACIONAL = Calendario()
FECHAS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("caso", "desde", "dias", "vence"),
    [
        ("1: treinta días hábiles desde el siguiente", date(2026, 6, 1), 30, date(2026, 7, 14)),
        ("8: presentado de noche, vale ese día", date(2026, 6, 12), 30, date(2026, 7, 30)),
        ("9: presentado en sábado", date(2026, 6, 13), 30, date(2026, 7, 30)),
        ("12: dos días para subsanar, con fiestas patrias en medio", date(2026, 7, 27), 2, date(2026, 7, 31)),
        ("22: cinco días para notificar, con el 6 de agosto", date(2026, 8, 4), 5, date(2026, 8, 12)),
        ("23: quinto día sin acuse, con Semana Santa", date(2026, 4, 1), 5, date(2026, 4, 10)),
        ("11: dos días para observar lo electrónico", date(2026, 7, 24), 2, date(2026, 7, 30)),
        ("13: desde la subsanación", date(2026, 5, 8), 30, date(2026, 6, 19)),
    ],
)
def test_el_plazo_vence_el_dia_que_dice_la_tabla(caso: str, desde: date, dias: int, vence: date) -> None:
    assert sumar_habiles(desde, dias, NACIONAL).fecha == vence, caso


def test_casilla_sin_acuse_surte_efecto_el_primer_habil_despues_de_cinco() -> None:
    quinto = sumar_habiles(date(2026, 4, 1), 5, NACIONAL).fecha
    assert primer_habil(quinto + timedelta(days=1), NACIONAL) == date(2026, 4, 13)


def test_los_pasos_explican_por_que_esa_fecha() -> None:
    computo = sumar_habiles(date(2026, 6, 26), 2, NACIONAL)
    assert [(paso.fecha.day, paso.cuenta) for paso in computo.pasos] == [
        (27, None),
        (28, None),
        (29, None),
        (30, 1),
        (1, 2),
    ]
    assert [paso.motivo for paso in computo.pasos][:2] == ["sábado", "domingo"]
    assert computo.pasos[2].motivo == "feriado nacional: San Pedro y San Pablo"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ambito", "vence"),
    [("REGIONAL", date(2026, 7, 15)), ("LOCAL", date(2026, 7, 14)), ("SERVICIO", date(2026, 7, 15))],
)
def test_el_feriado_regional_se_salta_y_el_municipal_no(ambito: str, vence: date) -> None:
    DiaNoLaborable.objects.create(
        fecha=date(2026, 6, 24), ambito=ambito, descripcion="Día del Cusco", norma="de prueba"
    )
    assert sumar_habiles(date(2026, 6, 1), 30, get_calendario()).fecha == vence


@pytest.mark.django_db
def test_un_dia_que_no_suspende_plazos_administrativos_cuenta() -> None:
    DiaNoLaborable.objects.create(
        fecha=date(2026, 6, 24), ambito="NACIONAL", descripcion="Solo tributario", norma="de prueba",
        efecto_administrativo=False,
    )  # fmt: skip
    assert sumar_habiles(date(2026, 6, 1), 30, get_calendario()).fecha == date(2026, 7, 14)


@pytest.mark.django_db
def test_el_calendario_recuerda_su_version() -> None:
    assert get_calendario().version == "nacional+0"
    DiaNoLaborable.objects.create(fecha=date(2026, 6, 24), ambito="REGIONAL", descripcion="x", norma="y")
    assert get_calendario().version.startswith("nacional+1@")


def test_la_fecha_es_la_de_lima_y_no_la_de_greenwich() -> None:
    assert hoy_en_lima(datetime.fromisoformat("2027-01-01T04:59:59+00:00")) == date(2026, 12, 31)
    assert hoy_en_lima(datetime.fromisoformat("2027-01-01T05:00:01+00:00")) == date(2027, 1, 1)
    assert hoy_en_lima(datetime(2026, 6, 12, 23, 40, tzinfo=LIMA)) == date(2026, 6, 12)


def test_setiembre_se_escribe_a_la_peruana() -> None:
    assert fecha_en_palabras(date(2026, 9, 7)) == "lunes 7 de setiembre de 2026"


def test_un_plazo_negativo_es_un_error() -> None:
    with pytest.raises(ValueError, match="negativo"):
        sumar_habiles(date(2026, 6, 1), -1, NACIONAL)


@given(desde=FECHAS, dias=st.integers(1, 60))
def test_un_plazo_nunca_vence_en_dia_inhabil_y_se_cuenta_de_vuelta(desde: date, dias: int) -> None:
    vence = sumar_habiles(desde, dias, NACIONAL).fecha
    assert NACIONAL.es_habil(vence)
    assert contar_habiles(desde, vence, NACIONAL) == dias


@given(desde=FECHAS, dias=st.integers(0, 60), mas=st.integers(0, 10))
def test_empezar_antes_nunca_vence_despues(desde: date, dias: int, mas: int) -> None:
    assert (
        sumar_habiles(desde, dias, NACIONAL).fecha
        <= sumar_habiles(desde + timedelta(days=mas), dias, NACIONAL).fecha
    )


@pytest.mark.django_db
def test_un_dia_compensable_no_se_cuenta_para_lo_administrativo_y_si_para_lo_tributario() -> None:
    DiaNoLaborable.objects.create(
        fecha=date(2026, 1, 2),
        ambito="SERVICIO",
        descripcion="Día no laborable compensable",
        norma="Decreto supremo",
        efecto_tributario=False,
    )
    desde = date(2025, 12, 31)
    assert sumar_habiles(desde, 2, get_calendario()).fecha == date(2026, 1, 6)
    assert sumar_habiles(desde, 2, get_calendario(efecto="TRIBUTARIO")).fecha == date(2026, 1, 5)
    assert get_calendario(efecto="TRIBUTARIO").version == "nacional+0/tributario"


def test_un_calendario_sin_dias_habiles_se_rechaza_con_una_frase() -> None:
    primero = date(2026, 1, 1)
    cerrado = Calendario({primero + timedelta(days=n): "cerrado" for n in range(500)})
    for contar in (lambda: sumar_habiles(primero, 1, cerrado), lambda: primer_habil(primero, cerrado)):
        with pytest.raises(EntradaInvalida, match="ningún día hábil"):
            contar()
