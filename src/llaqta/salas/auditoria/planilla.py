"""El libro como CSV que una hoja de cálculo abre sin ejecutar nada."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator

from llaqta.cimientos.calendario import LIMA
from llaqta.salas.auditoria.queries import Renglon

CABECERA = (
    "N°",
    "Fecha y hora (Lima)",
    "Quién",
    "En nombre de",
    "Qué hizo",
    "Sobre qué",
    "Tipo",
    "Identificadores",
)
_PELIGROSOS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


class _Eco:
    """Lo que se escribe se devuelve: así ``csv`` produce línea por línea."""

    def write(self, linea: str) -> str:
        return linea


def celda(valor: object) -> str:
    """El valor como texto; lo que una hoja de cálculo tomaría por fórmula lleva delante un apóstrofo."""
    texto = str(valor)
    return (
        f"'{texto}" if texto.lstrip(" ").startswith(_PELIGROSOS) or texto.startswith(_PELIGROSOS) else texto
    )


def lineas(renglones: Iterable[Renglon]) -> Iterator[str]:
    """Las líneas del CSV, con la marca que hace que Excel entienda las tildes."""
    escritor = csv.writer(_Eco())
    yield "\ufeff" + escritor.writerow(CABECERA)
    for fila in renglones:
        yield escritor.writerow(
            celda(valor)
            for valor in (
                fila.pk,
                fila.ocurrido_en.astimezone(LIMA).strftime("%d/%m/%Y %H:%M:%S"),
                fila.quien,
                fila.en_nombre_de,
                fila.que,
                fila.objeto,
                fila.tipo,
                json.dumps(fila.datos, ensure_ascii=False),
            )
        )
