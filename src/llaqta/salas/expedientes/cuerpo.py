"""Del texto que escribe un funcionario a las partes de un documento.

Una resolución se escribe como siempre: VISTO:, CONSIDERANDO:, SE RESUELVE: y sus artículos, cada cosa en su línea.
Dentro de cada parte vale lo de ``cimientos.redaccion``: párrafos, listas, tablas, **negrita**.
"""

from __future__ import annotations

import re
from typing import Any

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.redaccion import bloques

LARGO_MAXIMO = 60_000
_TITULO = re.compile(
    r"\s*\**(?P<titulo>VISTOS?|CONSIDERANDO|SE\s+(?:RESUELVE|ACUERDA|DECRETA)|RESUELVE)\s*:\**\s*(?P<resto>.*)"
)
_ARTICULO = re.compile(
    r"\s*\**art[ií]culo\s+[\wáéíóúÁÉÍÓÚ]+\s*[°º]?\s*\.?\s*[-–—]+\**\s*(?P<resto>.*)", re.IGNORECASE
)
_CIERRE = re.compile(r"\s*(?:reg[ií]strese|comun[ií]quese|publ[ií]quese)\b", re.IGNORECASE)


def partes_de_resolucion(texto: str) -> dict[str, Any]:
    """Las partes que pide la plantilla ``resolucion``: visto, considerando, fórmula, artículos y cierre.

    :raises EntradaInvalida: si falta una parte o no resuelve nada, con la frase que dice cuál
    """
    _check_largo(texto)
    secciones, formula = _separar(texto)
    for nombre in ("VISTO", "CONSIDERANDO"):
        if not secciones.get(nombre, "").strip():
            raise EntradaInvalida(
                f"A la resolución le falta la parte «{nombre}:», en una línea aparte.", campo="cuerpo"
            )
    if formula is None:
        raise EntradaInvalida(
            "A la resolución le falta la parte «SE RESUELVE:», en una línea aparte.", campo="cuerpo"
        )
    articulos, cierre = _articulos(secciones["RESUELVE"])
    if not articulos:
        raise EntradaInvalida(
            "La resolución no resuelve nada: escriba «Artículo 1.-» y lo que se decide, después de «SE RESUELVE:».",
            campo="cuerpo",
        )
    partes: dict[str, Any] = {
        "visto": bloques(secciones["VISTO"]),
        "considerando": bloques(secciones["CONSIDERANDO"]),
        "formula": formula,
        "articulos": [{"texto": bloques(articulo)} for articulo in articulos],
    }
    if cierre:
        partes["cierre"] = cierre
    return partes


def partes_de_informe(texto: str) -> dict[str, Any]:
    """El cuerpo que pide la plantilla ``informe``.

    :raises EntradaInvalida: si está vacío
    """
    _check_largo(texto)
    cuerpo = bloques(texto)
    if not cuerpo:
        raise EntradaInvalida("Escriba el cuerpo del documento.", campo="cuerpo")
    return {"cuerpo": cuerpo}


def _check_largo(texto: str) -> None:
    if len(texto) > LARGO_MAXIMO:
        raise EntradaInvalida(
            f"El texto tiene {len(texto):,} caracteres y caben {LARGO_MAXIMO:,}; lleve lo demás a un anexo.",
            campo="cuerpo",
        )


def _separar(texto: str) -> tuple[dict[str, str], str | None]:
    """El texto de cada sección por su nombre, y la fórmula con que resuelve tal como se escribió."""
    secciones: dict[str, list[str]] = {}
    formula: str | None = None
    actual: list[str] = []
    for linea in texto.replace("\r\n", "\n").split("\n"):
        hallado = _TITULO.fullmatch(linea)
        if hallado is None:
            actual.append(linea)
            continue
        titulo = " ".join(hallado["titulo"].split())
        nombre = "VISTO" if titulo.startswith("VISTO") else titulo if titulo == "CONSIDERANDO" else "RESUELVE"
        if nombre == "RESUELVE":
            formula = f"{titulo}:"
        actual = secciones.setdefault(nombre, [])
        actual.append(hallado["resto"].rstrip("*"))
    return {nombre: "\n".join(lineas).strip() for nombre, lineas in secciones.items()}, formula


def _articulos(texto: str) -> tuple[list[str], str]:
    """Los artículos en orden, sin su número (lo pone la plantilla), y la fórmula de cierre si la hay."""
    articulos: list[list[str]] = []
    cierre: list[str] = []
    for linea in texto.split("\n"):
        if hallado := _ARTICULO.fullmatch(linea):
            articulos.append([hallado["resto"]])
        elif cierre or _CIERRE.match(linea):
            cierre.append(linea.strip())
        elif articulos:
            articulos[-1].append(linea)
        elif linea.strip():
            raise EntradaInvalida(
                "Después de «SE RESUELVE:» escriba los artículos: cada uno comienza con «Artículo 1.-».",
                campo="cuerpo",
            )
    hechos = ["\n".join(lineas).strip() for lineas in articulos]
    if any(not articulo for articulo in hechos):
        raise EntradaInvalida("Hay un artículo vacío: escriba lo que decide o bórrelo.", campo="cuerpo")
    return hechos, " ".join(parte for parte in cierre if parte)
