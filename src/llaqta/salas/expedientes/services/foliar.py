"""Incorporar documentos: con su orden y sus folios, y abiertos a quienes corresponde (arts. 29-B, 152 y 160)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos import services as documentos_sala
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes.events import DocumentosIncorporados
from llaqta.salas.expedientes.models import Expediente, Incorporado, Movimiento
from llaqta.salas.expedientes.services.acto import tomar


@transaction.atomic
def incorporar(
    *,
    actor: Persona | None,
    expediente: Expediente,
    documentos: Sequence[Documento],
    ahora: datetime,
    visible: bool = True,
) -> list[Incorporado]:
    """Agrega documentos al final del expediente, con los folios que siguen.

    Lo llaman las salas de arriba y el sistema dentro de sus propios actos; ahí se decidió quién puede.

    :param visible: si el administrado los ve desde ya
    :raises NoEncontrado: si el expediente no existe
    """
    tomado = tomar(expediente, version=None)
    puestos = foliar(tomado, documentos, por=actor, ahora=ahora, visible=visible)
    if puestos:
        tomado.save(update_fields=["folios"])
        emit(
            DocumentosIncorporados(expediente_id=tomado.pk, documentos=[i.documento_id for i in puestos]),
            actor_id=actor.pk if actor else None,
            ahora=ahora,
            objeto=tomado,
        )
    expediente.folios = tomado.folios
    return puestos


def foliar(
    expediente: Expediente,
    documentos: Sequence[Documento],
    *,
    por: Persona | None,
    ahora: datetime,
    visible: bool = True,
    primero: bool = False,
) -> list[Incorporado]:
    """Pone orden y folios a los documentos de un expediente ya tomado y les da acceso; quien llama guarda ``folios``.

    Un documento que ya está en el expediente no se pone otra vez.

    :param primero: el expediente acaba de nacer y no tiene documentos
    """
    ya = set() if primero else set(expediente.incorporados.values_list("documento_id", flat=True))
    nuevos = [documento for documento in documentos if documento.pk not in ya]
    orden, folio, filas = len(ya), expediente.folios, []
    for documento in nuevos:
        orden += 1
        filas.append(
            Incorporado(
                expediente=expediente,
                documento=documento,
                orden=orden,
                folio_desde=folio + 1,
                folio_hasta=folio + documento.folios,
                incorporado_en=ahora,
                incorporado_por=por,
                visible_para_administrado=visible,
            )
        )
        folio += documento.folios
    Incorporado.objects.bulk_create(filas)
    expediente.folios = folio
    if nuevos:
        abrir_a(
            expediente,
            nuevos,
            a_las_partes=visible,
            unidades=None if not primero else [expediente.unidad_responsable],
        )
    return filas


def abrir_a(
    expediente: Expediente,
    documentos: Sequence[Documento],
    *,
    a_las_partes: bool,
    unidades: Sequence[UnidadOrganica] | None = None,
) -> None:
    """Da acceso a los documentos: a las partes del procedimiento y a las unidades.

    :param unidades: ``None``: todas por las que pasó el expediente, y la que lo tiene
    """
    if unidades is None:
        pasaron = Movimiento.objects.filter(expediente=expediente).values("para_unidad")
        unidades = list(UnidadOrganica.objects.filter(pk__in=pasaron))
        if expediente.unidad_responsable not in unidades:
            unidades = [*unidades, expediente.unidad_responsable]
    partes = (
        [p for p in (expediente.administrado, expediente.representante) if p is not None]
        if a_las_partes
        else []
    )
    documentos_sala.dar_acceso(documentos=list(documentos), personas=partes, unidades=list(unidades))


def abrir_todo_a(expediente: Expediente, unidades: Sequence[UnidadOrganica]) -> None:
    """Da acceso a todos los documentos del expediente a las unidades que van a trabajar en él."""
    todos = list(Documento.objects.filter(incorporado__expediente=expediente))
    if todos and unidades:
        documentos_sala.dar_acceso(documentos=todos, personas=[], unidades=list(unidades))
