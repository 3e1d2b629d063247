"""Las alarmas de la casa: lo que una sala pide que vea quien administra, en cualquier pantalla que esté mirando.

Viven en la memoria compartida: quien las pone las repite mientras dure el problema, y las quita cuando pasa.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import caches

from llaqta.cimientos.administracion import PERMISO, Administrador

QUIENES = (PERMISO, "auditoria.ver")
"""Los permisos de quienes las ven: administración y control."""
_declaradas: list[str] = []


@dataclass(frozen=True)
class Alarma:
    """Lo que pasa, en una frase, y la vista donde se mira con detalle."""

    frase: str
    vista: str


def declarar(nombre: str) -> str:
    """Una sala dice, al cargarse, con qué nombre pondrá su alarma; devuelve ese nombre."""
    if nombre not in _declaradas:
        _declaradas.append(nombre)
    return nombre


def poner(nombre: str, frase: str, vista: str, *, segundos: int | None = None) -> None:
    """Enciende una alarma.

    :param segundos: cuánto dura si nadie la repite; ``None``, hasta que se quite
    """
    caches["default"].set(_llave(nombre), (frase, vista), segundos)


def quitar(nombre: str) -> None:
    """Apaga una alarma."""
    caches["default"].delete(_llave(nombre))


def list_alarmas(*, para: Administrador | None) -> Sequence[Alarma]:
    """Las encendidas, para quien deba verlas; a los demás, ninguna y sin preguntar a la base."""
    if para is None or not _declaradas or not any(map(para.puede, QUIENES)):
        return ()
    halladas = caches["default"].get_many([_llave(nombre) for nombre in _declaradas])
    return [Alarma(*halladas[llave]) for llave in map(_llave, _declaradas) if llave in halladas]


def _llave(nombre: str) -> str:
    return f"cimientos.alarma.{nombre}"
