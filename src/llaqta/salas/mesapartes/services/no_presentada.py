"""Lo que nadie corrigió a tiempo: se tiene por no presentado, y se ordena devolver documentos y pago (art. 125.4)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from llaqta.cimientos.calendario import fecha_en_palabras
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.events import Evento, emit, emit_varios
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.mesapartes import policies, rules
from llaqta.salas.mesapartes.events import DevolucionHecha, DevolucionOrdenada
from llaqta.salas.mesapartes.models import OrdenDeDevolucion, Presentacion

ACTO = "NO_PRESENTADA"


def declarar_no_presentadas(*, ahora: datetime, lote: int = 1000) -> int:
    """Tiene por no presentado lo observado o emplazado que nadie corrigió, y ordena devolver lo que se pagó.

    El estado y la orden van en la misma transacción, lote por lote; repetirlo no hace nada.

    :returns: cuántas solicitudes
    """
    total = 0
    while ids := _declarar_lote(ahora, lote):
        total += len(ids)
    return total


@transaction.atomic
def _declarar_lote(ahora: datetime, lote: int) -> list[int]:
    ids = expedientes.declarar_no_presentados(ahora=ahora, lote=lote)
    pagadas = list(
        Presentacion.objects.filter(expediente__in=ids)
        .exclude(pago_numero="")
        .select_related("expediente__version_tramite", "expediente__modalidad")
        .order_by("pk")
    )
    ordenes = OrdenDeDevolucion.objects.bulk_create([_orden(pagada, ahora) for pagada in pagadas])
    anuncios: list[tuple[Evento, Expediente]] = [
        (DevolucionOrdenada(orden_id=orden.pk), orden.presentacion.expediente) for orden in ordenes
    ]
    emit_varios(anuncios, actor_id=None, ahora=ahora)
    return ids


def _orden(presentacion: Presentacion, ahora: datetime) -> OrdenDeDevolucion:
    expediente = presentacion.expediente
    return OrdenDeDevolucion(
        presentacion=presentacion,
        monto=expediente.version_tramite.condiciones(expediente.modalidad).monto,
        comprobante=presentacion.pago_numero,
        comprobante_fecha=presentacion.pago_fecha,
        ordenada_en=ahora,
    )


@transaction.atomic
def marcar_devuelta(
    *, actor: Persona, orden: OrdenDeDevolucion, nota: str, ahora: datetime
) -> OrdenDeDevolucion:
    """Anota que el dinero se devolvió y qué más se entregó; anotarlo dos veces es anotarlo una.

    :param nota: cómo se devolvió y qué documentos se entregaron
    :raises Denegado: si no es de la mesa de partes ni de tesorería
    :raises EntradaInvalida: si no dice cómo se devolvió
    """
    policies.check_devolver(actor)
    tomada = OrdenDeDevolucion.objects.select_for_update(of=("self",)).select_related("presentacion__expediente").get(
        pk=orden.pk
    )  # fmt: skip
    if tomada.estado == OrdenDeDevolucion.Estado.DEVUELTA:
        return tomada
    if not nota.strip():
        raise EntradaInvalida(
            "Diga cómo se devolvió el dinero y qué documentos se entregaron.",
            campo="nota",
            norma=rules.ART_NO_SUBSANADO,
        )
    tomada.estado, tomada.nota = OrdenDeDevolucion.Estado.DEVUELTA, nota.strip()
    tomada.devuelta_en, tomada.devuelta_por = ahora, actor
    tomada.save(update_fields=["estado", "nota", "devuelta_en", "devuelta_por"])
    emit(
        DevolucionHecha(orden_id=tomada.pk),
        actor_id=actor.pk,
        ahora=ahora,
        objeto=tomada.presentacion.expediente,
    )
    return tomada


@transaction.atomic
def sellar_no_presentada(*, expediente_id: int, ahora: datetime) -> Documento | None:
    """Compone y sella la constancia de que la solicitud se tiene por no presentada, y qué puede recoger la persona.

    Si ya la tiene, la devuelve; ``None`` si el expediente no entró por la mesa de partes.
    """
    presentacion = (
        Presentacion.objects.select_related("expediente__administrado", "expediente__version_tramite")
        .filter(expediente=expediente_id)
        .first()
    )
    if presentacion is None:
        return None
    expediente = presentacion.expediente
    Expediente.objects.select_for_update(no_key=True).get(pk=expediente.pk)
    ya = Documento.objects.filter(incorporado__expediente=expediente, metadatos__acto=ACTO).first()
    if ya is not None:
        return ya
    assert expediente.corregir_hasta is not None
    documento = expedientes.sellar(
        expediente,
        encabezado="CONSTANCIA DE SOLICITUD NO PRESENTADA",
        texto=f"Se pidió corregir la solicitud hasta el {fecha_en_palabras(expediente.corregir_hasta)}, 23:59:59, y no "
        "se corrigió. Por eso se tiene por no presentada (Ley 27444, art. 125.4). No es una decisión sobre lo que "
        "pidió: puede presentarla de nuevo, completa, cuando quiera.",
        secciones=[{"titulo": "Qué puede recoger", "filas": _que_recoge(presentacion)}],
        nota="Sus documentos se le devuelven cuando los pida en la mesa de partes. Lo que pagó se le reembolsa: basta "
        "su documento de identidad.",
        acto=ACTO,
        ahora=ahora,
    )  # fmt: skip
    expedientes.incorporar(actor=None, expediente=expediente, documentos=[documento], ahora=ahora)
    return documento


def _que_recoge(presentacion: Presentacion) -> list[list[str]]:
    filas = [
        ["Registro N°", presentacion.numero],
        [
            "Documentos",
            f"Los que presentó: {presentacion.folios} {'folio' if presentacion.folios == 1 else 'folios'}",
        ],
    ]
    orden = OrdenDeDevolucion.objects.filter(presentacion=presentacion).first()
    if orden is None:
        filas.append(["Pago", "No declaró ninguno"])
    else:
        filas.append(["Pago", f"S/ {orden.monto:.2f}, comprobante {orden.comprobante}"])
    return filas
