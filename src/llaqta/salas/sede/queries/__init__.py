"""Lo que la sede muestra, ya reunido para cada pantalla. Todo es público: ``para`` puede ser ``None``."""

from __future__ import annotations

from llaqta.salas.sede.queries.publico import (
    DiaQueNoCuenta,
    Inicio,
    contar_plazo,
    get_dias_que_no_cuentan,
    get_ficha,
    get_inicio,
)
from llaqta.salas.sede.queries.seguimiento import (
    Seguimiento,
    get_documento_seguido,
    get_expediente_seguido,
    get_fechas,
    get_seguimiento,
)
from llaqta.salas.sede.queries.verificacion import (
    NO_HAY,
    CodigoSinDocumento,
    Comparacion,
    Verificacion,
    comparar_copia,
    comprobar_suelto,
    get_documento_con_clave,
    get_documento_verificado,
    get_informe,
    get_informe_json,
    get_prueba_descargable,
    get_verificacion,
)

__all__ = [
    "NO_HAY",
    "CodigoSinDocumento",
    "Comparacion",
    "DiaQueNoCuenta",
    "Inicio",
    "Seguimiento",
    "Verificacion",
    "comparar_copia",
    "comprobar_suelto",
    "contar_plazo",
    "get_dias_que_no_cuentan",
    "get_documento_con_clave",
    "get_documento_seguido",
    "get_documento_verificado",
    "get_expediente_seguido",
    "get_fechas",
    "get_ficha",
    "get_informe",
    "get_informe_json",
    "get_inicio",
    "get_prueba_descargable",
    "get_seguimiento",
    "get_verificacion",
]
