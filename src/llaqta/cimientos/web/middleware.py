"""Lo que la casa hace con toda respuesta: cabeceras de seguridad, y negativas convertidas en páginas."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from llaqta.cimientos.errors import Negativa
from llaqta.cimientos.web.views import pagina_de_negativa

Respuesta = Callable[[HttpRequest], HttpResponse]

POLITICA_DE_CONTENIDO = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",  # data: el escudo y el QR de la clave de un solo uso
        "font-src 'none'",
        "connect-src 'self'",
        "object-src 'self'",  # nuestros propios PDF, junto a los requisitos
        "frame-src 'self'",
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


def cabeceras_de_seguridad(get_response: Respuesta) -> Respuesta:
    """Pone las cabeceras que una vista no haya puesto ya (un archivo de usuario trae una política más estricta)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        respuesta = get_response(request)
        for nombre, valor in CABECERAS.items():
            respuesta.headers.setdefault(nombre, valor)
        return respuesta

    return middleware


class errores_de_la_casa:  # noqa: N801 — se nombra en MIDDLEWARE como las demás funciones
    """Convierte una ``Negativa`` en su página (o JSON en ``/api/``). La transacción ya se deshizo."""

    def __init__(self, get_response: Respuesta) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Deja pasar: solo interesan las excepciones."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """La página de la negativa; cualquier otra excepción sigue su camino hasta la página 500."""
        return pagina_de_negativa(request, exception) if isinstance(exception, Negativa) else None
