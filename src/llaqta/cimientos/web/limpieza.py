"""Qué caracteres puede traer un texto que escribe una persona."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError

# Llegan al pegar desde un procesador de texto o un chat, no se ven y no dicen nada: se quitan sin molestar.
_SOBRANTES = dict.fromkeys([0x00AD, 0x200B, 0x2060, 0xFEFF]) | {0x2028: "\n", 0x2029: "\n"}
# Invierten el orden de lectura: sirven para que un nombre parezca otro. Nadie los escribe con un teclado.
_ENGANOSOS = frozenset(
    [*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x2061, 0x2070), 0x061C, *range(0xFFF9, 0xFFFC)]
)
_CATEGORIAS_NEGADAS = frozenset({"Cc", "Cs", "Co", "Cn"})


def caracteres_negados(texto: str) -> list[str]:
    """Los caracteres de ``texto`` que no se aceptan, como ``U+202E``; el salto de línea y el tabulador sí valen."""
    negados = {
        f"U+{ord(c):04X}"
        for c in texto
        if c not in "\n\r\t" and (ord(c) in _ENGANOSOS or unicodedata.category(c) in _CATEGORIAS_NEGADAS)
    }
    return sorted(negados)


def validar_texto_limpio(texto: str) -> None:
    """Rechaza caracteres de control y los que cambian el orden de lectura.

    :raises ValidationError: con una frase que dice qué hacer
    """
    if negados := caracteres_negados(texto):
        raise ValidationError(
            f"El texto trae caracteres que no se ven ({', '.join(negados[:3])}). Borre esa parte y escríbala de nuevo.",
            code="caracteres",
        )


def normalizar(texto: str) -> str:
    """El texto en su forma compuesta (NFC), con saltos de línea de una sola clase y sin adornos invisibles."""
    return unicodedata.normalize("NFC", texto).replace("\r\n", "\n").replace("\r", "\n").translate(_SOBRANTES)
