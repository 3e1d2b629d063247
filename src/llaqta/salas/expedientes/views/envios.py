"""Derivar, asignar, pedir y rendir informes."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.web.acto import intentar
from llaqta.cimientos.web.escrito import recuperar_escrito
from llaqta.salas.cuentas.acceso import exige_persona
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import forms, policies, queries, rules, services
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.expedientes.views.acto import quien

F = TypeVar("F", bound=forms.EnvioForm)


@exige_persona
def derivar(request: HttpRequest, numero: str) -> HttpResponse:
    """Derivar a otra unidad, con proveído y copias."""
    persona = quien(request)
    hallado = queries.get_expediente(numero, para=persona)
    policies.check_derivar(persona, hallado)
    form = _form_de_envio(forms.DerivarForm, request, hallado, persona)
    if request.method == "POST" and form.is_valid():
        movimiento = intentar(
            form,
            services.derivar,
            actor=persona,
            expediente=hallado,
            para_unidad=form.unidad(),
            motivo=form.cleaned_data["motivo"],
            proveido=form.proveido_completo(),
            copias=form.unidades_con_copia(),
            version=form.cleaned_data["version"],
        )
        if movimiento is not None:
            messages.success(request, f"Derivó {hallado.numero} a {movimiento.para_unidad}.")
            return redirect("bandeja")
    return _mostrar(request, "expedientes/derivar.html", form, {"expediente": hallado})


@exige_persona
def asignar(request: HttpRequest, numero: str) -> HttpResponse:
    """Encargar el expediente a una persona de la misma unidad."""
    persona, hoy = quien(request), hoy_en_lima(timezone.now())
    hallado = queries.get_expediente(numero, para=persona)
    policies.check_derivar(persona, hallado)
    personal = queries.get_personal(hallado.unidad_responsable, para=persona, al=hoy)
    form = forms.AsignarForm(request.POST or None, personal=personal, initial={"version": hallado.version})
    if request.method == "POST" and form.is_valid():
        movimiento = intentar(
            form,
            services.derivar,
            actor=persona,
            expediente=hallado,
            para_unidad=hallado.unidad_responsable,
            para_persona=form.persona(),
            motivo="para su atención",
            proveido="",
            version=form.cleaned_data["version"],
        )
        if movimiento is not None:
            messages.success(request, f"{movimiento.para_persona} quedó a cargo de {hallado.numero}.")
            return redirect("expediente", numero=numero)
    return _mostrar(request, "expedientes/asignar.html", form, {"expediente": hallado})


@exige_persona
def pedir_informe(request: HttpRequest, numero: str) -> HttpResponse:
    """Pedir informe u opinión a otra unidad."""
    persona = quien(request)
    hallado = queries.get_expediente(numero, para=persona)
    policies.check_derivar(persona, hallado)
    form = _form_de_envio(forms.PedirInformeForm, request, hallado, persona)
    if request.method == "POST" and form.is_valid():
        movimiento = intentar(
            form,
            services.pedir_informe,
            actor=persona,
            expediente=hallado,
            para_unidad=form.unidad(),
            motivo=form.cleaned_data["motivo"],
            proveido=form.proveido_completo(),
            version=form.cleaned_data["version"],
        )
        if movimiento is not None:
            messages.success(
                request,
                f"Pidió informe a {movimiento.para_unidad}; tiene hasta el {movimiento.vence_el:%d/%m/%Y}.",
            )
            return redirect("expediente", numero=numero)
    return _mostrar(request, "expedientes/pedir_informe.html", form, {"expediente": hallado})


@exige_persona
def rendir(request: HttpRequest, pk: int) -> HttpResponse:
    """Devolver el informe a quien lo pidió."""
    persona = quien(request)
    movimiento = queries.get_movimiento(pk, para=persona)
    policies.check_rendir(persona, movimiento)
    form = forms.RendirForm(request.POST or None, escrito=recuperar_escrito(request))
    if request.method == "POST" and form.is_valid():
        rendido = intentar(
            form,
            services.rendir_informe,
            actor=persona,
            movimiento=movimiento,
            nota=form.cleaned_data["nota"],
        )
        if rendido is not None:
            messages.success(request, f"Devolvió el informe a {movimiento.de_unidad}.")
            return redirect("bandeja")
    contexto = {"expediente": movimiento.expediente, "movimiento": movimiento}
    return _mostrar(request, "expedientes/rendir.html", form, contexto)


def _form_de_envio(clase: type[F], request: HttpRequest, hallado: Expediente, persona: Persona) -> F:
    """El formulario de todo lo que sale hacia otra unidad, con sus destinos y la versión que se tiene a la vista."""
    return clase(
        request.POST or None,
        destinos=queries.get_destinos(hallado, para=persona, al=hoy_en_lima(timezone.now())),
        propia=hallado.unidad_responsable,
        initial={"version": hallado.version},
        escrito=recuperar_escrito(request),
    )


def _mostrar(request: HttpRequest, plantilla: str, form: Any, contexto: dict[str, Any]) -> HttpResponse:
    estado = 422 if form.is_bound and form.errors else 200
    expediente = contexto["expediente"]
    contexto |= {"tono": rules.TONOS[expediente.estado], "plazo": queries.reloj(expediente, timezone.now())}
    return render(request, plantilla, {"form": form, **contexto}, status=estado)
