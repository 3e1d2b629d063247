"""Lo que la mesa de partes hace después: entregar el cargo sellado, sellar la observación y avisar por correo.

Sellar y avisar son oyentes distintos: si el correo falla y se reintenta, el cargo ya está.
"""

from __future__ import annotations

from datetime import datetime

from llaqta.cimientos.events import listens
from llaqta.salas.mesapartes import services
from llaqta.salas.mesapartes.events import DocumentoPresentado, ObservacionSubsanada, PresentacionObservada


@listens(DocumentoPresentado)
def sellar_cargo(evento: DocumentoPresentado, *, ahora: datetime) -> None:
    """El cargo, uno o dos segundos después de presentar."""
    services.sellar_cargo(presentacion_id=evento.presentacion_id, ahora=ahora)


@listens(DocumentoPresentado)
def avisar_presentacion(evento: DocumentoPresentado, *, ahora: datetime) -> None:
    """El correo que confirma."""
    services.avisar_presentacion(presentacion_id=evento.presentacion_id)


@listens(PresentacionObservada)
def sellar_observacion(evento: PresentacionObservada, *, ahora: datetime) -> None:
    """El requerimiento, sellado."""
    services.sellar_observacion(observacion_id=evento.observacion_id, ahora=ahora)


@listens(PresentacionObservada)
def avisar_observacion(evento: PresentacionObservada, *, ahora: datetime) -> None:
    """El correo que dice qué falta."""
    services.avisar_observacion(observacion_id=evento.observacion_id)


@listens(ObservacionSubsanada)
def sellar_subsanacion(evento: ObservacionSubsanada, *, ahora: datetime) -> None:
    """El cargo de lo subsanado."""
    services.sellar_subsanacion(observacion_id=evento.observacion_id, ahora=ahora)
