"""Documentos: archivos recibidos y emitidos, sus metadatos, versiones, folios y vistas."""
