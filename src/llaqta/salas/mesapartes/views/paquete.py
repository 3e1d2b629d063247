"""Cómo se entrega el paquete de prueba de un acto."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from llaqta.salas.auditoria.pruebas import Prueba


def paquete_de_prueba(
    request: HttpRequest, lugar: Prueba | None, numero: str, *, volver: str
) -> HttpResponse:
    """El paquete como archivo; si el registro todavía no le dio su lugar, vuelve a la página y lo dice."""
    if lugar is None:
        messages.info(request, "La prueba estará en unos segundos: el registro la está anotando.")
        return redirect(volver, numero)
    respuesta = HttpResponse(
        json.dumps(lugar.paquete, ensure_ascii=False, indent=1), content_type="application/json"
    )
    respuesta.headers["Content-Disposition"] = f'attachment; filename="prueba-{numero}.json"'
    return respuesta
