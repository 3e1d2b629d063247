"""Las reglas del procedimiento como datos: qué es una, cuáles trae el programa y cuál rige un día. Puro, sin base.

Una regla nunca se cambia: otra, desde otra fecha, ocupa su lugar. Por eso un plazo de ayer se explica hoy igual.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from llaqta.salas.plazos.pedido import Cita

DE_LA_CASA: Final = Path(__file__).parent / "datos" / "reglas.yaml"


@dataclass(frozen=True)
class Regla:
    """Una regla en una fecha: su cifra, la norma que la dice, desde cuándo y si alguien la verificó.

    ``fila`` es la de la municipalidad que la cambió o confirmó; ``None`` si es como la trae el programa.
    """

    codigo: str
    materia: str
    enunciado: str
    norma: str
    articulo: str
    valor: str
    unidad: str
    estado: str
    desde: date
    hasta: date | None = None
    fuente: str = ""
    nota: str = ""
    fila: int | None = None
    por: str = ""

    @property
    def entero(self) -> int:
        """La cifra.

        :raises ValueError: si la regla no es una cifra
        """
        return int(self.valor)

    @property
    def afirma(self) -> bool:
        """Verdadero si el valor es «SI»."""
        return self.valor == "SI"

    @property
    def hora(self) -> time:
        """La hora, si el valor es una (``16:30``).

        :raises ValueError: si no lo es
        """
        return time.fromisoformat(self.valor)

    @property
    def cita(self) -> Cita:
        """La regla como se cita en la explicación de un plazo."""
        return Cita(self.codigo, self.norma, self.articulo, self.estado)


@cache
def de_la_casa() -> Mapping[str, Regla]:
    """Las reglas que trae el programa, por código, en el orden en que se leen.

    :raises ValueError: si el archivo repite un código
    """
    lector: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    crudo = yaml.load(DE_LA_CASA.read_text(encoding="utf-8"), lector)  # noqa: S506 — es un SafeLoader
    reglas = [Regla(**fila) for fila in crudo]
    if len({regla.codigo for regla in reglas}) != len(reglas):
        raise ValueError(f"{DE_LA_CASA.name} repite un código.")
    return {regla.codigo: regla for regla in reglas}


def vigente(codigo: str, filas: Iterable[Regla], al: date) -> Regla:
    """La regla que rige el día ``al``: la última de ``filas`` que ya empezó o, si no hay, la de la casa.

    :param filas: las de la municipalidad con ese código, en el orden en que se escribieron
    :raises KeyError: si el código no existe: es un error de quien programa
    """
    de_fabrica = de_la_casa()[codigo]
    puestas = sorted((fila for fila in filas if fila.desde <= al), key=lambda fila: fila.desde)
    return puestas[-1] if puestas else de_fabrica
