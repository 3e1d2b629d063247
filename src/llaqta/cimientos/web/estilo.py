"""La hoja de estilo con los colores y el escudo de la entidad, en una sola respuesta que el navegador guarda un año."""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import brotli
from django.urls import reverse

from llaqta.cimientos.models import Entidad
from llaqta.cimientos.web.color import (
    BLANCO,
    CONTRASTE_DE_TEXTO,
    ENLACE_DE_LA_CASA,
    check_marca,
    contraste,
    texto_sobre,
)

_CARPETA = Path(__file__).parent / "static" / "llaqta"
_ESCUDO_INCRUSTADO = 4096  # un escudo más pesado se pide aparte, para no cargar la primera página
COLOR, COLOR_OSCURO = "#8b1538", "#5f0e26"


def url_de_estilo(entidad: Entidad) -> str:
    """La dirección de la hoja, con su huella: cambia solo cuando cambian la hoja, los colores o el escudo."""
    return f"{reverse('estilo_entidad')}?v={huella(hoja(entidad))}"


def url_de_programa() -> str:
    """La dirección del JavaScript de la casa, con su huella."""
    return f"{reverse('programa')}?v={huella(programa())}"


def url_de_escudo(entidad: Entidad) -> str:
    """La dirección del escudo como imagen, con su huella."""
    return f"{reverse('escudo_entidad')}?v={huella(entidad.escudo)}"


def hoja(entidad: Entidad) -> str:
    """La hoja completa: la de la casa y, al final, los valores de la entidad."""
    return _leer("llaqta.css", _edad("llaqta.css")) + "\n" + valores_de_entidad(entidad)


def programa() -> str:
    """El JavaScript de la casa."""
    return _leer("llaqta.js", _edad("llaqta.js"))


def valores_de_entidad(entidad: Entidad) -> str:
    """Los valores propios de la entidad como variables; si sus colores no se leen, quedan los de la casa."""
    color, oscuro = entidad.color, entidad.color_oscuro
    if check_marca(color, oscuro):
        color, oscuro = COLOR, COLOR_OSCURO
    enlace = oscuro if contraste(oscuro, BLANCO) >= 7 and _es_azulado(oscuro) else ENLACE_DE_LA_CASA
    letras = texto_sobre(color)
    assert contraste(letras, color) >= CONTRASTE_DE_TEXTO
    return (
        f"@layer tokens {{ :root {{ --marca: {color}; --marca-oscura: {oscuro}; --sobre-marca: {letras}; "
        f"--enlace: {enlace}; --escudo: {_escudo(entidad)}; }} }}\n"
    )


@lru_cache(maxsize=8)
def comprimir(texto: str, modo: str) -> bytes:
    """``texto`` comprimido con ``br`` o ``gzip``; se hace una vez por versión."""
    datos = texto.encode()
    return brotli.compress(datos) if modo == "br" else gzip.compress(datos, 9, mtime=0)


def _es_azulado(color: str) -> bool:
    """Un enlace se reconoce por azul; otro color de la entidad se confundiría con un aviso."""
    rojo, verde, azul = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return azul > rojo and azul > verde


def _escudo(entidad: Entidad) -> str:
    if not entidad.escudo:
        return "none"
    if len(entidad.escudo) > _ESCUDO_INCRUSTADO:
        return f'url("{url_de_escudo(entidad)}")'
    return f'url("data:image/svg+xml,{quote(entidad.escudo, safe=" =:/;,")}")'


@lru_cache(maxsize=64)
def huella(texto: str) -> str:
    """Lo que identifica una versión de un texto en su dirección."""
    return hashlib.sha256(texto.encode()).hexdigest()[:10]


def _edad(nombre: str) -> int:
    return (_CARPETA / nombre).stat().st_mtime_ns


@lru_cache(maxsize=4)
def _leer(nombre: str, edad: int) -> str:
    """El archivo sin comentarios ni sangrías, que al teléfono no le sirven.

    ``edad`` solo entra para que un archivo cambiado se vuelva a leer.
    """
    escrito = (_CARPETA / nombre).read_text(encoding="utf-8")
    return re.sub(r"\n\s+", "\n", re.sub(r"/\*.*?\*/", "", escrito, flags=re.DOTALL)).lstrip()
