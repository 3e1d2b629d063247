"""Guardar documentos con sus metadatos, darles versiones, código de verificación y acceso, y anularlos."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos import policies, rules
from llaqta.salas.documentos.events import CvdAsignado, DocumentoAnulado, DocumentoGuardado, VersionAgregada
from llaqta.salas.documentos.models import Acceso, Archivo, Documento, TipoDocumento, VersionAnterior
from llaqta.salas.documentos.services.pedir_conservacion import pedir_conservacion


@dataclass(frozen=True)
class Pieza:
    """Un archivo ya recibido que va a ser un documento: el escrito principal o uno de sus anexos."""

    archivo: Archivo
    asunto: str
    tipo: str = ""
    metadatos: Mapping[str, Any] = field(default_factory=dict)


def guardar(
    *, actor: Persona | None, tipo: str, asunto: str, archivo: Archivo, ahora: datetime, **datos: Any
) -> Documento:
    """Guarda un documento. Los demás datos son los de ``guardar_varios``.

    :raises NoProcede: si el archivo está en cuarentena o el tipo no existe
    """
    return guardar_varios(actor=actor, tipo=tipo, piezas=[Pieza(archivo, asunto)], ahora=ahora, **datos)[0]


@transaction.atomic
def guardar_varios(
    *,
    actor: Persona | None,
    tipo: str,
    piezas: Sequence[Pieza],
    ahora: datetime,
    origen: str = Documento.Origen.EXTERNO,
    autor: Persona | None = None,
    unidad: UnidadOrganica | None = None,
    numero: str = "",
    fechado_el: date | None = None,
    confidencialidad: str = Documento.Confidencialidad.PARTES,
    base_legal_reserva: str = "",
    medio: str = Documento.Medio.ELECTRONICO,
    serie_documental: str = "",
    cvd: rules.Cvd | None = None,
    firmado: bool = False,
    personas: Iterable[Persona] = (),
    unidades: Iterable[UnidadOrganica] = (),
    metadatos: Mapping[str, Any] | None = None,
) -> list[Documento]:
    """Guarda uno o varios documentos con los metadatos del DS 029-2021-PCM, art. 49.3, y abre su acceso.

    :param actor: quien lo hace; ``None`` si es el sistema
    :param tipo: código del tipo de documento, salvo que la pieza diga otro
    :param autor: de quién es; por omisión, ``actor`` si lo presenta un administrado
    :param numero: solo con una pieza; un número se da una vez
    :param cvd: el código reservado con ``nuevo_cvd`` que ya está impreso en el archivo; solo con una pieza
    :param personas: además del autor, quién puede verlo; ``unidades``, qué unidades lo tramitan
    :raises EntradaInvalida: si falta el asunto
    :raises NoProcede: si un archivo está en cuarentena o el tipo no existe
    """
    for pieza in piezas:
        policies.check_admitido(pieza.archivo)
        if not pieza.asunto.strip():
            raise EntradaInvalida("Escriba el asunto del documento.", campo="asunto")
    tipos = _tipos({tipo, *(pieza.tipo for pieza in piezas if pieza.tipo)})
    externo = origen == Documento.Origen.EXTERNO
    documentos = Documento.objects.bulk_create(
        Documento(
            tipo=tipos[pieza.tipo or tipo],
            origen=origen,
            numero=numero,
            asunto=pieza.asunto.strip()[:300],
            autor=autor or (actor if externo else None),
            unidad=unidad,
            fechado_el=fechado_el or hoy_en_lima(ahora),
            registrado_en=ahora,
            archivo=pieza.archivo,
            folios=pieza.archivo.folios,
            confidencialidad=confidencialidad,
            base_legal_reserva=base_legal_reserva,
            medio=medio,
            serie_documental=serie_documental,
            cvd=cvd.codigo if cvd else None,
            verificable_desde=cvd.desde if cvd else None,
            verificable_hasta=cvd.hasta if cvd else None,
            firmado=firmado,
            metadatos={**(metadatos or {}), **pieza.metadatos},
        )
        for pieza in piezas
    )
    _abrir_acceso(documentos, personas, unidades)
    pedir_conservacion(documentos, ahora=ahora)
    for documento in documentos:
        emit(
            DocumentoGuardado(
                documento_id=documento.pk,
                archivo_id=documento.archivo_id,
                huella=documento.archivo.sha256,
                tamano=documento.archivo.bytes,
            ),
            actor_id=actor.pk if actor else None,
            ahora=ahora,
            objeto=documento,
        )
    return documentos


@transaction.atomic
def dar_acceso(
    *,
    documentos: Sequence[Documento],
    personas: Iterable[Persona] = (),
    unidades: Iterable[UnidadOrganica] = (),
) -> None:
    """Abre documentos a personas y unidades, según decide la sala que llama; darlo dos veces es darlo una."""
    _abrir_acceso(documentos, personas, unidades)


@transaction.atomic
def agregar_version(
    *,
    actor: Persona | None,
    documento: Documento,
    archivo: Archivo,
    motivo: str,
    ahora: datetime,
    firmado: bool | None = None,
    conservar: bool = True,
) -> Documento:
    """Da al documento un archivo nuevo (por ejemplo, el mismo ya firmado) y conserva el anterior.

    :param firmado: si cambia; ``None`` lo deja como estaba
    :param conservar: falso si lo nuevo es precisamente su sello de tiempo
    :raises NoProcede: si el documento fue anulado o el archivo está en cuarentena
    """
    actual = Documento.objects.select_for_update().get(pk=documento.pk)
    policies.check_vigente(actual)
    policies.check_admitido(archivo)
    if actual.archivo_id == archivo.pk:
        return actual
    VersionAnterior.objects.create(
        documento=actual,
        version=actual.version,
        archivo_id=actual.archivo_id,
        reemplazada_en=ahora,
        motivo=motivo[:200],
    )
    actual.archivo, actual.folios, actual.version = archivo, archivo.folios, actual.version + 1
    if firmado is not None:
        actual.firmado = firmado
    actual.save(update_fields=["archivo", "folios", "version", "firmado"])
    if conservar:
        pedir_conservacion([actual], ahora=ahora)
    emit(
        VersionAgregada(
            documento_id=actual.pk,
            archivo_id=archivo.pk,
            version=actual.version,
            huella=archivo.sha256,
            tamano=archivo.bytes,
        ),
        actor_id=actor.pk if actor else None,
        ahora=ahora,
        objeto=actual,
    )
    return actual


@transaction.atomic
def asignar_cvd(*, actor: Persona | None, documento: Documento, cvd: rules.Cvd, ahora: datetime) -> Documento:
    """Da un código de verificación a un documento que aún no lo tiene (Directiva 002-2021-PCM/SGTD).

    :raises NoProcede: si fue anulado o ya tiene otro: el que está impreso no cambia
    """
    actual = Documento.objects.select_for_update().get(pk=documento.pk)
    policies.check_vigente(actual)
    if actual.cvd == cvd.codigo:
        return actual
    if actual.cvd:
        raise NoProcede(f"El documento «{actual}» ya tiene código de verificación.")
    actual.cvd, actual.verificable_desde, actual.verificable_hasta = cvd.codigo, cvd.desde, cvd.hasta
    actual.save(update_fields=["cvd", "verificable_desde", "verificable_hasta"])
    emit(
        CvdAsignado(documento_id=actual.pk), actor_id=actor.pk if actor else None, ahora=ahora, objeto=actual
    )
    return actual


@transaction.atomic
def anular(*, actor: Persona, documento: Documento, motivo: str, ahora: datetime) -> Documento:
    """Anula un documento: se conserva, con su número y la razón, y deja de valer.

    Si corresponde anularlo lo decide la política de la sala que llama.

    :raises EntradaInvalida: si no se dice por qué
    """
    if not motivo.strip():
        raise EntradaInvalida("Escriba por qué se anula el documento.", campo="motivo")
    actual = Documento.objects.select_for_update().get(pk=documento.pk)
    if actual.anulado_en is not None:
        return actual
    actual.anulado_en, actual.motivo_anulacion = ahora, motivo.strip()[:200]
    actual.save(update_fields=["anulado_en", "motivo_anulacion"])
    emit(DocumentoAnulado(documento_id=actual.pk), actor_id=actor.pk, ahora=ahora, objeto=actual)
    return actual


def _abrir_acceso(
    documentos: Sequence[Documento], personas: Iterable[Persona], unidades: Iterable[UnidadOrganica]
) -> None:
    de_quienes, de_que_unidades = set(personas), set(unidades)
    accesos = [
        *(Acceso(documento=documento, persona=persona) for documento in documentos for persona in de_quienes),
        *(
            Acceso(documento=documento, unidad=unidad)
            for documento in documentos
            for unidad in de_que_unidades
        ),
    ]
    if accesos:
        Acceso.objects.bulk_create(accesos, ignore_conflicts=True)


def _tipos(codigos: set[str]) -> dict[str, TipoDocumento]:
    """Los tipos por su código, en una consulta.

    :raises NoProcede: si alguno no existe en la instalación
    """
    tipos = {tipo.codigo: tipo for tipo in TipoDocumento.objects.filter(codigo__in=codigos)}
    if faltan := codigos - tipos.keys():
        raise NoProcede(f"La municipalidad no tiene registrado el tipo de documento «{sorted(faltan)[0]}».")
    return tipos
