"""Lo que anuncian los plazos."""

from __future__ import annotations

from dataclasses import dataclass

from llaqta.cimientos.events import Evento


@dataclass(frozen=True)
class ReglaCambiada(Evento):
    """Una regla del procedimiento tiene otro valor desde una fecha."""

    regla_id: int


@dataclass(frozen=True)
class ReglaConfirmada(Evento):
    """Un abogado verificó una regla, sin cambiarla."""

    regla_id: int


@dataclass(frozen=True)
class DistanciaGuardada(Evento):
    """Un lugar tiene otro término de la distancia desde una fecha."""

    distancia_id: int


@dataclass(frozen=True)
class InterrupcionRegistrada(Evento):
    """Se registró que un servicio digital no atendió."""

    interrupcion_id: int


@dataclass(frozen=True)
class InterrupcionCertificada(Evento):
    """Se certificó una interrupción: los plazos que vencían esos días se corren."""

    interrupcion_id: int
