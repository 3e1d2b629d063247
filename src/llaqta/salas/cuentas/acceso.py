"""Puertas de las pantallas: exigen haber ingresado, o tener un permiso, antes de llegar a la vista.

Quien no ha ingresado va a la página de ingreso y vuelve a donde estaba; si venía enviando un formulario (la sesión
venció mientras escribía), lo escrito se conserva y lo encuentra al volver.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from llaqta.cimientos.errors import NoEncontrado
from llaqta.cimientos.web.escrito import exige_persona
from llaqta.salas.cuentas import policies
from llaqta.salas.cuentas.models import Persona

__all__ = ["PeticionDePersona", "exige_permiso", "exige_persona"]

Vista = Callable[..., HttpResponse]


class PeticionDePersona(HttpRequest):
    """Lo que recibe una vista que está detrás de ``exige_persona`` o ``exige_permiso``: se sabe quién pide."""

    persona: Persona


def exige_permiso(*permisos: str, oculta: bool = False) -> Callable[[Vista], Vista]:
    """Deja pasar a quien tiene alguno de los permisos.

    :param oculta: a quien no lo tiene se le contesta que la página no existe, en vez de explicarle por qué no
    :raises Denegado: al pedir la página sin el permiso
    :raises NoEncontrado: lo mismo, si ``oculta``
    """

    def decorar(vista: Vista) -> Vista:
        @exige_persona
        @wraps(vista)
        def puerta(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            persona = request.persona  # type: ignore[attr-defined]
            if not any(persona.puede(permiso) for permiso in permisos):
                if oculta:
                    raise NoEncontrado
                policies.exigir(persona, permisos[0])
            return vista(request, *args, **kwargs)

        return puerta

    return decorar
