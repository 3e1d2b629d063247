"""Lo que la casilla hace después: avisa, sella sus constancias y declara lo que ya surtió efecto."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from llaqta.cimientos.events import COLA, diferir, listens
from llaqta.salas.casilla import constancias, correo, services
from llaqta.salas.casilla.events import AlertaRebotada, NotificacionDepositada, NotificacionLeida
from llaqta.salas.casilla.models import Alerta, Notificacion

# Minutos que se espera antes de cada nuevo intento de avisar.
ESPERAS = (1, 5, 30, 120)


@listens(NotificacionDepositada)
def avisar(evento: NotificacionDepositada, *, ahora: datetime) -> None:
    """Anota el aviso y deja el envío para un trabajo aparte: si el correo falla, la constancia no espera."""
    notificacion = Notificacion.objects.select_related("adhesion").get(pk=evento.notificacion_id)
    alerta = services.abrir_alerta(notificacion=notificacion, ahora=ahora)
    diferir("casilla.enviar_alerta", alerta_id=alerta.pk)


@app.task(name="casilla.enviar_alerta", queue=COLA)
def enviar_alerta(alerta_id: int) -> None:
    """Envía un aviso y guarda lo que respondió el servidor; si falló, deja programado el siguiente intento."""
    alerta = Alerta.objects.select_related("notificacion__destinatario", "notificacion__adhesion").get(
        pk=alerta_id
    )
    if alerta.resultado != Alerta.Resultado.PENDIENTE:
        return
    envio = correo.enviar_aviso(alerta)
    with transaction.atomic():
        alerta.resultado = Alerta.Resultado.ENVIADA if envio.entregado else Alerta.Resultado.FALLIDA
        alerta.identificador, alerta.detalle = envio.identificador, envio.detalle
        alerta.save(update_fields=["resultado", "identificador", "detalle"])
        if not envio.entregado and alerta.intento <= len(ESPERAS):
            siguiente = services.abrir_alerta(notificacion=alerta.notificacion, ahora=timezone.now())
            espera = timedelta(minutes=ESPERAS[alerta.intento - 1])
            diferir("casilla.enviar_alerta", dentro_de=espera, alerta_id=siguiente.pk)
        elif not envio.entregado:
            services.rebotar(notificacion_id=alerta.notificacion_id, ahora=timezone.now())


@listens(NotificacionDepositada)
def sellar_constancia_de_deposito(evento: NotificacionDepositada, *, ahora: datetime) -> None:
    """Compone y sella la constancia de depósito."""
    constancias.sellar_deposito(notificacion_id=evento.notificacion_id, ahora=ahora)


@listens(NotificacionLeida)
def sellar_constancia_de_lectura(evento: NotificacionLeida, *, ahora: datetime) -> None:
    """Compone y sella la constancia de lectura: el acuse."""
    constancias.sellar_lectura(notificacion_id=evento.notificacion_id, ahora=ahora)


@listens(AlertaRebotada)
def sellar_constancia_de_alerta(evento: AlertaRebotada, *, ahora: datetime) -> None:
    """Compone y sella la constancia de que ninguna alerta llegó."""
    constancias.sellar_alerta_rebotada(notificacion_id=evento.notificacion_id, ahora=ahora)


@app.periodic(cron="7 * * * *")
@app.task(
    name="casilla.declarar_eficacia",
    queue=COLA,
    queueing_lock="casilla.declarar_eficacia",
    pass_context=False,
)
def declarar_eficacia(timestamp: int) -> None:
    """Cada hora, declara las notificaciones cuya fecha de efecto ya llegó."""
    services.declarar_eficacia(ahora=timezone.now())
