"""Lo que la auditoría hace sola: que el registro avance, y revisarlo entero cada noche."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext

from llaqta.salas.auditoria import ritmo, services, testigo


@app.periodic(cron="* * * * *")
@app.task(
    name="auditoria.mantener_el_ritmo", queue="sucesos", queueing_lock="auditoria.ritmo", pass_context=True
)
async def mantener_el_ritmo(context: JobContext, timestamp: int) -> None:
    """Cada minuto se asegura de que el secuenciador siga latiendo en este trabajador."""
    ritmo.asegurar()


@app.periodic(cron="50 2 * * *")
@app.task(name="auditoria.verificar_el_registro", queue="sucesos", queueing_lock="auditoria.verificar")
def verificar_el_registro(timestamp: int) -> None:
    """Cada noche rehace el registro entero y deja dicho si todo coincide."""
    services.verificar_registro(ahora=timezone.now())


@app.periodic(cron="13,33,53 * * * *")
@app.task(name="auditoria.vigilar_vecinos", queueing_lock="auditoria.vigilar")
def vigilar_vecinos(timestamp: int) -> None:
    """Tres veces por hora mira los registros de las entidades vecinas que esta instalación vigila."""
    testigo.revisar_a_todos(ahora=timezone.now())
