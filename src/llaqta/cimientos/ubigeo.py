"""El código de cada distrito: el del INEI, que es el que Llaqta guarda, y el del RENIEC, que es el que trae el DNI.

No son el mismo: a Pichari el INEI lo nombra 080910 y el RENIEC 070910. Puro: la lista viene con el programa
(``datos/ubigeos.csv``, tomada de un paquete público) y un distrito creado después puede faltar en ella.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from llaqta.cimientos.errors import EntradaInvalida

_LISTA: Final = Path(__file__).parent / "datos" / "ubigeos.csv"


@dataclass(frozen=True)
class Distrito:
    """Un distrito con sus dos códigos; ``reniec`` es vacío si no se conoce."""

    inei: str
    reniec: str
    distrito: str
    provincia: str
    departamento: str

    def __str__(self) -> str:
        return f"{self.distrito} ({self.provincia}, {self.departamento})"


@cache
def _por_inei() -> Mapping[str, Distrito]:
    with _LISTA.open(encoding="utf-8", newline="") as lista:
        return {fila["inei"]: Distrito(**fila) for fila in csv.DictReader(lista)}


@cache
def _por_reniec() -> Mapping[str, Distrito]:
    return {distrito.reniec: distrito for distrito in _por_inei().values() if distrito.reniec}


def del_reniec(codigo: str) -> Distrito | None:
    """El distrito que el RENIEC nombra con ``codigo``, con su código del INEI; ``None`` si no se conoce."""
    return _por_reniec().get(codigo)


def check_es_del_inei(codigo: str) -> None:
    """Que lo escrito no sea el código del RENIEC, que es el que se ve en el DNI; uno que nadie usa puede ser nuevo.

    :raises EntradaInvalida: si lo es; la frase dice cuál es el del INEI
    """
    if codigo not in _por_inei() and (suyo := del_reniec(codigo)):
        raise EntradaInvalida(
            f"{codigo} es el código con que el RENIEC nombra a {suyo}, el que trae el DNI. El del INEI es {suyo.inei}.",
            campo="ubigeo",
        )
