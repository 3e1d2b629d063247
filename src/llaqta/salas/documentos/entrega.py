"""Cómo sale un archivo por HTTP: RFC 6266 para el nombre, RFC 9110 para ETag y rangos, y nada que se ejecute."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    StreamingHttpResponse,
)

from llaqta.cimientos import storage
from llaqta.salas.documentos.inspeccion import nombre_limpio

TROZO = 64 * 1024
_RANGO = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def entregar(
    request: HttpRequest, *, sha256: str, mime: str, nombre: str, ajeno: bool, adjunto: bool = False
) -> HttpResponseBase:
    """Entrega un contenido del almacén, entero o el rango pedido.

    :param ajeno: lo mandó un extraño: además, se encierra con CSP ``sandbox``
    :param adjunto: para guardarlo en vez de verlo
    :raises FileNotFoundError: si el almacén perdió el contenido (es un error nuestro: 500)
    """
    etiqueta = f'"{sha256}"'
    if etiqueta in {
        parte.strip().removeprefix("W/") for parte in request.headers.get("If-None-Match", "").split(",")
    }:
        return _con_cabeceras(HttpResponseNotModified(), etiqueta, ajeno)
    flujo = storage.abrir(sha256)
    total = flujo.seek(0, 2)
    flujo.seek(0)
    rango = _rango(request, total, etiqueta)
    if rango is None:
        respuesta: HttpResponseBase = FileResponse(flujo, content_type=mime)
        respuesta.headers["Content-Length"] = str(total)
    elif rango[0] >= total or rango[1] < rango[0]:
        flujo.close()
        respuesta = HttpResponse(status=416)
        respuesta.headers["Content-Range"] = f"bytes */{total}"
    else:
        inicio, fin = rango
        flujo.seek(inicio)
        respuesta = StreamingHttpResponse(_trozos(flujo, fin - inicio + 1), status=206, content_type=mime)
        respuesta.headers["Content-Range"] = f"bytes {inicio}-{fin}/{total}"
        respuesta.headers["Content-Length"] = str(fin - inicio + 1)
    respuesta.headers["Content-Disposition"] = disposicion(nombre, adjunto=adjunto)
    return _con_cabeceras(respuesta, etiqueta, ajeno)


def disposicion(nombre: str, *, adjunto: bool) -> str:
    """``Content-Disposition`` según RFC 6266: un nombre ASCII para los programas viejos y el verdadero en UTF-8."""
    limpio = nombre_limpio(nombre)
    ascii_ = re.sub(r"[^A-Za-z0-9._ ()-]", "_", limpio)
    return f"{'attachment' if adjunto else 'inline'}; filename=\"{ascii_}\"; filename*=UTF-8''{quote(limpio, safe='')}"


def _con_cabeceras(respuesta: HttpResponseBase, etiqueta: str, ajeno: bool) -> HttpResponseBase:
    respuesta.headers["ETag"] = etiqueta
    respuesta.headers["Accept-Ranges"] = "bytes"
    # Ya viene comprimido; y comprimir un rango (lo que haría GZipMiddleware) entregaría un archivo roto.
    respuesta.headers["Content-Encoding"] = "identity"
    respuesta.headers["X-Content-Type-Options"] = "nosniff"
    # El contenido no cambia nunca, pero el permiso sí: el navegador lo guarda y pregunta cada vez.
    respuesta.headers["Cache-Control"] = "private, no-cache"
    # Lo de un extraño no ejecuta nada ni sale de su caja; lo nuestro tampoco, pero se deja ver en un marco propio.
    respuesta.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
        + ("; sandbox" if ajeno else "")
    )
    respuesta.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return respuesta


def _rango(request: HttpRequest, total: int, etiqueta: str) -> tuple[int, int] | None:
    """El rango pedido, con sus dos extremos incluidos; ``None`` si se pidió todo, varios rangos o de otra versión."""
    if request.headers.get("If-Range", etiqueta) != etiqueta:
        return None
    hallado = _RANGO.fullmatch(request.headers.get("Range", "").strip())
    if hallado is None or hallado.group(0) == "bytes=-":
        return None
    desde, hasta = hallado.groups()
    if not desde:
        return max(0, total - int(hasta)), total - 1
    return int(desde), min(int(hasta or total - 1), total - 1)


def _trozos(flujo: BinaryIO, cuantos: int) -> Iterator[bytes]:
    with flujo:
        while cuantos > 0 and (trozo := flujo.read(min(TROZO, cuantos))):
            cuantos -= len(trozo)
            yield trozo
