"""Contraseñas que adivinaría cualquiera que sepa qué es esto: el nombre de la municipalidad, el programa, el cargo."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError

from llaqta.cimientos.models import Entidad

PALABRAS = frozenset(
    "llaqta municipalidad municipio alcaldia alcalde alcaldesa gerencia gerente tramite tramites mesadepartes "
    "expediente documento casilla contrasena clave password ciudadano ciudadana administrador administradora usuario "
    "sistema firma pichari cusco peru vraem".split()
)
"""Las que valen para cualquier instalación; las propias salen de los datos de la municipalidad."""
_LO_QUE_QUEDA = 6
"""Los signos que debe tener una contraseña además de esas palabras, los años y las repeticiones."""


class SinPalabrasDeLaCasa:
    """Rechaza la contraseña que, quitadas las palabras de la casa y los años, se queda en casi nada.

    Una frase larga que las contiene vale: lo que se mide es lo que queda.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """:raises ValidationError: si es fácil de adivinar"""
        resto = _llano(password)
        for palabra in sorted(PALABRAS | _de_la_entidad(), key=len, reverse=True):
            resto = resto.replace(palabra, "")
        resto = re.sub(r"(?:19|20)\d\d|123\d*", "", resto)
        if len(resto) < _LO_QUE_QUEDA and len(resto) < len(_llano(password)):
            raise ValidationError(
                "Esa contraseña se adivina: está hecha con el nombre de la municipalidad o con palabras de este sitio.",
                code="palabras_de_la_casa",
            )

    def get_help_text(self) -> str:
        """Lo que se dice junto al campo."""
        return "No use el nombre de la municipalidad ni palabras de este sitio con un año o un número."


def _de_la_entidad() -> frozenset[str]:
    entidad = Entidad.actual()
    partes = f"{entidad.nombre} {entidad.nombre_corto} {entidad.siglas} {entidad.lugar}".split()
    return frozenset(llana for parte in partes if len(llana := _llano(parte)) >= 3)


def _llano(texto: str) -> str:
    """Minúsculas sin tildes, y las cifras que se usan por letras, como letras."""
    sin_tildes = unicodedata.normalize("NFKD", texto.casefold())
    letras = "".join(signo for signo in sin_tildes if not unicodedata.combining(signo))
    return re.sub(r"[\s._-]", "", letras.replace("@", "a").replace("$", "s"))
