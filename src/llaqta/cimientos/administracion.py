"""Quién administra la instalación, visto desde los cimientos: aquí no se conocen las personas, solo lo que pueden."""

from __future__ import annotations

from typing import Protocol

from llaqta.cimientos.errors import Denegado

PERMISO = "cimientos.administrar"


class Administrador(Protocol):
    """Una persona, vista desde los cimientos: solo su llave y lo que puede."""

    pk: int

    def puede(self, permiso: str) -> bool:
        """Verdadero si hoy tiene ese permiso."""


def exigir_administrador(actor: Administrador | None, para_que: str) -> Administrador:
    """Devuelve a quien actúa, si administra la instalación.

    :param para_que: lo que iba a hacer, como termina la frase: ``"cambiar el calendario"``
    :raises Denegado: si no tiene el permiso, o si nadie ha ingresado
    """
    if actor is None or not actor.puede(PERMISO):
        raise Denegado(f"Solo la administración del sistema puede {para_que}.")
    return actor
