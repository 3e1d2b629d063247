"""Aritmética de días hábiles: funciones puras sobre un calendario que se recibe.

Ley 27444: los días son hábiles y consecutivos salvo que la norma diga otra cosa (134.1), el plazo empieza al día
siguiente (133.1) y, si vence en día inhábil, pasa al primer día hábil siguiente (134.2). Cada resultado trae sus pasos.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from llaqta.cimientos.errors import EntradaInvalida

LIMA = ZoneInfo("America/Lima")
_UN_DIA = timedelta(days=1)
_SIN_HABILES = 366
"""Un año entero sin un solo día hábil no es un calendario con el que se pueda contar."""
_DIAS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_MESES = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "setiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip


@dataclass(frozen=True)
class Paso:
    """Un día mirado durante la cuenta: ``cuenta`` es su número de orden, o ``None`` si se saltó por ``motivo``."""

    fecha: date
    cuenta: int | None
    motivo: str


@dataclass(frozen=True)
class Computo:
    """Una fecha calculada y el camino que llevó a ella."""

    fecha: date
    pasos: tuple[Paso, ...] = ()


@dataclass(frozen=True)
class Calendario:
    """Los días que no cuentan, cada uno con su motivo; sábados y domingos no hace falta nombrarlos."""

    feriados: Mapping[date, str] = field(default_factory=dict)
    version: str = "nacional"

    def motivo(self, dia: date) -> str | None:
        """Por qué ``dia`` no es hábil; ``None`` si lo es."""
        if dia in self.feriados:
            return self.feriados[dia]
        if nacional := _nacionales(dia.year).get(dia):
            return nacional
        return "sábado" if dia.weekday() == 5 else "domingo" if dia.weekday() == 6 else None

    def es_habil(self, dia: date) -> bool:
        """Verdadero si ``dia`` cuenta en un plazo administrativo."""
        return self.motivo(dia) is None


@lru_cache(maxsize=200)
def feriados_nacionales(anio: int) -> Mapping[date, str]:
    """Los feriados nacionales del Perú en ``anio`` con su nombre, según el paquete ``holidays``."""
    return dict(sorted(holidays.country_holidays("PE", years=anio, language="es").items()))


@lru_cache(maxsize=200)
def _nacionales(anio: int) -> dict[date, str]:
    """Lo mismo, dicho como motivo en una cuenta de días."""
    return {dia: f"feriado nacional: {nombre}" for dia, nombre in feriados_nacionales(anio).items()}


def sumar_habiles(desde: date, dias: int, calendario: Calendario) -> Computo:
    """Cuenta ``dias`` hábiles a partir del día siguiente a ``desde`` (133.1, 134.1): el último, y los pasos.

    :raises ValueError: si ``dias`` es negativo
    :raises EntradaInvalida: si el calendario pasa más de un año sin un día hábil
    """
    if dias < 0:
        raise ValueError("Un plazo no puede ser negativo.")
    pasos: list[Paso] = []
    dia, contados, seguidos = desde, 0, 0
    while contados < dias:
        dia += _UN_DIA
        motivo = calendario.motivo(dia)
        if motivo is None:
            contados, seguidos = contados + 1, 0
        else:
            seguidos += 1
            _vigilar(seguidos)
        pasos.append(Paso(dia, None if motivo else contados, motivo or "día hábil"))
    return Computo(dia, tuple(pasos))


def primer_habil(desde: date, calendario: Calendario) -> date:
    """``desde`` si es hábil; si no, el primer día hábil que le sigue (134.2).

    :raises EntradaInvalida: si el calendario pasa más de un año sin un día hábil
    """
    dia = desde
    while not calendario.es_habil(dia):
        dia += _UN_DIA
        _vigilar((dia - desde).days)
    return dia


def _vigilar(seguidos: int) -> None:
    """Un calendario sin días hábiles no se recorre hasta el fin de los tiempos."""
    if seguidos > _SIN_HABILES:
        raise EntradaInvalida(
            "El calendario no tiene ningún día hábil en más de un año: revise sus días no laborables.",
            campo="calendario",
        )


def contar_habiles(desde: date, hasta: date, calendario: Calendario) -> int:
    """Cuántos días hábiles hay después de ``desde`` y hasta ``hasta`` inclusive; cero si ``hasta`` no es posterior."""
    total, dia = 0, desde
    while dia < hasta:
        dia += _UN_DIA
        total += calendario.es_habil(dia)
    return total


def hoy_en_lima(ahora: datetime) -> date:
    """La fecha oficial del Perú en el instante ``ahora`` (que trae su zona horaria)."""
    return ahora.astimezone(LIMA).date()


def fecha_en_palabras(dia: date) -> str:
    """``martes 14 de julio de 2026``."""
    return f"{_DIAS[dia.weekday()]} {dia.day} de {_MESES[dia.month - 1]} de {dia.year}"
