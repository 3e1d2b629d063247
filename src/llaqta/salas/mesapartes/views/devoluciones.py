"""Lo que se debe devolver a quien pagó por una solicitud que se tiene por no presentada (art. 125.4)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.salas.cuentas.acceso import PeticionDePersona, exige_permiso
from llaqta.salas.mesapartes import policies, queries, services

VISTAS = {"por-devolver": "Por devolver", "devueltas": "Devueltas"}


@exige_permiso(policies.DEVOLVER, policies.RECIBIR)
@require_safe
def lista(request: PeticionDePersona) -> HttpResponse:
    """Las órdenes por cumplir, o las cumplidas."""
    return _mostrar(request)


@exige_permiso(policies.DEVOLVER, policies.RECIBIR)
@require_POST
def marcar(request: PeticionDePersona, pk: int) -> HttpResponse:
    """Anota que se devolvió, cómo, y qué documentos se entregaron."""
    orden, nota = queries.get_devolucion(pk, para=request.persona), request.POST.get("nota", "")
    try:
        services.marcar_devuelta(actor=request.persona, orden=orden, nota=nota[:300], ahora=timezone.now())
    except EntradaInvalida as negativa:
        return _mostrar(request, error=negativa.frase, en=orden.pk)
    messages.success(request, "La devolución quedó anotada en el expediente.")
    return redirect("devoluciones")


def _mostrar(request: PeticionDePersona, *, error: str = "", en: int = 0) -> HttpResponse:
    vista = "devueltas" if request.GET.get("vista") == "devueltas" else "por-devolver"
    pagina = queries.get_devoluciones(
        para=request.persona, cursor=request.GET.get("cursor", ""), hechas=vista == "devueltas"
    )
    contexto = {"pagina": pagina, "vista": vista, "vistas": VISTAS, "error": error, "en": en}
    return render(request, "mesapartes/devoluciones.html", contexto, status=422 if error else 200)
