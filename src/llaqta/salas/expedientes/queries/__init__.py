"""Lo que se puede preguntar a los expedientes; ``para`` es la persona que pregunta."""

from __future__ import annotations

from llaqta.salas.expedientes.queries.bandeja import (
    VISTAS,
    Bandeja,
    FilaDeBandeja,
    contar_bandeja,
    get_bandeja,
)
from llaqta.salas.expedientes.queries.expediente import (
    buscar,
    get_documentos,
    get_expediente,
    get_expedientes_de,
    get_por_numero_y_clave,
    reloj,
)
from llaqta.salas.expedientes.queries.historia import Hito, get_historia
from llaqta.salas.expedientes.queries.recorrido import get_destinos, get_movimiento, get_movimientos

__all__ = [
    "VISTAS",
    "Bandeja",
    "FilaDeBandeja",
    "Hito",
    "buscar",
    "contar_bandeja",
    "get_bandeja",
    "get_destinos",
    "get_documentos",
    "get_expediente",
    "get_expedientes_de",
    "get_historia",
    "get_movimiento",
    "get_movimientos",
    "get_por_numero_y_clave",
    "reloj",
]
