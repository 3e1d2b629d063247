"""La pantalla de la lista de confianza: en qué autoridades se confía, y si la lista está al día."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from llaqta.cimientos.web.escrito import exige_persona
from llaqta.salas.firma import queries


@require_safe
@exige_persona
def lista_de_confianza(request: HttpRequest) -> HttpResponse:
    """Los servicios de la lista que rige, con su estado en palabras."""
    estado = queries.get_lista_de_confianza(
        para=request.persona,  # type: ignore[attr-defined]
        ahora=timezone.now(),
    )
    return render(request, "firma/lista_de_confianza.html", {"estado": estado})
