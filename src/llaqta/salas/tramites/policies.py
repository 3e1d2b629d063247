"""Quién puede cambiar el TUPA."""

from __future__ import annotations

from llaqta.cimientos.errors import Denegado
from llaqta.salas.cuentas.models import Persona


def check_editar(persona: Persona | None) -> None:
    """Deja pasar a quien administra el TUPA.

    :raises Denegado: si ninguno de sus roles vigentes lo permite
    """
    if persona is None or not persona.puede("tramites.editar"):
        raise Denegado("Solo quien administra el TUPA puede crear o cambiar procedimientos.")
