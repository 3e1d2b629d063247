"""Firmar varios: se marcan en la bandeja, se leen, se firman con un solo PIN o en un solo viaje, y se ve cada uno."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from llaqta.cimientos.errors import Negativa, NoEncontrado
from llaqta.cimientos.web.acto import con_norma, intentar
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.acceso import exige_persona
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import forms, queries, services
from llaqta.salas.expedientes.models import Proyecto
from llaqta.salas.expedientes.views.acto import quien
from llaqta.salas.firma.local.firmantes import es_de_practica, get_firmantes

_MARCADOS_A_LO_MAS = 100
_RECUERDO = "lo_firmado"


@exige_persona
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def firmar_varios(request: HttpRequest) -> HttpResponse:
    """Los marcados, para leerlos y firmarlos todos con un PIN."""
    persona = quien(request)
    cuentas.exigir(persona, "expedientes.firmar")
    form = forms.FirmarVariosForm(request.POST or None)
    if request.method == "POST":
        elegidos = _elegidos(request)
        if elegidos and form.is_valid():
            hechos = intentar(
                form, services.firmar_lote, actor=persona, elegidos=elegidos, pin=form.cleaned_data["pin"]
            )
            if hechos is not None:
                request.session[_RECUERDO] = [[hecho.proyecto.pk, hecho.frase] for hecho in hechos]
                return redirect("firmados")
        return _pagina(request, form, [elegido.proyecto.pk for elegido in elegidos])
    return _pagina(request, form, _numeros(request.GET, "p"))


@exige_persona
@require_POST
def firmar_varios_en_mi_equipo(request: HttpRequest) -> HttpResponse:
    """Numerar los marcados y pasar a la página desde la que se firman juntos con el DNIe o el token."""
    persona = quien(request)
    cuentas.exigir(persona, "expedientes.firmar")
    elegidos = _elegidos(request)
    if not elegidos:
        return _nada(request)
    try:
        viaje = services.pedir_firma_local_de_lote(
            actor=persona,
            elegidos=elegidos,
            firmante=request.POST.get("firmante", "firmaperu"),
            ahora=timezone.now(),
        )
    except NoEncontrado:
        raise
    except Negativa as negativa:
        messages.error(request, con_norma(negativa))
        return redirect(_con_marcados([elegido.proyecto.pk for elegido in elegidos]))
    for apartado in viaje.apartados:
        messages.warning(request, f"No entra en esta firma: {apartado.proyecto}. {apartado.frase}")
    if viaje.sesion is None:
        return redirect(f"{reverse('bandeja')}?vista=para_firma")
    return redirect("firma_local", referencia=viaje.sesion.referencia)


@exige_persona
@never_cache
@require_safe
def firmados(request: HttpRequest) -> HttpResponse:
    """Cómo quedó cada documento del último lote que esta persona firmó con su PIN, mientras dure su ingreso."""
    persona = quien(request)
    cuentas.exigir(persona, "expedientes.firmar")
    recuerdo: list[tuple[int, str]] = request.session.get(_RECUERDO, [])
    filas = [(visto, frase) for pk, frase in recuerdo if (visto := _si_lo_ve(pk, persona))]
    if not filas:
        return _nada(request)
    contexto = {
        "filas": filas,
        "cuantos": sum(1 for _, frase in filas if not frase),
        "faltan": any(frase for _, frase in filas),
    }
    return render(request, "expedientes/firmados.html", contexto)


def _pagina(request: HttpRequest, form: forms.FirmarVariosForm, marcados: list[int]) -> HttpResponse:
    persona, ahora = quien(request), timezone.now()
    proyectos = queries.get_por_firmar(marcados, para=persona)
    if not proyectos:
        return _nada(request)
    caben, sobran = proyectos[: services.TOPE_DE_LOTE], proyectos[services.TOPE_DE_LOTE :]
    previstos = services.prever_lote(actor=persona, proyectos=caben, ahora=ahora)
    contexto: dict[str, Any] = {
        "form": form,
        "previstos": previstos,
        "listos": [previsto for previsto in previstos if not previsto.frase],
        "sobran": len(sobran),
        "tope": services.TOPE_DE_LOTE,
        "en_su_equipo": get_firmantes(persona),
        "de_practica": es_de_practica(),
    }
    estado = 422 if form.is_bound else 200
    return render(request, "expedientes/firmar_varios.html", contexto, status=estado)


def _si_lo_ve(pk: int, persona: Persona) -> Proyecto | None:
    try:
        return queries.get_proyecto(pk, para=persona)
    except NoEncontrado:
        return None


def _nada(request: HttpRequest) -> HttpResponse:
    messages.warning(request, "Marque los documentos que va a firmar; solo los que todavía esperan su firma.")
    return redirect(f"{reverse('bandeja')}?vista=para_firma")


def _elegidos(request: HttpRequest) -> list[services.Elegido]:
    """Lo que se muestra para firmar viaja como «proyecto:versión»: se firma esa versión o ninguna."""
    versiones: dict[int, int] = {}
    for dicho in request.POST.getlist("elegido")[:_MARCADOS_A_LO_MAS]:
        pk, _, version = dicho.partition(":")
        if _es_numero(pk) and _es_numero(version):
            versiones[int(pk)] = int(version)
    proyectos = queries.get_por_firmar(list(versiones), para=quien(request))
    return [services.Elegido(proyecto, versiones[proyecto.pk]) for proyecto in proyectos]


def _numeros(datos: QueryDict, campo: str) -> list[int]:
    dichos = datos.getlist(campo)[:_MARCADOS_A_LO_MAS]
    return list(dict.fromkeys(int(dicho) for dicho in dichos if _es_numero(dicho)))


def _es_numero(dicho: str) -> bool:
    return dicho.isascii() and dicho.isdecimal() and len(dicho) < 10


def _con_marcados(pks: list[int]) -> str:
    marcados = "&".join(f"p={pk}" for pk in pks)
    return f"{reverse('firmar_varios')}?{marcados}"
