"""Lo que hacen los recursos después de que algo ocurrió en el expediente."""

from __future__ import annotations

from datetime import datetime

from llaqta.cimientos.events import listens
from llaqta.salas.expedientes.events import ExpedienteNotificado
from llaqta.salas.recursos import services
from llaqta.salas.recursos.events import QuejaResuelta


@listens(ExpedienteNotificado)
def cerrar_recurso(evento: ExpedienteNotificado, *, ahora: datetime) -> None:
    """La decisión del recurso surtió efecto: el recurso queda resuelto."""
    services.anotar_resuelto(expediente_id=evento.expediente_id, ahora=ahora)


@listens(QuejaResuelta)
def sellar_queja_resuelta(evento: QuejaResuelta, *, ahora: datetime) -> None:
    """Lo decidido sobre la queja, sellado y en el expediente."""
    services.sellar_queja_resuelta(queja_id=evento.queja_id, ahora=ahora)
