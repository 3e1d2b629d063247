"""La página de un expediente, sus impresos, y los actos de un solo botón: recibir, prescindir, archivar."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from llaqta.cimientos.web.acto import intentar_y_avisar, version_a_la_vista
from llaqta.cimientos.web.piezas import VistaDocumento
from llaqta.salas.cuentas.acceso import exige_persona
from llaqta.salas.expedientes import impresos, policies, queries, services
from llaqta.salas.expedientes.models import Incorporado
from llaqta.salas.expedientes.views.acto import quien

SECCIONES = {
    "documentos": "Documentos",
    "recorrido": "Recorrido",
    "proyectos": "Proyectos",
    "historia": "Historia",
}


@exige_persona
@require_safe
def expediente(request: HttpRequest, numero: str) -> HttpResponse:
    """El expediente: quién, qué, cuánto queda, qué se puede hacer, y sus cuatro secciones."""
    persona, elegido = quien(request), request.GET.get("documento", "")
    policies.check_bandeja(persona)
    documento = int(elegido) if elegido.isdecimal() and len(elegido) < 18 else None
    ficha = queries.get_ficha(numero, para=persona, documento=documento, ahora=timezone.now())
    seccion = request.GET.get("seccion", "documentos")
    contexto = {
        "ficha": ficha,
        "expediente": ficha.expediente,
        "seccion": seccion if seccion in SECCIONES else "documentos",
        "secciones": SECCIONES,
        "posibles": [accion for accion in ficha.acciones if not accion.negado and not accion.otros],
        "otros": [accion for accion in ficha.acciones if not accion.negado and accion.otros],
        "negadas": [accion for accion in ficha.acciones if accion.negado],
        "puede_exportar": queries.puede_exportar(ficha.expediente, para=persona),
        "vista": _a_la_vista(ficha.elegido, ficha) if ficha.elegido else None,
    }
    return render(request, "expedientes/expediente.html", contexto)


@exige_persona
@require_safe
def impreso(request: HttpRequest, numero: str, cual: str) -> HttpResponse:
    """Carátula, hoja de ruta o índice, en PDF."""
    persona, ahora = quien(request), timezone.now()
    hallado = queries.get_expediente(numero, para=persona)
    match cual:
        case "caratula":
            contenido = impresos.caratula(hallado, ahora=ahora)
        case "hoja-de-ruta":
            policies.check_bandeja(persona)
            contenido = impresos.hoja_de_ruta(hallado, para=persona, ahora=ahora)
        case "indice":
            contenido = impresos.indice(hallado, para=persona, ahora=ahora)
        case _:
            raise Http404
    respuesta = HttpResponse(contenido, content_type="application/pdf")
    respuesta["Content-Disposition"] = f'inline; filename="{hallado.numero}-{cual}.pdf"'
    respuesta["Cache-Control"] = "private, no-store"
    return respuesta


@exige_persona
@require_POST
def recibir(request: HttpRequest, pk: int) -> HttpResponse:
    """Anota que la unidad recibió lo enviado."""
    movimiento = queries.get_movimiento(pk, para=quien(request))
    intentar_y_avisar(
        request,
        f"Recibió el expediente {movimiento.expediente.numero}.",
        services.recibir_movimiento,
        actor=quien(request),
        movimiento=movimiento,
    )
    return _volver(request, movimiento.expediente.numero)


@exige_persona
@require_POST
def prescindir(request: HttpRequest, pk: int) -> HttpResponse:
    """Continúa sin un informe que no llegó a tiempo."""
    movimiento = queries.get_movimiento(pk, para=quien(request))
    intentar_y_avisar(
        request,
        f"El expediente continúa sin el informe de {movimiento.para_unidad}.",
        services.prescindir_informe,
        actor=quien(request),
        movimiento=movimiento,
    )
    return redirect("expediente", numero=movimiento.expediente.numero)


@exige_persona
@require_POST
def archivar(request: HttpRequest, numero: str) -> HttpResponse:
    """Termina el expediente."""
    hallado = queries.get_expediente(numero, para=quien(request))
    intentar_y_avisar(
        request,
        "El expediente pasó al archivo.",
        services.archivar,
        actor=quien(request),
        expediente=hallado,
        version=version_a_la_vista(request),
    )
    return redirect("expediente", numero=numero)


def _a_la_vista(elegido: Incorporado, ficha: queries.Ficha) -> VistaDocumento:
    documento = elegido.documento
    # Varios archivos de un mismo escrito llevan el asunto del expediente: se distinguen por su nombre.
    repite = documento.asunto == elegido.expediente.asunto
    return VistaDocumento(
        titulo=documento.numero
        or f"{documento.tipo}: {documento.archivo.nombre if repite else documento.asunto}",
        pdf=reverse("documento_pdf", args=[documento.pk]),
        paginas=[reverse("documento_pagina", args=[documento.pk, vista.pagina]) for vista in ficha.vistas],
        peso=documento.archivo.bytes,
        es_imagen=documento.archivo.mime.startswith("image/"),
    )


def _volver(request: HttpRequest, numero: str) -> HttpResponse:
    """A la bandeja, si el botón estaba ahí; si no, al expediente."""
    destino = request.POST.get("volver", "")
    if destino and url_has_allowed_host_and_scheme(destino, allowed_hosts=None):
        return redirect(destino)
    return redirect("expediente", numero=numero)
