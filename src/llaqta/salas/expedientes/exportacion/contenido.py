"""Qué va en el paquete de un expediente según quien lo pide, y qué no va y por qué: nunca se calla."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from llaqta.salas.casilla.models import Constancia, Notificacion
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Archivo, Documento
from llaqta.salas.expedientes import policies, queries
from llaqta.salas.expedientes.models import Desglose, Expediente, Incorporado, Movimiento
from llaqta.salas.notificaciones.models import Diligencia

NO_SE_LE_ABRIO = "Todavía no se le abrió a las partes."
RESERVADO = "Es reservado y quien pide el paquete no tiene permiso para verlo: {base}."
RETENIDO = "Está retenido por seguridad y no se entrega: {motivo}."
SIN_BASE = "Ley 27806, arts. 15 a 17"


@dataclass(frozen=True)
class Incluido:
    """Un documento que va, y con qué nombre."""

    fila: Incorporado
    nombre: str
    desglose: Desglose | None = None

    @property
    def documento(self) -> Documento:
        """El documento."""
        return self.fila.documento

    @property
    def sin_extension(self) -> str:
        """El nombre con que van su informe y su prueba."""
        return self.nombre.rsplit(".", 1)[0]


@dataclass(frozen=True)
class Excluido:
    """Un documento que no va: su lugar en el expediente, y por qué."""

    fila: Incorporado
    motivo: str


@dataclass(frozen=True)
class Contenido:
    """Todo lo que el paquete dice del expediente."""

    expediente: Expediente
    interno: bool
    incluidos: Sequence[Incluido]
    excluidos: Sequence[Excluido]
    agregados: Sequence[queries.Agregado]
    historia: Sequence[queries.Hito]
    movimientos: Sequence[Movimiento]
    notificaciones: Sequence[Notificacion]
    diligencias: Sequence[Diligencia]
    constancias: Sequence[Constancia]


def reunir(expediente: Expediente, *, para: Persona | None, ahora: datetime) -> Contenido:
    """Lo que va en el paquete de ``para``; ``None`` es el sistema, que lleva todo lo que no está retenido.

    El administrado lleva lo que ya se le abrió; la unidad y quien controla, todo, salvo lo reservado que no pueden ver.
    """
    interno = para is None or policies.es_de_la_entidad(expediente, para)
    filas = list(
        expediente.incorporados.select_related(
            "documento__tipo", "documento__archivo", "documento__unidad", "documento__autor"
        ).order_by("orden")
    )
    visibles = {
        fila.pk for fila in (filas if para is None else queries.get_documentos(expediente, para=para))
    }
    legibles = set(
        Documento.objects.filter(pk__in=[fila.documento_id for fila in filas]).values_list("pk", flat=True)
        if para is None
        else Documento.objects.visible_to(para)
        .filter(pk__in=[fila.documento_id for fila in filas])
        .values_list("pk", flat=True)
    )
    desgloses = {
        desglose.incorporado_id: desglose
        for desglose in Desglose.objects.filter(incorporado__expediente=expediente).select_related(
            "entregado_a"
        )
    }
    incluidos, excluidos = [], []
    for fila in filas:
        if motivo := _por_que_no(fila, visibles, legibles):
            excluidos.append(Excluido(fila, motivo))
        else:
            incluidos.append(Incluido(fila, _nombre(fila), desgloses.get(fila.pk)))
    notificaciones = Notificacion.objects.filter(expediente=expediente.numero).order_by("pk")
    diligencias = Diligencia.objects.filter(expediente=expediente.numero).order_by("pk")
    constancias = Constancia.objects.exclude(documento__in=[fila.documento_id for fila in filas])
    if not interno and para is not None:  # a cada parte, lo que se le notificó a ella
        partes = [expediente.administrado_id, expediente.representante_id, para.pk]
        notificaciones = notificaciones.filter(destinatario__in=partes)
        diligencias = diligencias.filter(destinatario__in=partes)
    return Contenido(
        expediente=expediente,
        interno=interno,
        incluidos=incluidos,
        excluidos=excluidos,
        agregados=queries.get_agregados(expediente, para=para),
        historia=queries.get_historia(expediente, para=para if interno else None),
        movimientos=_movimientos(expediente) if interno else [],
        notificaciones=list(notificaciones.select_related("documento")),
        diligencias=list(diligencias.select_related("documento")),
        constancias=list(
            constancias.filter(notificacion__in=notificaciones)
            .select_related("documento__archivo", "notificacion")
            .order_by("pk")
        ),
    )


def _movimientos(expediente: Expediente) -> list[Movimiento]:
    return list(expediente.movimientos.select_related("de_unidad", "para_unidad").order_by("orden"))


def _por_que_no(fila: Incorporado, visibles: set[int], legibles: set[int]) -> str:
    documento = fila.documento
    if documento.archivo.estado != Archivo.Estado.ADMITIDO:
        return RETENIDO.format(motivo=documento.archivo.motivo)
    if fila.pk not in visibles:
        return NO_SE_LE_ABRIO
    if documento.pk not in legibles:
        if documento.confidencialidad in (
            Documento.Confidencialidad.PUBLICO,
            Documento.Confidencialidad.PARTES,
        ):
            return NO_SE_LE_ABRIO
        return RESERVADO.format(base=documento.base_legal_reserva or SIN_BASE)
    return ""


def _nombre(fila: Incorporado) -> str:
    """``0001-0012-resolucion-subgerencial.pdf``: los folios lo hacen único y lo ordenan."""
    documento = fila.documento
    llano = en_nombre(documento.numero or documento.tipo.nombre)
    extension = en_nombre(PurePosixPath(documento.archivo.nombre).suffix.lstrip("."))[:5] or "bin"
    return f"{fila.folio_desde:04d}-{fila.folio_hasta:04d}-{llano}.{extension}"


def en_nombre(texto: str) -> str:
    """Un texto como nombre de archivo que abre en cualquier sistema: letras, números y guiones."""
    llano = unicodedata.normalize("NFKD", texto).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", llano).strip("-")[:60].strip("-") or "documento"
