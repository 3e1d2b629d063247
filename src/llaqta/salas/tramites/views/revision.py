"""La revisión legal del TUPA, para quien lo administra y para la asesoría jurídica."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.salas.cuentas.acceso import PeticionDePersona, exige_persona
from llaqta.salas.tramites import queries
from llaqta.salas.tramites.rules.revision import GRAVEDADES


@exige_persona
@require_safe
def revision(request: PeticionDePersona) -> HttpResponse:
    """Cada objeción con su procedimiento, su frase y su artículo, y todas las reglas con que se revisa."""
    gravedad = request.GET.get("gravedad", "")
    codigo = request.GET.get("codigo", "").strip().upper()[:20]
    contexto: dict[str, Any] = {
        "r": queries.get_revision(
            para=request.persona,
            al=hoy_en_lima(timezone.now()),
            codigo=codigo,
            gravedad=gravedad if gravedad in GRAVEDADES else "",
        ),
        "gravedad": gravedad,
        "codigo": codigo,
        "edita": request.persona.puede("tramites.editar"),
    }
    return render(request, "tramites/revision.html", contexto)
