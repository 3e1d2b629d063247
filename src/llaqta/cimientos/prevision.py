"""Qué fechas movería un cambio del calendario, dicho antes de hacerlo.

Los cimientos no conocen ninguna sala: cada sala que guarda plazos declara con ``@preve`` una función que responde, sin
escribir nada, cuántos de los suyos cambiarían y cuáles son los primeros.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from llaqta.cimientos.calendario import Calendario
from llaqta.cimientos.models import DiaNoLaborable

PRIMERAS = 50
"""Cuántas fechas se muestran de cada clase; de las demás se dice cuántas son."""
DEMASIADOS = 60
"""Más días que estos de lunes a viernes fuera de la cuenta, en un año, no son corrientes: se avisa."""


@dataclass(frozen=True)
class Cambio:
    """El calendario de hoy, el que habría, y los días en que uno cuenta y el otro no."""

    antes: Calendario
    despues: Calendario
    hoy: date
    dias: tuple[date, ...] = ()


@dataclass(frozen=True)
class FechaQueCambia:
    """Un plazo abierto, con la fecha que tiene y la que tendría."""

    que: str
    unidad: str
    antes: date
    despues: date
    numero: str = ""


@dataclass(frozen=True)
class Prevision:
    """Los plazos de una clase que cambiarían: cuántos, por unidad, y los primeros."""

    clase: str
    total: int
    por_unidad: Mapping[str, int] = field(default_factory=dict)
    primeras: Sequence[FechaQueCambia] = ()
    nota: str = ""

    @property
    def demas(self) -> int:
        """Cuántas no se muestran."""
        return self.total - len(self.primeras)


PREVISTAS: list[Callable[[Cambio], Prevision]] = []
"""Las funciones declaradas con ``@preve``, en el orden de los pisos."""


def preve(funcion: Callable[[Cambio], Prevision]) -> Callable[[Cambio], Prevision]:
    """Declara que ``funcion`` sabe qué plazos de su sala movería un cambio del calendario."""
    if funcion not in PREVISTAS:
        PREVISTAS.append(funcion)
    return funcion


def prever(cambio: Cambio) -> list[Prevision]:
    """Lo que responde cada sala; nada, si ningún día cambia para los plazos administrativos."""
    if not cambio.dias:
        return []
    return [prevision for funcion in PREVISTAS if (prevision := funcion(cambio)).total]


def armar_cambio(
    actual: Calendario, *, mas: Sequence[DiaNoLaborable] = (), menos: Sequence[date] = (), hoy: date
) -> Cambio:
    """El calendario ``actual`` con unos días más que no cuentan y otros que vuelven a contar."""
    feriados = {dia: motivo for dia, motivo in actual.feriados.items() if dia not in menos}
    feriados |= {fila.fecha: f"{fila.descripcion} ({fila.norma})" for fila in mas if fila.suspende_plazos}
    despues = replace(actual, feriados=feriados, version="previsto")
    tocados = {*menos, *(fila.fecha for fila in mas)}
    distintos = [dia for dia in sorted(tocados) if actual.es_habil(dia) != despues.es_habil(dia)]
    return Cambio(actual, despues, hoy, tuple(distintos))


def avisar_de_anios(cambio: Cambio) -> list[str]:
    """Una frase por cada año al que le quedarían muy pocos días hábiles."""
    avisos = []
    for anio in sorted({dia.year for dia in cambio.dias}):
        dia, fuera = date(anio, 1, 1), 0
        while dia.year == anio:
            fuera += dia.weekday() < 5 and not cambio.despues.es_habil(dia)
            dia += timedelta(days=1)
        if fuera > DEMASIADOS:
            avisos.append(
                f"Con esto, en {anio} no se contarían {fuera} días de lunes a viernes. Los feriados nacionales suelen "
                "ser menos de veinte: revise que no sobre ninguno antes de confirmar."
            )
    return avisos
