"""Ordenar una notificación: qué acto, a quién, dónde y hasta cuándo; y la cédula que se lleva."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima, primer_habil
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.events import emit
from llaqta.cimientos.numbering import next_number
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.notificaciones import impresos, policies, rules
from llaqta.salas.notificaciones.events import DiligenciaOrdenada
from llaqta.salas.notificaciones.models import Diligencia, OrigenDeDireccion
from llaqta.salas.plazos import queries as plazos

_SIGLAS = {
    Diligencia.Modalidad.CEDULA: "CED",
    Diligencia.Modalidad.CORREO: "COR",
    Diligencia.Modalidad.PUBLICACION: "PUB",
}


@dataclass(frozen=True)
class Encargo:
    """Qué se notifica y a quién: lo que el artículo 24.1 manda decir, igual en todas las modalidades."""

    destinatario: Persona
    documento: Documento
    expediente: str
    procedimiento: str
    asunto: str
    autoridad: str
    recursos: str = ""
    agota_la_via: bool = False
    unidad: UnidadOrganica | None = None
    notificar_hasta: date | None = None


@transaction.atomic
def ordenar_cedula(
    *,
    actor: Persona,
    encargo: Encargo,
    direccion: str,
    origen: str,
    referencia: str = "",
    rehace: Diligencia | None = None,
    ahora: datetime,
) -> Diligencia:
    """Encarga llevar la cédula al domicilio de la persona (arts. 20.1.1, 21 y 24.1). Ordenarla dos veces es una.

    :param origen: de dónde sale la dirección, una de ``OrigenDeDireccion``
    :param referencia: cómo llegar, para quien la lleva
    :param rehace: la diligencia defectuosa que esta rehace (art. 26)
    :raises Denegado: si no tramita ni firma expedientes
    :raises EntradaInvalida: si falta la dirección, o no se dice de dónde sale
    :raises NoProcede: si el documento no está firmado o fue anulado
    """
    policies.check_ordenar(actor, encargo.documento)
    if not direccion.strip():
        raise EntradaInvalida(
            "Falta el domicilio: el que la persona señaló o, si no, el de su documento de identidad.",
            campo="direccion",
            norma="Ley 27444, art. 21",
        )
    if origen not in OrigenDeDireccion.values:
        raise EntradaInvalida("Diga de dónde sale esa dirección.", campo="origen")
    if repetida := ya_ordenada(encargo, Diligencia.Modalidad.CEDULA):
        return repetida
    hoy = hoy_en_lima(ahora)
    diligencia = crear(
        encargo, Diligencia.Modalidad.CEDULA, por=actor, ahora=ahora,
        direccion=direccion.strip()[:254], origen_de_direccion=origen, referencia=referencia.strip()[:300],
        visitar_el=primer_habil(hoy, get_calendario()), rehace=rehace,
    )  # fmt: skip
    anunciar(diligencia)
    return diligencia


@transaction.atomic
def sellar_cedula(*, diligencia_id: int, ahora: datetime) -> Documento:
    """Compone y sella la cédula que se lleva, y la une a la diligencia; si ya la tiene, la devuelve.

    :raises NoProcede: si el sello de la entidad no se puede usar
    """
    Diligencia.objects.select_for_update(no_key=True).only("pk").get(pk=diligencia_id)
    diligencia = Diligencia.objects.select_related(
        "destinatario", "documento__archivo", "documento__tipo", "cedula__archivo", "unidad"
    ).get(pk=diligencia_id)
    if diligencia.cedula is None:
        cvd = documentos.nuevo_cvd(hoy_en_lima(ahora), anios=documentos.ANIOS_DE_CONSTANCIA)
        diligencia.cedula = documentos.guardar_sellado(
            pdf=impresos.cedula(diligencia, cvd=cvd, ahora=ahora),
            motivo="Cédula de notificación",
            tipo="CEDULA_DE_NOTIFICACION",
            asunto=f"Cédula de notificación {diligencia.codigo}",
            nombre=f"cedula-{diligencia.codigo}.pdf",
            cvd=cvd,
            ahora=ahora,
            unidades=[diligencia.unidad] if diligencia.unidad else [],
        )
        diligencia.save(update_fields=["cedula"])
    return diligencia.cedula


def ya_ordenada(encargo: Encargo, modalidad: str) -> Diligencia | None:
    """La diligencia viva del mismo acto a la misma persona por el mismo medio: dos clics son una sola orden.

    Se bloquea el documento para que el segundo clic espere al primero en vez de chocar con él.
    """
    Documento.objects.select_for_update(no_key=True).only("pk").get(pk=encargo.documento.pk)
    return (
        Diligencia.objects.vivas()
        .filter(documento=encargo.documento, destinatario=encargo.destinatario, modalidad=modalidad)
        .first()
    )


def crear(encargo: Encargo, modalidad: str, *, por: Persona, ahora: datetime, **datos: Any) -> Diligencia:
    """Escribe la diligencia con lo que el encargo dice, su número y hasta cuándo se notifica (art. 24.1)."""
    hoy, calendario = hoy_en_lima(ahora), get_calendario()
    limite = encargo.notificar_hasta or rules.limite_para_notificar(
        encargo.documento.fechado_el,
        plazos.get_entero("NOTIFICAR", al=encargo.documento.fechado_el),
        calendario,
    )
    sigla = _SIGLAS[Diligencia.Modalidad(modalidad)]
    return Diligencia.objects.create(
        codigo=f"{sigla}-{hoy.year}-{next_number(f'notificaciones.{sigla}', hoy.year):06d}",
        modalidad=modalidad,
        destinatario=encargo.destinatario,
        documento=encargo.documento,
        unidad=encargo.unidad,
        expediente=encargo.expediente,
        procedimiento=encargo.procedimiento[:300],
        asunto=encargo.asunto[:300],
        autoridad=encargo.autoridad[:200],
        recursos=encargo.recursos,
        agota_la_via=encargo.agota_la_via,
        emitido_el=encargo.documento.fechado_el,
        notificar_hasta=limite,
        ordenada_en=ahora,
        ordenada_por=por,
        calendario=calendario.version,
        **datos,
    )


def anunciar(diligencia: Diligencia) -> None:
    """Dice que se ordenó, quién y cuándo."""
    emit(
        DiligenciaOrdenada(diligencia_id=diligencia.pk),
        actor_id=diligencia.ordenada_por_id,
        ahora=diligencia.ordenada_en,
        objeto=diligencia,
    )
