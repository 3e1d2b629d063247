"""Cómo se escribe una fila de la tabla de accesos."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

QUIENES = ("ANO", "DUE", "OTR", "VEN", "ESP", "ASE", "JEF", "AUD", "ADM")
"""Anónimo; la dueña del trámite; otro ciudadano; ventanilla; especialista de la unidad que lo tiene; especialista de
otra unidad; jefatura de la unidad; auditora; administradora."""

ING = "ING"
"""Se le pide ingresar, y vuelve a donde iba."""


Respuestas = Mapping[str, Any]


def todos(codigo: int) -> Respuestas:
    """Lo mismo a cualquiera, con cuenta o sin ella."""
    return dict.fromkeys(QUIENES, codigo)


def personas(codigo: int) -> Respuestas:
    """Lo mismo a quien haya ingresado."""
    return {**todos(codigo), "ANO": ING}


def solo(codigo: int, *quienes: str, resto: int = 403, anonimo: Any = ING) -> Respuestas:
    """Solo a esas personas; a las demás, ``resto``."""
    return {**todos(resto), "ANO": anonimo, **dict.fromkeys(quienes, codigo)}


PERSONAL = ("VEN", "ESP", "ASE", "JEF", "AUD", "ADM")


@dataclass(frozen=True)
class Fila:
    """Una dirección: con qué objeto se prueba, qué se contesta a quien mira y a quien envía, y qué envía."""

    mira: Respuestas
    envia: Respuestas | None = None
    con: tuple[str, ...] = ()
    datos: Callable[[Casa], dict[str, Any]] = field(default=lambda casa: {})


@dataclass
class Casa:
    """Los objetos con que se prueba, y los mismos que no existen."""

    hay: dict[str, Any]
    no_hay: dict[str, Any]
    datos: dict[str, Any]
