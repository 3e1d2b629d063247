"""Quién pide, y si primero debe poner su propia contraseña."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from llaqta.cimientos.errors import Denegado
from llaqta.cimientos.web.views import es_de_la_api, pagina_de_negativa
from llaqta.salas.cuentas import queries, services

SIN_CLAVE_PROPIA = frozenset(
    {"account_change_password", "account_logout", "estilo_entidad", "escudo_entidad", "programa"}
)
"""Lo único que se puede abrir con una contraseña provisional."""


registro = logging.getLogger(__name__)
COMIENZO, ULTIMO_USO = "comienzo", "ultimo_uso"
CADA_CUANTO = 60
"""Segundos entre dos apuntes del último uso: la sesión no se escribe en cada página."""


def sesion_vigente(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Capa de Django que cierra la sesión que dejó de usarse (``SESION_SIN_USO``) o ya duró lo que puede durar
    (``SESSION_COOKIE_AGE`` desde que se ingresó, se use o no). Lo escrito en un borrador no se pierde.
    """

    def capa(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not _sigue_vigente(request):
            registro.info("La sesión de la cuenta %s venció.", request.user.pk)
            logout(request)
        quien, pruebas = request.user.pk, _pruebas(request)
        respuesta = get_response(request)
        if quien is not None and request.user.pk == quien and _pruebas(request) > pruebas:
            services.renovar_sesion(
                sesion=request.session
            )  # volvió a probar quién es: la llave anterior no sirve
        return respuesta

    return capa


def _pruebas(request: HttpRequest) -> int:
    """Cuántas veces probó quién es en esta sesión."""
    return len(get_authentication_records(request, request.user)) if request.user.is_authenticated else 0


def _sigue_vigente(request: HttpRequest) -> bool:
    ahora, sesion = int(time.time()), request.session
    comienzo, ultimo = sesion.get(COMIENZO), sesion.get(ULTIMO_USO)
    if isinstance(comienzo, int) and isinstance(ultimo, int):
        if ahora - comienzo > settings.SESSION_COOKIE_AGE or ahora - ultimo > settings.SESION_SIN_USO:
            return False
    else:
        sesion[COMIENZO] = ahora
    if not isinstance(ultimo, int) or ahora - ultimo >= CADA_CUANTO:
        sesion[ULTIMO_USO] = ahora
    return True


def persona_que_pide(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Capa de Django que deja en ``request.persona`` a la persona de la cuenta que entró, o ``None``.

    La cuenta y su persona llegan en una sola consulta.
    """

    def capa(request: HttpRequest) -> HttpResponse:
        usuario = request.user
        request.persona = usuario.persona if usuario.is_authenticated else None  # type: ignore[attr-defined]
        return get_response(request)

    return capa


class clave_propia:  # noqa: N801 — se nombra en MIDDLEWARE como las demás capas
    """Quien entró con una contraseña provisional pone la suya antes de hacer nada: otra persona conoce la que tiene."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Deja pasar: decide al saber qué vista es."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, vista: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Lleva a cambiarla y después adonde iba."""
        if not (request.user.is_authenticated and request.user.clave_provisional):
            return None
        if request.resolver_match is not None and request.resolver_match.url_name in SIN_CLAVE_PROPIA:
            return None
        if es_de_la_api(request):
            return pagina_de_negativa(request, Denegado("Antes de continuar, ponga su propia contraseña."))
        destino = reverse("account_change_password")
        if request.method == "GET":
            destino += f"?{urlencode({'next': request.get_full_path()})}"
        return HttpResponseRedirect(destino)


PARA_PONER_EL_SEGUNDO_PASO = SIN_CLAVE_PROPIA | {
    "seguridad_de_mi_cuenta", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate", "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}  # fmt: skip
"""Lo único que el personal puede abrir mientras no tenga segundo paso, si la municipalidad lo exige."""


class segundo_paso:  # noqa: N801 — se nombra en MIDDLEWARE como las demás capas
    """Quien trabaja en la municipalidad entra con dos factores, si ``SEGUNDO_PASO_DEL_PERSONAL``: registra el suyo
    antes de hacer nada. Al ciudadano no se le exige: presenta desde un teléfono ajeno o una cabina.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Deja pasar: decide al saber qué vista es."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, vista: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Lleva a «Seguridad de mi cuenta», que dice qué hacer."""
        persona = request.persona  # type: ignore[attr-defined]
        if not settings.SEGUNDO_PASO_DEL_PERSONAL or persona is None or not persona.es_del_personal:
            return None
        if (
            request.resolver_match is not None
            and request.resolver_match.url_name in PARA_PONER_EL_SEGUNDO_PASO
        ):
            return None
        if queries.tiene_segundo_paso(request.user, para=persona):  # type: ignore[arg-type]
            return None
        frase = "Antes de continuar, registre un segundo paso: quien trabaja aquí no entra solo con su contraseña."
        if es_de_la_api(request):
            return pagina_de_negativa(request, Denegado(frase))
        messages.warning(request, frase)
        return HttpResponseRedirect(reverse("seguridad_de_mi_cuenta"))
