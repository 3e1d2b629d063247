"""Las distancias de la demostración: unos lugares de la cuenca, con días de ejemplo que alguien debe confirmar."""

from __future__ import annotations

from datetime import datetime

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.plazos import queries
from llaqta.salas.plazos import services as plazos

NORMA = "Cifra de ejemplo: confírmela con el Cuadro General del Poder Judicial"
LUGARES: tuple[tuple[str, int], ...] = (
    ("Kimbiri", 1),
    ("Mantaro", 1),
    ("Natividad", 1),
    ("Otari Nativo", 2),
    ("Quisto Valle", 2),
    ("Villa Virgen", 3),
)
"""Lugar y días hábiles; como las anota la administración, quedan pendientes de verificar."""


def cargar_distancias(*, actor: Persona, ahora: datetime) -> None:
    """Añade los lugares que falten."""
    hoy = hoy_en_lima(ahora)
    ya = {origen.nombre for origen in queries.get_origenes(al=hoy)}
    for nombre, dias in LUGARES:
        if nombre not in ya:
            plazos.guardar_origen(actor=actor, nombre=nombre, dias=dias, norma=NORMA, desde=hoy, ahora=ahora)
