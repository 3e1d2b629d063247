"""Lo que anuncia el TUPA."""

from __future__ import annotations

from dataclasses import dataclass

from llaqta.cimientos.events import Evento


@dataclass(frozen=True)
class ProcedimientoRegistrado(Evento):
    """El TUPA tiene un procedimiento más; todavía no rige ninguna versión suya."""

    procedimiento_id: int


@dataclass(frozen=True)
class VersionPublicada(Evento):
    """Un procedimiento tiene versión nueva."""

    version_id: int


@dataclass(frozen=True)
class VersionRetirada(Evento):
    """Una versión que todavía no regía fue retirada antes de su fecha."""

    procedimiento_id: int
    version_id: int


@dataclass(frozen=True)
class TupaCargado(Evento):
    """Se cargaron procedimientos desde un archivo."""

    procedimientos: int


@dataclass(frozen=True)
class PalabrasCambiadas(Evento):
    """Cambiaron las palabras con que la gente encuentra un procedimiento, o su lugar en el inicio."""

    procedimiento_id: int


@dataclass(frozen=True)
class ProcedimientoDerogado(Evento):
    """Una ordenanza retira un procedimiento del TUPA desde una fecha."""

    procedimiento_id: int
    version_id: int


@dataclass(frozen=True)
class DerogacionAnulada(Evento):
    """El retiro que todavía no había llegado quedó sin efecto: el procedimiento sigue rigiendo."""

    procedimiento_id: int
    version_id: int


@dataclass(frozen=True)
class UitRegistrada(Evento):
    """El valor de la UIT de un año quedó anotado, con la norma que lo fija."""

    anio: int
