"""El escrito a medio hacer: se guarda a cada paso y sus archivos se reciben en cuanto llegan.

Así una sesión vencida, una señal que se corta o un teléfono que se apaga no hacen perder nada: al volver, está
todo. Hay un solo borrador por persona y trámite, de modo que nadie abre dos sin querer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet

from llaqta.cimientos import storage
from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import policies as documentos_policies
from llaqta.salas.documentos import queries as documentos_queries
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Archivo
from llaqta.salas.documentos.services import ArchivoRecibido
from llaqta.salas.mesapartes import policies, queries
from llaqta.salas.mesapartes.models import AdjuntoDeBorrador, Borrador
from llaqta.salas.mesapartes.services.archivos import check_cantidad
from llaqta.salas.tramites import queries as tramites
from llaqta.salas.tramites.models import VersionProcedimiento


@transaction.atomic
def guardar_paso(
    *, actor: Persona, tramite: str, paso: str, datos: Mapping[str, Any], ahora: datetime
) -> Borrador:
    """Guarda lo escrito en un paso, esté completo o no; lo de los demás pasos no se toca. Abre el borrador si
    no lo había.

    :param tramite: código del procedimiento en el TUPA
    :param datos: valores que caben en JSON
    :raises TramiteNoVigente: si el trámite no está en el TUPA que rige hoy
    """
    borrador = _tomar(actor, tramite, ahora)
    borrador.datos = {**borrador.datos, paso: dict(datos)}
    borrador.cambiado_en = ahora
    borrador.save(update_fields=["datos", "cambiado_en"])
    return borrador


@dataclass(frozen=True)
class Recepcion:
    """Qué pasó con los archivos de un envío: los que quedaron y, por requisito, por qué no los demás."""

    recibidos: list[AdjuntoDeBorrador] = field(default_factory=list)
    errores: dict[int | None, list[str]] = field(default_factory=dict)


def guardar_adjuntos(
    *,
    actor: Persona,
    tramite: str,
    nuevos: Mapping[int | None, Sequence[ArchivoRecibido]],
    ahora: datetime,
    reutilizados: Collection[tuple[int | None, int]] = (),
    quitados: Collection[int] = (),
) -> Recepcion:
    """Recibe archivos para los requisitos de un borrador, cada uno por su cuenta: uno malo no hace perder los buenos.

    :param nuevos: los archivos de cada requisito; ``None``: «otros documentos»
    :param reutilizados: pares de requisito y documento que la persona ya entregó: no se le pide otra vez (art. 40)
    :param quitados: adjuntos que la persona retira; quitarlo dos veces no hace nada
    :raises TramiteNoVigente: si el trámite no está en el TUPA que rige hoy
    """
    recepcion = Recepcion()
    pedidos = [(destino, archivo) for destino, archivos in nuevos.items() for archivo in archivos]
    with transaction.atomic():
        borrador = _tomar(actor, tramite, ahora)
        _soltar(AdjuntoDeBorrador.objects.filter(pk__in=quitados, borrador=borrador))
        Borrador.objects.filter(pk=borrador.pk).update(cambiado_en=ahora)
    pedidos += [(destino, _copia(documento_id, para=actor)) for destino, documento_id in reutilizados]
    for destino, archivo in pedidos:
        try:
            recepcion.recibidos.append(_adjuntar(actor, tramite, destino, archivo, ahora))
        except EntradaInvalida as error:
            recepcion.errores.setdefault(destino, []).append(error.frase)
    return recepcion


@transaction.atomic
def descartar_borrador(*, actor: Persona, tramite: str) -> None:
    """Borra un borrador con todo lo que tenía: la persona lo pidió. Borrarlo dos veces no hace nada."""
    suyos = Borrador.objects.filter(persona=actor, version_tramite__procedimiento__codigo=tramite)
    _soltar(AdjuntoDeBorrador.objects.filter(borrador__in=suyos))
    suyos.delete()


def _soltar(adjuntos: QuerySet[AdjuntoDeBorrador]) -> None:
    """Quita adjuntos y olvida sus archivos: nada queda guardado para siempre sin dueño."""
    archivos = list(adjuntos.values_list("archivo_id", flat=True))
    adjuntos.delete()
    documentos.descartar_archivos(archivos=archivos)


def _adjuntar(
    actor: Persona, tramite: str, requisito_id: int | None, archivo: ArchivoRecibido, ahora: datetime
) -> AdjuntoDeBorrador:
    """Recibe uno; si trae algo peligroso queda retenido y no se adjunta.

    :raises EntradaInvalida: si no se puede recibir
    """
    with transaction.atomic():
        borrador = _tomar(actor, tramite, ahora)
        requisito = queries.get_requisito(requisito_id, para=actor, version=borrador.version_tramite)
        check_cantidad([archivo], ya_recibidos=queries.get_archivos_del_borrador(borrador, para=actor))
        [recibido] = documentos.recibir_archivos(actor=actor, archivos=[archivo], ahora=ahora)
        if recibido.estado == Archivo.Estado.ADMITIDO:
            return AdjuntoDeBorrador.objects.create(borrador=borrador, requisito=requisito, archivo=recibido)
    raise EntradaInvalida(documentos_policies.frase_de_cuarentena(recibido), campo="archivos")


def _copia(documento_id: int, *, para: Persona) -> ArchivoRecibido:
    """:raises NoEncontrado: si el documento no es suyo"""
    original = documentos_queries.get_documento(documento_id, para=para).archivo
    with storage.abrir(original.sha256) as flujo:
        return ArchivoRecibido(nombre=original.nombre, flujo=BytesIO(flujo.read()))


def _tomar(actor: Persona, tramite: str, ahora: datetime) -> Borrador:
    """El borrador de ese trámite, nuevo o el que había, bloqueado y en la versión del TUPA que rige hoy."""
    version = tramites.get_vigente(tramite, para=actor, al=hoy_en_lima(ahora))
    Borrador.objects.get_or_create(
        persona=actor,
        version_tramite=_version_del_que_habia(actor, tramite) or version,
        defaults={"datos": {}, "envio": uuid4(), "creado_en": ahora, "cambiado_en": ahora},
    )
    bloqueados = Borrador.objects.select_for_update(of=("self",)).select_related("version_tramite")
    borrador = policies.check_borrador(
        actor, bloqueados.filter(persona=actor, version_tramite__procedimiento__codigo=tramite).first()
    )
    if borrador.version_tramite_id != version.pk:
        _pasar_a(borrador, version)
    return borrador


def _version_del_que_habia(actor: Persona, tramite: str) -> VersionProcedimiento | None:
    habia = queries.get_borrador(tramite, para=actor)
    return habia.version_tramite if habia else None


def _pasar_a(borrador: Borrador, version: VersionProcedimiento) -> None:
    """El TUPA cambió mientras escribía: lo adjuntado pasa a «otros documentos», y la persona lo ubica."""
    borrador.adjuntos.update(requisito=None)
    borrador.version_tramite = version
    borrador.save(update_fields=["version_tramite"])
