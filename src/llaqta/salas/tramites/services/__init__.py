"""Lo que se hace con el TUPA: registrar procedimientos, publicar versiones y cargar archivos."""

from __future__ import annotations

from llaqta.salas.tramites.services.cargar import aplicar_carga, cargar_tupa, preparar_carga
from llaqta.salas.tramites.services.derogar import anular_derogacion, derogar_procedimiento
from llaqta.salas.tramites.services.publicar import (
    cambiar_palabras,
    check_datos,
    previsualizar_version,
    publicar_version,
    registrar_procedimiento,
    retirar_version,
)
from llaqta.salas.tramites.services.uit import registrar_uit

__all__ = [
    "anular_derogacion",
    "aplicar_carga",
    "cambiar_palabras",
    "cargar_tupa",
    "check_datos",
    "derogar_procedimiento",
    "preparar_carga",
    "previsualizar_version",
    "publicar_version",
    "registrar_procedimiento",
    "registrar_uit",
    "retirar_version",
]
