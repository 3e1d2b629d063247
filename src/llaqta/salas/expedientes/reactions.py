"""Lo que hacen los expedientes después de que algo ocurrió en la casilla."""

from __future__ import annotations

from datetime import datetime

from llaqta.cimientos.events import listens
from llaqta.salas.casilla.events import NotificacionLeida, NotificacionSurtioEfecto
from llaqta.salas.expedientes import services as expedientes


@listens(NotificacionLeida, NotificacionSurtioEfecto)
def anotar_notificado(evento: NotificacionLeida | NotificacionSurtioEfecto, *, ahora: datetime) -> None:
    """El administrado abrió la decisión, o el plazo lo da por notificado: el expediente queda notificado."""
    expedientes.tomar_conocimiento(notificacion_id=evento.notificacion_id, ahora=ahora)
