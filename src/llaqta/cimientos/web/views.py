"""Vistas comunes: el estilo de la entidad y las páginas que dicen que no se pudo, y qué hacer."""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from llaqta.cimientos.errors import EntradaInvalida, Negativa
from llaqta.cimientos.models import Entidad
from llaqta.cimientos.web import estilo
from llaqta.cimientos.web.contexto import entidad, entidad_o_ninguna
from llaqta.cimientos.web.escrito import conservar_escrito, pagina_del_formulario, viene_de_la_casa

registro = logging.getLogger(__name__)

TITULOS = {
    400: "No se pudo atender lo que pidió",
    403: "No le corresponde hacer esto",
    404: "No encontramos lo que busca",
    409: "Ahora no se puede hacer",
    413: "Lo que envió es demasiado grande",
    422: "Revise lo que envió",
}
_UN_ANIO = "public, max-age=31536000, immutable"


@require_safe
def estilo_entidad(request: HttpRequest) -> HttpResponse:
    """La hoja de estilo con los valores de la entidad."""
    return _texto_guardable(request, _de_la_version_pedida(request, estilo.hoja), "text/css")


@require_safe
def programa(request: HttpRequest) -> HttpResponse:
    """El JavaScript de la casa; ninguna pantalla lo necesita para funcionar."""
    return _texto_guardable(request, estilo.programa(), "text/javascript")


@require_safe
def escudo_entidad(request: HttpRequest) -> HttpResponse:
    """El escudo como imagen; con una política que impide que un SVG ejecute nada."""
    escudo = _de_la_version_pedida(request, lambda entidad: entidad.escudo)
    if not escudo:
        raise Http404
    respuesta = _texto_guardable(request, escudo, "image/svg+xml")
    respuesta.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return respuesta


def _de_la_version_pedida(request: HttpRequest, texto_de: Callable[[Entidad], str]) -> str:
    """El texto de la entidad; si se pide otra versión, otro proceso la cambió y aquí hay que volver a leerla."""
    texto = texto_de(entidad_o_ninguna())
    if "v" in request.GET and request.GET["v"] != estilo.huella(texto):
        Entidad.olvidar()
        texto = texto_de(entidad_o_ninguna())
    return texto


def _texto_guardable(request: HttpRequest, texto: str, tipo: str) -> HttpResponse:
    aceptados = {
        parte.split(";")[0].strip() for parte in request.headers.get("Accept-Encoding", "").split(",")
    }
    modo = next((m for m in ("br", "gzip") if m in aceptados), "")
    respuesta = HttpResponse(
        estilo.comprimir(texto, modo) if modo else texto.encode(), content_type=f"{tipo}; charset=utf-8"
    )  # fmt: skip
    respuesta.headers["Vary"] = "Accept-Encoding"
    # Un año solo si es la versión que se pidió: la de otra guardada con ese nombre no se podría corregir.
    es_la_pedida = request.GET.get("v") == estilo.huella(texto)
    respuesta.headers["Cache-Control"] = _UN_ANIO if es_la_pedida else "public, max-age=300"
    if modo:
        respuesta.headers["Content-Encoding"] = modo
    return respuesta


def pagina_de_negativa(request: HttpRequest, negativa: Negativa) -> HttpResponse:
    """La respuesta de una negativa: su frase, su norma y qué puede hacer la persona."""
    estado = negativa.codigo_http
    if es_de_la_api(request):
        cuerpo = {"codigo": estado, "mensaje": negativa.frase, "norma": negativa.norma}
        if isinstance(negativa, EntradaInvalida):
            cuerpo["campo"] = negativa.campo
        return JsonResponse(cuerpo, status=estado)
    volver, recupera = _volver(request, estado)
    return render(
        request,
        "llaqta/error.html",
        {
            "titulo": TITULOS.get(estado, TITULOS[400]),
            "frase": negativa.frase,
            "norma": negativa.norma,
            "volver": volver,
            "recupera": recupera,
        },
        status=estado,
    )


def _volver(request: HttpRequest, estado: int) -> tuple[str, bool]:
    """Adónde volver, y si allí estará lo que la persona había escrito."""
    if request.method == "POST":
        if estado in (409, 422):
            volver = conservar_escrito(request)
            return volver, "escrito=" in volver
        return pagina_del_formulario(request), False
    viene_de = urlsplit(request.headers.get("Referer", ""))
    return (pagina_del_formulario(request), False) if viene_de.netloc == request.get_host() else ("", False)


def formulario_vencido(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Falló la protección del formulario (CSRF): casi siempre, una pestaña vieja. Lo escrito se conserva.

    Solo si el envío salió de nuestras páginas: de otra parte no se guarda nada ni se toca la sesión.
    """
    if es_de_la_api(request):
        return JsonResponse(
            {"codigo": 403, "mensaje": "Falta la protección del formulario.", "norma": ""}, status=403
        )
    propio = viene_de_la_casa(request)
    volver = conservar_escrito(request) if propio else ""
    return render(
        request, "llaqta/formulario_vencido.html", {"volver": volver, "recupera": "escrito=" in volver}, status=403
    )  # fmt: skip


def pagina_400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Una petición que no se entiende (demasiados campos, un nombre de servidor ajeno)."""
    return _pagina_suelta(
        request, 400, TITULOS[400], "El navegador envió algo que no pudimos leer. Vuelva a intentarlo."
    )


def pagina_403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Denegado por Django, fuera de nuestras políticas."""
    return _pagina_suelta(request, 403, TITULOS[403], "Esta página es de otra persona o de otra oficina.")


def pagina_404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No existe, o no es suyo: la misma respuesta para ambas cosas."""
    frase = "La dirección no existe, cambió o está mal copiada. Puede buscarla desde el inicio."
    return _pagina_suelta(request, 404, TITULOS[404], frase)


def pagina_413(request: HttpRequest) -> HttpResponse:
    """Un envío que pasa de lo que la casa lee; no se lee."""
    frase = "Los archivos de un envío pueden pesar hasta 300 MB. Quite alguno, o preséntelos en dos escritos."
    return _pagina_suelta(request, 413, TITULOS[413], frase)


def pagina_500(request: HttpRequest) -> HttpResponse:
    """Una falla nuestra: se dice, se da un código para reclamar y no se toca la base de datos."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return mantenimiento(request)
    codigo = secrets.token_hex(4).upper()
    registro.error("Incidente %s en %s %s", codigo, request.method, request.path)
    if es_de_la_api(request):
        return JsonResponse(
            {"codigo": 500, "mensaje": f"Falla nuestra. Código {codigo}.", "norma": ""}, status=500
        )
    return HttpResponse(render_to_string("llaqta/500.html", {**entidad(None), "codigo": codigo}), status=500)


def mantenimiento(request: HttpRequest) -> HttpResponse:
    """El servicio está detenido un momento (503)."""
    if es_de_la_api(request):
        respuesta: HttpResponse = JsonResponse(
            {"codigo": 503, "mensaje": "Vuelva en unos minutos.", "norma": ""}, status=503
        )
    else:
        respuesta = HttpResponse(render_to_string("llaqta/mantenimiento.html", entidad(None)), status=503)
    respuesta.headers["Retry-After"] = "120"
    return respuesta


def es_de_la_api(request: HttpRequest) -> bool:
    """Verdadero si quien pregunta es otro programa."""
    return request.path.startswith("/api/")


def _pagina_suelta(request: HttpRequest, estado: int, titulo: str, frase: str) -> HttpResponse:
    if es_de_la_api(request):
        return JsonResponse({"codigo": estado, "mensaje": frase, "norma": ""}, status=estado)
    return render(request, "llaqta/error.html", {"titulo": titulo, "frase": frase}, status=estado)
