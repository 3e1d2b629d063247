"""La puerta pública del registro: la página, el punto de control, los mosaicos, la consistencia y el verificador."""

from __future__ import annotations

import hashlib

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from llaqta.salas.auditoria import publico, testigo

TEXTO = "text/plain; charset=utf-8"
PARA_SIEMPRE = "public, max-age=31536000, immutable"
PREGUNTE = "public, no-cache"
NO_SE_GUARDA = "no-store"
LO_QUE_OCUPA_UNA_COFIRMA = 4096


@require_safe
def portada(request: HttpRequest) -> HttpResponse:
    """Qué es el registro y cómo comprobar un documento sin pedirle permiso a nadie."""
    return render(request, "auditoria/registro.html", {"r": publico.get_portada()})


@require_safe
def punto(request: HttpRequest) -> HttpResponse:
    """El último punto de control firmado (C2SP tlog-checkpoint)."""
    return _entregar(request, publico.get_punto(), TEXTO, PREGUNTE)


@require_safe
def mosaico(request: HttpRequest, resto: str) -> HttpResponse:
    """Un mosaico del árbol (C2SP tlog-tiles): el lleno se guarda para siempre; el parcial, no."""
    hallado = publico.get_mosaico(f"tile/{resto}")
    guardado = PARA_SIEMPRE if hallado and hallado.lleno else NO_SE_GUARDA
    return _entregar(request, hallado.huellas if hallado else None, "application/octet-stream", guardado)


@require_safe
def consistencia(request: HttpRequest) -> HttpResponse:
    """La prueba de que un punto de control posterior conserva todo lo del anterior."""
    try:
        prueba = publico.get_consistencia(request.GET.get("desde", ""), request.GET.get("hasta", ""))
    except publico.PedidoErrado as error:
        return JsonResponse({"error": str(error)}, status=400, json_dumps_params={"ensure_ascii": False})
    respuesta = JsonResponse(prueba)
    respuesta.headers["Cache-Control"] = "public, max-age=86400"
    return respuesta


@require_safe
def verificador(request: HttpRequest) -> HttpResponse:
    """El verificador de un solo archivo, para guardarlo."""
    respuesta = _entregar(request, publico.get_verificador(), "text/x-python; charset=utf-8", PREGUNTE)
    respuesta.headers["Content-Disposition"] = 'attachment; filename="llaqta_verificador.py"'
    return respuesta


@require_safe
def llave(request: HttpRequest) -> HttpResponse:
    """La llave pública del registro."""
    return _entregar(request, publico.get_llave(), TEXTO, PREGUNTE)


@csrf_exempt  # no usa sesión: la firma del testigo es quien lo identifica
@require_POST
def cofirma(request: HttpRequest) -> HttpResponse:
    """Recibe la firma de un testigo sobre un punto de control nuestro (C2SP cosignature/v1)."""
    largo = request.headers.get("Content-Length", "") or "0"
    if not largo.isdecimal() or int(largo) > LO_QUE_OCUPA_UNA_COFIRMA:
        return HttpResponse("Eso no es una firma de testigo.\n", status=413, content_type=TEXTO)
    try:
        testigo.recibir_cofirma(escrito=request.body, ahora=timezone.now())
    except testigo.CofirmaRechazada as negativa:
        return HttpResponse(f"{negativa}\n", status=403, content_type=TEXTO)
    return HttpResponse("Recibida.\n", content_type=TEXTO)


def _entregar(request: HttpRequest, contenido: bytes | None, tipo: str, guardado: str) -> HttpResponse:
    """Un contenido con su etiqueta: quien ya lo tiene recibe solo un «no cambió».

    :raises Http404: si no hay contenido
    """
    if contenido is None:
        raise Http404
    etiqueta = f'"{hashlib.sha256(contenido).hexdigest()[:32]}"'
    conocidas = {
        cada.strip().removeprefix("W/") for cada in request.headers.get("If-None-Match", "").split(",")
    }
    igual = etiqueta in conocidas
    respuesta = HttpResponseNotModified() if igual else HttpResponse(contenido, content_type=tipo)
    respuesta.headers["ETag"] = etiqueta
    respuesta.headers["Cache-Control"] = guardado
    if tipo == "application/octet-stream":
        respuesta.headers["Content-Encoding"] = "identity"  # son huellas: comprimirlas solo cuesta
    # Otra página puede leerlos: un verificador en el navegador de quien quiera no nos pide permiso.
    respuesta.headers["Access-Control-Allow-Origin"] = "*"
    respuesta.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return respuesta
