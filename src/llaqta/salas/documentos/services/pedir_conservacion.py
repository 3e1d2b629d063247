"""Pedir el sello de tiempo de un documento recién firmado, en la misma transacción que lo guarda."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from llaqta.cimientos.events import diferir
from llaqta.salas.documentos.models import Conservacion, Documento
from llaqta.salas.firma.queries import hay_tsa

PDF = "application/pdf"
TAREA = "documentos.conservar"


def pedir_conservacion(documentos: Sequence[Documento], *, ahora: datetime) -> None:
    """Deja en espera de su sello los actos firmados, si la entidad tiene una TSA; el trabajador lo pone enseguida.

    Los papeles que hace el sistema no esperan: su prueba de existencia es el registro, que se ancla cada hora; a ellos
    los lleva al archivo la tarea de la noche.
    """
    if not hay_tsa():
        return
    for documento in documentos:
        if not (documento.firmado and documento.origen == Documento.Origen.INTERNO):
            continue
        if documento.archivo.mime != PDF:
            continue
        Conservacion.objects.update_or_create(
            documento=documento,
            defaults={
                "nivel": Conservacion.Nivel.B, "pedido": settings.FIRMA_NIVEL, "pedido_en": ahora,
                "estado": Conservacion.Estado.PENDIENTE, "intentos": 0, "proximo_intento": ahora, "detalle": "",
            },
        )  # fmt: skip
        encolar(documento.pk)


def encolar(documento_id: int) -> None:
    """Deja el trabajo de un documento, de a uno."""
    diferir(TAREA, candado=f"conservar-{documento_id}", documento_id=documento_id)
