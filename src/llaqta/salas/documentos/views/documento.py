"""Entregar documentos y sus vistas: sin adivinar tipos, sin ejecutar nada y sin guardarse en cachés ajenas."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from llaqta.salas.cuentas.acceso import PeticionDePersona, exige_persona
from llaqta.salas.documentos import queries, services
from llaqta.salas.documentos.entrega import entregar


@require_safe
def ficha(request: HttpRequest, documento_id: int) -> HttpResponse:
    """La ficha: qué es el documento, de quién, con qué huella, y sus páginas a la vista."""
    para = request.persona  # type: ignore[attr-defined]
    presentada = queries.get_ficha(documento_id, para=para)
    if not presentada.paginas:
        services.pedir_vistas(archivo_id=presentada.documento.archivo_id, mirando=True)
    return render(request, "documentos/ficha.html", {"ficha": presentada})


@exige_persona
@require_POST
def comprobar_firmas(request: PeticionDePersona, documento_id: int) -> HttpResponse:
    """Volver a comprobar las firmas de un documento recibido: lo hace el trabajador, en segundos."""
    services.pedir_comprobacion(actor=request.persona, documento_id=documento_id, ahora=timezone.now())
    messages.info(
        request, "Pedimos comprobar las firmas otra vez. Vuelva a cargar la página en unos segundos."
    )
    return redirect("documento_ficha", documento_id)


@require_safe
def contenido(request: HttpRequest, documento_id: int) -> HttpResponseBase:
    """El documento, para verlo en el navegador."""
    documento = queries.get_documento(documento_id, para=request.persona)  # type: ignore[attr-defined]
    archivo = documento.archivo
    return entregar(
        request, sha256=archivo.sha256, mime=archivo.mime, nombre=archivo.nombre, ajeno=documento.es_ajeno
    )


@require_safe
def descarga(request: HttpRequest, documento_id: int) -> HttpResponseBase:
    """El documento, para guardarlo."""
    documento = queries.get_documento(documento_id, para=request.persona)  # type: ignore[attr-defined]
    archivo = documento.archivo
    return entregar(
        request,
        sha256=archivo.sha256,
        mime=archivo.mime,
        nombre=archivo.nombre,
        ajeno=documento.es_ajeno,
        adjunto=True,
    )


@require_safe
def pagina(request: HttpRequest, documento_id: int, pagina: int) -> HttpResponseBase:
    """La imagen de una página."""
    vista = queries.get_vista(documento_id, pagina, para=request.persona)  # type: ignore[attr-defined]
    return entregar(
        request, sha256=vista.sha256, mime="image/webp", nombre=f"pagina-{pagina}.webp", ajeno=False
    )
