"""Lo que anuncia la casilla."""

from __future__ import annotations

from dataclasses import dataclass

from llaqta.cimientos.events import Evento


@dataclass(frozen=True)
class CasillaAceptada(Evento):
    """Una persona consintió ser notificada en su casilla."""

    adhesion_id: int


@dataclass(frozen=True)
class CasillaRevocada(Evento):
    """Una persona retiró su consentimiento."""

    adhesion_id: int


@dataclass(frozen=True)
class NotificacionDepositada(Evento):
    """Un acto quedó depositado en la casilla."""

    notificacion_id: int


@dataclass(frozen=True)
class NotificacionLeida(Evento):
    """El destinatario abrió el documento: es su acuse."""

    notificacion_id: int


@dataclass(frozen=True)
class NotificacionSurtioEfecto(Evento):
    """Llegó el día en que la notificación surte efecto."""

    notificacion_id: int
