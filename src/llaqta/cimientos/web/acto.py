"""Cómo se pide un acto desde una pantalla: si la respuesta es no, se dice donde la persona está y no se pierde nada."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from llaqta.cimientos.errors import EntradaInvalida, Negativa, NoEncontrado


def intentar(form: forms.Form, acto: Callable[..., Any], **datos: Any) -> Any:
    """Corre un acto; si se niega, pone la frase en el formulario y devuelve ``None``.

    Lo que no se encuentra sigue su camino hasta la página 404.
    """
    try:
        return acto(**datos, ahora=timezone.now())
    except NoEncontrado:
        raise
    except Negativa as negativa:
        campo = negativa.campo if isinstance(negativa, EntradaInvalida) else ""
        form.add_error(campo if campo in form.fields else None, con_norma(negativa))
        return None


def intentar_y_avisar(request: HttpRequest, hecho: str, acto: Callable[..., Any], **datos: Any) -> Any:
    """Corre un acto de un solo botón y deja el aviso de lo que pasó para la página siguiente."""
    try:
        resultado = acto(**datos, ahora=timezone.now())
    except NoEncontrado:
        raise
    except Negativa as negativa:
        messages.error(request, con_norma(negativa))
        return None
    messages.success(request, hecho)
    return resultado


def version_a_la_vista(request: HttpRequest) -> int:
    """La versión que la persona tenía delante; un valor alterado no corresponde a ninguna."""
    escrita = request.POST.get("version", "")
    return int(escrita) if escrita.isdecimal() and len(escrita) < 10 else -1


def con_norma(negativa: Negativa) -> str:
    """La frase con su norma entre paréntesis."""
    return f"{negativa.frase} ({negativa.norma})" if negativa.norma else negativa.frase
