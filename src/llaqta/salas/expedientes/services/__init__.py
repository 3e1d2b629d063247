"""Lo que se puede hacer con un expediente; cada archivo es un verbo, y los demás entran por aquí."""

from __future__ import annotations

from llaqta.salas.expedientes.services.abrir import abrir, observar, subsanar
from llaqta.salas.expedientes.services.derivar import archivar, derivar, recibir_movimiento
from llaqta.salas.expedientes.services.foliar import incorporar

__all__ = ["abrir", "archivar", "derivar", "incorporar", "observar", "recibir_movimiento", "subsanar"]
