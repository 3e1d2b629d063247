"""Reglas del TUPA como funciones puras: qué puede publicarse, cuánto cuesta y qué objeta la ley."""

from __future__ import annotations

from llaqta.cimientos.errors import NoProcede
from llaqta.salas.tramites.condiciones import Condiciones
from llaqta.salas.tramites.rules.contenido import (
    CANALES,
    FilaDeProcedimiento,
    FilaDeTema,
    NuevaBaseLegal,
    NuevaModalidad,
    NuevaTarifa,
    NuevaVersion,
    NuevoRecurso,
    NuevoRequisito,
    Tupa,
    completar,
)
from llaqta.salas.tramites.rules.publicar import (
    MAXIMO_GENERAL,
    PRIMER_ANIO,
    ULTIMO_ANIO,
    porcentaje_de_uit,
    revisar,
    revisar_desde,
)
from llaqta.salas.tramites.rules.reproduccion import TARIFAS_DE_LEY, costo_de_reproduccion
from llaqta.salas.tramites.rules.silencio import silencio_en_palabras

__all__ = [
    "CANALES",
    "MAXIMO_GENERAL",
    "PRIMER_ANIO",
    "TARIFAS_DE_LEY",
    "ULTIMO_ANIO",
    "Condiciones",
    "FilaDeProcedimiento",
    "FilaDeTema",
    "NuevaBaseLegal",
    "NuevaModalidad",
    "NuevaTarifa",
    "NuevaVersion",
    "NuevoRecurso",
    "NuevoRequisito",
    "TramiteNoVigente",
    "Tupa",
    "completar",
    "costo_de_reproduccion",
    "porcentaje_de_uit",
    "revisar",
    "revisar_desde",
    "silencio_en_palabras",
]


class TramiteNoVigente(NoProcede):
    """El procedimiento existe, pero el TUPA no lo tiene vigente en esa fecha."""
