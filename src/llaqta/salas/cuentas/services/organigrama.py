"""Unidades, puestos y quién los ocupa."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas import policies, rules
from llaqta.salas.cuentas.events import (
    AsignacionTerminada,
    PuestoAsignado,
    PuestoCreado,
    UnidadCreada,
    UnidadTerminada,
)
from llaqta.salas.cuentas.models import Asignacion, Persona, Puesto, UnidadOrganica


@transaction.atomic
def crear_unidad(
    *,
    actor: Persona,
    nombre: str,
    siglas: str,
    padre: UnidadOrganica | None = None,
    es_mesa_de_partes: bool = False,
    desde: date,
    ahora: datetime,
) -> UnidadOrganica:
    """Añade una unidad al organigrama.

    :raises Denegado: si no administra las cuentas
    :raises NoProcede: si sus siglas ya existen, o si ya hay otra mesa de partes
    """
    policies.exigir(actor, "cuentas.administrar")
    if UnidadOrganica.objects.filter(siglas=siglas).exists():
        raise NoProcede(f"Ya hay una unidad con las siglas «{siglas}».")
    if es_mesa_de_partes and UnidadOrganica.objects.filter(es_mesa_de_partes=True).exists():
        raise NoProcede(
            "Ya hay una unidad señalada como mesa de partes; solo puede haber una.",
            norma="Ley 27444, art. 117.1",
        )
    unidad = UnidadOrganica.objects.create(
        nombre=nombre, siglas=siglas, padre=padre, es_mesa_de_partes=es_mesa_de_partes, vigente_desde=desde
    )
    emit(UnidadCreada(unidad_id=unidad.pk), actor_id=actor.pk, ahora=ahora, objeto=unidad)
    return unidad


@transaction.atomic
def terminar_unidad(
    *, actor: Persona, unidad: UnidadOrganica, hasta: date, ahora: datetime
) -> UnidadOrganica:
    """Cierra una unidad: deja de ofrecerse desde el día siguiente, y su historia queda.

    :raises Denegado: si no administra las cuentas
    :raises EntradaInvalida: si la fecha es anterior a su comienzo
    :raises NoProcede: si es la mesa de partes, o si otra unidad vigente o una persona depende de ella
    """
    policies.exigir(actor, "cuentas.administrar")
    rules.check_fechas(unidad.vigente_desde, hasta)
    if unidad.es_mesa_de_partes:
        raise NoProcede("La mesa de partes no puede cerrarse.", norma="Ley 27444, art. 117.1")
    if unidad.dependencias.filter(vigente_hasta__isnull=True).exists():
        raise NoProcede(f"De «{unidad}» dependen otras unidades; ciérrelas o trasládelas primero.")
    if Asignacion.objects.vigentes(al=hasta).filter(puesto__unidad=unidad).exclude(hasta=hasta).exists():
        raise NoProcede(
            f"En «{unidad}» hay puestos ocupados después de esa fecha; termine primero esas asignaciones."
        )
    unidad.vigente_hasta = hasta
    unidad.save(update_fields=["vigente_hasta"])
    emit(UnidadTerminada(unidad_id=unidad.pk), actor_id=actor.pk, ahora=ahora, objeto=unidad)
    return unidad


@transaction.atomic
def crear_puesto(
    *, actor: Persona, nombre: str, unidad: UnidadOrganica, es_jefatura: bool = False, ahora: datetime
) -> Puesto:
    """Crea un puesto en una unidad; lo ocupa quien tenga la asignación.

    :raises Denegado: si no administra las cuentas
    """
    policies.exigir(actor, "cuentas.administrar")
    puesto = Puesto.objects.create(nombre=nombre, unidad=unidad, es_jefatura=es_jefatura)
    emit(PuestoCreado(puesto_id=puesto.pk), actor_id=actor.pk, ahora=ahora, objeto=puesto)
    return puesto


@transaction.atomic
def asignar_puesto(
    *,
    actor: Persona,
    persona: Persona,
    puesto: Puesto,
    desde: date,
    hasta: date | None = None,
    ahora: datetime,
) -> Asignacion:
    """Pone a una persona en un puesto entre dos fechas.

    :raises Denegado: si no administra las cuentas
    :raises EntradaInvalida: si las fechas están al revés
    :raises NoProcede: si es persona jurídica, o si ya ocupa ese puesto en esas fechas
    """
    policies.exigir(actor, "cuentas.administrar")
    rules.check_fechas(desde, hasta)
    if persona.clase != Persona.Clase.NATURAL:
        raise NoProcede("Solo una persona natural puede ocupar un puesto.")
    if rules.se_cruzan(
        desde, hasta, [(a.desde, a.hasta) for a in Asignacion.objects.filter(persona=persona, puesto=puesto)]
    ):
        raise NoProcede(f"{persona} ya ocupa ese puesto en esas fechas.")
    asignacion = Asignacion.objects.create(persona=persona, puesto=puesto, desde=desde, hasta=hasta)
    emit(PuestoAsignado(asignacion_id=asignacion.pk), actor_id=actor.pk, ahora=ahora, objeto=persona)
    return asignacion


@transaction.atomic
def terminar_asignacion(
    *, actor: Persona, asignacion: Asignacion, hasta: date, ahora: datetime
) -> Asignacion:
    """Pone fecha final a una asignación: al día siguiente la persona ya no actúa por ese puesto.

    :raises Denegado: si no administra las cuentas
    :raises EntradaInvalida: si la fecha es anterior a su comienzo
    """
    policies.exigir(actor, "cuentas.administrar")
    rules.check_fechas(asignacion.desde, hasta)
    asignacion.hasta = hasta
    asignacion.save(update_fields=["hasta"])
    emit(
        AsignacionTerminada(asignacion_id=asignacion.pk),
        actor_id=actor.pk,
        ahora=ahora,
        objeto=asignacion.persona,
    )
    return asignacion
