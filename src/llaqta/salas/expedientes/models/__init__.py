"""Lo que guardan los expedientes: el caso, lo que mueve su reloj, cómo se notifica, y cómo sale y llega entero."""

from __future__ import annotations

from llaqta.salas.expedientes.models.expediente import (
    APARTE,
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
from llaqta.salas.expedientes.models.exportacion import (
    DocumentoRecibido,
    ExpedienteRecibido,
    Exportacion,
)
from llaqta.salas.expedientes.models.foliacion import Desglose, ExpedienteAgregado, FirmaConjunta
from llaqta.salas.expedientes.models.incidencias import (
    ActoNulo,
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
    "APARTE",
    "CON_RELOJ",
    "SIN_PLAZO",
    "SIN_RELOJ",
    "ActoNulo",
    "Acumulacion",
    "CambioDePlazo",
    "DerivacionAEntidad",
    "Desglose",
    "Desistimiento",
    "DocumentoRecibido",
    "EfectoDeActo",
    "Emplazamiento",
    "Estado",
    "Expediente",
    "ExpedienteAgregado",
    "ExpedienteQuerySet",
    "ExpedienteRecibido",
    "Exportacion",
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
