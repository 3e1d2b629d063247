"""Lo que se hace con la persona delante: registrarla, darle cuenta o contraseña, y anotar quién la representa."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.salas.cuentas import forms, queries, services
from llaqta.salas.cuentas.acceso import exige_permiso
from llaqta.salas.cuentas.views.formulario import pagina_con_formulario

atiende = exige_permiso("mesapartes.registrar", "cuentas.administrar")


@require_http_methods(["GET", "POST"])
@atiende
def registrar_persona(request: HttpRequest) -> HttpResponse:
    """Registrar a una persona natural o jurídica."""
    persona = request.persona  # type: ignore[attr-defined]

    def hacer(datos: dict[str, Any]) -> str:
        registrada = services.registrar_persona(actor=persona, **datos, ahora=timezone.now())
        return f"{registrada} quedó en el registro con {registrada.documento}."

    volver = "cuentas_personas" if persona.puede("cuentas.administrar") else "cuentas_representaciones"
    return pagina_con_formulario(
        request, forms.PersonaForm, titulo="Registrar a una persona", boton="Registrar",
        atras=reverse(volver), hacer=hacer,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@atiende
def atender(request: HttpRequest) -> HttpResponse:
    """Dar cuenta, o contraseña nueva, a la persona que está delante con su documento."""

    def hacer(datos: dict[str, Any]) -> str:
        cuenta = services.atender_cuenta(
            actor=request.persona,  # type: ignore[attr-defined]
            **datos,
            ahora=timezone.now(),
        )
        return (
            f"{cuenta.persona} ya puede ingresar con el número de su documento y la contraseña provisional;"
            " al entrar pondrá la suya."
        )

    return pagina_con_formulario(
        request, forms.AtenderForm, titulo="Cuenta o contraseña para quien está en ventanilla", boton="Guardar",
        atras=reverse("cuentas_ventanilla"), hacer=hacer,
        guia="Compruebe que el documento sea de la persona que tiene delante. Queda anotado quién la atendió.",
    )  # fmt: skip


@require_GET
@atiende
def representaciones(request: HttpRequest) -> HttpResponse:
    """Quién actúa por quién, con buscador."""
    texto = request.GET.get("q", "").strip()
    pagina = queries.list_representaciones(
        para=request.persona,  # type: ignore[attr-defined]
        texto=texto,
        cursor=request.GET.get("cursor", ""),
    )
    contexto = {"pagina": pagina, "texto": texto, "hoy": hoy_en_lima(timezone.now())}
    return render(request, "cuentas/representaciones.html", contexto)


@require_http_methods(["GET", "POST"])
@atiende
def anotar_representacion(request: HttpRequest) -> HttpResponse:
    """Anotar una representación con el documento que la acredita a la vista."""
    ahora = timezone.now()

    def hacer(datos: dict[str, Any]) -> str:
        hecha = services.anotar_representacion(actor=request.persona, **datos, ahora=ahora)  # type: ignore[attr-defined]
        return f"{hecha.representante} ya puede actuar por {hecha.representado}."

    return pagina_con_formulario(
        request, forms.RepresentacionForm, titulo="Anotar una representación", boton="Anotar",
        atras=reverse("cuentas_representaciones"), hacer=hacer, inicial={"desde": hoy_en_lima(ahora)},
        guia="Con la carta poder o la vigencia de poder a la vista. Para trámites basta la carta poder simple"
        " (art. 115): quien representa presenta, ve y recibe en nombre de la otra persona.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@atiende
def terminar_representacion(request: HttpRequest, pk: int) -> HttpResponse:
    """Poner fin a una representación."""
    representacion = queries.get_representacion(pk, para=request.persona)  # type: ignore[attr-defined]
    ahora = timezone.now()

    def hacer(datos: dict[str, Any]) -> str:
        ayer = hoy_en_lima(ahora) - timedelta(days=1)
        services.terminar_representacion(
            actor=request.persona,  # type: ignore[attr-defined]
            representacion=representacion,
            hasta=ayer if datos["de_inmediato"] else datos["hasta"],
            ahora=ahora,
        )
        cuando = "ya no actúa" if datos["de_inmediato"] else f"actúa hasta el {datos['hasta']:%d/%m/%Y}"
        return f"{representacion.representante} {cuando} por {representacion.representado}."

    return pagina_con_formulario(
        request, forms.TerminarRepresentacionForm, boton="Poner fin",
        titulo=f"{representacion.representante} deja de representar a {representacion.representado}",
        atras=reverse("cuentas_representaciones"), hacer=hacer,
        guia="Lo que ya hizo en su nombre sigue valiendo.",
    )  # fmt: skip
