"""Pantallas de los cimientos: la entidad, los trabajos fallidos y la galería; el calendario, en su archivo."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from llaqta.cimientos import entidades, trabajos
from llaqta.cimientos.errors import EntradaInvalida, NoEncontrado
from llaqta.cimientos.forms import EntidadForm
from llaqta.cimientos.web.escrito import exige_persona, recuperar_escrito
from llaqta.cimientos.web.galeria import contenido_de_la_galeria


@require_http_methods(["GET", "HEAD", "POST"])
@exige_persona
def entidad(request: HttpRequest) -> HttpResponse:
    """Los datos de la municipalidad, con una muestra de cómo se ven o de cómo quedarían."""
    persona, ahora = request.persona, timezone.now()  # type: ignore[attr-defined]
    vista = entidades.get_entidad(para=persona)
    iniciales = {campo: getattr(vista, campo) for campo in entidades.CAMPOS}
    form = EntidadForm(
        request.POST or None, request.FILES or None, escrito=recuperar_escrito(request), initial=iniciales
    )
    propuesta = None
    if request.method == "POST" and form.is_valid():
        try:
            if "ver" not in request.POST:
                entidades.guardar_entidad(actor=persona, ahora=ahora, **form.datos())
                messages.success(request, "Los datos de la municipalidad quedaron guardados.")
                return HttpResponseRedirect(reverse("administracion_entidad"))
            vista = propuesta = entidades.proponer(para=persona, ahora=ahora, **form.datos())
            form = EntidadForm(initial={campo: getattr(propuesta, campo) for campo in entidades.CAMPOS})
        except EntradaInvalida as error:
            campo = "archivo_de_escudo" if error.campo == "escudo" else error.campo
            form.add_error(campo if campo in form.fields else None, error.frase)
    contexto = {
        "form": form,
        "muestra": entidades.mostrar(vista, para=persona, ahora=ahora),
        "es_propuesta": propuesta is not None,
    }
    return render(request, "llaqta/entidad.html", contexto)


@require_safe
@exige_persona
def membrete(request: HttpRequest) -> HttpResponse:
    """La hoja membretada de muestra, como está guardada la entidad."""
    actual = entidades.get_entidad(para=request.persona)  # type: ignore[attr-defined]
    contenido = entidades.componer_membrete(actual, ahora=timezone.now())
    return HttpResponse(contenido, content_type="application/pdf")


@require_safe
@exige_persona
def trabajos_fallidos(request: HttpRequest) -> HttpResponse:
    """Lista los trabajos que agotaron sus reintentos."""
    pagina = trabajos.list_trabajos_fallidos(para=request.persona, cursor=request.GET.get("cursor", ""))  # type: ignore[attr-defined]
    return render(
        request, "llaqta/trabajos_fallidos.html", {"pagina": pagina, "trabajos": trabajos.detallar(pagina)}
    )


@require_POST
@exige_persona
def reintentar(request: HttpRequest, trabajo_id: int) -> HttpResponse:
    """Vuelve a intentar un trabajo."""
    trabajos.reintentar_trabajo(actor=request.persona, trabajo_id=trabajo_id, ahora=timezone.now())  # type: ignore[attr-defined]
    messages.success(request, f"El trabajo {trabajo_id} volvió a la cola.")
    return HttpResponseRedirect(reverse("trabajos_fallidos"))


@require_http_methods(["GET", "HEAD", "POST"])
def galeria(request: HttpRequest, pagina: str = "") -> HttpResponse:
    """Todas las piezas de la casa, vivas; solo en la demostración."""
    if not settings.DEMO:
        raise NoEncontrado
    plantilla, contexto = contenido_de_la_galeria(
        pagina, request.POST or None, request.FILES or None, recuperar_escrito(request)
    )
    return render(request, plantilla, contexto)
