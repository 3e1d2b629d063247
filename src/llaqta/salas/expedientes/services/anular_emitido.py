"""Anular un documento ya emitido: conserva su número y la razón, y el expediente espera el que lo reemplace."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes.events import EmisionAnulada
from llaqta.salas.expedientes.models import EfectoDeActo, Estado, NotificacionDelExpediente, Proyecto
from llaqta.salas.expedientes.services.acto import pasar, pasar_proyecto, tomar_proyecto


@transaction.atomic
def anular_emitido(
    *, actor: Persona, proyecto: Proyecto, motivo: str, version: int | None = None, ahora: datetime
) -> Documento:
    """Anula el documento de un proyecto firmado que todavía no se notificó; su lugar y sus folios se conservan.

    Si era la decisión, el expediente vuelve a estar por resolver y su plazo es el mismo. Repetirlo no hace nada.

    :raises Denegado: si hoy no dirige la unidad que lo emitió
    :raises NoProcede: si no está firmado, si ya se notificó (entonces corresponde la nulidad de oficio), o si el
        expediente está en el archivo
    :raises EntradaInvalida: si no se dice por qué
    """
    tomado = tomar_proyecto(proyecto, version=version)
    if tomado.documento is None:
        raise NoProcede("Este proyecto no está firmado: no tiene número que anular.")
    if tomado.estado == Proyecto.Estado.ANULADO:
        return tomado.documento
    _check_anular(tomado, tomado.documento)
    anulado = documentos.anular_numero(actor=actor, documento=tomado.documento, motivo=motivo, ahora=ahora)
    tomado.cambiado_en = ahora
    pasar_proyecto(tomado, "anular", guardar=("cambiado_en",))
    expediente = tomado.expediente
    if tomado.pone_fin:
        pasar(expediente, "anular_decision", _hacia(tomado))
    else:
        expediente.version += 1
        expediente.save(update_fields=["version"])
    emit(
        EmisionAnulada(expediente_id=expediente.pk, documento_id=anulado.pk),
        actor_id=actor.pk, ahora=ahora, objeto=expediente,
    )  # fmt: skip
    return anulado


def _check_anular(proyecto: Proyecto, documento: Documento) -> None:
    if proyecto.expediente.estado == Estado.ARCHIVADO:
        raise NoProcede("El expediente está en el archivo.", norma="Ley 27444, art. 150")
    if NotificacionDelExpediente.objects.del_documento(documento).exists():
        raise NoProcede(
            "Este documento ya se notificó: anular su número no lo deja sin efecto. Si es inválido, corresponde la "
            "nulidad de oficio; si tiene un error material, su rectificación.",
            norma="Ley 27444, arts. 201 y 202",
        )


def _hacia(proyecto: Proyecto) -> str:
    """Adónde vuelve el expediente: al momento en que se decidía lo que la decisión resolvió."""
    if proyecto.efecto == EfectoDeActo.NULIDAD:
        return Estado.EN_NULIDAD
    return Estado.EN_TRAMITE if proyecto.expediente.decide_lo_pedido else Estado.IMPUGNADO
