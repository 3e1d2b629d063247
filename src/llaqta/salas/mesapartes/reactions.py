"""Lo que la mesa de partes hace después: entregar el cargo sellado, sellar la observación y avisar por correo.

Sellar y avisar son oyentes distintos: si el correo falla y se reintenta, el cargo ya está.
"""

from __future__ import annotations

from datetime import datetime

from llaqta.cimientos.dias import DiaAnotado, DiasAnotados, DiaSinEfecto
from llaqta.cimientos.events import listens
from llaqta.salas.expedientes import queries as expedientes
from llaqta.salas.expedientes.models import CambioDePlazo
from llaqta.salas.mesapartes import services
from llaqta.salas.mesapartes.events import (
    DocumentoPresentado,
    EscritoPresentado,
    ObservacionSubsanada,
    PresentacionObservada,
)
from llaqta.salas.plazos.events import InterrupcionCertificada


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


@listens(DiaAnotado, DiasAnotados, DiaSinEfecto)
def correr_por_calendario(evento: DiaAnotado | DiasAnotados | DiaSinEfecto, *, ahora: datetime) -> None:
    """Cambió el calendario: se vuelve a contar el plazo para subsanar de quien todavía no corrige."""
    _, motivo = expedientes.decir_cambio_de_calendario(evento)
    services.correr_observaciones(causa=CambioDePlazo.Causa.CALENDARIO, motivo=motivo, ahora=ahora)


@listens(InterrupcionCertificada)
def correr_por_interrupcion(evento: InterrupcionCertificada, *, ahora: datetime) -> None:
    """Se certificó que un día no hubo servicio: se corre el plazo de quien debía subsanar ese día."""
    motivo = expedientes.decir_interrupcion(evento.interrupcion_id)
    services.correr_observaciones(causa=CambioDePlazo.Causa.INTERRUPCION, motivo=motivo, ahora=ahora)


@listens(EscritoPresentado)
def sellar_cargo_de_escrito(evento: EscritoPresentado, *, ahora: datetime) -> None:
    """El cargo de un escrito que llegó a un expediente ya abierto."""
    services.sellar_cargo_de_escrito(escrito_id=evento.escrito_id, ahora=ahora)


@listens(EscritoPresentado)
def avisar_escrito(evento: EscritoPresentado, *, ahora: datetime) -> None:
    """El correo que confirma ese escrito."""
    services.avisar_escrito(escrito_id=evento.escrito_id)
