"""Lo que se pregunta a los plazos: qué regla rige un día y cuántos días agrega la distancia."""

from __future__ import annotations

from datetime import date

from llaqta.salas.plazos.reglas import Regla, vigente

__all__ = ["Regla", "get_entero", "get_regla"]


def get_regla(codigo: str, *, al: date) -> Regla:
    """La regla ``codigo`` como rige el día ``al``.

    :raises KeyError: si el código no existe: es un error de quien programa
    """
    return vigente(codigo, (), al)


def get_entero(codigo: str, *, al: date) -> int:
    """La cifra de una regla el día ``al``.

    :raises KeyError: si el código no existe
    :raises ValueError: si la regla no es una cifra
    """
    return get_regla(codigo, al=al).entero
