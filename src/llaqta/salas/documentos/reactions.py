"""Lo que los documentos hacen después: dibujar sus vistas y barrer lo que quedó sin dueño."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from llaqta.cimientos.events import diferir, listens
from llaqta.salas.documentos import services
from llaqta.salas.documentos.events import DocumentoGuardado, VersionAgregada

COLA_DE_VISTAS = "vistas"


@listens(DocumentoGuardado, VersionAgregada)
def pedir_vistas(evento: DocumentoGuardado | VersionAgregada, *, ahora: datetime) -> None:
    """Deja un trabajo por archivo: puede durar minutos y guarda página por página, fuera de esta transacción."""
    candado = f"vistas-{evento.archivo_id}"
    diferir("documentos.dibujar_vistas", candado=candado, archivo_id=evento.archivo_id)


@app.task(name="documentos.dibujar_vistas", queue=COLA_DE_VISTAS, retry=3)
def dibujar_vistas(archivo_id: int) -> None:
    """Dibuja las vistas que falten; dos veces es lo mismo que una."""
    services.hacer_vistas(archivo_id=archivo_id, ahora=timezone.now())


@app.periodic(cron="17 3 * * *")
@app.task(name="documentos.barrer_huerfanos", queueing_lock="documentos.barrer_huerfanos")
def barrer(timestamp: int) -> None:
    """Cada madrugada retira del almacén lo que ninguna fila nombra."""
    services.barrer_huerfanos(ahora=timezone.now())
