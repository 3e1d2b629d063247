"""Lo que anuncia el TUPA."""

from __future__ import annotations

from dataclasses import dataclass

from llaqta.cimientos.events import Evento


@dataclass(frozen=True)
class VersionPublicada(Evento):
    """Un procedimiento tiene versión nueva."""

    version_id: int
