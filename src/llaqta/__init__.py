"""Llaqta: recibe, decide, firma, notifica, guarda y publica los documentos de una municipalidad."""

__version__ = "0.1.0"
