"""Lo que hay después de la última firma, cuando lo que se añadió son pruebas de validación (nivel B-LT).

Ninguna firma cubre esos bytes. ``POLITICA`` comprueba que lo que añaden no cambie el documento; aquí se comprueba que
no haya nada más: ni comentarios, ni bytes sueltos entre objetos, ni nada que otro programa lea como otra cosa.
"""

from __future__ import annotations

import re

TOPE = 32 * 1024 * 1024
_BLANCO = re.compile(rb"[\x00\t\n\x0c\r ]*")
_OBJETO = re.compile(rb"\d{1,10} \d{1,5} obj\b")
_CUERPO = re.compile(rb"[^%]*?(?:\bendobj\b|>>\s*stream(\r\n|\n))", re.DOTALL)
_LARGO = re.compile(rb"/Length (\d{1,10})(?! \d+ R)")
_CIERRE = re.compile(rb"(?:\r\n|\n|\r)?endstream\s+endobj\b")
_TABLA = re.compile(
    rb"xref\s+(?:\d+ \d+\s+(?:\d{10} \d{5} [nf]\s+)*)+trailer\s*<<[^%]*?>>\s*(?=startxref)", re.DOTALL
)
_FINAL = re.compile(rb"startxref\s+\d{1,12}\s+%%EOF(?:\r\n|\n|\r|\Z)")


def esta_limpia(cola: bytes) -> bool:
    """Dice si los bytes que siguen a la última firma son solo revisiones bien escritas, hasta el último."""
    lugar = _saltar(cola, 0)
    while lugar < len(cola):
        fin = _pieza(cola, lugar)
        if fin is None:
            return False
        if fin == len(cola):
            return cola.startswith(b"startxref", lugar)
        lugar = _saltar(cola, fin)
    return False


def _saltar(cola: bytes, lugar: int) -> int:
    hallado = _BLANCO.match(cola, lugar)
    return hallado.end() if hallado else lugar


def _pieza(cola: bytes, lugar: int) -> int | None:
    """Dónde termina el objeto, la tabla o el final que empieza en ``lugar``; nada, si no empieza ninguno."""
    for patron in (_TABLA, _FINAL):
        if hallado := patron.match(cola, lugar):
            return hallado.end()
    objeto = _OBJETO.match(cola, lugar)
    cuerpo = _CUERPO.match(cola, objeto.end()) if objeto else None
    if cuerpo is None:
        return None
    if cuerpo[1] is None:
        return cuerpo.end()
    largo = _LARGO.search(cuerpo[0])
    cierre = _CIERRE.match(cola, cuerpo.end() + int(largo[1])) if largo else None
    return cierre.end() if cierre else None
