"""Lo que rodea a las versiones: el valor de la UIT de cada año, y sacar un procedimiento del TUPA."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from llaqta.cimientos.calendario import fecha_en_palabras
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.salas.cuentas.acceso import exige_permiso
from llaqta.salas.tramites import forms, queries, services

_EDITA = exige_permiso("tramites.editar")


@_EDITA
@require_http_methods(["GET", "HEAD", "POST"])
def uit(request: HttpRequest) -> HttpResponse:
    """Las UIT registradas y el formulario de la que falta."""
    formulario = forms.UitForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and formulario.is_valid():
        try:
            fila = services.registrar_uit(
                actor=_persona(request), ahora=timezone.now(), **formulario.cleaned_data
            )
        except (EntradaInvalida, NoProcede) as negativa:
            forms.anotar(formulario, negativa, campo="monto")
        else:
            messages.success(request, f"La UIT de {fila.anio} es S/ {fila.monto:,.2f}.")
            return redirect("uit_del_tupa")
    contexto = {"form": formulario, "filas": queries.get_uit_registradas()}
    return render(request, "tramites/uit.html", contexto, status=422 if formulario.is_bound else 200)


@_EDITA
@require_http_methods(["GET", "HEAD", "POST"])
def derogar(request: HttpRequest, codigo: str) -> HttpResponse:
    """Retira un procedimiento del TUPA desde una fecha, con la ordenanza que lo manda."""
    hallado = queries.get_procedimiento(codigo, para=_persona(request))
    formulario = forms.DerogarForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and formulario.is_valid():
        try:
            services.derogar_procedimiento(
                actor=_persona(request),
                procedimiento=hallado,
                ahora=timezone.now(),
                **formulario.cleaned_data,
            )
        except (EntradaInvalida, NoProcede) as negativa:
            forms.anotar(formulario, negativa, campo="desde")
        else:
            desde = fecha_en_palabras(formulario.cleaned_data["desde"])
            messages.success(request, f"{codigo} se retira del TUPA el {desde}.")
            return redirect("procedimiento", codigo=codigo)
    contexto = {"p": hallado, "form": formulario}
    return render(request, "tramites/derogar.html", contexto, status=422 if formulario.is_bound else 200)


@_EDITA
@require_POST
def reponer(request: HttpRequest, codigo: str) -> HttpResponse:
    """Deja sin efecto un retiro que todavía no llegó."""
    hallado = queries.get_procedimiento(codigo, para=_persona(request))
    services.anular_derogacion(actor=_persona(request), procedimiento=hallado, ahora=timezone.now())
    messages.success(request, f"{codigo} sigue en el TUPA, sin fecha de término.")
    return redirect("procedimiento", codigo=codigo)


def _persona(request: HttpRequest) -> Any:
    return request.persona  # type: ignore[attr-defined]
