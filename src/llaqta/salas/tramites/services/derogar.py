"""Sacar un procedimiento del TUPA: una ordenanza lo deroga y, desde su fecha, nadie puede exigirlo ni cobrarlo."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.tramites import policies, rules
from llaqta.salas.tramites.events import DerogacionAnulada, ProcedimientoDerogado
from llaqta.salas.tramites.models import Procedimiento, VersionProcedimiento

_UN_DIA = timedelta(days=1)


@transaction.atomic
def derogar_procedimiento(
    *, actor: Persona, procedimiento: Procedimiento, desde: date, norma: str, ahora: datetime
) -> VersionProcedimiento:
    """Retira un procedimiento del TUPA: la versión que rige termina el día previo a ``desde``.

    Los expedientes ya presentados siguen con la versión con que se presentaron.

    :raises Denegado: si ``actor`` no administra el TUPA
    :raises EntradaInvalida: si falta la norma que lo retira, o la fecha no es posible
    :raises NoProcede: si ``desde`` no es un día futuro, nada rige o hay una versión por regir
    """
    policies.check_editar(actor)
    norma = norma.strip()
    if not norma:
        raise EntradaInvalida("Escriba la ordenanza que lo retira del TUPA.", campo="norma")
    if imposible := rules.revisar_desde(desde):
        raise EntradaInvalida(imposible, campo="desde")
    bloqueado = Procedimiento.objects.select_for_update().get(pk=procedimiento.pk)
    hoy = hoy_en_lima(ahora)
    if desde <= hoy:
        raise NoProcede(
            "Puede haber quien lo presente hoy: el retiro rige desde mañana o después.",
            norma="Ley 27444, art. 38",
        )
    if bloqueado.versiones.filter(desde__gt=hoy).exists():
        raise NoProcede("Tiene una versión por regir: retírela primero.")
    vigente = bloqueado.versiones.vigentes(al=hoy).first()
    if vigente is None:
        raise NoProcede("Ese procedimiento ya no rige: no hay qué retirar.")
    if vigente.derogada_por == norma and vigente.hasta == desde - _UN_DIA:
        return vigente
    vigente.hasta, vigente.derogada_por = desde - _UN_DIA, norma
    vigente.save(update_fields=["hasta", "derogada_por"])
    emit(ProcedimientoDerogado(bloqueado.pk, vigente.pk), actor_id=actor.pk, ahora=ahora, objeto=bloqueado)
    return vigente


@transaction.atomic
def anular_derogacion(
    *, actor: Persona, procedimiento: Procedimiento, ahora: datetime
) -> VersionProcedimiento:
    """Deja sin efecto un retiro que todavía no llegó; la versión que rige sigue sin fecha de término.

    :raises Denegado: si ``actor`` no administra el TUPA
    :raises NoProcede: si no hay un retiro por llegar
    """
    policies.check_editar(actor)
    bloqueado = Procedimiento.objects.select_for_update().get(pk=procedimiento.pk)
    vigente = bloqueado.versiones.vigentes(al=hoy_en_lima(ahora)).exclude(derogada_por="").first()
    if vigente is None:
        raise NoProcede(
            "Ese procedimiento no está por retirarse. Si ya se retiró, publique una versión nueva con su ordenanza."
        )
    vigente.hasta, vigente.derogada_por = None, ""
    vigente.save(update_fields=["hasta", "derogada_por"])
    emit(DerogacionAnulada(bloqueado.pk, vigente.pk), actor_id=actor.pk, ahora=ahora, objeto=bloqueado)
    return vigente
