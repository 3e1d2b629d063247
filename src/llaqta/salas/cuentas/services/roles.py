"""Roles: qué permite cada uno y quién lo tiene; nunca falta quien administre."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas import policies, rules
from llaqta.salas.cuentas.events import RolDado, RolEditado, RolRetirado
from llaqta.salas.cuentas.models import Persona, Rol, RolDePersona

ADMINISTRADOR = "ADMINISTRADOR"
"""Código del rol con que se administra el sistema."""


@transaction.atomic
def dar_rol(
    *, actor: Persona, persona: Persona, rol: Rol, desde: date, hasta: date | None = None, ahora: datetime
) -> RolDePersona:
    """Da a una persona los permisos de un rol entre dos fechas.

    :raises Denegado: si no administra las cuentas
    :raises EntradaInvalida: si las fechas están al revés
    :raises NoProcede: si ya tiene ese rol en esas fechas
    """
    policies.exigir(actor, "cuentas.administrar")
    rules.check_fechas(desde, hasta)
    if rules.se_cruzan(
        desde, hasta, [(r.desde, r.hasta) for r in RolDePersona.objects.filter(persona=persona, rol=rol)]
    ):
        raise NoProcede(f"{persona} ya tiene el rol «{rol}» en esas fechas.")
    dado = RolDePersona.objects.create(persona=persona, rol=rol, desde=desde, hasta=hasta)
    emit(RolDado(rol_de_persona_id=dado.pk), actor_id=actor.pk, ahora=ahora, objeto=persona)
    return dado


@transaction.atomic
def retirar_rol(
    *, actor: Persona, rol_de_persona: RolDePersona, hasta: date, ahora: datetime
) -> RolDePersona:
    """Pone fecha final a un rol.

    :raises Denegado: si no administra las cuentas
    :raises EntradaInvalida: si la fecha es anterior a su comienzo
    :raises NoProcede: si con ello nadie quedaría administrando el sistema
    """
    policies.exigir(actor, "cuentas.administrar")
    rules.check_fechas(rol_de_persona.desde, hasta)
    if "cuentas.administrar" in rol_de_persona.rol.permisos and not _queda_quien_administre(rol_de_persona):
        raise NoProcede("Es la única persona que administra el sistema; dé antes el rol a otra.")
    rol_de_persona.hasta = hasta
    rol_de_persona.save(update_fields=["hasta"])
    emit(
        RolRetirado(rol_de_persona_id=rol_de_persona.pk),
        actor_id=actor.pk,
        ahora=ahora,
        objeto=rol_de_persona.persona,
    )
    return rol_de_persona


def _queda_quien_administre(quitado: RolDePersona) -> bool:
    return (
        RolDePersona.objects.filter(
            rol__permisos__contains=["cuentas.administrar"],
            hasta__isnull=True,
            persona__cuenta__is_active=True,
        )
        .exclude(pk=quitado.pk)
        .exists()
    )


@transaction.atomic
def editar_rol(*, actor: Persona, codigo: str, nombre: str, permisos: Sequence[str], ahora: datetime) -> Rol:
    """Crea un rol, o cambia el nombre y los permisos del que tiene ese código.

    :raises Denegado: si no administra las cuentas
    :raises EntradaInvalida: si nombra un permiso que no existe
    :raises NoProcede: si con ello nadie quedaría administrando el sistema
    """
    policies.exigir(actor, "cuentas.administrar")
    if desconocidos := sorted(set(permisos) - set(policies.PERMISOS)):
        raise EntradaInvalida(f"No existe el permiso «{desconocidos[0]}».", campo="permisos")
    anterior = Rol.objects.select_for_update().filter(codigo=codigo).first()
    if anterior and "cuentas.administrar" in anterior.permisos and "cuentas.administrar" not in permisos:
        otros = RolDePersona.objects.filter(
            rol__permisos__contains=["cuentas.administrar"],
            hasta__isnull=True,
            persona__cuenta__is_active=True,
        )
        if not otros.exclude(rol=anterior).exists():
            raise NoProcede("Es el único rol con que se administra el sistema; no puede perder ese permiso.")
    rol, _ = Rol.objects.update_or_create(
        codigo=codigo, defaults={"nombre": nombre, "permisos": sorted(set(permisos))}
    )
    emit(RolEditado(rol_id=rol.pk), actor_id=actor.pk, ahora=ahora, objeto=rol)
    return rol


@transaction.atomic
def dar_rol_de_administracion(*, persona: Persona, ahora: datetime) -> RolDePersona:
    """Da la administración a la primera persona, cuando nadie la tiene todavía; es un acto del sistema.

    :raises NoProcede: si alguien ya administra: entonces la da esa persona
    """
    rol = Rol.objects.select_for_update().get(codigo=ADMINISTRADOR)
    if policies.hay_quien_administre(al=hoy_en_lima(ahora)):
        raise NoProcede("El sistema ya tiene quien lo administre; pídale que le dé el rol.")
    dado = RolDePersona.objects.create(persona=persona, rol=rol, desde=hoy_en_lima(ahora))
    emit(RolDado(rol_de_persona_id=dado.pk), actor_id=None, ahora=ahora, objeto=persona)
    return dado
