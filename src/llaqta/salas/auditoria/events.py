"""Lo que anuncia la auditoría: mirar el libro no deja rastro, llevárselo sí."""

from __future__ import annotations

from dataclasses import dataclass

from llaqta.cimientos.events import Evento


@dataclass(frozen=True)
class LibroExportado(Evento):
    """Alguien se llevó una copia del libro de sucesos, con esos filtros."""

    filtros: dict[str, str]
