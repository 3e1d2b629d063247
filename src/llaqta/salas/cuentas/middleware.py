"""Quién pide: deja en ``request.persona`` a la persona de la cuenta que entró, o ``None``."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def persona_que_pide(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Capa de Django que añade ``request.persona``; la cuenta y su persona llegan en una sola consulta."""

    def capa(request: HttpRequest) -> HttpResponse:
        usuario = request.user
        request.persona = usuario.persona if usuario.is_authenticated else None  # type: ignore[attr-defined]
        return get_response(request)

    return capa
