"""Contar: días hábiles, días calendario y meses, con pausas y término de la distancia. Puro, sin base ni reloj.

Ley 27444: se cuenta desde el día siguiente (133.1); los días son hábiles y consecutivos salvo que la norma diga otra
cosa (134.1); si el último es inhábil, vence el primer hábil que sigue (134.2); los meses van de fecha a fecha y, si al
mes le falta el día, vence el primer hábil del mes siguiente (134.3); la distancia se agrega (135).
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from llaqta.cimientos.calendario import Calendario, Computo, Paso, fecha_en_palabras
from llaqta.cimientos.errors import EntradaInvalida, NoProcede

HABILES: Final = "HABILES"
CALENDARIO: Final = "CALENDARIO"
MESES: Final = "MESES"
HORAS: Final = "HORAS"

EN_PALABRAS: Final = {
    HABILES: ("día hábil", "días hábiles"),
    CALENDARIO: ("día calendario", "días calendario"),
    MESES: ("mes", "meses"),
    HORAS: ("hora", "horas"),
}
"""Cada unidad en singular y en plural."""

MAXIMOS: Final = {HABILES: 1000, CALENDARIO: 1826, MESES: 120, HORAS: 8784}
"""Lo más largo que se acepta en cada unidad: más que cualquier plazo de la ley, y menos que un dedo que tropezó."""

PRIMER_ANIO: Final = 1990
ULTIMO_ANIO: Final = 2100
DISTANCIA_MAXIMA: Final = 60
DIAS_DE_SUSPENSION: Final = 30
"""Lo más que el administrado puede tener suspendido su procedimiento (136.4)."""

A_PEDIDO: Final = "plazo suspendido a pedido del administrado (136.4)"
_UN_DIA: Final = timedelta(days=1)
_SIN_HABILES: Final = 366
"""Un año entero sin un solo día hábil no es un calendario con el que se pueda contar."""


@dataclass(frozen=True)
class Pausa:
    """Días en que el plazo no corre, con ambos extremos incluidos.

    :param a_pedido: la pidió el administrado (136.4): solo con silencio positivo y hasta 30 días hábiles. Las demás
        (emplazamiento, informe preceptivo, falla de la plataforma) llevan ``False`` y su propio motivo
    """

    desde: date
    hasta: date
    motivo: str = ""
    a_pedido: bool = True

    @property
    def razon(self) -> str:
        """Por qué no se cuentan sus días."""
        return self.motivo or (A_PEDIDO if self.a_pedido else "plazo suspendido")


def vencer(
    desde: date,
    cantidad: int,
    unidad: str,
    calendario: Calendario,
    *,
    distancia: int = 0,
    pausas: Sequence[Pausa] = (),
    suspension_maxima: int = DIAS_DE_SUSPENSION,
) -> Computo:
    """El último día de un plazo que se cuenta desde el día siguiente a ``desde``, y cada día mirado.

    :param unidad: ``HABILES``, ``CALENDARIO`` o ``MESES``; las horas no son días (ver ``rules.computar``)
    :param distancia: días hábiles que se agregan por el término de la distancia (135)
    :param suspension_maxima: lo más que el administrado puede tener suspendido el procedimiento (136.4)
    :raises EntradaInvalida: si un dato no sirve, o el plazo pasaría del año 2100
    :raises NoProcede: si la suspensión a pedido pasa de ``suspension_maxima`` días hábiles
    """
    check_fecha(desde)
    check_cantidad(cantidad, unidad)
    if unidad == HORAS:
        raise EntradaInvalida("Un plazo en horas necesita la hora desde la que corre.", campo="unidad")
    check_distancia(distancia)
    ordenadas = check_pausas(pausas, desde, calendario, suspension_maxima)
    cuenta = _Cuenta(desde, calendario, ordenadas)
    if unidad == HABILES:
        cuenta.sumar(cantidad)
    elif unidad == CALENDARIO:
        cuenta.sumar_corridos(cantidad)
    else:
        cuenta.sumar_meses(cantidad)
    cuenta.sumar(distancia, " (término de la distancia, 135)")
    cuenta.pasar_al_habil()
    for pausa in ordenadas:
        if pausa.desde > cuenta.dia:
            raise EntradaInvalida(
                f"La suspensión que empieza el {fecha_en_palabras(pausa.desde)} no toca este plazo, que vence el "
                f"{fecha_en_palabras(cuenta.dia)}.",
                campo="suspender",
            )
    return Computo(cuenta.dia, tuple(cuenta.pasos))


class _Cuenta:
    """El recorrido de un plazo, día por día: dónde va, cuánto lleva y por dónde pasó."""

    def __init__(self, desde: date, calendario: Calendario, pausas: Sequence[Pausa]) -> None:
        self.dia, self.contados = desde, 0
        self.pasos: list[Paso] = []
        self._calendario = calendario
        self._pausas = pausas
        self._seguidos = 0

    def sumar(self, dias: int, nota: str = "") -> None:
        """Avanza ``dias`` hábiles."""
        meta = self.contados + dias
        while self.contados < meta:
            self._avanzar()
            motivo = self._calendario.motivo(self.dia)
            self._vigilar(motivo)
            motivo = motivo or self._en_pausa(self.dia)
            if motivo is None:
                self.contados += 1
            self.pasos.append(Paso(self.dia, None if motivo else self.contados, motivo or f"día hábil{nota}"))

    def sumar_corridos(self, dias: int) -> None:
        """Avanza ``dias`` de calendario; los que están en una pausa no cuentan."""
        while self.contados < dias:
            self._avanzar()
            motivo = self._en_pausa(self.dia)
            if motivo is None:
                self.contados += 1
            self.pasos.append(Paso(self.dia, None if motivo else self.contados, motivo or "día calendario"))

    def sumar_meses(self, meses: int) -> None:
        """Avanza de fecha a fecha; cada pausa lo corre tantos días como duró.

        Si al mes le falta el día, el plazo expira el primer hábil del mes siguiente: la distancia se agrega desde ahí.
        """
        inicio = self.dia
        self.dia, motivo = _de_fecha_a_fecha(inicio, meses)
        falta_el_dia = self.dia.day != inicio.day
        for pausa in self._pausas:
            if pausa.desde <= self.dia:
                primero = max(pausa.desde, inicio + _UN_DIA)
                dias = [primero + n * _UN_DIA for n in range((pausa.hasta - primero).days + 1)]
                self.pasos += [Paso(dia, None, pausa.razon) for dia in dias]
                self._check_tope(self.dia.toordinal() + len(dias))
                self.dia += len(dias) * _UN_DIA
        self._check_tope(self.dia.toordinal())
        self.contados = meses
        self.pasos.append(Paso(self.dia, meses, motivo))
        if falta_el_dia:
            self.pasar_al_habil()

    def pasar_al_habil(self) -> None:
        """Si el último día no es hábil, el plazo vence el primer hábil que sigue (134.2)."""
        motivo = self._calendario.motivo(self.dia) or self._en_pausa(self.dia)
        if motivo is None:
            return
        ultimo = self.pasos[-1]
        self.pasos[-1] = Paso(ultimo.fecha, ultimo.cuenta, f"{ultimo.motivo}; es {motivo}")
        while motivo is not None:
            self._avanzar()
            motivo = self._calendario.motivo(self.dia)
            self._vigilar(motivo)
            motivo = motivo or self._en_pausa(self.dia)
            self.pasos.append(Paso(self.dia, None, motivo or "primer día hábil siguiente (134.2)"))

    def _avanzar(self) -> None:
        self.dia += _UN_DIA
        if self.dia.year > ULTIMO_ANIO:
            self._check_tope(self.dia.toordinal())

    def _en_pausa(self, dia: date) -> str | None:
        for pausa in self._pausas:
            if pausa.desde <= dia <= pausa.hasta:
                return pausa.razon
        return None

    def _vigilar(self, motivo: str | None) -> None:
        """Un calendario sin días hábiles no se recorre hasta el fin de los tiempos."""
        self._seguidos = 0 if motivo is None else self._seguidos + 1
        if self._seguidos > _SIN_HABILES:
            raise EntradaInvalida(
                "El calendario no tiene ningún día hábil en más de un año: revise sus días no laborables.",
                campo="calendario",
            )

    @staticmethod
    def _check_tope(ordinal: int) -> None:
        if ordinal > date(ULTIMO_ANIO, 12, 31).toordinal():
            raise EntradaInvalida(
                f"Ese plazo vencería después del año {ULTIMO_ANIO}: revise la fecha y la cantidad.",
                campo="desde",
            )


def _de_fecha_a_fecha(inicio: date, meses: int) -> tuple[date, str]:
    """La misma fecha, ``meses`` después; si ese mes no la tiene, el primero del siguiente (134.3)."""
    total = inicio.month - 1 + meses
    anio, mes = inicio.year + total // 12, total % 12 + 1
    if inicio.day <= calendar.monthrange(anio, mes)[1]:
        return date(anio, mes, inicio.day), f"{cuanto(meses, MESES)}, de fecha a fecha (134.3)"
    siguiente = date(anio + mes // 12, mes % 12 + 1, 1)
    return siguiente, f"ese mes no tiene día {inicio.day}: pasa al mes siguiente (134.3)"


def cuanto(cantidad: int, unidad: str) -> str:
    """``30 días hábiles``, ``1 mes``, ``48 horas``."""
    uno, varios = EN_PALABRAS[unidad]
    return f"{cantidad} {uno if cantidad == 1 else varios}"


def check_fecha(dia: date, campo: str = "desde") -> None:
    """La fecha está entre los años que el calendario conoce.

    :raises EntradaInvalida: si no
    """
    if not PRIMER_ANIO <= dia.year <= ULTIMO_ANIO:
        raise EntradaInvalida(
            f"La fecha va del año {PRIMER_ANIO} al {ULTIMO_ANIO}; usted escribió {dia.year}.", campo=campo
        )


def check_cantidad(cantidad: int, unidad: str) -> None:
    """La cantidad es de al menos uno y no pasa de lo razonable en su unidad.

    :raises EntradaInvalida: si no, o si la unidad no existe
    """
    if unidad not in MAXIMOS:
        raise EntradaInvalida(
            f"La unidad del plazo es hábiles, calendario, meses u horas; usted escribió «{unidad}».",
            campo="unidad",
        )
    if cantidad <= 0:
        raise EntradaInvalida(
            f"Un plazo es de uno o más; usted escribió {cuanto(cantidad, unidad)}.", campo="dias"
        )
    if cantidad > MAXIMOS[unidad]:
        raise EntradaInvalida(
            f"Un plazo de {cuanto(cantidad, unidad)} no existe en el procedimiento administrativo: el máximo que se "
            f"calcula es de {cuanto(MAXIMOS[unidad], unidad)}.",
            campo="dias",
        )


def check_distancia(distancia: int) -> None:
    """El término de la distancia va de 0 a 60 días.

    :raises EntradaInvalida: si no
    """
    if not 0 <= distancia <= DISTANCIA_MAXIMA:
        raise EntradaInvalida(
            f"El término de la distancia va de 0 a {DISTANCIA_MAXIMA} días; usted escribió {distancia}.",
            campo="distancia",
            norma="Ley 27444, art. 135",
        )


def check_pausas(
    pausas: Sequence[Pausa], desde: date, calendario: Calendario, maximo: int = DIAS_DE_SUSPENSION
) -> tuple[Pausa, ...]:
    """Las pausas en orden, si sirven: bien escritas, sin encimarse y, las pedidas, sin pasar del máximo.

    :raises EntradaInvalida: si una está al revés, empieza antes que el plazo o se encima con otra
    :raises NoProcede: si las que pidió el administrado pasan de ``maximo`` días hábiles (136.4)
    """
    if not pausas:
        return ()
    ordenadas = tuple(sorted(pausas, key=lambda pausa: (pausa.desde, pausa.hasta)))
    for pausa in ordenadas:
        _check_pausa(pausa, desde)
    for una, otra in pairwise(ordenadas):
        if otra.desde <= una.hasta:
            raise EntradaInvalida(
                f"Dos suspensiones se enciman: una termina el {fecha_en_palabras(una.hasta)} y otra empieza el "
                f"{fecha_en_palabras(otra.desde)}.",
                campo="suspender",
            )
    pedidos = sum(_habiles_de(pausa, calendario) for pausa in ordenadas if pausa.a_pedido)
    if pedidos > maximo:
        raise NoProcede(
            f"El administrado puede suspender su procedimiento hasta {maximo} días hábiles; se pidieron "
            f"{pedidos}.",
            norma="Ley 27444, art. 136.4",
        )
    return ordenadas


def _check_pausa(pausa: Pausa, desde: date) -> None:
    check_fecha(pausa.desde, "suspender")
    check_fecha(pausa.hasta, "suspender")
    if pausa.hasta < pausa.desde:
        raise EntradaInvalida(
            f"Una suspensión no puede terminar (el {fecha_en_palabras(pausa.hasta)}) antes de empezar (el "
            f"{fecha_en_palabras(pausa.desde)}).",
            campo="suspender",
        )
    if pausa.desde < desde:
        raise EntradaInvalida(
            f"La suspensión empieza el {fecha_en_palabras(pausa.desde)}, antes del {fecha_en_palabras(desde)}, cuando "
            "todavía no había plazo que suspender.",
            campo="suspender",
        )


def _habiles_de(pausa: Pausa, calendario: Calendario) -> int:
    dias = (pausa.hasta - pausa.desde).days + 1
    return sum(calendario.es_habil(pausa.desde + n * _UN_DIA) for n in range(dias))
