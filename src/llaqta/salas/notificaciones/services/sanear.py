"""Sanear una notificación: anular la defectuosa para rehacerla, o convalidarla con lo que la persona hizo (26 y 27)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.notificaciones import policies, rules
from llaqta.salas.notificaciones.events import (
    DiligenciaAnulada,
    DiligenciaConvalidada,
    DiligenciaSurtioEfecto,
)
from llaqta.salas.notificaciones.models import Diligencia
from llaqta.salas.notificaciones.services.surtir import CAMPOS_DE_EFECTO


@transaction.atomic
def anular_diligencia(*, actor: Persona, diligencia: Diligencia, motivo: str, ahora: datetime) -> Diligencia:
    """Anula una notificación defectuosa antes de que surta efecto, para rehacerla sin el defecto (art. 26.1).

    :raises Denegado: si no tramita ni firma expedientes
    :raises EntradaInvalida: si falta el motivo
    :raises NoProcede: si ya surtió efecto o ya terminó
    """
    tomada = Diligencia.objects.select_for_update(no_key=True).get(pk=diligencia.pk)
    policies.check_anular(actor, tomada, al=hoy_en_lima(ahora))
    if not motivo.strip():
        raise EntradaInvalida("Falta decir qué defecto tiene.", campo="motivo", norma="Ley 27444, art. 26.1")
    tomada.estado, tomada.motivo = Diligencia.Estado.ANULADA, motivo.strip()[:300]
    tomada.efecto_el = None
    tomada.save(update_fields=["estado", "motivo", "efecto_el"])
    emit(DiligenciaAnulada(diligencia_id=tomada.pk), actor_id=actor.pk, ahora=ahora, objeto=tomada)
    return tomada


@transaction.atomic
def convalidar(*, actor: Persona, diligencia: Diligencia, hecho: str, ahora: datetime) -> Diligencia:
    """Da efecto desde hoy a la que no lo tenía, porque la persona actuó o recurrió conociendo el acto (art. 27.2).

    La que ya surtió efecto, o fue reemplazada por otra viva, queda como está.

    :param actor: quien actuó
    :param hecho: qué hizo, en pasado: «presentó recurso de apelación»
    """
    tomada = Diligencia.objects.select_for_update(no_key=True).get(pk=diligencia.pk)
    hoy = hoy_en_lima(ahora)
    otra_viva = (
        Diligencia.objects.vivas()
        .filter(documento_id=tomada.documento_id, destinatario_id=tomada.destinatario_id)
        .exclude(pk=tomada.pk)
    )
    if tomada.surte_efecto(hoy) or otra_viva.exists():
        return tomada
    efecto = rules.efecto_de_convalidacion(hecho, hoy)
    tomada.estado, tomada.efecto_el = Diligencia.Estado.EFECTIVA, efecto.fecha
    tomada.explicacion, tomada.convalidada_con = list(efecto.explicacion), hecho[:300]
    tomada.save(update_fields=[*CAMPOS_DE_EFECTO, "convalidada_con"])
    emit(DiligenciaConvalidada(diligencia_id=tomada.pk), actor_id=actor.pk, ahora=ahora, objeto=tomada)
    emit(DiligenciaSurtioEfecto(diligencia_id=tomada.pk), actor_id=None, ahora=ahora, objeto=tomada)
    return tomada
