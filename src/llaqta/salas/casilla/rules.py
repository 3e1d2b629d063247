"""Desde cuándo surte efecto lo depositado en la casilla: la aritmética es de los plazos; aquí se la nombra."""

from __future__ import annotations

from llaqta.salas.plazos.rules import (
    ACUSE,
    DEPOSITO,
    LEY31736_5DIAS,
    Efecto,
    calcular_efecto,
    fecha_legal_del_deposito,
)

__all__ = ["ACUSE", "DEPOSITO", "LEY31736_5DIAS", "Efecto", "calcular_efecto", "fecha_legal_del_deposito"]
