"""Autorizar el correo como medio de notificación, y retirarlo (art. 20.4)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas import queries as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.notificaciones.events import AutorizacionDeCorreoRevocada, CorreoAutorizado
from llaqta.salas.notificaciones.models import AutorizacionDeCorreo

CLAVE_DEL_TEXTO = "correo"


@transaction.atomic
def autorizar_correo(*, actor: Persona, correo: str, ahora: datetime) -> AutorizacionDeCorreo:
    """Registra que ``actor`` autoriza expresamente que se le notifique en ese correo, y qué texto leyó (art. 20.4).

    Si ya autorizó otro, el nuevo ocupa su lugar.

    :raises EntradaInvalida: si no es un correo
    """
    if "@" not in correo:
        raise EntradaInvalida("Escriba el correo completo, por ejemplo nombre@ejemplo.pe.", campo="correo")
    vigentes = AutorizacionDeCorreo.objects.select_for_update(no_key=True).vigentes(en=ahora)
    anterior = vigentes.filter(persona=actor).first()
    if anterior is not None and anterior.correo == correo:
        return anterior
    if anterior is not None:
        anterior.revocada_en = ahora
        anterior.save(update_fields=["revocada_en"])
    texto = cuentas.get_consentimiento(CLAVE_DEL_TEXTO, hoy_en_lima(ahora))
    nueva = AutorizacionDeCorreo.objects.create(
        persona=actor, texto=texto, correo=correo, autorizada_en=ahora
    )
    emit(CorreoAutorizado(autorizacion_id=nueva.pk), actor_id=actor.pk, ahora=ahora, objeto=nueva)
    return nueva


@transaction.atomic
def revocar_correo(*, actor: Persona, ahora: datetime) -> AutorizacionDeCorreo:
    """Retira la autorización: desde este instante no se le notifica más por correo; lo ya notificado vale.

    :raises NoProcede: si no la había dado
    """
    vigentes = AutorizacionDeCorreo.objects.select_for_update(no_key=True).vigentes(en=ahora)
    autorizacion = vigentes.filter(persona=actor).first()
    if autorizacion is None:
        raise NoProcede("Usted no tiene un correo autorizado para notificaciones.")
    autorizacion.revocada_en = ahora
    autorizacion.save(update_fields=["revocada_en"])
    emit(
        AutorizacionDeCorreoRevocada(autorizacion_id=autorizacion.pk),
        actor_id=actor.pk, ahora=ahora, objeto=autorizacion,
    )  # fmt: skip
    return autorizacion
