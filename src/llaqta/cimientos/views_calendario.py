"""Pantallas del calendario: los días de un año, y anotar o quitar uno viendo antes qué plazos movería."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods, require_safe

from llaqta.cimientos import dias
from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.dias_en_lista import leer_lista
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.forms import DiaForm, ListaDeDiasForm, SinEfectoForm
from llaqta.cimientos.models import DiaNoLaborable
from llaqta.cimientos.web.escrito import exige_persona, recuperar_escrito
from llaqta.cimientos.web.forms import Formulario
from llaqta.cimientos.web.palabras import fecha_larga

CONFIRMADO, CORREGIR = "confirmado", "corregir"
_PREVER = "Ver qué plazos cambian"


@require_safe
@exige_persona
def calendario(request: HttpRequest) -> HttpResponse:
    """Los días no laborables de un año: los nacionales, los anotados y los que se sugiere confirmar."""
    persona = request.persona  # type: ignore[attr-defined]
    pedido = request.GET.get("anio", "")
    anio = (
        int(pedido)
        if pedido.isascii() and pedido.isdigit() and len(pedido) < 6
        else hoy_en_lima(timezone.now()).year
    )
    contexto = {
        "anio": str(anio),
        "anios": [str(a) for a in dias.anios_alrededor(anio)],
        "dias": dias.get_anio(anio, para=persona),
        "sugeridos": dias.get_sugeridos(anio, para=persona),
    }
    return render(request, "llaqta/calendario.html", contexto)


@require_http_methods(["GET", "HEAD", "POST"])
@exige_persona
def anotar_dia(request: HttpRequest) -> HttpResponse:
    """Anota un día que no se cuenta; antes muestra qué plazos movería."""
    persona, ahora = request.persona, timezone.now()  # type: ignore[attr-defined]
    dias.check_ver_calendario(persona)
    form = _formulario(request, DiaForm, _inicial_del_dia(request))
    if _enviado(request) and form.is_valid():
        try:
            if CONFIRMADO in request.POST:
                dia = dias.anotar_dia(actor=persona, **form.cleaned_data, ahora=ahora)
                return _hecho(request, f"El {fecha_larga(dia.fecha)} quedó anotado.", dia.fecha.year)
            propuesto = dias.armar_dia(**form.cleaned_data)
            vista = dias.prever_cambio(para=persona, mas=[propuesto], ahora=ahora)
            return _prevision(
                request, vista, f"Si el {fecha_larga(propuesto.fecha)} no se cuenta", "Anotar el día"
            )
        except (EntradaInvalida, NoProcede) as error:
            _anotar_error(form, error)
    return _pagina(request, form, "Anotar un día que no se cuenta", request.GET.get("anio", ""))


@require_http_methods(["GET", "HEAD", "POST"])
@exige_persona
def anotar_lista(request: HttpRequest) -> HttpResponse:
    """Anota de una vez los días de un año, pegados o de un archivo; antes muestra cada uno y qué plazos mueven."""
    persona, ahora = request.persona, timezone.now()  # type: ignore[attr-defined]
    dias.check_ver_calendario(persona)
    form = _formulario(request, ListaDeDiasForm, {"vigente_desde": hoy_en_lima(ahora), "ambito": "SERVICIO"})
    if _enviado(request) and form.is_valid():
        datos = dict(form.cleaned_data)
        lista = datos.pop("lista")
        try:
            armados = dias.armar_lista(leer_lista(lista, motivo=datos.pop("motivo")), **datos)
            nuevos: Sequence[DiaNoLaborable] = [renglon.dia for renglon in armados if renglon.dia]
            if CONFIRMADO in request.POST:
                hechos = dias.anotar_lista(actor=persona, dias=nuevos, ahora=ahora)
                return _hecho(request, f"Quedaron anotados {len(hechos)} días.", hechos[0].fecha.year)
            vista = dias.prever_cambio(para=persona, mas=nuevos, ahora=ahora)
            boton = f"Anotar {len(nuevos)} día{'' if len(nuevos) == 1 else 's'}" if nuevos else ""
            return _prevision(
                request, vista, "Los días de la lista", boton, renglones=armados, reemplaza={"lista": lista}
            )
        except (EntradaInvalida, NoProcede) as error:
            _anotar_error(form, error)
    guia = "Cada año se publican los días no laborables del siguiente: péguelos aquí con su decreto, todos a la vez."
    return _pagina(request, form, "Anotar los días de un año", request.GET.get("anio", ""), guia=guia)


@require_http_methods(["GET", "HEAD", "POST"])
@exige_persona
def dejar_sin_efecto(request: HttpRequest, pk: int) -> HttpResponse:
    """Deja sin efecto un día anotado; antes muestra qué plazos movería."""
    persona, ahora = request.persona, timezone.now()  # type: ignore[attr-defined]
    dia = dias.get_dia(pk, para=persona)
    form = _formulario(request, SinEfectoForm, {})
    if _enviado(request) and form.is_valid():
        try:
            if CONFIRMADO in request.POST:
                dias.dejar_sin_efecto(actor=persona, dia=dia, **form.cleaned_data, ahora=ahora)
                return _hecho(
                    request,
                    f"El {fecha_larga(dia.fecha)} vuelve a contar como los demás días.",
                    dia.fecha.year,
                )
            vista = dias.prever_cambio(para=persona, menos=dia, ahora=ahora)
            return _prevision(
                request, vista, f"Si el {fecha_larga(dia.fecha)} vuelve a contar", "Dejar sin efecto", dia=dia
            )
        except (EntradaInvalida, NoProcede) as error:
            _anotar_error(form, error)
    guia = (
        f"Desde ahora el {fecha_larga(dia.fecha)} se contará como los demás días. El renglón queda en el calendario, "
        "para explicar lo que ya se contó con él."
    )
    return _pagina(request, form, f"Dejar sin efecto: {dia.descripcion}", dia.fecha.year, guia=guia)


def _inicial_del_dia(request: HttpRequest) -> dict[str, Any]:
    """Lo que trae el enlace de un día sugerido, y desde hoy."""
    dado: dict[str, Any] = {"vigente_desde": hoy_en_lima(timezone.now())}
    try:
        fecha = parse_date(request.GET.get("fecha", "")[:10])
    except ValueError:
        fecha = None
    if fecha:
        dado |= {"fecha": fecha, "descripcion": request.GET.get("motivo", "")[:120]}
        dado |= {"ambito": request.GET.get("ambito", "")[:10]}
        dado |= {"efecto_administrativo": dado["ambito"] != "LOCAL"}
        dado["vigente_desde"] = min(fecha, dado["vigente_desde"])
    return dado


def _enviado(request: HttpRequest) -> bool:
    """Verdadero si se pide ver o confirmar; falso si se vuelve a cambiar lo escrito."""
    return request.method == "POST" and CORREGIR not in request.POST


def _formulario(request: HttpRequest, clase: type[Formulario], inicial: dict[str, Any]) -> Formulario:
    es_envio = request.method == "POST"
    return clase(
        request.POST if es_envio else None,
        request.FILES if es_envio else None,
        escrito=recuperar_escrito(request),
        initial=inicial,
    )


def _anotar_error(form: Formulario, error: EntradaInvalida | NoProcede) -> None:
    campo = error.campo if isinstance(error, EntradaInvalida) and error.campo in form.fields else None
    form.add_error(campo, error.frase)


def _hecho(request: HttpRequest, frase: str, anio: int) -> HttpResponse:
    messages.success(request, f"{frase} Los plazos abiertos que lo necesitan se están volviendo a contar.")
    return HttpResponseRedirect(_del_calendario(anio))


def _pagina(
    request: HttpRequest, form: Formulario, titulo: str, anio: int | str, *, guia: str = ""
) -> HttpResponse:
    contexto = {
        "form": form,
        "titulo": titulo,
        "boton": _PREVER,
        "atras": _del_calendario(anio),
        "guia": guia or "Antes de anotarlo verá qué plazos abiertos cambian de fecha.",
    }
    return render(request, "llaqta/formulario_interno.html", contexto)


def _prevision(
    request: HttpRequest,
    vista: dias.VistaPrevia,
    titulo: str,
    boton: str,
    *,
    reemplaza: dict[str, str] | None = None,
    **mas: Any,
) -> HttpResponse:
    """La página que dice qué pasaría; lo escrito viaja en campos ocultos y el botón lo confirma."""
    escrito = {
        c: v for c, v in request.POST.items() if c not in ("csrfmiddlewaretoken", "archivo", CONFIRMADO)
    }
    contexto = {
        "vista": vista,
        "titulo": titulo,
        "boton": boton,
        "ocultos": [*{**escrito, **(reemplaza or {})}.items(), (CONFIRMADO, "1")],
        "atras": reverse("administracion_calendario"),
        **mas,
    }
    return render(request, "llaqta/calendario_prevision.html", contexto)


def _del_calendario(anio: int | str) -> str:
    anio = str(anio)
    return reverse("administracion_calendario") + (
        f"?anio={anio}" if anio.isascii() and anio.isdigit() else ""
    )
