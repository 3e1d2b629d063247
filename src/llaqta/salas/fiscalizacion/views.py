"""Las pantallas de la fiscalización posterior: los sorteos, públicos; la comprobación, de quien fiscaliza."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.web.acto import intentar, intentar_y_avisar
from llaqta.cimientos.web.forms import Formulario
from llaqta.salas.cuentas.acceso import exige_permiso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.fiscalizacion import policies, queries, rules, services
from llaqta.salas.fiscalizacion.forms import AsignarForm, ConvocarForm, ResultadoForm


@require_safe
def sorteos(request: HttpRequest) -> HttpResponse:
    """Los sorteos de todos los semestres, para cualquiera."""
    persona = _quien(request)
    contexto = {
        "sorteos": queries.list_sorteos(para=persona),
        "fiscaliza": persona is not None and persona.puede(policies.PERMISO),
    }
    return render(request, "fiscalizacion/sorteos.html", contexto)


@require_safe
def sorteo(request: HttpRequest, semestre: str) -> HttpResponse:
    """Un sorteo: su frase, su lista y cómo repetirlo; a quien fiscaliza, además lo que falta comprobar."""
    persona = _quien(request)
    avance = queries.get_sorteo(semestre, para=persona)
    fiscaliza = persona is not None and persona.puede(policies.PERMISO)
    contexto = {
        "avance": avance,
        "sorteo": avance.sorteo,
        "elegidos": queries.get_elegidos(avance.sorteo, para=persona),
        "fiscaliza": fiscaliza,
        "ya_termino": hoy_en_lima(timezone.now()) > avance.sorteo.hasta,
        "por_comprobar": queries.get_por_comprobar(avance.sorteo, para=persona)
        if fiscaliza and persona
        else [],
        "fallas": queries.verificar(avance.sorteo, para=persona) if avance.sorteo.sorteado_en else [],
    }
    return render(request, "fiscalizacion/sorteo.html", contexto)


@require_safe
def lista(request: HttpRequest, semestre: str) -> HttpResponse:
    """La lista de candidatos, un número por línea: lo que hace falta para repetir el sorteo."""
    avance = queries.get_sorteo(semestre, para=_quien(request))
    texto = "\n".join(queries.get_lista(avance.sorteo, para=None)) + "\n"
    respuesta = HttpResponse(texto, content_type="text/plain; charset=utf-8")
    respuesta["Content-Disposition"] = f'attachment; filename="candidatos-{avance.sorteo.semestre}.txt"'
    return respuesta


@exige_permiso(policies.PERMISO)
@require_http_methods(["GET", "HEAD", "POST"])
def convocar(request: HttpRequest) -> HttpResponse:
    """Publica la frase de un semestre."""
    hoy = hoy_en_lima(timezone.now())
    form = ConvocarForm(request.POST or None, initial={"semestre": rules.get_semestre(hoy)})
    if request.method == "POST" and form.is_valid():
        hecho = intentar(form, services.convocar_sorteo, actor=_fiscal(request), **form.cleaned_data)
        if hecho:
            messages.success(request, f"La frase del semestre {hecho.semestre} quedó publicada.")
            return redirect("sorteo", semestre=hecho.semestre)
    return _mostrar(request, "fiscalizacion/convocar.html", form, {})


@exige_permiso(policies.PERMISO)
@require_POST
def sortear(request: HttpRequest, semestre: str) -> HttpResponse:
    """Sortea un semestre que ya terminó."""
    avance = queries.get_sorteo(semestre, para=_fiscal(request))
    hecho = "El sorteo quedó hecho; el acta se está sellando."
    intentar_y_avisar(request, hecho, services.sortear, actor=_fiscal(request), sorteo=avance.sorteo)
    return redirect("sorteo", semestre=semestre)


@exige_permiso(policies.PERMISO)
@require_http_methods(["GET", "HEAD", "POST"])
def asignar(request: HttpRequest, pk: int) -> HttpResponse:
    """Encarga la comprobación de un expediente."""
    candidato = queries.get_candidato(pk, para=_fiscal(request))
    revisores = queries.get_revisores(para=_fiscal(request), al=hoy_en_lima(timezone.now()))
    form = AsignarForm(request.POST or None, revisores=revisores)
    if request.method == "POST" and form.is_valid():
        datos = {"candidato": candidato, "revisor": form.persona()}
        if intentar(form, services.asignar_revisor, actor=_fiscal(request), **datos):
            messages.success(request, f"{form.persona()} comprobará {candidato.expediente.numero}.")
            return redirect("sorteo", semestre=candidato.sorteo.semestre)
    return _mostrar(request, "fiscalizacion/asignar.html", form, {"candidato": candidato})


@exige_permiso(policies.PERMISO)
@require_http_methods(["GET", "HEAD", "POST"])
def resultado(request: HttpRequest, pk: int) -> HttpResponse:
    """Anota qué se comprobó."""
    candidato = queries.get_candidato(pk, para=_fiscal(request))
    form = ResultadoForm(
        request.POST or None, initial={"resultado": candidato.resultado, "detalle": candidato.detalle}
    )
    if request.method == "POST" and form.is_valid():
        datos = {"candidato": candidato, **form.cleaned_data}
        if intentar(form, services.anotar_resultado, actor=_fiscal(request), **datos):
            messages.success(request, f"Quedó anotado lo comprobado en {candidato.expediente.numero}.")
            return redirect("sorteo", semestre=candidato.sorteo.semestre)
    return _mostrar(request, "fiscalizacion/resultado.html", form, {"candidato": candidato})


def _quien(request: HttpRequest) -> Persona | None:
    return cast("Persona | None", getattr(request, "persona", None))


def _fiscal(request: HttpRequest) -> Persona:
    return cast(Persona, request.persona)  # type: ignore[attr-defined]


def _mostrar(
    request: HttpRequest, plantilla: str, form: Formulario, contexto: dict[str, object]
) -> HttpResponse:
    estado = 422 if form.is_bound and form.errors else 200
    return render(request, plantilla, {"form": form, **contexto}, status=estado)
