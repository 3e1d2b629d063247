"""Las pantallas de la numeración: hasta dónde va cada cuenta, cómo se escribe, qué se anuló y quién firma por quién."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.web.escrito import exige_persona, recuperar_escrito
from llaqta.cimientos.web.forms import Formulario
from llaqta.cimientos.web.palabras import fecha_larga
from llaqta.salas.documentos import forms, numeros, policies, queries, services

Datos = dict[str, Any]


@require_safe
@exige_persona
def numeracion(request: HttpRequest) -> HttpResponse:
    """Cada clase de documento: su formato, hasta qué número llegó y cómo se vería el siguiente."""
    hoy = hoy_en_lima(timezone.now())
    clases = queries.get_clases_numeradas(para=request.persona, anio=hoy.year, al=hoy)  # type: ignore[attr-defined]
    contexto = {
        "anio": str(hoy.year),
        "con_cuentas": [clase for clase in clases if any(c.ultimo for c in clase.cuentas)],
        "sin_numeros": [clase for clase in clases if not any(c.ultimo for c in clase.cuentas)],
    }
    return render(request, "documentos/numeracion/cuentas.html", contexto)


@require_safe
@exige_persona
def clase(request: HttpRequest, codigo: str) -> HttpResponse:
    """Los formatos que tuvo, tiene y tendrá una clase de documento."""
    tipo = queries.get_tipo_numerado(codigo, para=request.persona)  # type: ignore[attr-defined]
    contexto = {
        "tipo": tipo,
        "hoy": hoy_en_lima(timezone.now()),
        "de_fabrica": numeros.normalizar(tipo.formato),
        "formatos": queries.get_formatos(tipo, para=request.persona),  # type: ignore[attr-defined]
    }
    return render(request, "documentos/numeracion/clase.html", contexto)


@require_http_methods(["GET", "HEAD", "POST"])
@exige_persona
def cambiar_formato(request: HttpRequest, codigo: str) -> HttpResponse:
    """Cambia cómo se numera una clase de documento, mirando antes cómo quedaría."""
    persona, ahora = request.persona, timezone.now()  # type: ignore[attr-defined]
    tipo = queries.get_tipo_numerado(codigo, para=persona)
    hoy = hoy_en_lima(ahora)

    def ver(datos: Datos) -> str:
        return queries.probar_formato(
            tipo, datos["unidad"], datos["formato"], datos["contador"], para=persona, al=hoy
        )

    def hacer(datos: Datos) -> str:
        hecho = services.fijar_formato(actor=persona, tipo=tipo, **datos, ahora=ahora)
        return f"Desde el {fecha_larga(hecho.desde)}, «{tipo}» se numera así: {hecho.formato}."

    return _con_muestra(
        request, forms.FormatoForm, hacer, ver, titulo=f"Cambiar cómo se numera: {tipo}", boton="Cambiar el formato",
        atras=reverse("numeracion_clase", args=[codigo]),
        inicial={
            "formato": numeros.normalizar(tipo.formato), "contador": _contador_de_fabrica(tipo.numera_la_entidad),
            "desde": hoy,
        },
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@exige_persona
def continuar(request: HttpRequest, codigo: str) -> HttpResponse:
    """Dice hasta qué número llegó una cuenta en papel, para que continúe desde ahí."""
    persona, ahora = request.persona, timezone.now()  # type: ignore[attr-defined]
    tipo = queries.get_tipo_numerado(codigo, para=persona)
    anio = hoy_en_lima(ahora).year

    def ver(datos: Datos) -> str:
        return queries.probar_inicio(
            tipo, datos["unidad"], datos["ultimo"], para=persona, al=hoy_en_lima(ahora)
        )

    def hacer(datos: Datos) -> str:
        siguiente = services.fijar_inicio(actor=persona, tipo=tipo, anio=anio, **datos, ahora=ahora)
        return f"La cuenta continúa: el siguiente será {siguiente}."

    return _con_muestra(
        request, forms.InicioForm, hacer, ver, titulo=f"{tipo}: continuar la cuenta del papel", boton="Fijar la cuenta",
        atras=reverse("administracion_numeracion"), inicial={"unidad": request.GET.get("unidad", "")},
        guia=f"Para que el número siguiente de {anio} continúe lo que se numeró en papel. Solo avanza, nunca vuelve"
        " atrás, y queda en el libro de sucesos quién lo fijó y por qué.",
    )  # fmt: skip


@require_safe
@exige_persona
def anulados(request: HttpRequest) -> HttpResponse:
    """Los números anulados de un año y las cuentas que se hicieron continuar."""
    anio = _anio(request)
    contexto = {
        "anio": str(anio),
        "anios": [str(anio - 1), str(anio + 1) if anio < hoy_en_lima(timezone.now()).year else ""],
        "anulados": queries.get_anulados(para=request.persona, anio=anio),  # type: ignore[attr-defined]
        "inicios": queries.get_inicios(para=request.persona, anio=anio),  # type: ignore[attr-defined]
    }
    return render(request, "documentos/numeracion/anulados.html", contexto)


@require_safe
@exige_persona
def delegaciones(request: HttpRequest) -> HttpResponse:
    """Quién firma por quién, y hasta cuándo."""
    contexto = {
        "hoy": hoy_en_lima(timezone.now()),
        "delegaciones": queries.get_delegaciones(para=request.persona),  # type: ignore[attr-defined]
        "administra": request.persona.puede("cimientos.administrar"),  # type: ignore[attr-defined]
    }
    return render(request, "documentos/numeracion/delegaciones.html", contexto)


@require_http_methods(["GET", "HEAD", "POST"])
@exige_persona
def anotar_delegacion(request: HttpRequest) -> HttpResponse:
    """Anota una delegación."""
    persona, ahora = request.persona, timezone.now()  # type: ignore[attr-defined]
    policies.check_administrar_numeracion(persona)

    def hacer(datos: Datos) -> str:
        hecha = services.registrar_delegacion(actor=persona, **datos, ahora=ahora)
        return f"{hecha.delegado} puede firmar por {hecha.delegante} desde el {fecha_larga(hecha.desde)}."

    return _con_muestra(
        request, forms.DelegacionForm, hacer, None, titulo="Anotar una delegación", boton="Anotar la delegación",
        atras=reverse("numeracion_delegaciones"), inicial={"desde": hoy_en_lima(ahora)},
        guia="El documento se numerará en la cuenta de quien delega y dirá, junto a la firma, que se firma por"
        " delegación y con qué acto (Ley 27444, arts. 67.4 y 72.3).",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@exige_persona
def terminar_delegacion(request: HttpRequest, pk: int) -> HttpResponse:
    """Pone fin a una delegación."""
    persona, ahora = request.persona, timezone.now()  # type: ignore[attr-defined]
    delegacion = queries.get_delegacion(pk, para=persona)

    def hacer(datos: Datos) -> str:
        services.terminar_delegacion(actor=persona, delegacion=delegacion, **datos, ahora=ahora)
        return f"La delegación termina el {fecha_larga(datos['hasta'])}."

    return _con_muestra(
        request, forms.HastaForm, hacer, None, titulo="Poner fin a una delegación", boton="Terminar",
        atras=reverse("numeracion_delegaciones"), inicial={"hasta": hoy_en_lima(ahora)},
        guia=f"{delegacion}. Ese día todavía vale; desde el siguiente, ya no. Lo firmado hasta entonces no cambia.",
    )  # fmt: skip


def _con_muestra(
    request: HttpRequest,
    clase_: type[Formulario],
    hacer: Callable[[Datos], str],
    ver: Callable[[Datos], str] | None,
    *,
    titulo: str,
    boton: str,
    atras: str,
    inicial: Datos,
    guia: str = "",
) -> HttpResponse:
    """Una página con un formulario que, con el botón «Ver cómo quedaría», muestra el resultado sin guardar nada."""
    form = clase_(
        request.POST if request.method == "POST" else None,
        escrito=recuperar_escrito(request),
        initial=inicial,
    )
    muestra = ""
    if request.method == "POST" and form.is_valid():
        try:
            if ver is not None and "ver" in request.POST:
                muestra = ver(form.cleaned_data)
            else:
                messages.success(request, hacer(form.cleaned_data))
                return redirect(atras)
        except (EntradaInvalida, NoProcede) as error:
            campo = error.campo if isinstance(error, EntradaInvalida) and error.campo in form.fields else None
            form.add_error(campo, error.frase)
    contexto = {
        "form": form, "titulo": titulo, "boton": boton, "atras": atras, "guia": guia, "muestra": muestra,
        "puede_ver": ver is not None,
    }  # fmt: skip
    return render(request, "documentos/numeracion/formulario.html", contexto)


def _anio(request: HttpRequest) -> int:
    pedido, este = request.GET.get("anio", ""), hoy_en_lima(timezone.now()).year
    return (
        int(pedido)
        if pedido.isascii() and pedido.isdigit() and len(pedido) == 4 and int(pedido) > 1900
        else este
    )


def _contador_de_fabrica(de_la_entidad: bool) -> str:
    return numeros.TIPO if de_la_entidad else numeros.UNIDAD
