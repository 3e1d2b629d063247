"""Aceptar la casilla y retirarse de ella."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.casilla import policies, queries
from llaqta.salas.casilla.events import CasillaAceptada, CasillaRevocada
from llaqta.salas.casilla.models import Adhesion
from llaqta.salas.cuentas import queries as cuentas
from llaqta.salas.cuentas.models import Persona


@transaction.atomic
def aceptar_casilla(
    *, actor: Persona, correo: str, telefono: str = "", titular: Persona | None = None, ahora: datetime
) -> Adhesion:
    """Registra el consentimiento expreso y la versión del texto que se leyó (art. 20.4; Ley 31736).

    :param correo: a donde se avisa cada depósito; obligatorio, porque la alerta es parte de la garantía
    :param titular: la empresa por la que ``actor`` acepta; ``None``, la suya (DS 029-2021-PCM, art. 57.2)
    :raises Denegado: si acepta por otra persona, o por una empresa que hoy no representa
    :raises EntradaInvalida: si no indica un correo
    """
    de_quien = titular or actor
    policies.check_aceptar_por(actor, de_quien, al=hoy_en_lima(ahora))
    if "@" not in correo:
        raise EntradaInvalida("Indique un correo: ahí le avisaremos de cada notificación.", campo="correo")
    if vigente := queries.get_adhesion_vigente(para=de_quien, en=ahora):
        return vigente
    texto = cuentas.get_consentimiento("casilla", hoy_en_lima(ahora))
    adhesion = Adhesion.objects.create(
        persona=de_quien,
        aceptada_por=None if de_quien == actor else actor,
        texto=texto,
        correo=correo,
        telefono=telefono,
        aceptada_en=ahora,
    )
    emit(
        CasillaAceptada(adhesion_id=adhesion.pk),
        actor_id=actor.pk,
        en_nombre_de_id=None if de_quien == actor else de_quien.pk,
        ahora=ahora,
        objeto=adhesion,
    )
    return adhesion


@transaction.atomic
def revocar_casilla(*, actor: Persona, titular: Persona | None = None, ahora: datetime) -> Adhesion:
    """Retira el consentimiento: desde este instante no se le deposita más; lo ya depositado vale (Ley 31736).

    :raises Denegado: si es de otra persona, o de una empresa que hoy no representa
    :raises NoProcede: si no tenía casilla
    """
    de_quien = titular or actor
    policies.check_aceptar_por(actor, de_quien, al=hoy_en_lima(ahora))
    adhesion = (
        Adhesion.objects.select_for_update(no_key=True).vigentes(en=ahora).filter(persona=de_quien).first()
    )
    if adhesion is None:
        raise NoProcede("Usted no tiene una casilla activa.")
    adhesion.revocada_en = ahora
    adhesion.save(update_fields=["revocada_en"])
    emit(
        CasillaRevocada(adhesion_id=adhesion.pk),
        actor_id=actor.pk,
        en_nombre_de_id=None if de_quien == actor else de_quien.pk,
        ahora=ahora,
        objeto=adhesion,
    )
    return adhesion
