"""Los motivos y las frases con que se deriva: el catálogo de proveídos de la casa."""

from __future__ import annotations

MOTIVOS = (
    "para su atención", "para conocimiento y fines", "para opinión", "para informe", "para visto bueno",
    "para proyectar respuesta", "para proyectar resolución", "para coordinar", "para revisar", "para tramitar",
    "para archivar", "por ser de su competencia", "para publicar", "para notificar", "para agregar al expediente",
    "se devuelve",
)  # fmt: skip
"""Los motivos con que se deriva: el catálogo de proveídos de la casa."""

MOTIVOS_DE_INFORME = ("para opinión", "para informe", "para revisar", "para coordinar")
"""Los motivos con que se pide un informe."""

PROVEIDOS = (
    "Pase para su atención conforme a sus funciones.",
    "Para evaluación del cumplimiento de requisitos e informe.",
    "Para proyectar la resolución que corresponda dentro del plazo.",
    "Para su conocimiento y fines.",
    "Para las coordinaciones del caso.",
)
"""Frases que se escriben todos los días en un proveído."""
