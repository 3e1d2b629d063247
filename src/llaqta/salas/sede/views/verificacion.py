"""La verificación pública de documentos: por código, por QR o con el PDF en la mano."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from llaqta.cimientos.errors import NoEncontrado
from llaqta.salas.documentos.entrega import entregar
from llaqta.salas.sede import queries, services
from llaqta.salas.sede.forms import CodigoForm, CopiaForm
from llaqta.salas.sede.views.seguimiento import lugar


@require_http_methods(["GET", "HEAD", "POST"])
def verificar(request: HttpRequest) -> HttpResponse:
    """Pide el código, o el PDF."""
    formulario = CodigoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and formulario.is_valid():
        # Lo que no puede ser un código tampoco puede ir en una dirección: una barra, por ejemplo.
        return redirect(
            "verificar_cvd", cvd="".join(formulario.cleaned_data["cvd"].replace("/", "-").split())
        )
    contexto = {"form": formulario, "copia": CopiaForm(), "titulo": "Verificar un documento"}
    return render(request, "sede/verificar.html", contexto, status=422 if formulario.is_bound else 200)


@never_cache
@require_safe
def por_codigo(request: HttpRequest, cvd: str) -> HttpResponse:
    """Qué documento lleva ese código, quién lo firmó y si es válido."""
    services.check_intento(puerta="verificar", lugar=lugar(request), ahora=timezone.now())
    try:
        verificado = queries.get_verificacion(cvd, para=request.persona, ahora=timezone.now())  # type: ignore[attr-defined]
    except NoEncontrado as negativa:
        formulario = CodigoForm({"cvd": cvd[:60]})
        formulario.full_clean()
        formulario.add_error("cvd", negativa.frase)
        contexto = {"form": formulario, "copia": CopiaForm(), "titulo": "Verificar un documento"}
        return render(request, "sede/verificar.html", contexto, status=404)
    return render(request, "sede/verificado.html", {"v": verificado, "copia": CopiaForm(), "cvd": cvd})


@never_cache
@require_safe
def contenido(request: HttpRequest, cvd: str) -> HttpResponseBase:
    """El documento que lleva ese código, si es público o si quien pregunta puede verlo.

    :raises NoEncontrado: en otro caso
    """
    documento = queries.get_documento_verificado(
        cvd,
        para=request.persona,  # type: ignore[attr-defined]
        ahora=timezone.now(),
    )
    archivo = documento.archivo
    return entregar(
        request, sha256=archivo.sha256, mime=archivo.mime, nombre=archivo.nombre, ajeno=documento.es_ajeno
    )


@never_cache
@require_POST
def comparar(request: HttpRequest, cvd: str) -> HttpResponse:
    """«Compruebe su copia»: la compara, byte por byte, con el documento registrado."""
    services.check_intento(puerta="copia", lugar=lugar(request), ahora=timezone.now())
    formulario = CopiaForm(request.POST, request.FILES)
    ahora, persona = timezone.now(), request.persona  # type: ignore[attr-defined]
    if not formulario.is_valid():
        verificado = queries.get_verificacion(cvd, para=persona, ahora=ahora)
        contexto = {"v": verificado, "copia": formulario, "cvd": cvd, "form": formulario}
        return render(request, "sede/verificado.html", contexto, status=422)
    subido = formulario.cleaned_data["archivo"][0]
    comparacion = queries.comparar_copia(cvd, subido.read(), para=persona, ahora=ahora)
    return render(request, "sede/comparacion.html", {"c": comparacion, "cvd": cvd, "nombre": subido.name})


@never_cache
@require_POST
def suelto(request: HttpRequest) -> HttpResponse:
    """Comprueba las firmas de un PDF que se trae sin código."""
    services.check_intento(puerta="copia", lugar=lugar(request), ahora=timezone.now())
    formulario = CopiaForm(request.POST, request.FILES)
    if not formulario.is_valid():
        contexto = {"form": CodigoForm(), "copia": formulario, "titulo": "Verificar un documento"}
        return render(request, "sede/verificar.html", contexto, status=422)
    subido = formulario.cleaned_data["archivo"][0]
    comprobado = queries.comprobar_suelto(
        subido.read(),
        para=request.persona,  # type: ignore[attr-defined]
        ahora=timezone.now(),
    )
    cvd = comprobado.documento.cvd if comprobado.documento else ""
    return render(request, "sede/comparacion.html", {"c": comprobado, "cvd": cvd, "nombre": subido.name})
