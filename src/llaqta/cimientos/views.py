"""Pantallas de los cimientos: el calendario, la entidad, los trabajos fallidos y la galería de piezas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from llaqta.cimientos import dias, entidades, trabajos
from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoEncontrado, NoProcede
from llaqta.cimientos.forms import DiaForm, EntidadForm, SinEfectoForm
from llaqta.cimientos.web.escrito import exige_persona, recuperar_escrito
from llaqta.cimientos.web.forms import Formulario
from llaqta.cimientos.web.galeria import contenido_de_la_galeria
from llaqta.cimientos.web.palabras import fecha_larga


@require_safe
@exige_persona
def calendario(request: HttpRequest) -> HttpResponse:
    """Los días no laborables de un año: los nacionales y los anotados."""
    pedido = request.GET.get("anio", "")
    anio = (
        int(pedido)
        if pedido.isascii() and pedido.isdigit() and len(pedido) < 6
        else hoy_en_lima(timezone.now()).year
    )
    contexto = {
        "anio": str(anio),
        "anios": [str(a) for a in dias.anios_alrededor(anio)],
        "dias": dias.get_anio(anio, para=request.persona),  # type: ignore[attr-defined]
    }
    return render(request, "llaqta/calendario.html", contexto)


@require_http_methods(["GET", "HEAD", "POST"])
@exige_persona
def anotar_dia(request: HttpRequest) -> HttpResponse:
    """Anota un día que no se cuenta."""
    persona, ahora = request.persona, timezone.now()  # type: ignore[attr-defined]
    dias.check_ver_calendario(persona)

    def hacer(datos: dict[str, Any]) -> tuple[str, str]:
        dia = dias.anotar_dia(actor=persona, **datos, ahora=ahora)
        return f"El {fecha_larga(dia.fecha)} quedó anotado.", _del_calendario(dia.fecha.year)

    return _con_formulario(
        request, DiaForm, hacer, titulo="Anotar un día que no se cuenta", boton="Anotar",
        atras=_del_calendario(request.GET.get("anio", "")), inicial={"vigente_desde": hoy_en_lima(ahora)},
        guia="Los plazos que ya corren no se vuelven a calcular: vale para las fechas que se calculen desde ahora.",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@exige_persona
def dejar_sin_efecto(request: HttpRequest, pk: int) -> HttpResponse:
    """Deja sin efecto un día anotado."""
    persona, ahora = request.persona, timezone.now()  # type: ignore[attr-defined]
    dia = dias.get_dia(pk, para=persona)
    atras = _del_calendario(dia.fecha.year)

    def hacer(datos: dict[str, Any]) -> tuple[str, str]:
        dias.dejar_sin_efecto(actor=persona, dia=dia, **datos, ahora=ahora)
        return f"El {fecha_larga(dia.fecha)} vuelve a contar como los demás días.", atras

    return _con_formulario(
        request, SinEfectoForm, hacer, titulo=f"Dejar sin efecto: {dia.descripcion}", boton="Dejar sin efecto",
        atras=atras,
        guia=f"Desde ahora el {fecha_larga(dia.fecha)} se contará como los demás días. El renglón queda en el"
        " calendario, para explicar lo que ya se contó con él; los plazos que ya corren no se vuelven a calcular.",
    )  # fmt: skip


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


def _del_calendario(anio: int | str) -> str:
    anio = str(anio)
    return reverse("administracion_calendario") + (
        f"?anio={anio}" if anio.isascii() and anio.isdigit() else ""
    )


def _con_formulario(
    request: HttpRequest,
    clase: type[Formulario],
    hacer: Callable[[dict[str, Any]], tuple[str, str]],
    *,
    titulo: str,
    boton: str,
    atras: str,
    guia: str = "",
    inicial: dict[str, Any] | None = None,
) -> HttpResponse:
    """Una página con un formulario: ``hacer`` actúa y dice la frase y adónde ir; una negativa vuelve a su casilla."""
    form = clase(
        request.POST if request.method == "POST" else None,
        escrito=recuperar_escrito(request),
        initial=inicial or {},
    )
    if request.method == "POST" and form.is_valid():
        try:
            frase, destino = hacer(form.cleaned_data)
        except (EntradaInvalida, NoProcede) as error:
            campo = error.campo if isinstance(error, EntradaInvalida) and error.campo in form.fields else None
            form.add_error(campo, error.frase)
        else:
            messages.success(request, frase)
            return HttpResponseRedirect(destino)
    contexto = {"form": form, "titulo": titulo, "boton": boton, "atras": atras, "guia": guia}
    return render(request, "llaqta/formulario_interno.html", contexto)


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
