"""Contraste de colores según WCAG 2.2 (criterios 1.4.3 y 1.4.11): funciones puras."""

from __future__ import annotations

import re

CONTRASTE_DE_TEXTO = 4.5
CONTRASTE_DE_CONTROL = 3.0
BLANCO = "#ffffff"
TINTA = "#15191d"
ENLACE_DE_LA_CASA = "#0b4f8a"
_HEXADECIMAL = re.compile(r"#[0-9a-fA-F]{6}")


def es_color(texto: str) -> bool:
    """Verdadero si ``texto`` es un color de la forma ``#8b1538``."""
    return _HEXADECIMAL.fullmatch(texto) is not None


def luminancia(color: str) -> float:
    """La luminancia relativa de ``#rrggbb``, de 0 (negro) a 1 (blanco).

    :raises ValueError: si ``color`` no tiene la forma ``#rrggbb``
    """
    if not es_color(color):
        raise ValueError(f"«{color}» no es un color de la forma #rrggbb.")
    canales = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    rojo, verde, azul = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in canales)
    return 0.2126 * rojo + 0.7152 * verde + 0.0722 * azul


def contraste(uno: str, otro: str) -> float:
    """La razón de contraste entre dos colores, de 1 (iguales) a 21 (negro sobre blanco)."""
    claro, oscuro = sorted((luminancia(uno), luminancia(otro)), reverse=True)
    return (claro + 0.05) / (oscuro + 0.05)


def texto_sobre(fondo: str) -> str:
    """Blanco o tinta: el que mejor se lee sobre ``fondo``."""
    return BLANCO if contraste(BLANCO, fondo) >= contraste(TINTA, fondo) else TINTA


def check_marca(color: str, color_oscuro: str) -> list[str]:
    """Las razones por las que esos colores de la entidad no sirven; lista vacía si sirven.

    El color pinta botones y barras sobre blanco (contraste de control ≥ 3) con letras encima (≥ 4.5); el oscuro
    siempre lleva letras blancas (≥ 4.5).
    """
    razones = [f"«{c}» no es un color de la forma #rrggbb." for c in (color, color_oscuro) if not es_color(c)]
    if razones:
        return razones
    sobre_blanco = contraste(color, BLANCO)
    if sobre_blanco < CONTRASTE_DE_CONTROL:
        razones.append(
            f"El color {color} casi no se distingue del blanco ({sobre_blanco:.1f} a 1; se pide 3 a 1)."
        )
    letras = contraste(texto_sobre(color), color)
    if letras < CONTRASTE_DE_TEXTO:
        razones.append(f"Sobre el color {color} no se leen las letras ({letras:.1f} a 1; se pide 4.5 a 1).")
    letras_blancas = contraste(BLANCO, color_oscuro)
    if letras_blancas < CONTRASTE_DE_TEXTO:
        razones.append(
            f"Sobre el color oscuro {color_oscuro} no se leen las letras blancas"
            f" ({letras_blancas:.1f} a 1; se pide 4.5 a 1)."
        )
    return razones
