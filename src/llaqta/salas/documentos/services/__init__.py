"""Lo que se puede hacer con los documentos."""

from llaqta.salas.documentos.rules import nuevo_cvd
from llaqta.salas.documentos.services.barrer import barrer_huerfanos, descartar_archivos
from llaqta.salas.documentos.services.comprobar_firmas import (
    comprobar_firmas,
    es_de_fuera,
    pedir_comprobacion,
    pedir_comprobar,
    pedir_lo_pendiente,
)
from llaqta.salas.documentos.services.conservar import (
    conservar,
    conservar_pendientes,
    pedir_archivo,
    reintentar_conservacion,
)
from llaqta.salas.documentos.services.delegar import registrar_delegacion, terminar_delegacion
from llaqta.salas.documentos.services.guardar import (
    Pieza,
    agregar_version,
    anular,
    asignar_cvd,
    dar_acceso,
    guardar,
    guardar_varios,
)
from llaqta.salas.documentos.services.numerar import (
    NumeroDado,
    anular_numero,
    fijar_formato,
    fijar_inicio,
    numerar,
)
from llaqta.salas.documentos.services.recibir import ArchivoRecibido, guardar_pdf_propio, recibir_archivos
from llaqta.salas.documentos.services.sellar import ANIOS_DE_CONSTANCIA, guardar_sellado
from llaqta.salas.documentos.services.vistas import A_PEDIDO, hacer_vistas, pedir_vistas

__all__ = [
    "ANIOS_DE_CONSTANCIA",
    "A_PEDIDO",
    "ArchivoRecibido",
    "NumeroDado",
    "Pieza",
    "agregar_version",
    "anular",
    "anular_numero",
    "asignar_cvd",
    "barrer_huerfanos",
    "comprobar_firmas",
    "conservar",
    "conservar_pendientes",
    "dar_acceso",
    "descartar_archivos",
    "es_de_fuera",
    "fijar_formato",
    "fijar_inicio",
    "guardar",
    "guardar_pdf_propio",
    "guardar_sellado",
    "guardar_varios",
    "hacer_vistas",
    "nuevo_cvd",
    "numerar",
    "pedir_archivo",
    "pedir_comprobacion",
    "pedir_comprobar",
    "pedir_lo_pendiente",
    "pedir_vistas",
    "recibir_archivos",
    "registrar_delegacion",
    "reintentar_conservacion",
    "terminar_delegacion",
]
