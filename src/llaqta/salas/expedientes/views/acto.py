"""Quién pide, en las pantallas del expediente."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from llaqta.salas.cuentas.models import Persona


def quien(request: HttpRequest) -> Persona:
    """La persona que pide; las vistas ya exigieron que haya ingresado."""
    return cast(Persona, request.persona)  # type: ignore[attr-defined]
