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
    """Deja los trabajos de cada archivo, que duran y van fuera de esta transacción: sus vistas y, si llegó de fuera,
    comprobar sus firmas.
    """
    candado = f"vistas-{evento.archivo_id}"
    diferir("documentos.dibujar_vistas", candado=candado, archivo_id=evento.archivo_id)
    if services.es_de_fuera(archivo_id=evento.archivo_id):
        services.pedir_comprobar(archivo_id=evento.archivo_id)


@app.task(name="documentos.dibujar_vistas", queue=COLA_DE_VISTAS, retry=3)
def dibujar_vistas(archivo_id: int) -> None:
    """Dibuja las vistas que falten; dos veces es lo mismo que una."""
    services.hacer_vistas(archivo_id=archivo_id, ahora=timezone.now())


@app.task(name="documentos.comprobar_firmas", queue=COLA_DE_VISTAS, retry=3)
def comprobar_firmas(archivo_id: int) -> None:
    """Comprueba las firmas de un archivo recibido; dos veces es lo mismo que una."""
    services.comprobar_firmas(archivo_id=archivo_id, ahora=timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="documentos.comprobar_pendientes", queueing_lock="documentos.comprobar_pendientes")
def comprobar_pendientes(timestamp: int) -> None:
    """Cada diez minutos vuelve a intentar lo que no se pudo comprobar."""
    services.pedir_lo_pendiente(ahora=timezone.now())


@app.periodic(cron="17 3 * * *")
@app.task(name="documentos.barrer_huerfanos", queueing_lock="documentos.barrer_huerfanos")
def barrer(timestamp: int) -> None:
    """Cada madrugada retira del almacén lo que ninguna fila nombra."""
    services.barrer_huerfanos(ahora=timezone.now())
