"""Documentos para firmar, compuestos de verdad con typst."""

from __future__ import annotations

from functools import cache

import typst

FUENTE = """#set document(title: "Resolución", date: datetime(year: 2026, month: 6, day: 1))
#set text(lang: "es", font: "Libertinus Serif")
= RESOLUCIÓN DE SUBGERENCIA
#lorem({palabras})
"""


@cache
def una_pagina() -> bytes:
    """Una página con poco texto: sobra sitio para los bloques."""
    return _componer(FUENTE.format(palabras=120))


@cache
def sin_sitio() -> bytes:
    """Tres páginas que el texto llena de borde a borde: no hay dónde poner un bloque sin tapar."""
    return _componer("#set page(margin: 4pt)\n" + FUENTE.format(palabras=2600))


def _componer(fuente: str) -> bytes:
    return bytes(
        typst.compile(
            {"main.typ": fuente.encode()},
            format="pdf",
            font_paths=typst.Fonts(include_system_fonts=False),
            pdf_standards="a-2b",
            timestamp=1_780_000_000,
        )
    )


@cache
def con_membrete_escrito() -> bytes:
    """Una página que empieza a escribir desde arriba: el lugar de la firma del autor está ocupado."""
    return _componer(FUENTE.format(palabras=350))
