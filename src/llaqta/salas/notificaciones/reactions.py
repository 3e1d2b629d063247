"""Lo que las notificaciones hacen después: sellar la cédula, enviar el correo y declarar lo que la ley da por hecho."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from llaqta.cimientos.events import COLA, diferir, listens
from llaqta.salas.notificaciones import mensaje, services
from llaqta.salas.notificaciones.events import DiligenciaOrdenada
from llaqta.salas.notificaciones.models import Diligencia

# Minutos que se espera antes de cada nuevo intento de entregar el correo.
ESPERAS = (1, 5, 30, 120)


@listens(DiligenciaOrdenada)
def preparar_cedula(evento: DiligenciaOrdenada, *, ahora: datetime) -> None:
    """Compone y sella la cédula, para que el notificador la encuentre lista."""
    diligencia = Diligencia.objects.get(pk=evento.diligencia_id)
    if diligencia.modalidad == Diligencia.Modalidad.CEDULA:
        services.sellar_cedula(diligencia_id=diligencia.pk, ahora=ahora)


@app.task(name="notificaciones.enviar_correo", queue=COLA)
def enviar_correo(diligencia_id: int) -> None:
    """Entrega el correo y guarda lo que respondió el servidor; si falló, deja programado el siguiente intento."""
    diligencia = Diligencia.objects.select_related("destinatario", "documento__archivo").get(pk=diligencia_id)
    if diligencia.estado != Diligencia.Estado.ENVIADA or diligencia.envios.filter(entregado=True).exists():
        return
    envio = mensaje.enviar(diligencia)
    with transaction.atomic():
        hecho = services.anotar_envio(diligencia_id=diligencia_id, envio=envio, ahora=timezone.now())
        if not hecho.entregado and hecho.intento <= len(ESPERAS):
            espera = timedelta(minutes=ESPERAS[hecho.intento - 1])
            diferir("notificaciones.enviar_correo", dentro_de=espera, diligencia_id=diligencia_id)


@app.periodic(cron="9 * * * *")
@app.task(
    name="notificaciones.declarar", queue=COLA, queueing_lock="notificaciones.declarar", pass_context=False
)
def declarar(timestamp: int) -> None:
    """Cada hora, declara lo que ya surtió efecto y pasa a cédula los correos que nadie confirmó."""
    ahora = timezone.now()
    services.declarar_eficacia(ahora=ahora)
    services.declarar_sin_acuse(ahora=ahora)
