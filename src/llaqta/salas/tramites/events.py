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
