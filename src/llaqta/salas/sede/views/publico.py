"""El inicio, los trámites y las páginas que explican la sede."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.salas.sede import queries
from llaqta.salas.sede.forms import PlazoForm, SeguimientoForm
from llaqta.salas.tramites import queries as tramites


@require_safe
def inicio(request: HttpRequest) -> HttpResponse:
    """¿Qué trámite necesita hacer?"""
    portada = queries.get_inicio(al=hoy_en_lima(timezone.now()))
    contexto = {"inicio": portada, "seguir": SeguimientoForm(), "titulo": "Sede digital"}
    return render(request, "sede/inicio.html", contexto)


@require_safe
def buscar(request: HttpRequest) -> HttpResponse:
    """Lo que responde a lo que la persona escribió; sin nada escrito, los temas."""
    hoy = hoy_en_lima(timezone.now())
    texto = " ".join(request.GET.get("q", "").split())[: tramites.LARGO_DE_CONSULTA]
    hallados = tramites.buscar(texto, al=hoy) if texto else []
    contexto = {"texto": texto, "hallados": hallados, "inicio": queries.get_inicio(al=hoy)}
    return render(request, "sede/buscar.html", contexto)


@require_safe
def catalogo(request: HttpRequest, tema: str = "") -> HttpResponse:
    """Todos los trámites vigentes por tema, o los de un tema."""
    grupos = tramites.get_catalogo(al=hoy_en_lima(timezone.now()), tema=tema)
    contexto = {"grupos": grupos, "tema": grupos[0].tema if tema and grupos else None}
    return render(request, "sede/catalogo.html", contexto)


@require_safe
def tramite(request: HttpRequest, codigo: str) -> HttpResponse:
    """La ficha de un trámite, en el orden de gob.pe; con ``?al=2026-06-01``, la que regía ese día."""
    if codigo != codigo.upper():
        return HttpResponsePermanentRedirect(reverse("tramite", args=[codigo.upper()]))
    hoy = hoy_en_lima(timezone.now())
    ficha = queries.get_ficha(codigo, al=tramites.leer_dia(request.GET.get("al", ""), hoy=hoy))
    contexto = {"ficha": ficha, "version": ficha.version, "hoy": hoy, "rige": ficha.version.rige(hoy)}
    return render(request, "sede/tramite.html", contexto)


@require_safe
def gobpe(request: HttpRequest, codigo: str) -> HttpResponse:
    """La ficha de un trámite en la forma de GOB.PE, para que otra página la copie."""
    ficha = tramites.get_gobpe(codigo.upper(), al=hoy_en_lima(timezone.now()))
    return JsonResponse(ficha, json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_safe
def gobpe_de_todos(request: HttpRequest) -> HttpResponse:
    """Las fichas de todo lo que rige hoy, en la forma de GOB.PE."""
    fichas = tramites.get_gobpe_de_todos(al=hoy_en_lima(timezone.now()))
    return JsonResponse(fichas, safe=False, json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_safe
def plazos(request: HttpRequest) -> HttpResponse:
    """Cómo se cuentan los plazos, los días que no cuentan y una cuenta de prueba."""
    hoy = hoy_en_lima(timezone.now())
    formulario = PlazoForm(request.GET) if "dias" in request.GET else PlazoForm(initial={"desde": hoy})
    computo = None
    if formulario.is_bound and formulario.is_valid():
        computo = queries.contar_plazo(formulario.cleaned_data["desde"], formulario.cleaned_data["dias"])
    contexto = {
        "dias": queries.get_dias_que_no_cuentan(al=hoy),
        "form": formulario,
        "computo": computo,
        "hoy": hoy,
    }
    return render(request, "sede/plazos.html", contexto)


@require_safe
def accesibilidad(request: HttpRequest) -> HttpResponse:
    """Declaración de accesibilidad."""
    return render(request, "sede/accesibilidad.html")


@require_safe
def privacidad(request: HttpRequest) -> HttpResponse:
    """Aviso de privacidad (Ley 29733, art. 18)."""
    return render(request, "sede/privacidad.html")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Lo que los buscadores no deben recorrer."""
    return render(
        request, "sede/robots.txt", {"base": settings.URL_PUBLICA}, content_type="text/plain; charset=utf-8"
    )


@require_safe
def mapa(request: HttpRequest) -> HttpResponse:
    """Las páginas públicas, para los buscadores."""
    grupos = tramites.get_catalogo(al=hoy_en_lima(timezone.now()))
    return render(
        request,
        "sede/sitemap.xml",
        {"grupos": grupos, "base": settings.URL_PUBLICA},
        content_type="application/xml; charset=utf-8",
    )
