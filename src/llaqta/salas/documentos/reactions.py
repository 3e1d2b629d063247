"""Lo que los documentos hacen después: dibujar sus vistas y barrer lo que quedó sin dueño."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from llaqta.cimientos.events import listens
from llaqta.salas.documentos import cartel_del_registro, services
from llaqta.salas.documentos.events import DocumentoGuardado, VersionAgregada

COLA_DE_VISTAS = "vistas"
ANTES, DESPUES = 10, -10
"""El sello de tiempo de un acto, que espera quien lo va a notificar, pasa delante de todo; dibujar y comprobar lo
recibido, que duran, ceden el paso: con muchos archivos a la vez, un acto recién firmado esperaba detrás de cada uno.
"""


@listens(DocumentoGuardado, VersionAgregada)
def pedir_vistas(evento: DocumentoGuardado | VersionAgregada, *, ahora: datetime) -> None:
    """Deja los trabajos de cada archivo, que duran y van fuera de esta transacción: sus vistas y, si llegó de fuera,
    comprobar sus firmas.
    """
    services.pedir_vistas(archivo_id=evento.archivo_id)
    if services.es_de_fuera(archivo_id=evento.archivo_id):
        services.pedir_comprobar(archivo_id=evento.archivo_id)


@app.task(name="documentos.dibujar_vistas", queue=COLA_DE_VISTAS, retry=3, priority=DESPUES)
def dibujar_vistas(archivo_id: int) -> None:
    """Dibuja las vistas que falten; dos veces es lo mismo que una."""
    services.hacer_vistas(archivo_id=archivo_id, ahora=timezone.now())


@app.task(name="documentos.comprobar_firmas", queue=COLA_DE_VISTAS, retry=3, priority=DESPUES)
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


@app.task(name="documentos.conservar", queue=COLA_DE_VISTAS, retry=3, priority=ANTES)
def conservar(documento_id: int) -> None:
    """Pone a un acto recién firmado su sello de tiempo; si no se puede, queda en espera con su turno."""
    services.conservar(documento_id=documento_id, ahora=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="documentos.conservar_pendientes", queueing_lock="documentos.conservar_pendientes")
def conservar_pendientes(timestamp: int) -> None:
    """Cada minuto vuelve a pedir los sellos que esperan y cuyo turno llegó."""
    services.conservar_pendientes(ahora=timezone.now())


@app.periodic(cron="40 1 * * *")
@app.task(name="documentos.pedir_archivo", queueing_lock="documentos.pedir_archivo")
def pedir_archivo(timestamp: int) -> None:
    """Cada madrugada pide el nivel de archivo de lo antiguo, y renueva los sellos que van a vencer."""
    services.pedir_archivo(ahora=timezone.now())


@app.periodic(cron="35 12 * * *")
@app.task(name="documentos.emitir_cartel", queueing_lock="documentos.emitir_cartel", retry=5)
def emitir_cartel(timestamp: int) -> None:
    """Cada mañana, a las 7:35 de Lima, la hoja con el punto de control del registro, para el tablero."""
    cartel_del_registro.emitir(ahora=timezone.now())


@app.task(name="documentos.enviar_cartel", retry=5)
def enviar_cartel(documento_id: int, tamano: int) -> None:
    """Manda la hoja a los correos configurados; lo que falle se reintenta."""
    cartel_del_registro.enviar(documento_id=documento_id, tamano=tamano)
