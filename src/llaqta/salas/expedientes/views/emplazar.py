"""Emplazar: el único requerimiento que puede hacer la unidad que tramita, con lo que pasará dicho antes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.web.acto import intentar
from llaqta.cimientos.web.escrito import recuperar_escrito
from llaqta.cimientos.web.palabras import fecha_larga
from llaqta.salas.cuentas.acceso import exige_persona
from llaqta.salas.expedientes import forms, policies, queries, rules, services
from llaqta.salas.expedientes.views.acto import quien


@exige_persona
def emplazar(request: HttpRequest, numero: str) -> HttpResponse:
    """Escribe el requerimiento y, al confirmar, lo envía y detiene el plazo (125.5)."""
    persona, ahora = quien(request), timezone.now()
    hallado = queries.get_expediente(numero, para=persona)
    policies.check_emplazar(persona, hallado, al=hoy_en_lima(ahora))
    form = forms.EmplazarForm(
        request.POST or None, escrito=recuperar_escrito(request), initial={"version": hallado.version}
    )
    if request.method == "POST" and form.is_valid():
        emplazamiento = intentar(
            form, services.emplazar, actor=persona, expediente=hallado, **form.cleaned_data
        )
        if emplazamiento is not None:
            hasta = fecha_larga(emplazamiento.corregir_hasta)
            messages.success(
                request, f"Se envió el requerimiento: puede corregir hasta el {hasta}. El plazo se detuvo."
            )
            return redirect("expediente", numero=numero)
    contexto = {
        "expediente": hallado,
        "form": form,
        "corregir_hasta": services.prever_emplazamiento(ahora=ahora).fecha,
        "tono": rules.TONOS[hallado.estado],
        "plazo": queries.reloj(hallado, ahora),
    }
    return render(
        request, "expedientes/emplazar.html", contexto, status=422 if form.is_bound and form.errors else 200
    )
