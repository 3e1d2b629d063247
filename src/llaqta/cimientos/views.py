"""Pantallas de los cimientos: los trabajos fallidos y la galería de piezas."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from llaqta.cimientos import trabajos
from llaqta.cimientos.errors import NoEncontrado
from llaqta.cimientos.web.escrito import exige_persona, recuperar_escrito
from llaqta.cimientos.web.galeria import contenido_de_la_galeria


@require_safe
@exige_persona
def trabajos_fallidos(request: HttpRequest) -> HttpResponse:
    """Lista los trabajos que agotaron sus reintentos."""
    pagina = trabajos.list_trabajos_fallidos(para=request.persona, cursor=request.GET.get("cursor", ""))  # type: ignore[attr-defined]
    return render(
        request, "llaqta/trabajos_fallidos.html", {"pagina": pagina, "trabajos": trabajos.detallar(pagina)}
    )


@require_POST
@exige_persona
def reintentar(request: HttpRequest, trabajo_id: int) -> HttpResponse:
    """Vuelve a intentar un trabajo."""
    trabajos.reintentar_trabajo(actor=request.persona, trabajo_id=trabajo_id, ahora=timezone.now())  # type: ignore[attr-defined]
    messages.success(request, f"El trabajo {trabajo_id} volvió a la cola.")
    return HttpResponseRedirect(reverse("trabajos_fallidos"))


@require_http_methods(["GET", "HEAD", "POST"])
def galeria(request: HttpRequest, pagina: str = "") -> HttpResponse:
    """Todas las piezas de la casa, vivas; solo en la demostración."""
    if not settings.DEMO:
        raise NoEncontrado
    plantilla, contexto = contenido_de_la_galeria(
        pagina, request.POST or None, request.FILES or None, recuperar_escrito(request)
    )
    return render(request, plantilla, contexto)
