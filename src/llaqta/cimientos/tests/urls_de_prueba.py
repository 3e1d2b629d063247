"""Direcciones mínimas para probar la parte común sin ninguna sala: las vistas de las salas son páginas de paso."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoEncontrado, NoProcede
from llaqta.cimientos.web.escrito import exige_persona, recuperar_escrito
from llaqta.cimientos.web.forms import CampoArchivo, Formulario


class Escrito(Formulario):
    """Un formulario con texto y archivo, como el de presentar."""

    asunto = forms.CharField(label="Asunto", max_length=200)
    archivo = CampoArchivo(label="Archivo", required=False)


def de_paso(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Una página cualquiera."""
    return render(request, "llaqta/error.html", {"titulo": "De paso", "frase": "Página de prueba."})


@exige_persona
def escribir(request: HttpRequest) -> HttpResponse:
    """Una página de pregunta que exige haber ingresado."""
    formulario = Escrito(request.POST or None, request.FILES or None, escrito=recuperar_escrito(request))
    if request.method == "POST" and formulario.is_valid():
        return HttpResponse(f"recibido: {formulario.cleaned_data['asunto']}")
    return render(request, "llaqta/pregunta.html", {"form": formulario, "titulo": "Escriba"})


def negar(request: HttpRequest, clase: str) -> HttpResponse:
    """Lanza la negativa pedida."""
    negativas = {
        "denegado": Denegado("Solo el jefe de la unidad puede firmar."),
        "nada": NoEncontrado(),
        "procede": NoProcede("Ya fue observado una vez.", norma="Ley 27444, art. 136.1"),
        "entrada": EntradaInvalida("El archivo está vacío.", campo="archivo"),
    }
    if clase in negativas:
        raise negativas[clase]
    raise ZeroDivisionError("falla nuestra")


urlpatterns = [
    path("", include("llaqta.cimientos.web.urls")),
    path("administracion/", include("llaqta.cimientos.urls")),
    path("escribir/", escribir, name="escribir"),
    path("negar/<slug:clase>/", negar),
    path("api/v1/negar/<slug:clase>/", negar),
    path("inicio/", de_paso, name="inicio"),
    path("tramites/", de_paso, name="buscar"),
    path("seguimiento/", de_paso, name="seguimiento"),
    path("verificar/", de_paso, name="verificar"),
    path("carpeta/", de_paso, name="inicio_de_la_persona"),
    path("salir/", de_paso, name="account_logout"),
    path("ingresar/", de_paso, name="account_login"),
    path("bandeja/", de_paso, name="bandeja"),
    path("mesa/", de_paso, name="mesa_de_partes"),
    path("buscar-interno/", de_paso, name="buscar_interno"),
]
handler404 = "llaqta.cimientos.web.views.pagina_404"
handler500 = "llaqta.cimientos.web.views.pagina_500"
