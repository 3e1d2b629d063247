"""Las sesiones abiertas de una cuenta: verlas, cerrar las demás, y cerrarlas todas cuando alguien lo pide."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest

from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas import policies
from llaqta.salas.cuentas.events import SegundoPasoQuitado, SesionesCerradas
from llaqta.salas.cuentas.models import Cuenta, Persona


@transaction.atomic
def cerrar_mis_otras_sesiones(*, cuenta: Cuenta, salvo: str, ahora: datetime) -> int:
    """Cierra las sesiones de la propia cuenta en los demás equipos; devuelve cuántas.

    :param salvo: la llave de la sesión desde la que se pide, que sigue abierta
    """
    otras = UserSession.objects.filter(user=cuenta).exclude(session_key=salvo)
    return _cerrar(list(otras), cuenta, cuenta.persona, ahora)


@transaction.atomic
def cerrar_sesiones(*, actor: Persona, persona: Persona, ahora: datetime) -> int:
    """Cierra todas las sesiones abiertas de una persona, que puede volver a entrar; devuelve cuántas.

    :raises Denegado: si ``actor`` no administra las cuentas
    """
    policies.exigir(actor, "cuentas.administrar")
    cuenta = Cuenta.objects.filter(persona=persona).first()
    return _cerrar(list(UserSession.objects.filter(user=cuenta)), cuenta, actor, ahora) if cuenta else 0


@transaction.atomic
def quitar_segundo_paso(*, actor: Persona, persona: Persona, ahora: datetime) -> int:
    """Quita los segundos pasos y las llaves de quien perdió su teléfono, y cierra sus sesiones; devuelve cuántos quitó.

    Se hace en persona y con su documento a la vista: es la misma comprobación con que se le dio la cuenta. Sigue
    necesitando su contraseña, y si trabaja aquí y se exige, registra otro al entrar.

    :raises Denegado: si ``actor`` no administra las cuentas, o si es el suyo: se lo quita otra persona
    :raises NoProcede: si no tiene ninguno
    """
    policies.check_quitar_segundo_paso(actor, persona)
    cuenta = Cuenta.objects.filter(persona=persona).first()
    quitados = Authenticator.objects.filter(user=cuenta).delete()[0] if cuenta else 0
    if cuenta is None or not quitados:
        raise NoProcede(f"{persona} no tiene segundo paso ni llaves de acceso.")
    emit(SegundoPasoQuitado(cuenta_id=cuenta.pk), actor_id=actor.pk, ahora=ahora, objeto=persona)
    _cerrar(list(UserSession.objects.filter(user=cuenta)), cuenta, actor, ahora)
    return quitados


def anotar_sesion(*, request: HttpRequest) -> None:
    """Anota la sesión de quien acaba de entrar sin pasar por la página «Ingresar» (una cuenta recién creada)."""
    UserSession.objects.create_from_request(request)


def renovar_sesion(*, sesion: SessionBase) -> None:
    """Cambia la llave de una sesión que sigue abierta, porque la persona acaba de probar otra vez quién es."""
    anterior = sesion.session_key
    sesion.cycle_key()
    UserSession.objects.filter(session_key=anterior).update(session_key=sesion.session_key)


def _cerrar(sesiones: list[UserSession], cuenta: Cuenta, actor: Persona, ahora: datetime) -> int:
    abiertas = sum(bool(sesion.exists()) for sesion in sesiones)
    for sesion in sesiones:
        sesion.end()
    if abiertas:
        emit(
            SesionesCerradas(cuenta_id=cuenta.pk, cuantas=abiertas),
            actor_id=actor.pk,
            ahora=ahora,
            objeto=cuenta.persona,
        )
    return abiertas
