"""Contraseñas que ya circulan: se buscan por su huella en un archivo de la municipalidad, sin salir a la red.

El archivo (``LLAQTA_CLAVES_FILTRADAS``) es de texto y va ordenado: en cada línea un SHA-1 en hexadecimal, o su
comienzo (16 cifras o más), y, si quiere, ``:`` y cuántas veces se la vio. Es la forma en que se publican esas listas.
Por grande que sea no se carga: se parte en dos y se busca, unas treinta lecturas.
"""

from __future__ import annotations

import hashlib
import logging
import re
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError

_LINEA = re.compile(rb"([0-9A-Fa-f]{16,40})(:\d+)?\s*")
_LARGO_DE_UNA_LINEA = 80
registro = logging.getLogger(__name__)


class ArchivoIlegible(Exception):
    """El archivo no está, no se puede leer o no es una lista de huellas."""


class SinFiltradas:
    """Rechaza la contraseña que está en la lista; si la hay y no se puede leer, no se acepta ninguna."""

    def validate(self, password: str, user: Any = None) -> None:
        """:raises ValidationError: si circula, o si no se pudo comprobar"""
        if not settings.CLAVES_FILTRADAS:
            return
        try:
            circula = esta(password, Path(settings.CLAVES_FILTRADAS))
        except ArchivoIlegible:
            registro.exception("No se pudo leer LLAQTA_CLAVES_FILTRADAS: no se aceptan contraseñas nuevas.")
            raise ValidationError(
                "Ahora no podemos comprobar la contraseña. No se guardó nada: vuelva a intentarlo en unos minutos.",
                code="sin_comprobar",
            ) from None
        if circula:
            raise ValidationError(
                "Esa contraseña apareció en una filtración y otros la conocen: use una que no haya usado en ningún "
                "otro sitio.",
                code="filtrada",
            )

    def get_help_text(self) -> str:
        """Lo que se dice junto al campo; nada si no hay lista."""
        return "No use una contraseña que haya usado en otro sitio." if settings.CLAVES_FILTRADAS else ""


def esta(clave: str, ruta: Path) -> bool:
    """Dice si la huella de una contraseña está en el archivo.

    :raises ArchivoIlegible: si no se puede leer o no es una lista de huellas
    """
    # SHA-1 no protege nada aquí: es el nombre con que se publica la lista.
    huella = hashlib.sha1(clave.encode(), usedforsecurity=False).hexdigest().upper().encode()
    try:
        with ruta.open("rb") as archivo:
            return _buscar(archivo, huella)
    except OSError as error:
        raise ArchivoIlegible(str(ruta)) from error


def _buscar(archivo: BinaryIO, huella: bytes) -> bool:
    """Busca por mitades la última línea que no pasa de la huella, y dice si es su comienzo."""
    desde, hasta = 0, archivo.seek(0, 2)
    _leer_desde(archivo, 0)
    while desde < hasta:
        mitad = (desde + hasta) // 2
        comienzo, guardada = _leer_desde(archivo, mitad)
        if not guardada or comienzo >= hasta:
            hasta = mitad
        elif huella.startswith(guardada):
            return True
        elif guardada < huella:
            desde = archivo.tell()
        else:
            hasta = mitad
    return False


def _leer_desde(archivo: BinaryIO, lugar: int) -> tuple[int, bytes]:
    """La primera línea entera que comienza en ``lugar`` o después, y dónde comienza; vacía si no hay más.

    :raises ArchivoIlegible: si no es una huella
    """
    archivo.seek(max(lugar - 1, 0))
    if lugar:
        archivo.readline(_LARGO_DE_UNA_LINEA)  # el resto de la anterior, o solo su salto
    comienzo = archivo.tell()
    linea = archivo.readline(_LARGO_DE_UNA_LINEA)
    if not linea:
        return comienzo, b""
    leida = _LINEA.fullmatch(linea)
    if leida is None:
        raise ArchivoIlegible("Hay una línea que no es una huella.")
    return comienzo, leida[1].upper()
