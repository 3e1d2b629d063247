"""El motor de plazos contra el oráculo: más de cien mil casos al azar deben dar lo mismo aquí y allá.

Los casos salen de semillas fijas, así que un desacuerdo se repite igual; hypothesis busca además los bordes y achica lo
que encuentra. Feriados sueltos y en fila, cambios de año, bisiestos y años con trescientos feriados.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llaqta.cimientos.calendario import LIMA, Calendario
from llaqta.salas.plazos import rules

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
    calendario = Calendario({dia: "de prueba" for dia in extra})
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
    legal = rules.fecha_legal_del_deposito(deposito, calendario, inhabil_pasa_al_habil=True)
    return rules.calcular_efecto(
        deposito=legal, acuse=acuse, regla=regla, dias=5, calendario=calendario
    ).fecha
