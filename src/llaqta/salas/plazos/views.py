"""Pantallas de los plazos: las reglas que rigen, la tabla de distancias, las interrupciones y la calculadora."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.web.escrito import exige_persona, recuperar_escrito
from llaqta.cimientos.web.forms import Formulario
from llaqta.cimientos.web.palabras import fecha_sin_dia
from llaqta.salas.plazos import policies, queries, services
from llaqta.salas.plazos.almanaque import dibujar, leyenda
from llaqta.salas.plazos.forms import (
    CalculadoraForm,
    CambiarForm,
    CertificarForm,
    ConfirmarForm,
    DistanciaForm,
    InterrupcionForm,
)
from llaqta.salas.plazos.instalada import FuenteInstalada
from llaqta.salas.plazos.lectura import resolver
from llaqta.salas.plazos.reglas import Regla, check_cambiable
from llaqta.salas.plazos.rules import Plazo

_A_SU_CAMPO = {"suspender": "suspende_desde", "cierre": "hora"}
"""En qué casilla se dice un error que la lectura nombra de otra manera."""


@require_safe
def calculadora(request: HttpRequest) -> HttpResponse:
    """Cuándo vence un plazo y por qué: para cualquiera, sin cuenta."""
    hoy = hoy_en_lima(timezone.now())
    form = CalculadoraForm(
        request.GET if "dias" in request.GET else None,
        origenes=queries.get_origenes(al=hoy),
        initial={"desde": hoy, "dias": "30"},
    )
    resuelto = None
    if form.is_bound and form.is_valid():
        try:
            resuelto = resolver(form.escrito(), FuenteInstalada())
        except (EntradaInvalida, NoProcede) as error:
            campo = _A_SU_CAMPO.get(getattr(error, "campo", ""), getattr(error, "campo", ""))
            frase = f"{error.frase} ({error.norma})" if error.norma else error.frase
            form.add_error(campo if campo in form.fields else None, frase)
    contexto = {
        "form": form,
        "resuelto": resuelto,
        "meses": dibujar(resuelto.pedido, resuelto.plazo) if resuelto else [],
        "hitos": leyenda(resuelto.pedido, resuelto.plazo) if resuelto else [],
        "reglas_pendientes": _pendientes(resuelto.plazo, hoy) if resuelto else [],
    }
    return render(request, "plazos/calculadora.html", contexto)


def _pendientes(plazo: Plazo, hoy: date) -> list[str]:
    """Los nombres de las reglas que la cuenta usó y nadie verificó."""
    citas = (queries.get_regla(cita["codigo"], al=hoy) for cita in plazo.explicacion.get("citas", []))
    return [regla.nombre for regla in citas if regla.pendiente]


@require_safe
@exige_persona
def reglas(request: HttpRequest) -> HttpResponse:
    """Todas las reglas que hoy rigen, por materia; con ``?ver=pendientes``, las que nadie verificó."""
    hoy = hoy_en_lima(timezone.now())
    return _lista(request, "plazos/reglas.html", queries.get_reglas(para=request.persona, al=hoy), hoy)  # type: ignore[attr-defined]


@require_safe
@exige_persona
def articulos_citados(request: HttpRequest) -> HttpResponse:
    """Los artículos que el programa cita sin cifra propia, por norma; con ``?ver=pendientes``, los no verificados."""
    hoy = hoy_en_lima(timezone.now())
    return _lista(request, "plazos/citas.html", queries.get_citas(para=request.persona, al=hoy), hoy)  # type: ignore[attr-defined]


def _lista(request: HttpRequest, plantilla: str, todas: Sequence[Regla], hoy: date) -> HttpResponse:
    solo_pendientes = request.GET.get("ver") == "pendientes"
    vistas = [regla for regla in todas if regla.pendiente or not solo_pendientes]
    contexto = {
        "grupos": [(materia, list(suyas)) for materia, suyas in groupby(vistas, key=lambda r: r.materia)],
        "solo_pendientes": solo_pendientes,
        "cuantas": len(todas),
        "pendientes": sum(regla.pendiente for regla in todas),
        "hoy": hoy,
    }
    return render(request, plantilla, contexto)


@require_safe
@exige_persona
def regla(request: HttpRequest, codigo: str) -> HttpResponse:
    """Una regla: lo que dice, su norma, su historia y lo que se puede hacer con ella."""
    persona = request.persona  # type: ignore[attr-defined]
    historia = queries.get_historia(codigo, para=persona)
    contexto = {
        "regla": queries.get_regla(codigo, al=hoy_en_lima(timezone.now())),
        "historia": historia,
        "puede_confirmar": persona.puede(policies.CONFIRMAR),
        "puede_cambiar": persona.puede(policies.CONFIRMAR) or persona.puede(policies.ADMINISTRAR),
    }
    return render(request, "plazos/regla.html", contexto)


@require_http_methods(["GET", "HEAD", "POST"])
@exige_persona
def confirmar_regla(request: HttpRequest, codigo: str) -> HttpResponse:
    """La asesoría jurídica da por verificada una regla."""
    persona, ahora = request.persona, timezone.now()  # type: ignore[attr-defined]
    policies.check_confirmar(persona)
    historia = queries.get_historia(codigo, para=persona)

    def hacer(datos: dict[str, Any]) -> str:
        services.confirmar_regla(actor=persona, codigo=codigo, ahora=ahora, **datos)
        return "El artículo quedó verificado." if historia[0].es_cita else "La regla quedó verificada."

    return _con_formulario(
        request, ConfirmarForm, hacer, titulo="Verificar el artículo" if historia[0].es_cita else "Verificar la regla",
        boton="Dar por verificado" if historia[0].es_cita else "Dar por verificada",
        atras=reverse("regla", args=[codigo]), guia=_guia_de(historia[0]),
        inicial={"norma": historia[0].norma, "articulo": historia[0].articulo},
    )  # fmt: skip


def _guia_de(regla: Regla) -> str:
    return f"{regla.base}: {regla.enunciado}" if regla.es_cita else f"{regla.nombre}: {regla.dicho}."


@require_http_methods(["GET", "HEAD", "POST"])
@exige_persona
def cambiar_regla(request: HttpRequest, codigo: str) -> HttpResponse:
    """Da otro valor a una regla desde una fecha."""
    persona, ahora = request.persona, timezone.now()  # type: ignore[attr-defined]
    policies.check_cambiar(persona)
    vigente = queries.get_historia(codigo, para=persona)[0]
    check_cambiable(codigo)

    def hacer(datos: dict[str, Any]) -> str:
        fila = services.cambiar_regla(actor=persona, codigo=codigo, ahora=ahora, **datos)
        return f"El valor nuevo rige desde el {fecha_sin_dia(fila.desde)}."

    return _con_formulario(
        request, CambiarForm, hacer, titulo="Cambiar la regla", boton="Cambiar",
        atras=reverse("regla", args=[codigo]),
        guia=f"{vigente.nombre}. Hoy: {vigente.dicho}. Lo ya calculado queda como se dijo.",
        inicial={"desde": hoy_en_lima(ahora), "valor": vigente.valor}, codigo=codigo,
    )  # fmt: skip


@require_safe
@exige_persona
def distancias(request: HttpRequest) -> HttpResponse:
    """La tabla de días que se agregan por la distancia."""
    persona = request.persona  # type: ignore[attr-defined]
    policies.check_ver_reglas(persona)
    contexto = {
        "origenes": queries.get_origenes(al=hoy_en_lima(timezone.now())),
        "puede_cambiar": persona.puede(policies.CONFIRMAR) or persona.puede(policies.ADMINISTRAR),
    }
    return render(request, "plazos/distancias.html", contexto)


@require_http_methods(["GET", "HEAD", "POST"])
@exige_persona
def guardar_distancia(request: HttpRequest) -> HttpResponse:
    """Agrega un lugar, o cambia los días de uno (``?lugar=código``)."""
    persona, ahora = request.persona, timezone.now()  # type: ignore[attr-defined]
    policies.check_cambiar(persona)
    hoy = hoy_en_lima(ahora)
    actual = next((o for o in queries.get_origenes(al=hoy) if o.codigo == request.GET.get("lugar")), None)
    inicial: dict[str, Any] = {"desde": hoy}
    if actual:
        inicial |= {"nombre": actual.nombre, "dias": actual.dias, "norma": actual.norma}

    def hacer(datos: dict[str, Any]) -> str:
        services.guardar_origen(actor=persona, codigo=actual.codigo if actual else "", ahora=ahora, **datos)
        return f"La distancia de {datos['nombre']} quedó guardada."

    return _con_formulario(
        request, DistanciaForm, hacer, atras=reverse("distancias"), inicial=inicial, boton="Guardar",
        titulo=f"Distancia de {actual.nombre}" if actual else "Agregar un lugar",
    )  # fmt: skip


@require_safe
@exige_persona
def interrupciones(request: HttpRequest) -> HttpResponse:
    """Las veces en que un servicio digital no atendió."""
    persona = request.persona  # type: ignore[attr-defined]
    contexto = {
        "interrupciones": queries.get_interrupciones(para=persona)[:200],
        "puede_registrar": persona.puede(policies.ADMINISTRAR),
        "puede_certificar": persona.puede(policies.CONFIRMAR),
    }
    return render(request, "plazos/interrupciones.html", contexto)


@require_http_methods(["GET", "HEAD", "POST"])
@exige_persona
def registrar_interrupcion(request: HttpRequest) -> HttpResponse:
    """Registra que un servicio no atendió."""
    persona, ahora = request.persona, timezone.now()  # type: ignore[attr-defined]
    policies.check_registrar_interrupcion(persona)

    def hacer(datos: dict[str, Any]) -> str:
        services.registrar_interrupcion(actor=persona, ahora=ahora, **datos)
        return "La interrupción quedó registrada. Corre plazos cuando la asesoría jurídica la certifique."

    return _con_formulario(
        request, InterrupcionForm, hacer, titulo="Registrar una interrupción", boton="Registrar",
        atras=reverse("interrupciones"),
        guia="Por sí sola no mueve ningún plazo: la certifica la asesoría jurídica.",
        inicial={"inicio_en": ahora - timedelta(hours=1), "norma": "Ley 27444, arts. 134.2 y 137.3"},
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@exige_persona
def certificar_interrupcion(request: HttpRequest, pk: int) -> HttpResponse:
    """La asesoría jurídica certifica una interrupción."""
    persona, ahora = request.persona, timezone.now()  # type: ignore[attr-defined]
    policies.check_confirmar(persona)
    fila = queries.get_interrupcion(pk, para=persona)

    def hacer(datos: dict[str, Any]) -> str:
        services.certificar_interrupcion(actor=persona, interrupcion=fila, ahora=ahora, **datos)
        return (
            "La interrupción quedó certificada: los plazos de las personas que vencían esos días se corren."
        )

    return _con_formulario(
        request, CertificarForm, hacer, titulo="Certificar la interrupción", boton="Certificar",
        atras=reverse("interrupciones"), guia=f"{fila}: {fila.causa}",
        inicial={"fin_en": fila.fin_en, "difundida_en": fila.difundida_en},
    )  # fmt: skip


def _con_formulario(
    request: HttpRequest,
    clase: type[Formulario],
    hacer: Callable[[dict[str, Any]], str],
    *,
    titulo: str,
    boton: str,
    atras: str,
    guia: str = "",
    inicial: dict[str, Any] | None = None,
    **mas: Any,
) -> HttpResponse:
    """Una página con un formulario: ``hacer`` actúa y dice la frase; una negativa vuelve a su casilla."""
    form = clase(
        request.POST if request.method == "POST" else None,
        escrito=recuperar_escrito(request),
        initial=inicial or {},
        **mas,
    )
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, hacer(form.cleaned_data))
        except (Denegado, EntradaInvalida, NoProcede) as error:
            campo = error.campo if isinstance(error, EntradaInvalida) and error.campo in form.fields else None
            form.add_error(campo, error.frase)
        else:
            return HttpResponseRedirect(atras)
    contexto = {"form": form, "titulo": titulo, "boton": boton, "atras": atras, "guia": guia}
    return render(request, "llaqta/formulario_interno.html", contexto)
