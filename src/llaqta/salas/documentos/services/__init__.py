"""Lo que se puede hacer con los documentos."""

from llaqta.salas.documentos.rules import nuevo_cvd
from llaqta.salas.documentos.services.barrer import barrer_huerfanos, descartar_archivos
from llaqta.salas.documentos.services.guardar import (
    Pieza,
    agregar_version,
    anular,
    asignar_cvd,
    dar_acceso,
    guardar,
    guardar_varios,
)
from llaqta.salas.documentos.services.recibir import ArchivoRecibido, guardar_pdf_propio, recibir_archivos
from llaqta.salas.documentos.services.vistas import hacer_vistas

__all__ = [
    "ArchivoRecibido",
    "Pieza",
    "agregar_version",
    "anular",
    "asignar_cvd",
    "barrer_huerfanos",
    "dar_acceso",
    "descartar_archivos",
    "guardar",
    "guardar_pdf_propio",
    "guardar_varios",
    "hacer_vistas",
    "nuevo_cvd",
    "recibir_archivos",
]
