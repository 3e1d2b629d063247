"""La pasarela HTTP: casi todas piden lo mismo con otros nombres, así que los nombres son ajustes.

El cuerpo es una plantilla con ``{numero}``, ``{texto}`` y ``{llave}``: si empieza con ``{`` o ``[`` es JSON; si no, un
formulario (``to={numero}&text={texto}``). El identificador que devuelve se busca por un camino (``mensajes.0.id``).
"""

from __future__ import annotations

import http.client
import json
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlsplit

from llaqta.salas.casilla.mensajeria.puerto import Despacho

LLAVE_DE_REPETICION = "Idempotency-Key"
_CAMPO = re.compile(r"\{(numero|texto|llave)\}")
_MUCHO = 64 * 1024


class _SinVueltas(urllib.request.HTTPRedirectHandler):
    """Una pasarela que manda a otra dirección no se sigue: ahí irían el número y el texto de una persona."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """No se sigue ninguna."""


@dataclass(frozen=True)
class Pasarela:
    """Una pasarela de mensajes por HTTP."""

    url: str
    cuerpo: str
    metodo: str = "POST"
    cabeceras: Mapping[str, str] | None = None
    camino_id: str = "id"
    espera: float = 15.0

    def enviar(self, *, numero: str, texto: str, llave: str) -> Despacho:
        """Hace un pedido con la llave del intento; la respuesta 2xx es que la pasarela lo aceptó."""
        if urlsplit(self.url).scheme not in {"http", "https"}:
            return Despacho(False, "", "La dirección de la pasarela no es http ni https.", definitivo=True)
        pedido = self._pedido({"numero": numero, "texto": texto, "llave": llave})
        anfitrion = urlsplit(self.url).hostname or ""
        try:
            with urllib.request.build_opener(_SinVueltas).open(pedido, timeout=self.espera) as respuesta:
                contenido = respuesta.read(_MUCHO)
        except urllib.error.HTTPError as error:
            dicho = error.read(_MUCHO).decode(errors="replace")
            # Un 4xx dice que el pedido está mal y repetirlo no sirve, salvo que sea por tiempo o por cantidad.
            definitivo = 400 <= error.code < 500 and error.code not in {401, 403, 408, 409, 425, 429}
            return Despacho(False, "", f"{anfitrion}: {error.code} {dicho}"[:300], definitivo=definitivo)
        except (OSError, http.client.HTTPException) as error:
            return Despacho(False, "", f"{anfitrion}: {error}"[:300])
        return Despacho(True, _identificador(contenido, self.camino_id), f"Aceptado por {anfitrion}")

    def _pedido(self, valores: Mapping[str, str]) -> urllib.request.Request:
        es_json = self.cuerpo.lstrip().startswith(('{"', "[", "{ ", "{\n"))
        escribir = (lambda valor: json.dumps(valor)[1:-1]) if es_json else quote_plus
        lleno = _CAMPO.sub(lambda campo: escribir(valores[campo.group(1)]), self.cuerpo)
        url = _CAMPO.sub(lambda campo: quote_plus(valores[campo.group(1)]), self.url)
        tipo = "application/json" if es_json else "application/x-www-form-urlencoded"
        cabeceras = {"Content-Type": tipo, **(self.cabeceras or {}), LLAVE_DE_REPETICION: valores["llave"]}
        cuerpo = None if self.metodo == "GET" else lleno.encode()
        return urllib.request.Request(url, data=cuerpo, headers=cabeceras, method=self.metodo)


def _identificador(contenido: bytes, camino: str) -> str:
    """Lo que hay en ``camino`` de una respuesta JSON; si no es JSON, su primera línea."""
    try:
        valor: Any = json.loads(contenido)
        for paso in filter(None, camino.split(".")):
            valor = valor[int(paso)] if isinstance(valor, list) else valor[paso]
    except (ValueError, KeyError, IndexError, TypeError):
        return contenido.decode(errors="replace").strip().split("\n", 1)[0][:120]
    return str(valor)[:120]
