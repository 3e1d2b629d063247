"""El TUPA publicado: entero, en una página que se imprime."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.salas.tramites import queries


@require_safe
def publicado(request: HttpRequest) -> HttpResponse:
    """Todo lo que rige hoy, o lo que regía otro día (``?al=2026-06-01``), con los contenidos del artículo 37."""
    hoy = hoy_en_lima(timezone.now())
    al = queries.leer_dia(request.GET.get("al", ""), hoy=hoy)
    return render(request, "tramites/publicado.html", {"tupa": queries.get_publicado(al=al), "hoy": hoy})
