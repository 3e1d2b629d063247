"""Comprobar las firmas digitales de lo que llega: al llegar, cuando alguien lo pide, y otra vez si no se pudo."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from llaqta.cimientos import storage
from llaqta.cimientos.errors import NoEncontrado
from llaqta.cimientos.events import diferir, emit
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import firmas_recibidas, policies
from llaqta.salas.documentos.events import FirmasComprobadas
from llaqta.salas.documentos.models import Archivo, Documento, RevisionDeFirmas
from llaqta.salas.firma import queries as firma

TAREA = "documentos.comprobar_firmas"
POR_VUELTA = 200
Veredicto = RevisionDeFirmas.Veredicto


def comprobar_firmas(*, archivo_id: int, ahora: datetime) -> RevisionDeFirmas | None:
    """Comprueba las firmas de un archivo que llegó de fuera y guarda el resultado; ``None`` si no le corresponde.

    Se juzga a la fecha en que lo recibimos: consta que ya existía, y un certificado que vence después no lo invalida.
    Comprobar puede durar y consultar la red: se hace fuera de toda transacción, y solo escribir va en una. Dos veces
    es lo mismo que una: el resultado se reemplaza y el suceso solo se anuncia si el veredicto cambió.
    """
    documento = _de_fuera(archivo_id)
    if documento is None:
        return None
    archivo = documento.archivo
    # Lo que llegó ya pasó por la inspección: sus objetos y flujos tienen un tamaño que se puede leer aquí. Se pregunta
    # por la red, con la guarda de la firma: el trabajador puede esperar, y quien presenta no espera.
    with storage.como_ruta(archivo.sha256) as ruta:
        informe = firma.verificar(ruta, ahora=ahora, existia_el=archivo.recibido_en, en_linea=True)
    resumen = {"firmas": [_en_json(vista) for vista in informe.firmas], "motivos": list(informe.motivos)}
    return _anotar(documento, str(informe.veredicto), resumen, ahora)


@transaction.atomic
def _anotar(
    documento: Documento, veredicto: str, resumen: dict[str, Any], ahora: datetime
) -> RevisionDeFirmas:
    RevisionDeFirmas.objects.get_or_create(archivo=documento.archivo)
    revision = RevisionDeFirmas.objects.select_for_update().get(archivo=documento.archivo)
    antes = revision.veredicto
    revision.veredicto, revision.resumen, revision.regla = veredicto, resumen, firmas_recibidas.REGLA
    revision.revisado_en, revision.pedido_en = ahora, None
    revision.intentos = revision.intentos + 1 if veredicto == Veredicto.INDETERMINADA else 0
    espera = firmas_recibidas.ESPERAS[revision.intentos - 1 : revision.intentos] if revision.intentos else ()
    revision.proximo_intento = ahora + espera[0] if espera else None
    revision.save()
    if veredicto != antes and not (antes == Veredicto.PENDIENTE and veredicto == Veredicto.SIN_FIRMA):
        emit(
            FirmasComprobadas(
                archivo_id=documento.archivo_id, veredicto=veredicto, firmas=len(resumen["firmas"])
            ),
            actor_id=None,
            ahora=ahora,
            objeto=documento,
        )
    return revision


@transaction.atomic
def pedir_comprobacion(*, actor: Persona, documento_id: int, ahora: datetime) -> Documento:
    """Pide que el trabajador vuelva a comprobar las firmas de un documento recibido; pedirlo dos veces es pedirlo una.

    :raises NoEncontrado: si no existe, si ``actor`` no puede verlo o si no es un PDF que llegó de fuera
    :raises Denegado: si ``actor`` no es del personal
    """
    documento = Documento.objects.select_related("archivo").filter(pk=documento_id).first()
    if documento is None:
        raise NoEncontrado
    policies.check_comprobar_firmas(actor, documento)
    if not firmas_recibidas.lleva_revision(documento):
        raise NoEncontrado
    RevisionDeFirmas.objects.get_or_create(archivo=documento.archivo)
    revision = RevisionDeFirmas.objects.select_for_update().get(archivo=documento.archivo)
    if revision.pedido_en is None:
        revision.pedido_en, revision.intentos, revision.proximo_intento = ahora, 0, ahora
        revision.save(update_fields=["pedido_en", "intentos", "proximo_intento"])
        pedir_comprobar(archivo_id=documento.archivo_id)
    return documento


def pedir_comprobar(*, archivo_id: int) -> None:
    """Deja el trabajo de comprobar un archivo, en la transacción de quien llama; de a uno por archivo."""
    diferir(TAREA, candado=f"firmas-{archivo_id}", archivo_id=archivo_id)


@transaction.atomic
def pedir_lo_pendiente(*, ahora: datetime) -> int:
    """Pide lo que ya toca volver a intentar, lo comprobado con otra regla y lo que llegó antes de que se comprobara.

    :returns: cuántos archivos
    """
    tocan = RevisionDeFirmas.objects.filter(
        Q(proximo_intento__lte=ahora) | (~Q(veredicto=Veredicto.PENDIENTE) & ~Q(regla=firmas_recibidas.REGLA))
    )
    nunca = Documento.objects.filter(
        origen=Documento.Origen.EXTERNO, archivo__mime=firmas_recibidas.PDF, archivo__firmas__isnull=True,
        archivo__estado=Archivo.Estado.ADMITIDO,
    )  # fmt: skip
    pendientes = {
        *tocan.values_list("archivo_id", flat=True)[:POR_VUELTA],
        *nunca.values_list("archivo_id", flat=True)[:POR_VUELTA],
    }
    # Mañana otra vez, si para entonces nadie contestó: lo que no se puede ni leer no llena la cola.
    for archivo_id in sorted(pendientes):
        RevisionDeFirmas.objects.update_or_create(
            archivo_id=archivo_id, defaults={"proximo_intento": ahora + timedelta(days=1)}
        )
        pedir_comprobar(archivo_id=archivo_id)
    return len(pendientes)


def es_de_fuera(*, archivo_id: int) -> bool:
    """Verdadero si ese archivo es un PDF que llegó de fuera, y por lo tanto se comprueban sus firmas."""
    return _de_fuera(archivo_id) is not None


def _de_fuera(archivo_id: int) -> Documento | None:
    return (
        Documento.objects.filter(
            archivo=archivo_id, origen=Documento.Origen.EXTERNO, archivo__mime=firmas_recibidas.PDF,
            archivo__estado=Archivo.Estado.ADMITIDO,
        )
        .select_related("archivo")
        .order_by("pk")
        .first()
    )  # fmt: skip


def _en_json(vista: Any) -> dict[str, Any]:
    """Una firma vista, como cabe en JSON: las fechas con su huso, las enumeraciones con su texto."""
    datos = asdict(vista)
    fecha = datos.get("fecha")
    conocidos = (
        "titular",
        "documento",
        "entidad",
        "cargo",
        "motivo",
        "nivel",
        "explicacion",
        "entidad_certificadora",
    )
    return {
        **{nombre: firmas_recibidas.limpio(datos.get(nombre) or "") for nombre in conocidos},
        "fecha": fecha.isoformat() if fecha else "",
        "veredicto": str(datos["veredicto"]),
        "de_demostracion": bool(datos.get("de_demostracion")),
    }
