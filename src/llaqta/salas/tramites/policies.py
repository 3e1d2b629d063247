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


def check_revisar(persona: Persona | None) -> None:
    """Deja pasar a quien administra el TUPA y a la asesoría jurídica, que lo revisa sin cambiarlo.

    :raises Denegado: si ninguno de sus roles vigentes lo permite
    """
    if persona is None or not (persona.puede("tramites.editar") or persona.puede("plazos.confirmar")):
        raise Denegado("Solo quien administra el TUPA y la asesoría jurídica ven su revisión legal.")
