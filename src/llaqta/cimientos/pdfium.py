"""El turno de pdfium: su biblioteca no admite dos hilos a la vez, y en un mismo proceso la usan varias salas."""

from __future__ import annotations

import threading

TURNO = threading.Lock()
"""Se toma (``with TURNO:``) alrededor de todo uso de ``pypdfium2``: abrir, dibujar, leer y cerrar."""
