"""Anotar quién firma por quién, y hasta cuándo (Ley 27444, arts. 67 y 72)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona, Puesto, UnidadOrganica
from llaqta.salas.documentos import policies
from llaqta.salas.documentos.events import DelegacionRegistrada, DelegacionTerminada
from llaqta.salas.documentos.models import Delegacion, TipoDocumento


@transaction.atomic
def registrar_delegacion(
    *,
    actor: Persona,
    clase: str,
    delegante: Puesto,
    delegado: Puesto,
    acto: str,
    materia: str,
    desde: date,
    hasta: date | None = None,
    tipo: TipoDocumento | None = None,
    ahora: datetime,
) -> Delegacion:
    """Anota una delegación: el documento se numera en la cuenta de quien delega y dice que se firma por delegación.

    :param clase: ``COMPETENCIA`` (art. 67) o ``FIRMA`` (art. 72)
    :param acto: el acto que delega, con su número; sin él no hay delegación
    :param tipo: solo esa clase de documento; ``None``, todas las de la materia
    :raises Denegado: si no administra la numeración
    :raises EntradaInvalida: si falta el acto o la materia, los puestos no sirven o las fechas no van en orden
    """
    policies.check_administrar_numeracion(actor)
    if clase not in Delegacion.Clase.values:
        raise EntradaInvalida("Elija qué se delega.", campo="clase")
    _check_puestos(clase, delegante, delegado)
    if not acto.strip():
        raise EntradaInvalida(
            "Escriba el acto que delega, con su número: sin él no hay delegación.", campo="acto",
            norma="Ley 27444, art. 67",
        )  # fmt: skip
    if not materia.strip():
        raise EntradaInvalida("Escriba sobre qué materia se delega.", campo="materia")
    if hasta is not None and hasta < desde:
        raise EntradaInvalida("La delegación termina antes de empezar: revise las fechas.", campo="hasta")
    delegacion, nueva = Delegacion.objects.get_or_create(
        clase=clase, delegante=delegante, delegado=delegado, tipo=tipo, acto=acto.strip()[:160], desde=desde,
        defaults={
            "materia": materia.strip()[:200], "hasta": hasta, "registrada_por": actor, "registrada_en": ahora,
        },
    )  # fmt: skip
    if nueva:
        emit(
            DelegacionRegistrada(delegacion_id=delegacion.pk), actor_id=actor.pk, ahora=ahora, objeto=delegado
        )
    return delegacion


@transaction.atomic
def terminar_delegacion(
    *, actor: Persona, delegacion: Delegacion, hasta: date, ahora: datetime
) -> Delegacion:
    """Pone fin a una delegación (la revoca quien la dio, o se cumplió su plazo: art. 67.5); ese día todavía vale.

    :raises Denegado: si no administra la numeración
    :raises EntradaInvalida: si el día ya pasó o es anterior a su comienzo
    """
    policies.check_administrar_numeracion(actor)
    actual = Delegacion.objects.select_for_update().get(pk=delegacion.pk)
    if actual.hasta == hasta:
        return actual
    if hasta < max(actual.desde, hoy_en_lima(ahora)):
        raise EntradaInvalida(
            "Ponga hoy o un día que todavía no llega: lo que ya se firmó por delegación vale.", campo="hasta"
        )
    actual.hasta = hasta
    actual.save(update_fields=["hasta"])
    emit(DelegacionTerminada(delegacion_id=actual.pk), actor_id=actor.pk, ahora=ahora, objeto=actual.delegado)
    return actual


def _check_puestos(clase: str, delegante: Puesto, delegado: Puesto) -> None:
    """Delega y firma una jefatura; la firma se delega solo hacia abajo.

    :raises EntradaInvalida: si no
    """
    for puesto, campo in ((delegante, "delegante"), (delegado, "delegado")):
        if not puesto.es_jefatura:
            raise EntradaInvalida(f"{puesto} no firma documentos: elija un puesto de jefatura.", campo=campo)
    if delegante == delegado:
        raise EntradaInvalida("Nadie se delega a sí mismo: elija otro puesto.", campo="delegado")
    if clase == Delegacion.Clase.FIRMA and not _depende(delegado.unidad, delegante.unidad):
        raise EntradaInvalida(
            f"La firma se delega en quien depende de uno: {delegado.unidad} no depende de {delegante.unidad}.",
            campo="delegado", norma="Ley 27444, art. 72.1",
        )  # fmt: skip


def _depende(unidad: UnidadOrganica, de: UnidadOrganica) -> bool:
    """Verdadero si ``unidad`` es ``de``, o está debajo de ella en el organigrama."""
    actual: UnidadOrganica | None = unidad
    while actual is not None:
        if actual.pk == de.pk:
            return True
        actual = actual.padre
    return False
