"""Desde cuándo surte efecto lo depositado en la casilla: la aritmética es de los plazos; aquí se la nombra."""

from __future__ import annotations

from datetime import date

from llaqta.cimientos.calendario import fecha_en_palabras
from llaqta.salas.plazos.rules import (
    ACUSE,
    DEPOSITO,
    LEY31736_5DIAS,
    Efecto,
    calcular_efecto,
    fecha_legal_del_deposito,
)

__all__ = [
    "ACUSE",
    "DEPOSITO",
    "LEY31736_5DIAS",
    "Efecto",
    "calcular_efecto",
    "explicar_convalidacion",
    "fecha_legal_del_deposito",
]


def explicar_convalidacion(hecho: str, dia: date) -> str:
    """Por qué una notificación defectuosa vale desde que la persona actuó (art. 27.2)."""
    return (
        f"La persona {hecho} el {fecha_en_palabras(dia)}: conocía el acto, y desde ese día se la tiene por bien "
        "notificada (Ley 27444, art. 27.2)."
    )
