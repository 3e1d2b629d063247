"""Lo que debe ser verdad de cualquier plazo y de cualquier notificación, sea cual sea la fecha."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from llaqta.cimientos.calendario import Calendario
from llaqta.salas.plazos.rules import (
    CALENDARIO,
    HABILES,
    MESES,
    POSITIVO,
    REGLAS_DE_EFECTO,
    Pausa,
    Pedido,
    calcular_efecto,
    computar,
    en_json,
    vencer,
)

dias = st.dates(date(1990, 1, 1), date(2095, 12, 31))
unidades = st.sampled_from([HABILES, CALENDARIO, MESES])
cantidades = st.integers(1, 45)
calendarios = st.dictionaries(dias, st.just("feriado"), max_size=40).map(
    lambda feriados: Calendario(feriados)
)


@st.composite
def calendarios_cerca(draw: st.DrawFn, dia: date) -> Calendario:
    """Un calendario con feriados, también en racha, alrededor de una fecha."""
    saltos = draw(st.sets(st.integers(0, 120), max_size=60))
    return Calendario({dia + timedelta(days=n): "feriado" for n in saltos})


@given(st.data(), dias, cantidades, unidades, st.integers(0, 10))
def test_nunca_vence_en_dia_inhabil(
    data: st.DataObject, desde: date, cantidad: int, unidad: str, distancia: int
) -> None:
    calendario = data.draw(calendarios_cerca(desde))
    assert calendario.es_habil(vencer(desde, cantidad, unidad, calendario, distancia=distancia).fecha)


@given(st.data(), dias, cantidades, unidades)
def test_un_plazo_mas_largo_no_vence_antes(
    data: st.DataObject, desde: date, cantidad: int, unidad: str
) -> None:
    calendario = data.draw(calendarios_cerca(desde))
    corto = vencer(desde, cantidad, unidad, calendario).fecha
    largo = vencer(desde, cantidad + 1, unidad, calendario).fecha
    assert corto < largo if unidad == HABILES else corto <= largo


@given(st.data(), dias, cantidades, unidades, st.integers(1, 40))
def test_empezar_despues_no_hace_vencer_antes(
    data: st.DataObject, desde: date, cantidad: int, unidad: str, espera: int
) -> None:
    calendario = data.draw(calendarios_cerca(desde))
    temprano = vencer(desde, cantidad, unidad, calendario).fecha
    assert temprano <= vencer(desde + timedelta(days=espera), cantidad, unidad, calendario).fecha


@given(st.data(), dias, st.integers(5, 45), st.integers(1, 10), st.integers(0, 12))
def test_suspender_no_adelanta_y_saltar_de_mas_tampoco(
    data: st.DataObject, desde: date, cantidad: int, empieza: int, dura: int
) -> None:
    calendario = data.draw(calendarios_cerca(desde))
    sin = vencer(desde, cantidad, HABILES, calendario).fecha
    pausa = Pausa(desde + timedelta(days=empieza), desde + timedelta(days=empieza + dura), a_pedido=False)
    assume(pausa.desde <= sin)
    con = vencer(desde, cantidad, HABILES, calendario, pausas=(pausa,))
    assert sin <= con.fecha
    assert all(p.cuenta is None for p in con.pasos if pausa.desde <= p.fecha <= pausa.hasta)
    assert [p.cuenta for p in con.pasos if p.cuenta] == list(range(1, cantidad + 1))


@given(st.datetimes(datetime(1990, 1, 1), datetime(2095, 12, 31)), cantidades, unidades)
def test_calcular_dos_veces_da_lo_mismo_y_el_orden_de_las_fechas_se_conserva(
    desde: datetime, cantidad: int, unidad: str
) -> None:
    pedido = Pedido(desde, cantidad, unidad, POSITIVO)
    uno, otro = computar(pedido, Calendario()), computar(pedido, Calendario())
    assert (en_json(uno), uno.explicacion) == (en_json(otro), otro.explicacion)
    assert uno.limite_notificacion is not None
    assert uno.silencio_desde == uno.limite_notificacion + timedelta(days=1)
    assert uno.fecha_presentacion < uno.vence < uno.limite_notificacion  # type: ignore[operator]


@given(st.data(), dias, cantidades)
def test_lo_depositado_el_ultimo_dia_seguro_surte_efecto_a_tiempo_y_un_habil_despues_ya_no(
    data: st.DataObject, desde: date, cantidad: int
) -> None:
    calendario = data.draw(calendarios_cerca(desde))
    hecho = computar(
        Pedido(datetime.combine(desde, datetime.min.time()), cantidad, silencio=POSITIVO), calendario
    )
    assume(hecho.ultimo_deposito_seguro is not None)
    seguro, limite = hecho.ultimo_deposito_seguro, hecho.limite_notificacion
    assert seguro is not None
    assert limite is not None
    siguiente = vencer(seguro, 1, HABILES, calendario).fecha

    def efecto(deposito: date) -> date:
        sin_acuse = calcular_efecto(
            deposito=deposito, acuse=None, regla="LEY31736_5DIAS", dias=5, calendario=calendario
        ).fecha
        assert sin_acuse is not None
        return sin_acuse

    assert efecto(seguro) <= limite < efecto(siguiente)


@given(st.data(), dias, st.integers(0, 60), st.sampled_from(REGLAS_DE_EFECTO), st.integers(1, 10))
def test_abrirla_nunca_la_hace_efectiva_despues_que_no_abrirla(
    data: st.DataObject, deposito: date, tarda: int, regla: str, plazo: int
) -> None:
    calendario = data.draw(calendarios_cerca(deposito))
    sin_acuse = calcular_efecto(deposito=deposito, acuse=None, regla=regla, dias=plazo, calendario=calendario)
    con_acuse = calcular_efecto(
        deposito=deposito,
        acuse=deposito + timedelta(days=tarda),
        regla=regla,
        dias=plazo,
        calendario=calendario,
    )
    assert con_acuse.fecha is not None
    assert con_acuse.fecha >= deposito
    if sin_acuse.fecha is not None:
        assert con_acuse.fecha <= sin_acuse.fecha


@given(calendarios, dias, cantidades)
def test_los_pasos_son_dias_seguidos_y_ninguno_se_repite(
    calendario: Calendario, desde: date, cantidad: int
) -> None:
    pasos = vencer(desde, cantidad, HABILES, calendario).pasos
    assert [p.fecha for p in pasos] == [desde + timedelta(days=n + 1) for n in range(len(pasos))]
