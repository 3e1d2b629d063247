"""Lo que guardan los documentos: los documentos con sus archivos y accesos, y cómo se numeran."""

from __future__ import annotations

from llaqta.salas.documentos.models.conservacion import Conservacion
from llaqta.salas.documentos.models.documento import (
    Acceso,
    Archivo,
    Documento,
    DocumentoQuerySet,
    TipoDocumento,
    VersionAnterior,
    Vista,
)
from llaqta.salas.documentos.models.firmas import RevisionDeFirmas
from llaqta.salas.documentos.models.numeracion import Delegacion, FormatoDeNumero, InicioDeSerie

__all__ = [
    "Acceso",
    "Archivo",
    "Conservacion",
    "Delegacion",
    "Documento",
    "DocumentoQuerySet",
    "FormatoDeNumero",
    "InicioDeSerie",
    "RevisionDeFirmas",
    "TipoDocumento",
    "VersionAnterior",
    "Vista",
]
