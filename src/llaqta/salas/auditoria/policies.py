"""Quién puede mirar el libro: a los demás se les contesta que la página no existe."""

from __future__ import annotations

from typing import Protocol

from llaqta.cimientos.errors import NoEncontrado


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
