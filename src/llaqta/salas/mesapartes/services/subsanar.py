"""Subsanar: la persona corrige solo lo observado, en el mismo expediente y sin perder su fecha de presentación."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.documentos.services import ArchivoRecibido, Pieza
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.mesapartes import policies, queries
from llaqta.salas.mesapartes.events import ObservacionSubsanada
from llaqta.salas.mesapartes.models import Anexo, ItemObservado, Presentacion
from llaqta.salas.mesapartes.services.archivos import check_cantidad, recibir_admitidos, retener_peligrosos
from llaqta.salas.mesapartes.services.firma_electronica import (
    Acto,
    Declaracion,
    check_declaracion,
    firmar_acto,
)
from llaqta.salas.mesapartes.services.revisar import tomar


def subsanar(
    *,
    actor: Persona,
    presentacion: Presentacion,
    archivos_por_requisito: Mapping[int, Sequence[ArchivoRecibido]],
    ahora: datetime,
    declaracion: Declaracion | None = None,
) -> Presentacion:
    """Agrega al mismo expediente lo que faltaba: se tiene por recibido desde el documento inicial (126.1), y
    el plazo de la entidad empieza a contarse desde hoy (131.1).

    :param archivos_por_requisito: los archivos de cada requisito observado; todos los observados deben traer alguno
    :param declaracion: lo que leyó y aceptó al presentar, y cómo ingresó: con ella, lo firma electrónicamente
    :raises NoEncontrado: si la presentación no es suya
    :raises NoProcede: si no está observada, si ya se subsanó, o si venció el plazo (125.4)
    :raises EntradaInvalida: si falta corregir un requisito, o llega uno que no se observó; no se guarda nada
    """
    with retener_peligrosos(actor=actor, ahora=ahora):
        return _subsanar(actor, presentacion, archivos_por_requisito, ahora, declaracion)


@transaction.atomic
def _subsanar(
    actor: Persona,
    presentacion: Presentacion,
    archivos_por_requisito: Mapping[int, Sequence[ArchivoRecibido]],
    ahora: datetime,
    declaracion: Declaracion | None,
) -> Presentacion:
    tomada = tomar(presentacion)
    observacion = policies.check_subsanar(
        actor, tomada, queries.get_observacion(tomada, para=actor), ahora=ahora
    )
    texto = check_declaracion(declaracion=declaracion, firmante=actor, ahora=ahora)
    items = observacion.items_en_orden
    _check_completa(items, archivos_por_requisito)
    todos = [(archivo, item) for item in items for archivo in archivos_por_requisito[item.requisito_id]]
    check_cantidad([archivo for archivo, _ in todos])
    recibidos = recibir_admitidos(actor=actor, archivos=[archivo for archivo, _ in todos], ahora=ahora)
    guardados = documentos.guardar_varios(
        actor=actor, tipo="ESCRITO", ahora=ahora, origen=Documento.Origen.EXTERNO, autor=tomada.administrado,
        piezas=[
            Pieza(archivo=archivo, asunto=f"Subsanación: {item.requisito.texto}"[:300])
            for archivo, (_, item) in zip(recibidos, todos, strict=True)
        ],
    )  # fmt: skip
    expedientes.subsanar(actor=actor, expediente=tomada.expediente, documentos=guardados, ahora=ahora)
    Anexo.objects.bulk_create(
        Anexo(presentacion=tomada, documento=documento, requisito=item.requisito, de_subsanacion=True)
        for documento, (_, item) in zip(guardados, todos, strict=True)
    )
    ItemObservado.objects.filter(observacion=observacion).update(subsanado=True)
    observacion.subsanada_en = ahora
    observacion.save(update_fields=["subsanada_en"])
    tomada.folios += sum(documento.folios for documento in guardados)
    tomada.save(update_fields=["folios"])
    huella = ""
    if texto is not None and declaracion is not None:
        acto = Acto(
            "subsanar", tomada.expediente.numero, tomada.numero, tomada.asunto, actor, tomada.administrado, guardados
        )  # fmt: skip
        firma = firmar_acto(acto=acto, texto=texto, declaracion=declaracion, ahora=ahora)
        firma.observacion, huella = observacion, firma.huella
        firma.save()
    emit(
        ObservacionSubsanada(
            presentacion_id=tomada.pk, observacion_id=observacion.pk, huella_del_acto=huella
        ),
        actor_id=actor.pk, ahora=ahora, objeto=tomada.expediente,
    )  # fmt: skip
    return tomada


def _check_completa(
    items: Sequence[ItemObservado], archivos: Mapping[int, Sequence[ArchivoRecibido]]
) -> None:
    observados = {item.requisito_id for item in items}
    if set(archivos) - observados:
        raise EntradaInvalida(
            "Ahora solo se corrige lo observado; lo demás ya está recibido y no hace falta enviarlo otra vez."
        )
    for item in items:
        if not archivos.get(item.requisito_id):
            raise EntradaInvalida(
                f"Falta adjuntar lo corregido de «{item.requisito.texto}».",
                campo=f"requisito_{item.requisito_id}",
            )
