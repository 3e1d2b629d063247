"""El equipo de quien firma, en una prueba: un componente que habla con la casa por el mismo camino, sin red."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from django.test import Client

from llaqta.salas.firma.local.emulador import Componente, Respuesta
from llaqta.salas.firma.local.tarjetas import tarjetero


def equipo_de_prueba(origen: str, reloj: Callable[[], datetime]) -> Componente:
    """Un componente con tarjetas de práctica; sin galletas ni protección de formulario, como el verdadero."""
    cliente = Client(enforce_csrf_checks=True)

    def ir(metodo: str, direccion: str, cuerpo: bytes, cabeceras: Mapping[str, str]) -> Respuesta:
        camino = urlsplit(direccion).path
        tipo = cabeceras.get("Content-Type", "application/octet-stream")
        respuesta = cliente.generic(
            metodo, camino, cuerpo, content_type=tipo, secure=origen.startswith("https")
        )
        return Respuesta(respuesta.status_code, respuesta.content)

    return Componente(origen, tarjetero(reloj), reloj, pedir=ir)
