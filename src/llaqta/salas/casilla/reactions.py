"""Lo que la casilla hace después: avisa, sella sus constancias, declara lo que ya surtió efecto y concilia."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from llaqta.cimientos import reloj_ntp
from llaqta.cimientos.events import COLA, REINTENTOS, diferir, listens
from llaqta.salas.auditoria.pruebas import TodaviaNo
from llaqta.salas.casilla import constancias, correo, rebotes_vigilados, services, sms
from llaqta.salas.casilla.events import (
    AlertaRebotada,
    NotificacionConvalidada,
    NotificacionDepositada,
    NotificacionLeida,
    NotificacionSurtioEfecto,
    NotificacionVencida,
)
from llaqta.salas.casilla.models import Alerta, Constancia

ESPERA_DEL_REGISTRO = (2, 2, 4, 8, 15, 30)
"""Segundos entre un intento y otro de sellar lo que el registro todavía no incluye; después, cada treinta."""
_CERROJO_DE_ALERTAS = 20_251


@listens(NotificacionDepositada)
def avisar(evento: NotificacionDepositada, *, ahora: datetime) -> None:
    """Anota los avisos y deja cada envío para un trabajo aparte: si uno falla, lo demás no espera."""
    services.abrir_alertas(notificacion_id=evento.notificacion_id, ahora=ahora)


@app.task(name="casilla.enviar_alerta", queue=COLA, retry=REINTENTOS)
def enviar_alerta(alerta_id: int) -> None:
    """Envía un aviso: escribe que va a salir, lo entrega, y escribe qué le contestaron."""
    with _de_a_uno(alerta_id) as es_mia:
        if not es_mia:
            return
        alerta = services.tomar_alerta(alerta_id=alerta_id, ahora=timezone.now())
        if alerta is None:
            return
        enviar = correo.enviar_aviso if alerta.canal == Alerta.Canal.CORREO else sms.enviar_aviso
        services.anotar_envio(alerta_id=alerta_id, despacho=enviar(alerta), ahora=timezone.now())


@contextmanager
def _de_a_uno(alerta_id: int) -> Iterator[bool]:
    """Dos trabajadores no envían el mismo aviso a la vez; si uno muere, su cerrojo muere con su conexión."""
    llaves = [_CERROJO_DE_ALERTAS, alerta_id % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", llaves)
        tomado = bool(cursor.fetchone()[0])
    try:
        yield tomado
    finally:
        if tomado and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", llaves)


@listens(NotificacionDepositada)
def sellar_constancia_de_deposito(evento: NotificacionDepositada, *, ahora: datetime) -> None:
    """Deja por sellar la constancia de depósito."""
    _dejar_por_sellar(evento.notificacion_id, Constancia.Clase.DEPOSITO)


@listens(NotificacionLeida)
def sellar_constancia_de_lectura(evento: NotificacionLeida, *, ahora: datetime) -> None:
    """Deja por sellar la constancia de lectura: el acuse."""
    _dejar_por_sellar(evento.notificacion_id, Constancia.Clase.LECTURA)


@listens(NotificacionVencida)
def sellar_constancia_de_vencimiento(evento: NotificacionVencida, *, ahora: datetime) -> None:
    """Deja por sellar la constancia de que pasaron los días sin lectura."""
    _dejar_por_sellar(evento.notificacion_id, Constancia.Clase.VENCIMIENTO)


@listens(NotificacionSurtioEfecto, NotificacionConvalidada)
def sellar_constancia_de_eficacia(
    evento: NotificacionSurtioEfecto | NotificacionConvalidada, *, ahora: datetime
) -> None:
    """Deja por sellar la constancia de que surtió efecto."""
    _dejar_por_sellar(evento.notificacion_id, Constancia.Clase.EFICACIA)


@listens(AlertaRebotada)
def sellar_constancia_de_alerta(evento: AlertaRebotada, *, ahora: datetime) -> None:
    """Deja por sellar la constancia de que no se la pudo avisar."""
    _dejar_por_sellar(evento.notificacion_id, Constancia.Clase.ALERTA)


def _dejar_por_sellar(notificacion_id: int, clase: str) -> None:
    # Un suceso recién anunciado todavía no tiene hoja: el secuenciador pasa cada dos segundos.
    espera = timedelta(seconds=ESPERA_DEL_REGISTRO[0])
    diferir("casilla.sellar", dentro_de=espera, notificacion_id=notificacion_id, clase=str(clase), vez=1)


@app.task(name="casilla.sellar", queue=COLA, retry=REINTENTOS)
def sellar(notificacion_id: int, clase: str, vez: int = 0) -> None:
    """Sella una constancia; si el registro todavía no incluye su suceso, vuelve en unos segundos."""
    try:
        constancias.sellar(notificacion_id=notificacion_id, clase=clase, ahora=timezone.now())
    except TodaviaNo:
        espera = timedelta(seconds=ESPERA_DEL_REGISTRO[min(vez, len(ESPERA_DEL_REGISTRO) - 1)])
        diferir("casilla.sellar", dentro_de=espera, notificacion_id=notificacion_id, clase=clase, vez=vez + 1)


@app.periodic(cron="7 * * * *")
@app.task(
    name="casilla.declarar_eficacia",
    queue=COLA,
    queueing_lock="casilla.declarar_eficacia",
    pass_context=False,
)
def declarar_eficacia(timestamp: int) -> None:
    """Cada hora declara lo que ya surtió efecto; antes concilia, para que nada venza sin que se intentara avisar."""
    ahora = timezone.now()
    services.conciliar(ahora=ahora)
    services.declarar_eficacia(ahora=ahora)


@app.periodic(cron="* * * * *")
@app.task(name="casilla.conciliar", queue=COLA, queueing_lock="casilla.conciliar", pass_context=False)
def conciliar(timestamp: int) -> None:
    """Cada minuto busca lo que debía ocurrir y no ocurrió, y que alguien atienda los avisos devueltos."""
    services.conciliar(ahora=timezone.now())
    rebotes_vigilados.vigilar()


@app.periodic(cron="*/5 * * * *")
@app.task(
    name="casilla.comprobar_reloj", queue=COLA, queueing_lock="casilla.comprobar_reloj", pass_context=False
)
def comprobar_reloj(timestamp: int) -> None:
    """Cada cinco minutos compara el reloj con el de un servidor de hora."""
    reloj_ntp.comprobar(ahora=timezone.now())


@app.periodic(cron="50 4 * * *")
@app.task(
    name="casilla.publicar_balance", queue=COLA, queueing_lock="casilla.publicar_balance", pass_context=False
)
def publicar_balance(timestamp: int) -> None:
    """A las 23:50 de Lima publica la cuenta del día."""
    services.publicar_balance(ahora=timezone.now())
