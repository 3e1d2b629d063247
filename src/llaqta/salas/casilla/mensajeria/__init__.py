"""Los mensajes de texto: un puerto, y dos maneras de enviarlos (una pasarela HTTP o un módem GSM propio)."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from llaqta.salas.casilla.mensajeria.modem import Modem
from llaqta.salas.casilla.mensajeria.pasarela import Pasarela
from llaqta.salas.casilla.mensajeria.prueba import CarpetaDePrueba
from llaqta.salas.casilla.mensajeria.puerto import Despacho, MensajeriaSms
from llaqta.salas.casilla.mensajeria.texto import es_celular, normalizar_celular

__all__ = [
    "Despacho",
    "MensajeriaSms",
    "abrir_mensajeria",
    "es_celular",
    "hay_mensajeria",
    "normalizar_celular",
]


def hay_mensajeria() -> bool:
    """Verdadero si esta instalación puede enviar mensajes de texto."""
    return bool(settings.SMS["via"])


def abrir_mensajeria() -> MensajeriaSms:
    """La vía que la municipalidad eligió en ``LLAQTA_SMS``.

    :raises LookupError: si no eligió ninguna
    """
    ajustes = settings.SMS
    if ajustes["via"] == "pasarela":
        return Pasarela(
            url=ajustes["url"],
            metodo=ajustes["metodo"],
            cabeceras=ajustes["cabeceras"],
            cuerpo=ajustes["cuerpo"],
            camino_id=ajustes["camino_id"],
            espera=ajustes["espera"],
        )
    if ajustes["via"] == "modem":
        return Modem(
            puerto=ajustes["puerto"],
            velocidad=ajustes["velocidad"],
            pin=ajustes["pin"],
            espera=ajustes["espera"],
            espera_de_informe=ajustes["espera_de_informe"],
        )
    if ajustes["via"] == "prueba":
        return CarpetaDePrueba(Path(settings.DATOS) / "sms")
    raise LookupError("Esta instalación no envía mensajes de texto: falta LLAQTA_SMS.")
