"""El cuidado de la cola: lo que un trabajador dejó a medias se retoma, y lo terminado hace tiempo se retira."""

from __future__ import annotations

import logging

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.job_context import JobContext
from procrastinate.jobs import Status

from llaqta.cimientos import memoria

registro = logging.getLogger(__name__)

SIN_LATIDO = 45
DIAS_QUE_SE_GUARDA_LO_TERMINADO = 30


@app.periodic(cron="* * * * *")
@app.task(
    name="cimientos.retomar_trabajos", queue="sucesos", queueing_lock="cimientos.retomar", pass_context=True
)
async def retomar_trabajos(context: JobContext, timestamp: int) -> None:
    """Cada minuto devuelve a la cola los trabajos de un trabajador que murió (sin latido) mientras los hacía.

    De una tarea que no se repite en la cola puede haber ya otra esperando: entonces el colgado se da por abandonado.
    """
    cola = context.app.job_manager
    for trabajo in await cola.get_stalled_jobs(seconds_since_heartbeat=SIN_LATIDO):
        registro.warning("Se retoma %s: su trabajador dejó de responder", trabajo.call_string)
        try:
            await cola.retry_job(trabajo)
        except UniqueViolation:  # sin esto, un solo colgado dejaría sin retomar a todos los que le siguen
            await cola.finish_job(trabajo, status=Status.ABORTED, delete_job=False)


@app.periodic(cron="40 3 * * *")
@app.task(
    name="cimientos.retirar_terminados", queue="sucesos", queueing_lock="cimientos.retirar", pass_context=True
)
async def retirar_terminados(context: JobContext, timestamp: int) -> None:
    """Cada noche borra de la cola lo que terminó bien hace un mes; lo fallido se queda hasta que alguien lo vea."""
    await context.app.job_manager.delete_old_jobs(nb_hours=24 * DIAS_QUE_SE_GUARDA_LO_TERMINADO)


@app.periodic(cron="20 * * * *")
@app.task(name="cimientos.olvidar_lo_vencido", queue="sucesos", queueing_lock="cimientos.olvidar")
def olvidar_lo_vencido(timestamp: int) -> None:
    """Cada hora borra de la memoria compartida las cuentas de intentos que ya no cuentan."""
    memoria.olvidar_lo_vencido(ahora=timezone.now())
