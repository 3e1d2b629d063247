"""Lo que guardan los expedientes: el caso y sus documentos, lo que detiene o mueve su reloj, y cómo se notifica."""

from __future__ import annotations

from llaqta.salas.expedientes.models.expediente import (
    CON_RELOJ,
    SIN_PLAZO,
    SIN_RELOJ,
    EfectoDeActo,
    Estado,
    Expediente,
    ExpedienteQuerySet,
    Incorporado,
    Movimiento,
    Plantilla,
    Proyecto,
    Visto,
)
from llaqta.salas.expedientes.models.incidencias import (
    Acumulacion,
    CambioDePlazo,
    Desistimiento,
    Emplazamiento,
    NotificacionDelExpediente,
    Suspension,
)

__all__ = [
    "CON_RELOJ",
    "SIN_PLAZO",
    "SIN_RELOJ",
    "Acumulacion",
    "CambioDePlazo",
    "Desistimiento",
    "EfectoDeActo",
    "Emplazamiento",
    "Estado",
    "Expediente",
    "ExpedienteQuerySet",
    "Incorporado",
    "Movimiento",
    "NotificacionDelExpediente",
    "Plantilla",
    "Proyecto",
    "Suspension",
    "Visto",
]
