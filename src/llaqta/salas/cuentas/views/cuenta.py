"""Entrar, crear la propia cuenta y cuidar de ella."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.views import LoginView, LogoutView
from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.web.escrito import recuperar_escrito
from llaqta.salas.cuentas import enlaces, queries, services
from llaqta.salas.cuentas.acceso import exige_persona
from llaqta.salas.cuentas.adaptador import AdaptadorDeCuentas
from llaqta.salas.cuentas.forms import CrearCuentaForm
from llaqta.salas.cuentas.models import Cuenta

_RESPALDO = "allauth.account.auth_backends.AuthenticationBackend"


class Ingresar(LoginView):  # type: ignore[misc]
    """La página «Ingresar»: la de allauth, sin casilla de recordar (la sesión dura lo que dura la jornada)."""

    def get_form(self, form_class: Any = None) -> Any:
        """El formulario con etiquetas en castellano."""
        formulario = super().get_form(form_class)
        formulario.fields["login"].label = "Número de documento"
        formulario.fields["login"].error_messages["required"] = "Escriba su número de documento."
        formulario.fields["login"].widget.attrs.pop("placeholder", None)
        formulario.fields["password"].label = "Contraseña"
        formulario.fields["password"].error_messages["required"] = "Escriba su contraseña."
        formulario.fields["password"].widget.attrs.pop("placeholder", None)
        formulario.fields["password"].help_text = ""
        return formulario


ingresar = Ingresar.as_view()


class Salir(LogoutView):  # type: ignore[misc]
    """Salir: la sesión deja de valer, y el navegador olvida las páginas y los borradores que guardó."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sale, y pide al navegador que olvide."""
        respuesta: HttpResponse = super().post(*args, **kwargs)
        respuesta.headers["Clear-Site-Data"] = '"cache", "storage"'
        return respuesta


salir = Salir.as_view()


@never_cache
@sensitive_post_parameters("clave")
@require_http_methods(["GET", "POST"])
@rate_limit(action="signup")  # type: ignore[untyped-decorator]
def crear_cuenta(request: HttpRequest) -> HttpResponse:
    """«Crear mi cuenta»: una página; al terminar, la persona ya entró y sigue a donde iba."""
    if request.user.is_authenticated:
        return redirect(_destino(request))
    form = CrearCuentaForm(request.POST or None, escrito=recuperar_escrito(request))
    if request.method == "POST" and form.is_valid():
        try:
            cuenta = services.crear_mi_cuenta(**form.cleaned_data, ahora=timezone.now())
        except (EntradaInvalida, NoProcede) as error:
            form.add_error("numero_documento", error.frase)
        else:
            return _entrar(request, cuenta)
    return render(request, "cuentas/crear.html", {"form": form, "siguiente": _siguiente(request)})


@never_cache
@exige_persona
def seguridad(request: HttpRequest) -> HttpResponse:
    """«Seguridad de mi cuenta»: contraseña, segundo paso, llaves de acceso y últimos ingresos."""
    cuenta = request.user
    assert isinstance(cuenta, Cuenta)
    return render(
        request,
        "cuentas/seguridad.html",
        {
            "seguridad": queries.get_seguridad(
                cuenta, para=cuenta.persona, llave=request.session.session_key or ""
            )
        },
    )


@exige_persona
@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
def cerrar_otras_sesiones(request: HttpRequest) -> HttpResponse:
    """Cerrar las sesiones de los demás equipos; antes se confirma la contraseña, si hace rato que no se escribe."""
    cuenta = request.user
    assert isinstance(cuenta, Cuenta)
    cerradas = services.cerrar_mis_otras_sesiones(
        cuenta=cuenta, salvo=request.session.session_key or "", ahora=timezone.now()
    )
    messages.success(
        request, f"Se cerraron {cerradas} sesiones." if cerradas != 1 else "Se cerró una sesión."
    )
    return redirect("seguridad_de_mi_cuenta")


@never_cache
@sensitive_post_parameters("clave")
@require_http_methods(["GET", "POST"])
def primer_administrador(request: HttpRequest, llave: str) -> HttpResponse:
    """La página del enlace de la puesta en marcha: crea a la primera persona que administra, una sola vez."""
    enlaces.check_enlace(llave)
    form = CrearCuentaForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cuenta = services.crear_primer_administrador(
                llave=llave, **form.cleaned_data, ahora=timezone.now()
            )
        except (EntradaInvalida, NoProcede) as error:
            form.add_error("numero_documento", error.frase)
        else:
            return _entrar(request, cuenta)
    return render(request, "cuentas/primer_administrador.html", {"form": form})


def _entrar(request: HttpRequest, cuenta: Cuenta) -> HttpResponse:
    """Abre la sesión de una cuenta recién creada; la llave de la sesión cambia, como en todo ingreso."""
    login(request, cuenta, backend=_RESPALDO)
    services.anotar_sesion(request=request)
    services.anotar_ingreso(cuenta=cuenta, ahora=timezone.now())
    messages.success(request, "Su cuenta está lista y ya ingresó.")
    return redirect(_destino(request))


def _destino(request: HttpRequest) -> str:
    return _siguiente(request) or AdaptadorDeCuentas().get_login_redirect_url(request)


def _siguiente(request: HttpRequest) -> str:
    """A dónde iba, si es una página de esta casa."""
    destino = request.POST.get("next") or request.GET.get("next") or ""
    propio = url_has_allowed_host_and_scheme(destino, allowed_hosts={request.get_host()})
    return destino if propio and destino.startswith("/") else ""
