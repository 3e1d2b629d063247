"""Lo que anuncian los documentos."""

from __future__ import annotations

from dataclasses import dataclass

from llaqta.cimientos.events import Evento


@dataclass(frozen=True)
class ArchivosRecibidos(Evento):
    """Llegaron archivos y quedaron guardados."""

    archivos: list[int]


@dataclass(frozen=True)
class ArchivoEnCuarentena(Evento):
    """Un archivo traía algo peligroso y quedó retenido."""

    archivo_id: int


@dataclass(frozen=True)
class DocumentoReemplazado(Evento):
    """Un documento tiene versión nueva."""

    documento_id: int
    version: int
