"""Los mensajes de la demostración, SIN VALOR: los que la pasarela de prueba dejó escritos en vez de enviarlos."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

CUANTOS = 30


@dataclass(frozen=True)
class MensajeDePrueba:
    """Un mensaje que nadie recibió."""

    numero: str
    texto: str
    en: datetime


def leer() -> list[MensajeDePrueba]:
    """Los últimos, el más nuevo primero; ninguno fuera de la demostración."""
    carpeta = Path(settings.DATOS) / "sms"
    if not settings.DEMO or not carpeta.is_dir():
        return []
    rutas = sorted(carpeta.glob("*.json"), key=lambda ruta: ruta.stat().st_mtime, reverse=True)[:CUANTOS]
    leidos = (json.loads(ruta.read_text("utf-8")) for ruta in rutas)
    return [
        MensajeDePrueba(str(m.get("to", "")), str(m.get("text", "")), datetime.fromisoformat(m["en"]))
        for m in leidos
    ]
