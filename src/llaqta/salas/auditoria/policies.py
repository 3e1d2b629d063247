"""Quién puede mirar el libro: a los demás se les contesta que la página no existe."""

from __future__ import annotations

from typing import Protocol

from llaqta.cimientos.errors import Denegado, NoEncontrado


class QuienPide(Protocol):
    """La persona que pide, hasta donde esta sala necesita conocerla."""

    pk: int

    def puede(self, permiso: str) -> bool:
        """Verdadero si alguno de sus roles vigentes incluye ``permiso``."""


def check_ver(persona: QuienPide | None) -> QuienPide:
    """Devuelve a quien pide, si puede ver el libro.

    :raises NoEncontrado: si no puede: ni siquiera se dice que existe
    """
    if persona is None or not persona.puede("auditoria.ver"):
        raise NoEncontrado
    return persona


def check_ver_estado(persona: QuienPide | None) -> QuienPide:
    """Devuelve a quien pide, si puede ver cómo va el registro: quien controla y quien administra.

    :raises NoEncontrado: si no puede
    """
    if persona is None or not (persona.puede("auditoria.ver") or persona.puede("cimientos.administrar")):
        raise NoEncontrado
    return persona


def check_borrar_secreto(persona: QuienPide | None) -> QuienPide:
    """Devuelve a quien actúa, si puede borrar el secreto de un suceso.

    Puede el oficial de datos personales (Ley 29733) y, mientras no lo haya, la administración.

    :raises Denegado: si no puede
    """
    if persona is None or not puede_borrar_secretos(persona):
        raise Denegado(
            "Solo el oficial de datos personales o la administración pueden borrar lo que dice un suceso."
        )
    return persona


def puede_borrar_secretos(persona: QuienPide) -> bool:
    """Verdadero si a quien mira se le ofrece borrar lo que dice un suceso."""
    return persona.puede("datospersonales.borrar") or persona.puede("cimientos.administrar")
