"""El motor de plazos contra el oráculo: más de cien mil casos al azar deben dar lo mismo aquí y allá.

Los casos salen de semillas fijas, así que un desacuerdo se repite igual; hypothesis busca además los bordes y achica lo
que encuentra. Feriados sueltos y en fila, cambios de año, bisiestos y años con trescientos feriados.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llaqta.cimientos.calendario import LIMA, Calendario
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.salas.casilla import rules as casilla
from llaqta.salas.plazos import rules
from llaqta.salas.plazos.cuenta import MAXIMOS

from . import oraculo
from .oraculo import MANANA, Almanaque

NACIONALES = frozenset(oraculo.feriados_nacionales(range(1990, 2101)))
SEMILLAS = 130
POR_SEMILLA = {"vencer": 240, "pausas": 110, "computar": 300, "horas": 30, "efecto": 130}
"""Cuántos casos de cada clase se comparan con cada semilla: 810 por 130 semillas son 105 300."""
REGLAS_DE_EFECTO = ("LEY31736_5DIAS", "DEPOSITO", "ACUSE")


def test_son_al_menos_cien_mil_casos() -> None:
    assert SEMILLAS * sum(POR_SEMILLA.values()) >= 100_000


def _calendarios(azar: random.Random) -> tuple[int, Calendario, Almanaque]:
    """Un año cualquiera y el mismo calendario dicho de las dos maneras."""
    anio = azar.choice([1991, 1999, 2000, 2023, 2024, 2026, 2027, 2028, 2096, azar.randint(1991, 2095)])
    enero = date(anio, 1, 1)
    extra: set[date] = set()
    clase = azar.choice(["nacional", "sueltos", "en fila", "fin de año", "trescientos"])
    if clase == "sueltos":
        extra = {enero + timedelta(days=azar.randint(0, 700)) for _ in range(azar.randint(1, 25))}
    elif clase == "en fila":
        for _ in range(azar.randint(1, 4)):
            primero = enero + timedelta(days=azar.randint(0, 700))
            extra |= {primero + timedelta(days=n) for n in range(azar.randint(2, 25))}
    elif clase == "fin de año":
        extra = {date(anio, 12, 20) + timedelta(days=n) for n in range(azar.randint(5, 30))}
    elif clase == "trescientos":
        extra = {enero + timedelta(days=n) for n in azar.sample(range(365), 300)}
    calendario = Calendario(dict.fromkeys(extra, "de prueba"))
    return anio, calendario, Almanaque(frozenset(NACIONALES | extra))


def _dia(azar: random.Random, anio: int) -> date:
    """Un día del año, con más peso en los bordes: fin de mes, fin de año, febrero."""
    if azar.random() < 0.3:
        mes = azar.choice([1, 2, 12, azar.randint(1, 12)])
        fin = (date(anio + mes // 12, mes % 12 + 1, 1) - MANANA).day
        return date(anio, mes, fin - azar.randint(0, 2))
    return date(anio, 1, 1) + timedelta(days=azar.randint(0, 364))


def _instante(azar: random.Random, anio: int) -> datetime:
    borde = azar.choice([(0, 0, 0), (16, 30, 0), (16, 30, 1), (16, 29, 59), (23, 59, 59), None])
    hora = time(*borde) if borde else time(azar.randint(0, 23), azar.randint(0, 59), azar.randint(0, 59))
    return datetime.combine(_dia(azar, anio), hora, LIMA)


def _segun_el_oraculo(desde: date, cantidad: int, unidad: str, almanaque: Almanaque, distancia: int) -> date:
    if unidad == rules.HABILES:
        return oraculo.en_habiles(desde, cantidad + distancia, almanaque)
    if unidad == rules.CALENDARIO:
        return oraculo.en_calendario(desde, cantidad, almanaque, distancia=distancia)
    return oraculo.en_meses(desde, cantidad, almanaque, distancia=distancia)


@pytest.mark.parametrize("semilla", range(SEMILLAS))
def test_el_motor_y_el_oraculo_dicen_lo_mismo(semilla: int) -> None:
    azar = random.Random(semilla)
    hechos: Counter[str] = Counter()
    anio, calendario, almanaque = _calendarios(azar)
    for _ in range(POR_SEMILLA["vencer"]):
        _comparar_cuenta(azar, anio, calendario, almanaque)
        hechos["vencer"] += 1
    for _ in range(POR_SEMILLA["pausas"]):
        _comparar_con_pausa(azar, anio, calendario, almanaque)
        hechos["pausas"] += 1
    for _ in range(POR_SEMILLA["computar"]):
        _comparar_plazo(azar, anio, calendario, almanaque)
        hechos["computar"] += 1
    for _ in range(POR_SEMILLA["horas"]):
        _comparar_horas(azar, anio, calendario)
        hechos["horas"] += 1
    for _ in range(POR_SEMILLA["efecto"]):
        _comparar_efecto(azar, anio, calendario, almanaque)
        hechos["efecto"] += 1
    assert hechos == POR_SEMILLA


def _comparar_cuenta(azar: random.Random, anio: int, calendario: Calendario, almanaque: Almanaque) -> None:
    unidad = azar.choice([rules.HABILES, rules.HABILES, rules.CALENDARIO, rules.MESES])
    cantidad = azar.choice(
        {rules.HABILES: (1, 2, 5, 10, 15, 30, azar.randint(1, 90))}.get(unidad, range(1, 25))
    )
    distancia = azar.choice([0, 0, 0, 1, 2, azar.randint(1, 20)])
    desde = _dia(azar, anio)
    nuestro = rules.vencer(desde, cantidad, unidad, calendario, distancia=distancia).fecha
    suyo = _segun_el_oraculo(desde, cantidad, unidad, almanaque, distancia)
    assert nuestro == suyo, (desde, cantidad, unidad, distancia)


def _comparar_con_pausa(azar: random.Random, anio: int, calendario: Calendario, almanaque: Almanaque) -> None:
    """Una o dos pausas separadas, dentro del plazo que corre: sus días hábiles no se cuentan."""
    desde, cantidad = _dia(azar, anio), azar.randint(5, 60)
    dia, pausas = desde, []
    for _ in range(azar.randint(1, 2)):
        dia = oraculo.en_habiles(dia, azar.randint(1, 2), almanaque)
        hasta = dia + timedelta(days=azar.randint(0, 12))
        pausas.append((dia, hasta))
        dia = hasta
    en_pausa = oraculo.dias_de(pausas)
    if sum(almanaque.se_trabaja(dia) for dia in en_pausa) > 30:
        return
    nuestro = rules.vencer(
        desde, cantidad, rules.HABILES, calendario, pausas=tuple(rules.Pausa(a, b) for a, b in pausas)
    ).fecha
    suyo = oraculo.en_habiles(desde, cantidad, almanaque, en_pausa=en_pausa)
    assert nuestro == suyo, (desde, cantidad, pausas)


def _comparar_plazo(azar: random.Random, anio: int, calendario: Calendario, almanaque: Almanaque) -> None:
    """El plazo entero: presentación, primer día, vencimiento, límite, silencio y último depósito seguro."""
    enviado = _instante(azar, anio)
    politica = azar.choice([rules.DIA_COMPLETO, rules.DIA_COMPLETO, rules.CORTE_HORARIO])
    silencio = azar.choice([rules.POSITIVO, rules.POSITIVO, rules.NEGATIVO, ""])
    cantidad, distancia = azar.choice([1, 2, 5, 8, 15, 30, azar.randint(1, 45)]), azar.choice([0, 0, 2])
    plazo = rules.computar(
        rules.Pedido(
            desde=enviado, cantidad=cantidad, silencio=silencio, distancia=distancia, politica=politica
        ),
        calendario,
    )
    corte = time(16, 30) if politica == rules.CORTE_HORARIO else None
    presentado = oraculo.presentado(enviado, almanaque, corte=corte)
    vence = oraculo.en_habiles(presentado, cantidad + distancia, almanaque)
    limite = oraculo.limite_para_notificar(vence, almanaque) if silencio == rules.POSITIVO else None
    desde_cuando = {rules.POSITIVO: limite, rules.NEGATIVO: vence}.get(silencio)
    suyo = (
        presentado,
        oraculo.primer_dia(presentado, almanaque),
        vence,
        limite,
        oraculo.aprobado_desde(desde_cuando) if desde_cuando else None,
        oraculo.ultimo_deposito_seguro(presentado, limite, almanaque) if limite else None,
    )
    nuestro = (
        plazo.fecha_presentacion,
        plazo.inicio,
        plazo.vence,
        plazo.limite_notificacion,
        plazo.silencio_desde,
        plazo.ultimo_deposito_seguro,
    )
    assert nuestro == suyo, (enviado, politica, silencio, cantidad, distancia)


def _comparar_horas(azar: random.Random, anio: int, calendario: Calendario) -> None:
    desde, horas = _instante(azar, anio), azar.choice([1, 24, 48, azar.randint(1, 200)])
    plazo = rules.computar(rules.Pedido(desde=desde, cantidad=horas, unidad=rules.HORAS), calendario)
    assert plazo.vence == oraculo.en_horas(desde, horas), (desde, horas)
    assert isinstance(plazo.vence, datetime)
    assert plazo.vence.utcoffset() == timedelta(hours=-5)


def _comparar_efecto(azar: random.Random, anio: int, calendario: Calendario, almanaque: Almanaque) -> None:
    regla, deposito = azar.choice(REGLAS_DE_EFECTO), _dia(azar, anio)
    acuse = azar.choice([None, deposito + timedelta(days=azar.randint(0, 20))])
    nuestro = _efecto(deposito, acuse, regla, calendario)
    suyo = oraculo.efecto_en_casilla(deposito, acuse, regla, almanaque)
    assert nuestro == suyo, (deposito, acuse, regla)


def _efecto(deposito: date, acuse: date | None, regla: str, calendario: Calendario) -> date | None:
    """Lo que hace la casilla: el día legal del depósito y, desde él, el efecto."""
    legal = casilla.fecha_legal_del_deposito(deposito, calendario, inhabil_pasa_al_habil=True)
    return casilla.calcular_efecto(
        deposito=legal, acuse=acuse, regla=regla, dias=5, calendario=calendario
    ).fecha


def test_la_distancia_se_agrega_despues_del_mes_al_que_le_falta_el_dia() -> None:
    """Arts. 134.3 y 135: 8 meses desde el 31 de enero expiran el lunes 2 de octubre; con un día más, el martes 3."""
    sin, con = (
        rules.vencer(date(2028, 1, 31), 8, rules.MESES, Calendario(), distancia=dias).fecha for dias in (0, 1)
    )
    assert (sin, con) == (date(2028, 10, 2), date(2028, 10, 3))


# --- Lo que siempre es cierto, buscado por hypothesis -----------------------------------------------------------------
DIAS = st.dates(date(1991, 1, 1), date(2090, 12, 31))
UNIDADES = st.sampled_from([rules.HABILES, rules.CALENDARIO, rules.MESES])
CANTIDADES = st.integers(1, 60)


@st.composite
def _calendario(draw: st.DrawFn, cerca_de: date) -> tuple[Calendario, Almanaque]:
    """Feriados sueltos y en fila alrededor de una fecha."""
    lejos = st.integers(0, 120)
    extra = {cerca_de + timedelta(days=n) for n in draw(st.lists(lejos, max_size=12))}
    for primero, cuantos in draw(st.lists(st.tuples(lejos, st.integers(2, 20)), max_size=3)):
        extra |= {cerca_de + timedelta(days=primero + n) for n in range(cuantos)}
    return Calendario(dict.fromkeys(extra, "de prueba")), Almanaque(frozenset(NACIONALES | extra))


@settings(max_examples=400)
@given(data=st.data(), desde=DIAS, cantidad=CANTIDADES, unidad=UNIDADES, distancia=st.integers(0, 20))
def test_hypothesis_tampoco_encuentra_un_desacuerdo(
    data: st.DataObject, desde: date, cantidad: int, unidad: str, distancia: int
) -> None:
    calendario, almanaque = data.draw(_calendario(desde))
    nuestro = rules.vencer(desde, cantidad, unidad, calendario, distancia=distancia).fecha
    assert nuestro == _segun_el_oraculo(desde, cantidad, unidad, almanaque, distancia)


@settings(max_examples=200)
@given(
    data=st.data(),
    desde=DIAS,
    cantidad=CANTIDADES,
    unidad=UNIDADES,
    mas_tarde=st.integers(0, 40),
    mas=st.integers(0, 20),
)
def test_empezar_antes_o_pedir_menos_nunca_vence_despues(
    data: st.DataObject, desde: date, cantidad: int, unidad: str, mas_tarde: int, mas: int
) -> None:
    calendario, _ = data.draw(_calendario(desde))
    vence = rules.vencer(desde, cantidad, unidad, calendario).fecha
    assert calendario.es_habil(vence)
    assert vence > desde
    assert vence <= rules.vencer(desde + timedelta(days=mas_tarde), cantidad, unidad, calendario).fecha
    assert vence <= rules.vencer(desde, cantidad + mas, unidad, calendario).fecha
    assert vence <= rules.vencer(desde, cantidad, unidad, calendario, distancia=mas).fecha


@settings(max_examples=200)
@given(data=st.data(), deposito=DIAS, espera=st.integers(0, 25), regla=st.sampled_from(REGLAS_DE_EFECTO))
def test_acusar_recibo_nunca_atrasa_el_efecto(
    data: st.DataObject, deposito: date, espera: int, regla: str
) -> None:
    calendario, almanaque = data.draw(_calendario(deposito))
    acuse = deposito + timedelta(days=espera)
    sin, con = _efecto(deposito, None, regla, calendario), _efecto(deposito, acuse, regla, calendario)
    assert con == oraculo.efecto_en_casilla(deposito, acuse, regla, almanaque)
    assert con is not None
    assert calendario.es_habil(con)
    assert con >= deposito
    if sin is not None:
        assert con <= sin
    else:
        assert regla == "ACUSE"


@settings(max_examples=100)
@given(data=st.data(), desde=DIAS, cantidad=st.integers(1, 45))
def test_volver_a_calcular_no_cambia_nada(data: st.DataObject, desde: date, cantidad: int) -> None:
    calendario, _ = data.draw(_calendario(desde))
    pedido = rules.Pedido(
        desde=datetime.combine(desde, time(10), LIMA), cantidad=cantidad, silencio=rules.POSITIVO
    )
    primero = rules.computar(pedido, calendario)
    assert rules.computar(pedido, calendario) == primero
    dicho = rules.en_json(primero)
    assert json.loads(json.dumps(dicho)) == dicho
    assert set(dicho) == {
        "fecha_presentacion",
        "inicio",
        "vence",
        "limite_notificacion",
        "silencio_desde",
        "ultimo_deposito_seguro",
        "pasos",
    }


@settings(max_examples=200)
@given(
    desde=st.datetimes(datetime(1900, 1, 1), datetime(2250, 1, 1)),
    cantidad=st.integers(-5, 6000),
    unidad=st.sampled_from([rules.HABILES, rules.CALENDARIO, rules.MESES, rules.HORAS, "LUNAS"]),
    distancia=st.integers(-3, 100),
    pausas=st.lists(st.tuples(DIAS, st.integers(-3, 60)), max_size=2),
)
def test_con_cualquier_cosa_hay_respuesta_o_una_negativa_que_se_entiende(
    desde: datetime, cantidad: int, unidad: str, distancia: int, pausas: list[tuple[date, int]]
) -> None:
    try:
        plazo = rules.computar(
            rules.Pedido(
                desde=desde.replace(tzinfo=LIMA), cantidad=cantidad, unidad=unidad, distancia=distancia,
                pausas=tuple(rules.Pausa(dia, dia + timedelta(days=dura)) for dia, dura in pausas),
            ),
            Calendario(),
        )  # fmt: skip
    except (EntradaInvalida, NoProcede) as negativa:
        plazo, dicho = None, str(negativa)
    if plazo is None:
        assert dicho.endswith(".")
    else:
        assert 1990 <= plazo.vence.year <= 2100
        assert 1 <= cantidad <= MAXIMOS[unidad]
