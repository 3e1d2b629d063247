"""La pantalla de la conservación: qué firmas esperan su sello de tiempo y cuáles no se pudieron llevar al archivo."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from llaqta.cimientos.web.escrito import exige_persona
from llaqta.salas.documentos import queries, services
from llaqta.salas.firma.queries import hay_tsa


@require_safe
@exige_persona
def conservacion(request: HttpRequest) -> HttpResponse:
    """Lo que espera o falló, y cuántos documentos hay en cada nivel."""
    persona = request.persona  # type: ignore[attr-defined]
    contexto = {
        "hay_tsa": hay_tsa(),
        "resumen": queries.get_resumen_de_conservacion(para=persona),
        "pagina": queries.list_conservacion(para=persona, cursor=request.GET.get("cursor", "")),
    }
    return render(request, "documentos/conservacion.html", contexto)


@require_POST
@exige_persona
def reintentar(request: HttpRequest, documento_id: int) -> HttpResponse:
    """Vuelve a intentar uno."""
    fila = services.reintentar_conservacion(
        actor=request.persona,  # type: ignore[attr-defined]
        documento_id=documento_id,
        ahora=timezone.now(),
    )
    messages.success(request, f"Se volverá a intentar con «{fila.documento}».")
    return redirect("administracion_conservacion")
