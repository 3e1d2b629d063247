"""Escribir un archivo entero o nada."""

from __future__ import annotations

import os
from pathlib import Path


def escribir(ruta: Path, contenido: bytes) -> None:
    """Escribe un archivo de una vez: quien lo lea verá el anterior o el nuevo, nunca la mitad."""
    temporal = ruta.with_name(f".{ruta.name}.{os.getpid()}")
    descriptor = os.open(temporal, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    with os.fdopen(descriptor, "wb") as archivo:
        archivo.write(contenido)
        archivo.flush()
        os.fsync(archivo.fileno())
    temporal.replace(ruta)
