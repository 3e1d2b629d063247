"""La llave con que una persona entra: su contraseña, y si su cuenta está activa."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from llaqta.cimientos.errors import Denegado, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas import policies
from llaqta.salas.cuentas.events import ClavePropiaCambiada, CuentaDesactivada, CuentaReactivada
from llaqta.salas.cuentas.models import Cuenta, Persona


@transaction.atomic
def desactivar_cuenta(*, actor: Persona, persona: Persona, ahora: datetime) -> Cuenta:
    """Cierra la puerta a una persona: no puede entrar y sus sesiones abiertas dejan de valer al momento.

    :raises Denegado: si no administra las cuentas, o si es la suya
    :raises NoProcede: si no tiene cuenta o ya estaba desactivada
    """
    policies.check_desactivar_cuenta(actor, persona)
    cuenta = _cuenta_para_cambiar(actor, persona)
    if not cuenta.is_active:
        raise NoProcede(f"La cuenta de {persona} ya estaba desactivada.")
    cuenta.is_active = False
    cuenta.save(update_fields=["is_active"])
    emit(CuentaDesactivada(cuenta_id=cuenta.pk), actor_id=actor.pk, ahora=ahora, objeto=persona)
    return cuenta


@transaction.atomic
def reactivar_cuenta(*, actor: Persona, persona: Persona, ahora: datetime) -> Cuenta:
    """Vuelve a abrir la puerta: la persona entra otra vez con la contraseña que tenía.

    :raises Denegado: si no administra las cuentas
    :raises NoProcede: si no tiene cuenta o ya estaba activa
    """
    policies.exigir(actor, "cuentas.administrar")
    cuenta = _cuenta_para_cambiar(actor, persona)
    if cuenta.is_active:
        raise NoProcede(f"La cuenta de {persona} ya está activa.")
    cuenta.is_active = True
    cuenta.save(update_fields=["is_active"])
    emit(CuentaReactivada(cuenta_id=cuenta.pk), actor_id=actor.pk, ahora=ahora, objeto=persona)
    return cuenta


@transaction.atomic
def cambiar_mi_clave(*, cuenta: Cuenta, clave: str, ahora: datetime) -> Cuenta:
    """La dueña de la cuenta pone su contraseña; si tenía una provisional, deja de serlo.

    :param clave: ya comprobada por el formulario, que también pidió la anterior o el enlace del correo
    """
    cuenta.set_password(clave)
    cuenta.clave_provisional = False
    cuenta.save(update_fields=["password", "clave_provisional"])
    emit(
        ClavePropiaCambiada(cuenta_id=cuenta.pk),
        actor_id=cuenta.persona_id,
        ahora=ahora,
        objeto=cuenta.persona,
    )
    return cuenta


def _cuenta_para_cambiar(actor: Persona, persona: Persona) -> Cuenta:
    """La cuenta de ``persona``, bloqueada junto con la de quien actúa.

    Dos que administran y se desactivan a la vez: el segundo espera, y ya no puede; nunca falta quien administre.
    """
    bloqueadas = {
        cuenta.persona_id: cuenta
        for cuenta in Cuenta.objects.select_for_update(of=("self",))
        .filter(persona__in=[actor, persona])
        .order_by("pk")
    }
    if actor.pk in bloqueadas and not bloqueadas[actor.pk].is_active:
        raise Denegado("Su cuenta acaba de ser desactivada.")
    if persona.pk not in bloqueadas:
        raise NoProcede(f"{persona} no tiene cuenta.")
    return bloqueadas[persona.pk]
