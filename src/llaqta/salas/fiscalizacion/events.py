"""Lo que anuncia la fiscalización posterior."""

from __future__ import annotations

from dataclasses import dataclass

from llaqta.cimientos.events import Evento


@dataclass(frozen=True)
class SorteoConvocado(Evento):
    """Se publicó la frase con que se sorteará un semestre."""

    sorteo_id: int


@dataclass(frozen=True)
class SorteoHecho(Evento):
    """Se sorteó qué expedientes se revisan."""

    sorteo_id: int


@dataclass(frozen=True)
class RevisorAsignado(Evento):
    """Alguien quedó encargado de comprobar un expediente."""

    candidato_id: int
    revisor_id: int


@dataclass(frozen=True)
class ResultadoAnotado(Evento):
    """Se anotó qué se comprobó en un expediente."""

    candidato_id: int
    resultado: str
