"""Lo que anuncia la mesa de partes."""

from __future__ import annotations

from dataclasses import dataclass

from llaqta.cimientos.events import Evento


@dataclass(frozen=True)
class DocumentoPresentado(Evento):
    """Llegó un escrito: tiene número, expediente y cargo."""

    presentacion_id: int


@dataclass(frozen=True)
class PresentacionObservada(Evento):
    """La mesa observó, una sola vez, lo que falta."""

    presentacion_id: int
    observacion_id: int


@dataclass(frozen=True)
class ObservacionSubsanada(Evento):
    """El administrado corrigió lo observado."""

    presentacion_id: int
    observacion_id: int


@dataclass(frozen=True)
class PresentacionRecibida(Evento):
    """La mesa recibió y derivó."""

    presentacion_id: int
