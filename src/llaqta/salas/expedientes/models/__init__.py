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
from llaqta.salas.expedientes.models.foliacion import Desglose, ExpedienteAgregado, FirmaConjunta
from llaqta.salas.expedientes.models.incidencias import (
    Acumulacion,
    CambioDePlazo,
    DerivacionAEntidad,
    Desistimiento,
    Emplazamiento,
    NotificacionDelExpediente,
    RevisionDeOficio,
    Suspension,
)

__all__ = [
    "CON_RELOJ",
    "SIN_PLAZO",
    "SIN_RELOJ",
    "Acumulacion",
    "CambioDePlazo",
    "DerivacionAEntidad",
    "Desglose",
    "Desistimiento",
    "EfectoDeActo",
    "Emplazamiento",
    "Estado",
    "Expediente",
    "ExpedienteAgregado",
    "ExpedienteQuerySet",
    "FirmaConjunta",
    "Incorporado",
    "Movimiento",
    "NotificacionDelExpediente",
    "Plantilla",
    "Proyecto",
    "RevisionDeOficio",
    "Suspension",
    "Visto",
]
