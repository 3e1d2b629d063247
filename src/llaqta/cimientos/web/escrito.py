"""Nadie pierde lo que escribió porque se le venció la sesión o el formulario.

Lo escrito en un POST que no se puede atender se guarda en la sesión del servidor (anónima o no), bajo una llave al
azar, y se ofrece de nuevo al volver a la misma página. Los archivos no se guardan: hay que elegirlos otra vez.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

PARAMETRO = "escrito"
_EN_SESION = "escritos"
_CUANTOS = 3
_MAXIMO = 200_000
_VIGENCIA = timedelta(hours=2)
_SECRETOS = ("csrfmiddlewaretoken", "password", "clave", "contrasena", "pin", "otp", "secreto")


def conservar_escrito(request: HttpRequest, *, ahora: datetime | None = None) -> str:
    """Guarda los campos de texto de este POST y devuelve la dirección a la que volver para encontrarlos.

    :returns: la página del formulario con ``?escrito=llave``; sin llave si no había nada que guardar. Nunca falla: lo
        que no se puede leer o pesa demasiado no se guarda
    """
    ruta = pagina_del_formulario(request)
    campos = _campos(request)
    if not campos:
        return ruta
    llave = secrets.token_urlsafe(16)
    previos = dict(request.session.get(_EN_SESION, {}))
    previos[llave] = {
        "ruta": urlsplit(ruta).path,
        "campos": campos,
        "en": (ahora or timezone.now()).isoformat(),
    }
    request.session[_EN_SESION] = dict(sorted(previos.items(), key=lambda par: par[1]["en"])[-_CUANTOS:])
    return f"{ruta}{'&' if '?' in ruta else '?'}{urlencode({PARAMETRO: llave})}"


def recuperar_escrito(request: HttpRequest, *, ahora: datetime | None = None) -> QueryDict | None:
    """Lo guardado para esta página, o ``None``. Se pasa al formulario: ``MiForm(escrito=recuperar_escrito(request))``.

    La plantilla base avisa «Recuperamos lo que había escrito».
    """
    llave = request.GET.get(PARAMETRO, "")
    guardado = request.session.get(_EN_SESION, {}).get(llave) if llave else None
    if not guardado or guardado["ruta"] != request.path:
        return None
    if (ahora or timezone.now()) - datetime.fromisoformat(guardado["en"]) > _VIGENCIA:
        return None
    datos = QueryDict(mutable=True)
    for nombre, valores in guardado["campos"]:
        datos.setlist(nombre, valores)
    datos._mutable = False
    request.escrito_recuperado = True  # type: ignore[attr-defined]
    return datos


def exige_persona(vista: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorador: sin persona que haya ingresado, lleva a ingresar y después vuelve aquí, con lo escrito."""

    @wraps(vista)
    def envoltura(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if getattr(request, "persona", None) is not None:
            return vista(request, *args, **kwargs)
        volver = conservar_escrito(request) if request.method == "POST" else request.get_full_path()
        return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': volver})}")

    return envoltura


def pagina_del_formulario(request: HttpRequest) -> str:
    """La página desde la que se envió, si es de esta casa; si no se sabe, la misma dirección que recibió el envío."""
    viene_de = urlsplit(request.headers.get("Referer", ""))
    if viene_de.netloc and url_has_allowed_host_and_scheme(
        viene_de.geturl(), allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        consulta = QueryDict(viene_de.query, mutable=True)
        consulta.pop(PARAMETRO, None)
        return viene_de.path + (f"?{consulta.urlencode()}" if consulta else "")
    return request.path


def viene_de_la_casa(request: HttpRequest) -> bool:
    """Verdadero si el navegador dice que el envío salió de una página nuestra; si calla, falso."""
    origen = request.headers.get("Origin") or request.headers.get("Referer", "")
    return bool(origen) and urlsplit(origen).netloc == request.get_host()


def _campos(request: HttpRequest) -> list[tuple[str, list[str]]]:
    try:
        campos = [
            (nombre, [str(v) for v in valores])
            for nombre, valores in request.POST.lists()
            if not any(palabra in nombre.lower() for palabra in _SECRETOS)
        ]
    except (RequestDataTooBig, MultiPartParserError, OSError):
        return []
    peso = sum(len(n) + sum(map(len, vs)) for n, vs in campos)
    return campos if 0 < peso <= _MAXIMO else []
