"""El motor: las fechas trabajadas de la ley, con el calendario nacional y sin base de datos."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from timeit import timeit

import pytest

from llaqta.cimientos.calendario import LIMA, Calendario
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.salas.plazos.rules import (
    CALENDARIO,
    CORTE_HORARIO,
    HABILES,
    HORAS,
    MESES,
    NEGATIVO,
    POSITIVO,
    Cita,
    Pausa,
    Pedido,
    Plazo,
    computar,
    en_json,
    vencer,
)

NACIONAL = Calendario()
LUNES = datetime(2026, 6, 1, 10, 0)
SUSPENSION = Pausa(date(2026, 6, 15), date(2026, 6, 26))


def plazo(desde: datetime = LUNES, cantidad: int = 30, **mas: object) -> Plazo:
    return computar(Pedido(desde, cantidad, **mas), NACIONAL)  # type: ignore[arg-type]


def test_los_dias_son_habiles_y_empiezan_al_dia_siguiente() -> None:
    hecho = plazo()
    assert (hecho.fecha_presentacion, hecho.inicio, hecho.vence) == (
        date(2026, 6, 1),
        date(2026, 6, 2),
        date(2026, 7, 14),
    )
    assert hecho.limite_notificacion is hecho.silencio_desde is hecho.ultimo_deposito_seguro is None


def test_el_feriado_regional_no_se_cuenta_y_el_dia_queda_explicado() -> None:
    regional = Calendario(feriados={date(2026, 6, 24): "Día del Cusco (Ley 1)"})
    hecho = computar(Pedido(LUNES, 30), regional)
    assert hecho.vence == date(2026, 7, 15)
    [salto] = [paso for paso in hecho.pasos if paso.fecha == date(2026, 6, 24)]
    assert (salto.cuenta, salto.motivo) == (None, "Día del Cusco (Ley 1)")


def test_la_distancia_se_agrega_y_se_explica() -> None:
    hecho = plazo(distancia=2)
    assert hecho.vence == date(2026, 7, 16)
    assert "más 2 días hábiles por el término de la distancia (art. 135)" in hecho.explicacion["frases"][1]
    assert [p.motivo for p in hecho.pasos if p.cuenta in (30, 31)] == [
        "día hábil",
        "día hábil (término de la distancia, 135)",
    ]


def test_el_silencio_positivo_suma_los_dias_para_notificar_y_dice_el_ultimo_deposito_seguro() -> None:
    hecho = plazo(silencio=POSITIVO)
    assert (hecho.vence, hecho.limite_notificacion) == (date(2026, 7, 14), date(2026, 7, 21))
    assert (hecho.silencio_desde, hecho.ultimo_deposito_seguro) == (date(2026, 7, 22), date(2026, 7, 13))


def test_el_silencio_positivo_puede_operar_un_sabado() -> None:
    hecho = plazo(datetime(2026, 6, 3, 10), 30, silencio=POSITIVO)
    assert hecho.limite_notificacion == date(2026, 7, 24)
    assert hecho.silencio_desde == date(2026, 7, 25)
    assert hecho.silencio_desde.weekday() == 5


def test_el_ultimo_deposito_seguro_es_un_dia_habil_aunque_el_domingo_siguiente_diera_la_misma_fecha() -> None:
    # Con límite el lunes 15, seis hábiles antes es el viernes 5; lo depositado el fin de semana vale desde el lunes.
    hecho = plazo(datetime(2026, 6, 1, 10), 5, silencio=POSITIVO)
    assert (hecho.vence, hecho.limite_notificacion) == (date(2026, 6, 8), date(2026, 6, 15))
    assert hecho.ultimo_deposito_seguro == date(2026, 6, 5)


def test_si_no_hay_un_dia_seguro_lo_dice() -> None:
    hecho = plazo(datetime(2026, 6, 6, 10), 1, silencio=POSITIVO)  # sábado; el único día es el lunes
    assert hecho.vence == date(2026, 6, 8)
    assert hecho.ultimo_deposito_seguro is None
    assert "no hay un día seguro" in hecho.explicacion["frases"][-1]


def test_el_silencio_negativo_no_es_una_denegacion() -> None:
    hecho = plazo(silencio=NEGATIVO)
    assert (hecho.silencio_desde, hecho.limite_notificacion) == (date(2026, 7, 15), None)
    assert "no es una denegación" in hecho.explicacion["frases"][-1]


@pytest.mark.parametrize(
    ("desde", "politica", "presentado", "inicio", "vence"),
    [
        (datetime(2026, 6, 12, 23, 40), "DIA_COMPLETO", date(2026, 6, 12), date(2026, 6, 15), date(2026, 7, 30)),
        (datetime(2026, 6, 12, 23, 40), CORTE_HORARIO, date(2026, 6, 15), date(2026, 6, 16), date(2026, 7, 31)),
        (datetime(2026, 6, 13, 10, 0), "DIA_COMPLETO", date(2026, 6, 13), date(2026, 6, 15), date(2026, 7, 30)),
        (datetime(2026, 6, 13, 10, 0), CORTE_HORARIO, date(2026, 6, 15), date(2026, 6, 16), date(2026, 7, 31)),
        (datetime(2026, 6, 12, 16, 30), CORTE_HORARIO, date(2026, 6, 12), date(2026, 6, 15), date(2026, 7, 30)),
        (datetime(2026, 6, 12, 16, 30, 1), CORTE_HORARIO, date(2026, 6, 15), date(2026, 6, 16), date(2026, 7, 31)),
    ],
)  # fmt: skip
def test_cuando_se_tiene_por_presentado(
    desde: datetime, politica: str, presentado: date, inicio: date, vence: date
) -> None:
    hecho = plazo(desde, politica=politica)
    assert (hecho.fecha_presentacion, hecho.inicio, hecho.vence) == (presentado, inicio, vence)


def test_el_corte_dice_las_dos_fechas_y_su_hora() -> None:
    frase = plazo(datetime(2026, 6, 12, 23, 40), politica=CORTE_HORARIO, cierre=time(17)).explicacion[
        "frases"
    ][0]
    assert frase == (
        "Se envió el viernes 12 de junio de 2026, a las 23:40, fuera del horario de atención (cierra a las 17:00): se "
        "tiene por presentado el lunes 15 de junio de 2026."
    )


def test_la_hora_que_vale_es_la_de_lima() -> None:
    # Las 04:30 UTC del día 2 son las 23:30 del día 1 en Lima.
    assert plazo(datetime.fromisoformat("2026-06-02T04:30:00+00:00")).fecha_presentacion == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("desde", "meses", "vence"),
    [
        (date(2026, 1, 31), 1, date(2026, 3, 2)),
        (date(2026, 11, 30), 3, date(2027, 3, 1)),
        (date(2026, 1, 15), 1, date(2026, 2, 16)),  # el 15 de febrero es domingo
        (date(2028, 1, 29), 1, date(2028, 2, 29)),  # bisiesto: el día existe
        (date(2027, 1, 29), 1, date(2027, 3, 1)),  # no lo es: primer hábil de marzo
        (date(2024, 2, 29), 12, date(2025, 3, 3)),
    ],
)
def test_los_meses_van_de_fecha_a_fecha(desde: date, meses: int, vence: date) -> None:
    assert vencer(desde, meses, MESES, NACIONAL).fecha == vence


def test_los_dias_calendario_se_cuentan_todos_y_el_ultimo_pasa_al_habil() -> None:
    computo = vencer(date(2026, 6, 1), 28, CALENDARIO, NACIONAL)
    assert computo.fecha == date(2026, 6, 30)  # el día 28 es el lunes 29, feriado
    assert [(p.fecha, p.cuenta) for p in computo.pasos[-2:]] == [
        (date(2026, 6, 29), 28),
        (date(2026, 6, 30), None),
    ]


def test_las_horas_corren_por_encima_del_fin_de_semana() -> None:
    hecho = plazo(datetime(2026, 10, 9, 18, 30), 48, unidad=HORAS)
    assert hecho.vence == datetime(2026, 10, 11, 18, 30, tzinfo=LIMA)
    assert en_json(hecho)["vence"] == "2026-10-11T18:30:00-05:00"
    assert [paso.cuenta for paso in hecho.pasos] == [5, 29, 48]


def test_la_suspension_salta_sus_dias_habiles_con_su_motivo() -> None:
    hecho = plazo(silencio=POSITIVO, pausas=(SUSPENSION,))
    assert hecho.vence == date(2026, 7, 31)
    saltados = [p for p in hecho.pasos if p.motivo == "plazo suspendido a pedido del administrado (136.4)"]
    assert (len(saltados), {p.cuenta for p in saltados}) == (10, {None})


def test_la_suspension_a_pedido_no_cabe_en_un_procedimiento_de_silencio_negativo() -> None:
    with pytest.raises(NoProcede, match="silencio positivo") as negativa:
        plazo(silencio=NEGATIVO, pausas=(SUSPENSION,))
    assert negativa.value.norma == "Ley 27444, art. 136.4"


def test_otras_pausas_si_caben_con_silencio_negativo_y_no_tienen_tope() -> None:
    emplazado = Pausa(date(2026, 6, 15), date(2026, 9, 30), "emplazamiento (125.5)", a_pedido=False)
    assert plazo(silencio=NEGATIVO, pausas=(emplazado,)).vence > date(2026, 9, 30)  # type: ignore[operator]


def test_treinta_dias_habiles_de_suspension_si_y_treinta_y_uno_no() -> None:
    justos = vencer(date(2026, 6, 12), 30, HABILES, NACIONAL).fecha
    assert plazo(silencio=POSITIVO, pausas=(Pausa(date(2026, 6, 15), justos),)).vence
    with pytest.raises(NoProcede, match="se pidieron 31") as negativa:
        plazo(silencio=POSITIVO, pausas=(Pausa(date(2026, 6, 12), justos),))
    assert negativa.value.norma == "Ley 27444, art. 136.4"


@pytest.mark.parametrize(
    ("pausas", "frase"),
    [
        ((Pausa(date(2026, 6, 20), date(2026, 6, 18)),), "antes de empezar"),
        ((SUSPENSION, Pausa(date(2026, 6, 26), date(2026, 6, 30))), "se enciman"),
        ((Pausa(date(2026, 5, 29), date(2026, 6, 3)),), "todavía no había plazo"),
        ((Pausa(date(2026, 9, 1), date(2026, 9, 3)),), "no toca este plazo"),
        ((Pausa(date(1989, 9, 1), date(2026, 9, 3)),), "del año 1990 al 2100"),
    ],
)
def test_una_suspension_mal_escrita_se_dice(pausas: tuple[Pausa, ...], frase: str) -> None:
    with pytest.raises(EntradaInvalida, match=frase) as negativa:
        plazo(silencio=POSITIVO, pausas=pausas)
    assert negativa.value.campo == "suspender"


@pytest.mark.parametrize(
    ("mas", "campo", "frase"),
    [
        ({"desde": datetime(1989, 12, 31)}, "desde", "del año 1990 al 2100; usted escribió 1989"),
        ({"desde": datetime(2101, 1, 1)}, "desde", "usted escribió 2101"),
        ({"cantidad": 0}, "dias", "es de uno o más"),
        ({"cantidad": -3}, "dias", "es de uno o más"),
        ({"cantidad": 5000}, "dias", "5000 días hábiles no existe"),
        ({"cantidad": 5000, "unidad": CALENDARIO}, "dias", "5000 días calendario no existe"),
        ({"cantidad": 200, "unidad": MESES}, "dias", "200 meses no existe"),
        ({"cantidad": 9000, "unidad": HORAS}, "dias", "9000 horas no existe"),
        ({"unidad": "SIGLOS"}, "unidad", "usted escribió «SIGLOS»"),
        ({"silencio": "DUDOSO"}, "silencio", "positivo o negativo"),
        ({"politica": "A_VECES"}, "politica", "A_VECES"),
        ({"distancia": -1}, "distancia", "va de 0 a 60"),
        ({"distancia": 61}, "distancia", "va de 0 a 60"),
        ({"desde": datetime(2100, 12, 1)}, "desde", "después del año 2100"),
        ({"desde": datetime(2100, 11, 20), "cantidad": 25, "silencio": POSITIVO}, "desde", "2100"),
        ({"desde": datetime(2100, 12, 31, 12), "cantidad": 13, "unidad": HORAS}, "desde", "2100"),
        ({"desde": datetime(2100, 6, 1), "cantidad": 12, "unidad": MESES}, "desde", "2100"),
        ({"unidad": HORAS, "silencio": POSITIVO}, "unidad", "corre sin detenerse"),
        ({"dias_para_acusar": 0}, "acusar", "de 1 a 60"),
    ],
)
def test_lo_que_no_sirve_se_rechaza_con_una_frase(mas: dict[str, object], campo: str, frase: str) -> None:
    datos = {"desde": LUNES, "cantidad": 30, **mas}
    with pytest.raises(EntradaInvalida, match=frase) as negativa:
        plazo(**datos)  # type: ignore[arg-type]
    assert negativa.value.campo == campo


def test_un_calendario_sin_dias_habiles_se_rechaza() -> None:
    dia = date(2026, 1, 1)
    cerrado = Calendario(feriados={dia + timedelta(days=n): "cerrado" for n in range(800)})
    with pytest.raises(EntradaInvalida, match="ningún día hábil"):
        computar(Pedido(LUNES, 3), cerrado)


def test_un_calendario_con_trescientos_feriados_al_anio_funciona() -> None:
    dia = date(2026, 1, 1)
    lleno = Calendario(feriados={dia + timedelta(days=n): "feriado" for n in range(365 * 3) if n % 11 > 1})
    assert sum(not lleno.es_habil(dia + timedelta(days=n)) for n in range(365)) > 300
    hecho = computar(Pedido(LUNES, 30), lleno)
    assert [p.cuenta for p in hecho.pasos if p.cuenta] == list(range(1, 31))
    assert hecho.vence == max(p.fecha for p in hecho.pasos)


def test_la_explicacion_trae_lo_que_se_guarda_con_el_expediente() -> None:
    cita = Cita("EVALUACION_PREVIA_MAXIMO", "Ley 27444", "35 y 142")
    dicho = plazo(silencio=POSITIVO, hecho="Se subsanó", citas=(cita,)).explicacion
    assert {k: dicho[k] for k in ("norma", "desde", "plazo", "unidad", "calendario", "vence_el", "hecho")} == {
        "norma": "Ley 27444", "desde": "2026-06-01", "plazo": 30, "unidad": "HABILES", "calendario": "nacional",
        "vence_el": "2026-07-14", "hecho": "Se subsanó",
    }  # fmt: skip
    assert dicho["frases"][0] == "Se subsanó el lunes 1 de junio de 2026."
    assert dicho["frases"][3] == (
        "No se cuentan los sábados, los domingos ni estos días: 29/06/2026, feriado nacional: San Pedro y San Pablo."
    )
    assert dicho["frases"][4] == (
        "La municipalidad tiene hasta el martes 14 de julio de 2026 para resolver y hasta el martes 21 de julio de "
        "2026 para notificar su decisión."
    )
    assert dicho["articulos"] == "131.1, 133.1, 134.1, 24.1, 33-A, 188.1"
    assert dicho["citas"] == [
        {
            "codigo": "EVALUACION_PREVIA_MAXIMO",
            "norma": "Ley 27444",
            "articulo": "35 y 142",
            "estado": "VERIFICADA",
        }
    ]


def test_las_llaves_del_json_son_las_de_la_orden() -> None:
    assert list(en_json(plazo())) == [
        "fecha_presentacion", "inicio", "vence", "limite_notificacion", "silencio_desde", "ultimo_deposito_seguro",
        "pasos",
    ]  # fmt: skip


def test_treinta_dias_se_cuentan_en_menos_de_doscientos_microsegundos() -> None:
    plazo()
    assert (
        min(timeit(lambda: vencer(LUNES.date(), 30, HABILES, NACIONAL), number=50) for _ in range(20))
        < 50 * 200e-6
    )
