"""En qué queda lo depositado: surte efecto, se anula antes, o pasa a cédula."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import Evento, emit, emit_varios
from llaqta.salas.casilla import policies, rules
from llaqta.salas.casilla.events import (
    NotificacionAnulada,
    NotificacionConvalidada,
    NotificacionDerivadaACedula,
    NotificacionSurtioEfecto,
    NotificacionVencida,
)
from llaqta.salas.casilla.models import Notificacion, ReglaDeEfecto
from llaqta.salas.cuentas.models import Persona


@transaction.atomic
def anular_notificacion(
    *, actor: Persona, notificacion: Notificacion, motivo: str, ahora: datetime
) -> Notificacion:
    """Anula un depósito equivocado antes de que surta efecto; queda, con su razón, y el acto se notifica de nuevo.

    :raises Denegado: si no tramita ni firma expedientes
    :raises EntradaInvalida: si falta el motivo
    :raises NoProcede: si ya surtió efecto, o ya no está en la casilla
    """
    tomada = Notificacion.objects.select_for_update(no_key=True).get(pk=notificacion.pk)
    policies.check_anular(actor, tomada, al=hoy_en_lima(ahora))
    if not motivo.strip():
        raise EntradaInvalida("Falta decir por qué se anula: queda en la constancia.", campo="motivo")
    tomada.estado, tomada.motivo_anulacion = Notificacion.Estado.ANULADA, motivo.strip()[:200]
    tomada.save(update_fields=["estado", "motivo_anulacion"])
    emit(NotificacionAnulada(notificacion_id=tomada.pk), actor_id=actor.pk, ahora=ahora, objeto=tomada)
    return tomada


@transaction.atomic
def derivar_a_cedula(*, actor: Persona, notificacion: Notificacion, ahora: datetime) -> Notificacion:
    """Cierra un depósito del que no se pudo avisar, porque el acto se notifica por cédula.

    :raises NoProcede: si la alerta no rebotó
    """
    tomada = Notificacion.objects.select_for_update(no_key=True).get(pk=notificacion.pk)
    if tomada.estado == Notificacion.Estado.DERIVADA_A_CEDULA:
        return tomada
    if tomada.estado != Notificacion.Estado.REBOTADA_ALERTA:
        raise NoProcede("Solo pasa a cédula la notificación de la que no se pudo avisar.")
    tomada.estado = Notificacion.Estado.DERIVADA_A_CEDULA
    tomada.save(update_fields=["estado"])
    emit(
        NotificacionDerivadaACedula(notificacion_id=tomada.pk), actor_id=actor.pk, ahora=ahora, objeto=tomada
    )
    return tomada


@transaction.atomic
def convalidar(*, actor: Persona, notificacion: Notificacion, hecho: str, ahora: datetime) -> Notificacion:
    """Da efecto desde hoy a un depósito cuyo acto la persona ya muestra conocer, porque actuó o recurrió (27.2).

    :param actor: la persona que actúa; se anota como quien mostró conocerlo
    :param hecho: qué hizo: «presentó recurso de apelación»
    """
    tomada = Notificacion.objects.select_for_update(no_key=True).get(pk=notificacion.pk)
    hoy = hoy_en_lima(ahora)
    abierta = tomada.estado in (Notificacion.Estado.DEPOSITADA, Notificacion.Estado.REBOTADA_ALERTA)
    if not abierta or tomada.surte_efecto(hoy):
        return tomada
    tomada.estado, tomada.efecto_el = Notificacion.Estado.EFECTIVA, hoy
    tomada.efecto_por, tomada.declarada_en = Notificacion.EfectoPor.CONVALIDACION, ahora
    tomada.explicacion = [*tomada.explicacion[:1], rules.explicar_convalidacion(hecho, hoy)]
    tomada.save(update_fields=["estado", "efecto_el", "efecto_por", "declarada_en", "explicacion"])
    emit(NotificacionConvalidada(notificacion_id=tomada.pk), actor_id=actor.pk, ahora=ahora, objeto=tomada)
    return tomada


def declarar_eficacia(*, ahora: datetime, hasta: int = 1000) -> int:
    """Declara, una por una, las notificaciones que ya surtieron efecto; correrla dos veces no hace nada.

    :param hasta: cuántas a lo más en esta vuelta
    :return: cuántas declaró
    """
    pendientes = Notificacion.objects.por_surtir_efecto(al=hoy_en_lima(ahora)).order_by("efecto_el", "pk")
    return sum(_declarar(pk, ahora) for pk in list(pendientes.values_list("pk", flat=True)[:hasta]))


@transaction.atomic
def _declarar(pk: int, ahora: datetime) -> bool:
    notificacion = (
        Notificacion.objects.select_for_update(no_key=True)
        .por_surtir_efecto(al=hoy_en_lima(ahora))
        .filter(pk=pk)
        .first()
    )
    if notificacion is None:
        return False
    declarar_una(notificacion, ahora=ahora)
    return True


def declarar_una(notificacion: Notificacion, *, ahora: datetime) -> None:
    """Declara el efecto de una notificación ya bloqueada cuya fecha llegó; si nadie la abrió, también que venció."""
    por = Notificacion.EfectoPor
    notificacion.estado, notificacion.declarada_en = Notificacion.Estado.EFECTIVA, ahora
    if not notificacion.efecto_por:
        es_del_deposito = notificacion.regla_efecto == ReglaDeEfecto.DEPOSITO
        notificacion.efecto_por = por.DEPOSITO if es_del_deposito else por.VENCIMIENTO
    notificacion.save(update_fields=["estado", "efecto_por", "declarada_en"])
    anuncios: list[tuple[Evento, Notificacion]] = [
        (NotificacionSurtioEfecto(notificacion_id=notificacion.pk), notificacion)
    ]
    if notificacion.efecto_por == por.VENCIMIENTO and not notificacion.fue_leida:
        anuncios.insert(0, (NotificacionVencida(notificacion_id=notificacion.pk), notificacion))
    emit_varios(anuncios, actor_id=None, ahora=ahora)
