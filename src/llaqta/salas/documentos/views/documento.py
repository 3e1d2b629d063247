"""Entregar documentos y sus vistas: sin adivinar tipos, sin ejecutar nada y sin guardarse en cachés ajenas."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from llaqta.salas.documentos import queries
from llaqta.salas.documentos.entrega import entregar


@require_safe
def ficha(request: HttpRequest, documento_id: int) -> HttpResponse:
    """La ficha: qué es el documento, de quién, con qué huella, y sus páginas a la vista."""
    para = request.persona  # type: ignore[attr-defined]
    presentada = queries.get_ficha(documento_id, para=para)
    return render(request, "documentos/ficha.html", {"ficha": presentada})


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
