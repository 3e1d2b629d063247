"""Una página interna con un formulario, para quien administra y para quien atiende en ventanilla."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoEncontrado, NoProcede
from llaqta.cimientos.web.escrito import recuperar_escrito
from llaqta.cimientos.web.forms import Formulario


def pagina_con_formulario(
    request: HttpRequest,
    clase: type[Formulario],
    *,
    titulo: str,
    boton: str,
    atras: str,
    hacer: Callable[[dict[str, Any]], str],
    inicial: dict[str, Any] | None = None,
    guia: str = "",
) -> HttpResponse:
    """Una página con un formulario: si se envía bien, ``hacer`` actúa y su frase se muestra al volver a ``atras``."""
    form = clase(
        request.POST if request.method == "POST" else None,
        escrito=recuperar_escrito(request),
        initial=inicial or {},
    )
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, hacer(form.cleaned_data))
        except (Denegado, EntradaInvalida, NoEncontrado, NoProcede) as error:
            campo = error.campo if isinstance(error, EntradaInvalida) and error.campo in form.fields else None
            form.add_error(campo, error.frase)
        else:
            return redirect(atras)
    contexto = {"form": form, "titulo": titulo, "boton": boton, "atras": atras, "guia": guia}
    return render(request, "cuentas/administracion/formulario.html", contexto)
