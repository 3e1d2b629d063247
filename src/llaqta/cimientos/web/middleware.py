"""Lo que la casa hace con toda respuesta: cabeceras de seguridad, y negativas convertidas en páginas."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from llaqta.cimientos.errors import Negativa
from llaqta.cimientos.web.views import pagina_400, pagina_404, pagina_413, pagina_de_negativa

registro = logging.getLogger(__name__)
SE_ANOTAN = frozenset({403, 404})
"""Lo que no le correspondía a quien lo pidió: queda en el registro de la máquina, con quién y qué."""

Respuesta = Callable[[HttpRequest], HttpResponse]

POLITICA_DE_CONTENIDO = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",  # data: el escudo y el QR de la clave de un solo uso
        "font-src 'none'",
        "connect-src 'self'",
        "object-src 'none'",
        "frame-src 'self'",  # nuestros propios PDF, junto a los requisitos
        "frame-ancestors 'self'",
        "form-action 'self'",
        "base-uri 'none'",
    )
)
CABECERAS = {
    "Content-Security-Policy": POLITICA_DE_CONTENIDO,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
METODOS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Los que alguien honrado usa: TRACE y los inventados no llegan a ninguna vista."""
PESO_CON_CUENTA = 330_000_000
"""Lo más que se lee de quien ingresó: un escrito de 300 MB con lo que lo envuelve."""
PESO_SIN_CUENTA = 60_000_000
"""Lo más que se lee de cualquiera: un PDF por comprobar, o el envío de quien perdió su sesión."""


def cabeceras_de_seguridad(get_response: Respuesta) -> Respuesta:
    """Pone las cabeceras que una vista no haya puesto ya (un archivo de usuario trae una política más estricta)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        respuesta = get_response(request)
        for nombre, valor in CABECERAS.items():
            respuesta.headers.setdefault(nombre, valor)
        return respuesta

    return middleware


def puerta(get_response: Respuesta) -> Respuesta:
    """Despide, antes de leerlo, lo que nadie honrado envía; va después de saber quién pide.

    Un carácter nulo no cabe en PostgreSQL y no lo escribe ningún teclado; y un envío enorme llenaría el disco antes de
    que alguna vista lo mire. Lo de quien ingresó no se guarda en el equipo: muchos entran desde una cabina.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in METODOS:
            return HttpResponseNotAllowed(METODOS)
        if "\x00" in request.path:
            return pagina_404(request)
        if b"\x00" in unquote_to_bytes(request.META.get("QUERY_STRING", "")):
            return pagina_400(request)
        con_cuenta = getattr(request, "persona", None) is not None
        if _peso(request) > (PESO_CON_CUENTA if con_cuenta else PESO_SIN_CUENTA):
            return pagina_413(request)
        respuesta = get_response(request)
        if con_cuenta:
            respuesta.headers.setdefault("Cache-Control", "private, no-store")
        return respuesta

    return middleware


def _peso(request: HttpRequest) -> int:
    declarado = request.META.get("CONTENT_LENGTH") or "0"
    return int(declarado) if declarado.isdecimal() and len(declarado) < 16 else 0


def _que_pidio(request: HttpRequest) -> str:
    """La dirección como la nombra el programa y el número del objeto: nunca la dirección escrita, que puede traer una
    clave de seguimiento o la llave de un enlace.
    """
    hallada = request.resolver_match
    if hallada is None:
        return "algo que no existe"
    numeros = [f"{nombre}={valor}" for nombre, valor in hallada.kwargs.items() if isinstance(valor, int)]
    return " ".join([hallada.route, *numeros])


def _desde_donde(request: HttpRequest) -> str:
    """La dirección de quien pide, creyendo solo a los intermediarios de confianza (``LLAQTA_PROXIES``)."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return "una dirección que no se puede saber"


class errores_de_la_casa:  # noqa: N801 — se nombra en MIDDLEWARE como las demás funciones
    """Convierte una ``Negativa`` en su página (o JSON en ``/api/``). La transacción ya se deshizo."""

    def __init__(self, get_response: Respuesta) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Deja pasar: solo interesan las excepciones."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """La página de la negativa; cualquier otra excepción sigue su camino hasta la página 500."""
        if not isinstance(exception, Negativa):
            return None
        if exception.codigo_http in SE_ANOTAN:
            persona = getattr(request, "persona", None)
            registro.warning(
                "Negado %s %s %s a la persona %s desde %s: %s",
                exception.codigo_http, request.method, _que_pidio(request),
                persona.pk if persona is not None else "sin cuenta", _desde_donde(request),
                type(exception).__name__,
            )  # fmt: skip
        return pagina_de_negativa(request, exception)
