"""El editor del TUPA, para quien lo administra."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from llaqta.cimientos.calendario import fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.salas.cuentas import queries as cuentas
from llaqta.salas.cuentas.acceso import exige_permiso
from llaqta.salas.tramites import filas, forms, queries, services
from llaqta.salas.tramites.models import Procedimiento

_EDITA = exige_permiso("tramites.editar")


@_EDITA
@require_safe
def lista(request: HttpRequest) -> HttpResponse:
    """Los procedimientos del TUPA, con lo que rige y lo que está por regir."""
    texto = request.GET.get("q", "").strip()[:60]
    procedimientos = queries.list_procedimientos(
        para=_persona(request), al=hoy_en_lima(timezone.now()), texto=texto
    )
    return render(request, "tramites/lista.html", {"filas": procedimientos, "texto": texto})


@_EDITA
@require_http_methods(["GET", "HEAD", "POST"])
def nuevo(request: HttpRequest) -> HttpResponse:
    """Abre un procedimiento y lleva a escribir su primera versión."""
    formulario = forms.ProcedimientoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and formulario.is_valid():
        try:
            abierto = services.registrar_procedimiento(
                actor=_persona(request), ahora=timezone.now(), **formulario.cleaned_data
            )
        except EntradaInvalida as negativa:
            formulario.add_error(negativa.campo or None, negativa.frase)
        else:
            return redirect("editar_procedimiento", codigo=abierto.codigo)
    return render(
        request, "tramites/nuevo.html", {"form": formulario}, status=422 if formulario.is_bound else 200
    )


@_EDITA
@require_http_methods(["GET", "HEAD", "POST"])
def procedimiento(request: HttpRequest, codigo: str) -> HttpResponse:
    """Las versiones de un procedimiento, y las palabras con que se encuentra."""
    persona, hoy = _persona(request), hoy_en_lima(timezone.now())
    hallado = queries.get_procedimiento(codigo, para=persona)
    iniciales = {"tema": hallado.tema_id, "palabras": hallado.palabras, "es_frecuente": hallado.es_frecuente}
    formulario = forms.PalabrasForm(request.POST if request.method == "POST" else None, initial=iniciales)
    if request.method == "POST" and formulario.is_valid():
        services.cambiar_palabras(
            actor=persona, procedimiento=hallado, ahora=timezone.now(), **formulario.cleaned_data
        )
        messages.success(request, "Guardamos las palabras. Ya se puede encontrar con ellas.")
        return redirect("procedimiento", codigo=codigo)
    ultima = hallado.versiones.first()
    contexto = {
        "p": hallado,
        "form": formulario,
        "hoy": hoy,
        "se_puede_retirar": ultima is not None and ultima.hasta is None and ultima.desde <= hoy,
    }
    return render(
        request, "tramites/procedimiento.html", contexto, status=422 if formulario.is_bound else 200
    )


@_EDITA
@require_safe
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """Una versión, tal como la vio o la verá el público."""
    hallada = queries.get_version(pk, para=_persona(request))
    ficha = queries.componer_ficha(hallada, relacionados_al=hallada.desde)
    return render(
        request, "tramites/version.html", {"ficha": ficha, "version": hallada, "vista_previa": True}
    )


@_EDITA
@require_http_methods(["GET", "HEAD", "POST"])
def editar(request: HttpRequest, codigo: str) -> HttpResponse:
    """Escribe una versión nueva: mueve filas con botones, la muestra como quedará y la publica."""
    hallado = queries.get_procedimiento(codigo, para=_persona(request))
    if request.method != "POST":
        ultima = hallado.versiones.first()
        base = queries.get_version(ultima.pk, para=_persona(request)) if ultima else None
        formulario = forms.VersionForm(initial=filas.inicial_de(base), **_opciones())
        return _pantalla(request, hallado, formulario, filas.Listas.de_version(base))
    listas = filas.Listas.del_formulario(request.POST)
    cual, _, accion = request.POST.get("accion", "").partition(":")
    if listas.mover(cual, accion):
        formulario = forms.VersionForm(escrito=request.POST, **_opciones())
        return _pantalla(request, hallado, formulario, listas)
    formulario = forms.VersionForm(request.POST, **_opciones())
    if all([formulario.is_valid(), listas.is_valid()]) and cual != "volver":
        try:
            return _mostrar_o_publicar(request, hallado, formulario, listas, publica=cual == "publicar")
        except (EntradaInvalida, NoProcede) as negativa:
            forms.anotar(formulario, negativa, campo="desde")
    return _pantalla(request, hallado, formulario, listas, estado=200 if cual == "volver" else 422)


@_EDITA
@require_POST
def retirar(request: HttpRequest, pk: int) -> HttpResponse:
    """Retira una versión que todavía no rige."""
    hallada = queries.get_version(pk, para=_persona(request))
    services.retirar_version(actor=_persona(request), version=hallada, ahora=timezone.now())
    messages.success(request, "Retiramos esa versión: sigue rigiendo la anterior.")
    return redirect("procedimiento", codigo=hallada.procedimiento.codigo)


def _mostrar_o_publicar(
    request: HttpRequest,
    hallado: Procedimiento,
    formulario: forms.VersionForm,
    listas: filas.Listas,
    *,
    publica: bool,
) -> HttpResponse:
    desde = formulario.cleaned_data["desde"]
    datos = listas.a_datos(formulario)
    orden = {
        "actor": _persona(request),
        "procedimiento": hallado,
        "datos": datos,
        "desde": desde,
        "ahora": timezone.now(),
    }
    if publica:
        services.publicar_version(**orden)
        messages.success(request, f"Publicamos la versión: rige desde el {fecha_en_palabras(desde)}.")
        return redirect("procedimiento", codigo=hallado.codigo)
    ficha = services.previsualizar_version(**orden)
    ocultos = [
        (n, v) for n, vs in request.POST.lists() if n not in ("accion", "csrfmiddlewaretoken") for v in vs
    ]
    contexto = {
        "ficha": ficha,
        "version": ficha.version,
        "p": hallado,
        "ocultos": ocultos,
        "vista_previa": True,
        "objeciones": queries.get_objeciones(
            [queries.a_fila(ficha.version)], para=_persona(request), al=desde
        ),
    }
    return render(request, "tramites/previa.html", contexto)


def _pantalla(
    request: HttpRequest,
    hallado: Procedimiento,
    formulario: forms.VersionForm,
    listas: filas.Listas,
    *,
    estado: int = 200,
) -> HttpResponse:
    contexto = {"p": hallado, "form": formulario, **vars(listas)}
    return render(request, "tramites/editar.html", contexto, status=estado)


def _opciones() -> dict[str, Any]:
    return {
        "unidades": cuentas.get_unidades(None),
        "anios": [uit.anio for uit in queries.get_uit_registradas()],
    }


def _persona(request: HttpRequest) -> Any:
    return request.persona  # type: ignore[attr-defined]
