"""Las reglas de los expedientes: sus estados, su reloj, sus números y sus frases. Sin base de datos ni hora."""

from __future__ import annotations

from llaqta.salas.expedientes.rules.catalogos import MOTIVOS, MOTIVOS_DE_INFORME, PROVEIDOS
from llaqta.salas.expedientes.rules.estados import (
    EN_PALABRAS,
    TONOS,
    TRANSICIONES,
    TRANSICIONES_DE_PROYECTO,
    Palabras,
    Transicion,
    get_transicion,
)
from llaqta.salas.expedientes.rules.numeros import leer_numero, normalizar_clave
from llaqta.salas.expedientes.rules.relojes import (
    AUTOMATICA,
    SILENCIOS,
    SIN_MAS_RECURSOS,
    al_mediodia,
    cuanto_queda,
    documento_hasta,
    explicar_automatica,
    get_pedido,
    sin_encimarse,
)

__all__ = [
    "AUTOMATICA",
    "EN_PALABRAS",
    "MOTIVOS",
    "MOTIVOS_DE_INFORME",
    "PROVEIDOS",
    "SILENCIOS",
    "SIN_MAS_RECURSOS",
    "TONOS",
    "TRANSICIONES",
    "TRANSICIONES_DE_PROYECTO",
    "Palabras",
    "Transicion",
    "al_mediodia",
    "cuanto_queda",
    "documento_hasta",
    "explicar_automatica",
    "get_pedido",
    "get_transicion",
    "leer_numero",
    "normalizar_clave",
    "sin_encimarse",
]
