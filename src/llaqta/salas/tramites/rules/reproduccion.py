"""Cuánto cuesta una copia: solo lo que cuesta reproducirla (art. 20 del TUO de la Ley de Transparencia)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.salas.tramites.rules.contenido import NuevaTarifa

TARIFAS_DE_LEY = (
    NuevaTarifa("A4", "Hoja A4", Decimal("0.10")),
    NuevaTarifa("CD", "Disco compacto", Decimal("1.00")),
    NuevaTarifa("CORREO", "Correo electrónico", Decimal("0.00")),
)
"""Las del procedimiento estandarizado (DS 164-2020-PCM); las del TUPA de la entidad pueden decir menos."""


def costo_de_reproduccion(
    *, hojas: int = 0, medio: str, tarifas: Sequence[NuevaTarifa] = TARIFAS_DE_LEY
) -> Decimal:
    """Lo que se paga por recibir la información: 37 hojas en ``A4`` son 3.70; un ``CD``, 1.00; por ``CORREO``, nada.

    :param hojas: cuántas se imprimen; un disco o un correo cuestan lo mismo con muchas o con pocas
    :raises EntradaInvalida: si no se entrega en ese medio o si el número de hojas no se entiende
    """
    tarifa = next((fila for fila in tarifas if fila.medio == medio), None)
    if tarifa is None:
        dichos = ", ".join(fila.nombre.lower() for fila in tarifas)
        raise EntradaInvalida(f"En ese medio no se entregan copias. Elija: {dichos}.", campo="medio")
    if hojas < 0 or (tarifa.medio.startswith("A") and hojas < 1):
        raise EntradaInvalida("Escriba cuántas hojas son, una o más.", campo="hojas")
    unidades = hojas if tarifa.medio.startswith("A") else 1
    return (tarifa.precio * unidades).quantize(Decimal("0.01"))
