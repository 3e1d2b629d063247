"""Personas, unidades, puestos y roles: las pantallas de quien administra las cuentas."""

from __future__ import annotations

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

administra = exige_permiso("cuentas.administrar")


@require_GET
@administra
def personas(request: HttpRequest) -> HttpResponse:
    """La lista de personas, con buscador."""
    texto = request.GET.get("q", "").strip()
    pagina = queries.list_personas(
        para=request.persona,  # type: ignore[attr-defined]
        texto=texto,
        cursor=request.GET.get("cursor", ""),
    )
    return render(request, "cuentas/administracion/personas.html", {"pagina": pagina, "texto": texto})


@require_GET
@administra
def persona(request: HttpRequest, pk: int) -> HttpResponse:
    """La ficha de una persona: sus datos, su cuenta, sus puestos y sus roles."""
    ficha = queries.get_ficha(pk, para=request.persona)  # type: ignore[attr-defined]
    return render(
        request, "cuentas/administracion/persona.html", {"ficha": ficha, "hoy": hoy_en_lima(timezone.now())}
    )


@require_http_methods(["GET", "POST"])
@administra
def crear_cuenta(request: HttpRequest, pk: int) -> HttpResponse:
    """Dar cuenta a una persona que la municipalidad ya registró."""
    ficha = queries.get_ficha(pk, para=request.persona)  # type: ignore[attr-defined]

    def hacer(datos: dict[str, Any]) -> str:
        services.crear_cuenta(
            actor=request.persona,  # type: ignore[attr-defined]
            persona=ficha.persona,
            clave=datos["clave"],
            ahora=timezone.now(),
        )
        return f"{ficha.persona} ya puede ingresar con su documento y la contraseña que usted le entregue."

    return pagina_con_formulario(
        request, forms.ClaveNuevaForm, titulo=f"Dar cuenta a {ficha.persona}", boton="Crear la cuenta",
        atras=reverse("cuentas_persona", args=[pk]), hacer=hacer,
        guia="Hágalo con su documento de identidad a la vista. Pídale que cambie la contraseña al entrar.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@administra
def dar_clave_nueva(request: HttpRequest, pk: int) -> HttpResponse:
    """Poner otra contraseña a quien la olvidó."""
    ficha = queries.get_ficha(pk, para=request.persona)  # type: ignore[attr-defined]

    def hacer(datos: dict[str, Any]) -> str:
        services.dar_clave_nueva(
            actor=request.persona,  # type: ignore[attr-defined]
            persona=ficha.persona,
            clave=datos["clave"],
            ahora=timezone.now(),
        )
        return f"{ficha.persona} tiene una contraseña nueva; sus sesiones abiertas se cerraron."

    return pagina_con_formulario(
        request, forms.ClaveNuevaForm, titulo=f"Contraseña nueva para {ficha.persona}", boton="Guardar",
        atras=reverse("cuentas_persona", args=[pk]), hacer=hacer,
        guia="Hágalo con su documento de identidad a la vista. Pídale que la cambie al entrar.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@administra
def desactivar_cuenta(request: HttpRequest, pk: int) -> HttpResponse:
    """Cerrar la puerta a una persona."""
    ficha = queries.get_ficha(pk, para=request.persona)  # type: ignore[attr-defined]

    def hacer(datos: dict[str, Any]) -> str:
        services.desactivar_cuenta(actor=request.persona, persona=ficha.persona, ahora=timezone.now())  # type: ignore[attr-defined]
        return f"{ficha.persona} ya no puede entrar con su cuenta."

    return pagina_con_formulario(
        request, forms.ConfirmarForm, titulo=f"Desactivar la cuenta de {ficha.persona}", boton="Desactivar la cuenta",
        atras=reverse("cuentas_persona", args=[pk]), hacer=hacer,
        guia="No podrá entrar, y si está dentro saldrá ahora mismo. Sus puestos y roles no cambian:"
        " si dejó la municipalidad, termínelos también.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@administra
def quitar_segundo_paso(request: HttpRequest, pk: int) -> HttpResponse:
    """Quitar el segundo paso a quien perdió su teléfono y sus códigos."""
    ficha = queries.get_ficha(pk, para=request.persona)  # type: ignore[attr-defined]

    def hacer(datos: dict[str, Any]) -> str:
        services.quitar_segundo_paso(actor=request.persona, persona=ficha.persona, ahora=timezone.now())  # type: ignore[attr-defined]
        return f"{ficha.persona} entra otra vez solo con su contraseña, hasta que registre otro segundo paso."

    return pagina_con_formulario(
        request, forms.ConfirmarForm, titulo=f"Quitar el segundo paso de {ficha.persona}",
        boton="Quitar su segundo paso", atras=reverse("cuentas_persona", args=[pk]), hacer=hacer,
        guia="Hágalo con la persona delante y su documento de identidad a la vista. Sus sesiones abiertas se cierran.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@administra
def cerrar_sesiones(request: HttpRequest, pk: int) -> HttpResponse:
    """Cerrar todas las sesiones abiertas de una persona, por si perdió su equipo."""
    ficha = queries.get_ficha(pk, para=request.persona)  # type: ignore[attr-defined]

    def hacer(datos: dict[str, Any]) -> str:
        cerradas = services.cerrar_sesiones(
            actor=request.persona,  # type: ignore[attr-defined]
            persona=ficha.persona,
            ahora=timezone.now(),
        )
        return f"Sesiones de {ficha.persona} que se cerraron: {cerradas}."

    return pagina_con_formulario(
        request, forms.ConfirmarForm, titulo=f"Cerrar las sesiones de {ficha.persona}", boton="Cerrar sus sesiones",
        atras=reverse("cuentas_persona", args=[pk]), hacer=hacer,
        guia="Saldrá ahora mismo de todos los equipos donde entró, y podrá volver a entrar. Si alguien más conoce su"
        " contraseña, dele además una nueva.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@administra
def reactivar_cuenta(request: HttpRequest, pk: int) -> HttpResponse:
    """Volver a abrir la puerta a una persona."""
    ficha = queries.get_ficha(pk, para=request.persona)  # type: ignore[attr-defined]

    def hacer(datos: dict[str, Any]) -> str:
        services.reactivar_cuenta(actor=request.persona, persona=ficha.persona, ahora=timezone.now())  # type: ignore[attr-defined]
        return f"{ficha.persona} puede entrar otra vez."

    return pagina_con_formulario(
        request, forms.ConfirmarForm, titulo=f"Reactivar la cuenta de {ficha.persona}", boton="Reactivar la cuenta",
        atras=reverse("cuentas_persona", args=[pk]), hacer=hacer,
        guia="Entrará con la contraseña que tenía. Si la olvidó, dele después una nueva.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@administra
def asignar_puesto(request: HttpRequest, pk: int) -> HttpResponse:
    """Poner a una persona en un puesto, desde una fecha."""
    ficha = queries.get_ficha(pk, para=request.persona)  # type: ignore[attr-defined]
    ahora = timezone.now()

    def hacer(datos: dict[str, Any]) -> str:
        hecha = services.asignar_puesto(actor=request.persona, persona=ficha.persona, **datos, ahora=ahora)  # type: ignore[attr-defined]
        return f"{ficha.persona} ocupa el puesto «{hecha.puesto}» desde el {hecha.desde:%d/%m/%Y}."

    return pagina_con_formulario(
        request, forms.AsignarForm, titulo=f"Asignar un puesto a {ficha.persona}", boton="Asignar",
        atras=reverse("cuentas_persona", args=[pk]), hacer=hacer, inicial={"desde": hoy_en_lima(ahora)},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@administra
def dar_rol(request: HttpRequest, pk: int) -> HttpResponse:
    """Dar un rol a una persona, desde una fecha."""
    ficha = queries.get_ficha(pk, para=request.persona)  # type: ignore[attr-defined]
    ahora = timezone.now()

    def hacer(datos: dict[str, Any]) -> str:
        dado = services.dar_rol(actor=request.persona, persona=ficha.persona, **datos, ahora=ahora)  # type: ignore[attr-defined]
        return f"{ficha.persona} tiene el rol «{dado.rol}» desde el {dado.desde:%d/%m/%Y}."

    return pagina_con_formulario(
        request, forms.DarRolForm, titulo=f"Dar un rol a {ficha.persona}", boton="Dar el rol",
        atras=reverse("cuentas_persona", args=[pk]), hacer=hacer, inicial={"desde": hoy_en_lima(ahora)},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@administra
def terminar_asignacion(request: HttpRequest, pk: int) -> HttpResponse:
    """Poner fecha final a una asignación."""
    asignacion = queries.get_asignacion(pk, para=request.persona)  # type: ignore[attr-defined]
    ahora = timezone.now()

    def hacer(datos: dict[str, Any]) -> str:
        services.terminar_asignacion(actor=request.persona, asignacion=asignacion, **datos, ahora=ahora)  # type: ignore[attr-defined]
        return f"{asignacion.persona} deja el puesto «{asignacion.puesto}» el {asignacion.hasta:%d/%m/%Y}."

    return pagina_con_formulario(
        request, forms.TerminarForm, boton="Terminar",
        titulo=f"{asignacion.persona} deja el puesto «{asignacion.puesto}»",
        atras=reverse("cuentas_persona", args=[asignacion.persona_id]), hacer=hacer,
        inicial={"hasta": hoy_en_lima(ahora)}, guia="Ese día todavía actúa por el puesto; desde el siguiente, ya no.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@administra
def retirar_rol(request: HttpRequest, pk: int) -> HttpResponse:
    """Poner fecha final al rol de una persona."""
    dado = queries.get_rol_de_persona(pk, para=request.persona)  # type: ignore[attr-defined]
    ahora = timezone.now()

    def hacer(datos: dict[str, Any]) -> str:
        services.retirar_rol(actor=request.persona, rol_de_persona=dado, **datos, ahora=ahora)  # type: ignore[attr-defined]
        return f"{dado.persona} deja el rol «{dado.rol}» el {dado.hasta:%d/%m/%Y}."

    return pagina_con_formulario(
        request, forms.TerminarForm, titulo=f"{dado.persona} deja el rol «{dado.rol}»", boton="Terminar",
        atras=reverse("cuentas_persona", args=[dado.persona_id]), hacer=hacer,
        inicial={"hasta": hoy_en_lima(ahora)}, guia="Ese día todavía lo tiene; desde el siguiente, ya no.",
    )  # fmt: skip


@require_GET
@administra
def unidades(request: HttpRequest) -> HttpResponse:
    """El organigrama: unidades, puestos y quién los ocupa hoy."""
    hoy = hoy_en_lima(timezone.now())
    ramas = queries.get_organigrama(para=request.persona, al=hoy)  # type: ignore[attr-defined]
    return render(request, "cuentas/administracion/unidades.html", {"ramas": ramas, "hoy": hoy})


@require_http_methods(["GET", "POST"])
@administra
def crear_unidad(request: HttpRequest) -> HttpResponse:
    """Añadir una unidad al organigrama."""
    ahora = timezone.now()

    def hacer(datos: dict[str, Any]) -> str:
        hecha = services.crear_unidad(actor=request.persona, **datos, ahora=ahora)  # type: ignore[attr-defined]
        return f"La unidad «{hecha}» ya está en el organigrama."

    return pagina_con_formulario(
        request, forms.UnidadForm, titulo="Añadir una unidad", boton="Añadir",
        atras=reverse("cuentas_unidades"), hacer=hacer, inicial={"desde": hoy_en_lima(ahora)},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@administra
def terminar_unidad(request: HttpRequest, pk: int) -> HttpResponse:
    """Cerrar una unidad."""
    unidad = queries.get_unidad(pk, para=request.persona)  # type: ignore[attr-defined]
    ahora = timezone.now()

    def hacer(datos: dict[str, Any]) -> str:
        services.terminar_unidad(actor=request.persona, unidad=unidad, **datos, ahora=ahora)  # type: ignore[attr-defined]
        return f"La unidad «{unidad}» existe hasta el {unidad.vigente_hasta:%d/%m/%Y}."

    return pagina_con_formulario(
        request, forms.TerminarForm, titulo=f"Cerrar «{unidad}»", boton="Cerrar la unidad",
        atras=reverse("cuentas_unidades"), hacer=hacer, inicial={"hasta": hoy_en_lima(ahora)},
        guia="Lo que hizo queda en la historia; nadie podrá derivarle nada desde el día siguiente.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@administra
def crear_puesto(request: HttpRequest) -> HttpResponse:
    """Crear un puesto en una unidad."""

    def hacer(datos: dict[str, Any]) -> str:
        hecho = services.crear_puesto(actor=request.persona, **datos, ahora=timezone.now())  # type: ignore[attr-defined]
        return f"El puesto «{hecho}» ya existe. Falta asignarlo a una persona."

    return pagina_con_formulario(
        request, forms.PuestoForm, titulo="Crear un puesto", boton="Crear", atras=reverse("cuentas_unidades"),
        hacer=hacer, inicial={"unidad": request.GET.get("unidad")},
    )  # fmt: skip


@require_GET
@administra
def roles(request: HttpRequest) -> HttpResponse:
    """Los roles y lo que permite cada uno."""
    lista = queries.list_roles(para=request.persona, al=hoy_en_lima(timezone.now()))  # type: ignore[attr-defined]
    return render(request, "cuentas/administracion/roles.html", {"roles": lista})


@require_http_methods(["GET", "POST"])
@administra
def crear_rol(request: HttpRequest) -> HttpResponse:
    """Crear un rol con sus permisos."""
    return pagina_con_formulario(
        request, forms.RolForm, titulo="Crear un rol", boton="Crear", atras=reverse("cuentas_roles"),
        hacer=lambda datos: _guardar_rol(request, datos),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@administra
def editar_rol(request: HttpRequest, pk: int) -> HttpResponse:
    """Cambiar el nombre y los permisos de un rol."""
    rol = queries.get_rol(pk, para=request.persona)  # type: ignore[attr-defined]
    return pagina_con_formulario(
        request, forms.RolForm, titulo=f"Cambiar el rol «{rol}»", boton="Guardar", atras=reverse("cuentas_roles"),
        hacer=lambda datos: _guardar_rol(request, {**datos, "codigo": rol.codigo}),
        inicial={"codigo": rol.codigo, "nombre": rol.nombre, "permisos": rol.permisos},
        guia="Quienes lo tienen notarán el cambio en la siguiente página que abran.",
    )  # fmt: skip


def _guardar_rol(request: HttpRequest, datos: dict[str, Any]) -> str:
    rol = services.editar_rol(actor=request.persona, **datos, ahora=timezone.now())  # type: ignore[attr-defined]
    return f"El rol «{rol}» quedó guardado."
