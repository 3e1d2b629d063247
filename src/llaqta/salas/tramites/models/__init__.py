"""Lo que guarda el TUPA: el catálogo, las versiones por fecha, sus partes y los archivos con que se cargó."""

from __future__ import annotations

from llaqta.salas.tramites.models.carga import CargaDeTupa
from llaqta.salas.tramites.models.catalogo import Procedimiento, Sinonimo, Tema, UnidadImpositiva
from llaqta.salas.tramites.models.partes import (
    BaseLegal,
    RecursoAdministrativo,
    TarifaDeReproduccion,
    TextoDeBusqueda,
)
from llaqta.salas.tramites.models.version import (
    BienProtegido,
    Modalidad,
    Requisito,
    VersionProcedimiento,
    VersionQuerySet,
)

__all__ = [
    "BaseLegal",
    "BienProtegido",
    "CargaDeTupa",
    "Modalidad",
    "Procedimiento",
    "RecursoAdministrativo",
    "Requisito",
    "Sinonimo",
    "TarifaDeReproduccion",
    "Tema",
    "TextoDeBusqueda",
    "UnidadImpositiva",
    "VersionProcedimiento",
    "VersionQuerySet",
]
