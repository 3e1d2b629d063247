"""Almacén de objetos: cada archivo se guarda una sola vez, bajo su SHA-256, y nunca se sobrescribe.

El nombre es el contenido: dos copias iguales ocupan un solo lugar y ``comprobar`` demuestra años después que nada
cambió (DS 029-2021-PCM, art. 49: integridad del documento electrónico). Hay dos respaldos con la misma puerta:

- ``carpeta`` (por omisión): ``DATOS/objetos/ab/cd/<sha256>``, con fsync del archivo y de su carpeta;
- ``s3``: cualquier servidor que hable S3, para varias máquinas, a través de django-storages.

Guardar ocurre antes de que la transacción termine; si el proceso muere en medio queda un objeto sin dueño, que
``documentos.barrer_huerfanos`` retira después de ``EDAD_DE_HUERFANO``.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings

from llaqta.cimientos.almacenes import (
    EDAD_DE_HUERFANO,
    Almacen,
    AlmacenCarpeta,
    AlmacenLleno,
    AlmacenS3,
    Objeto,
    ObjetoDanado,
    copiar_con_huella,
)

__all__ = [
    "EDAD_DE_HUERFANO",
    "AlmacenLleno",
    "Objeto",
    "ObjetoDanado",
    "abrir",
    "borrar_huerfano",
    "como_ruta",
    "comprobar",
    "existe",
    "get_almacen",
    "guardar",
    "leer",
    "listar",
    "ruta",
]


def get_almacen() -> Almacen:
    """Devuelve el almacén que dicen los ajustes (``OBJETOS``, ``DATOS``, ``S3``).

    :raises ValueError: si ``OBJETOS`` no es «carpeta» ni «s3»
    """
    if settings.OBJETOS == "carpeta":
        return _carpeta(Path(settings.DATOS) / "objetos")
    if settings.OBJETOS == "s3":
        return _s3(tuple(sorted(settings.S3.items())))
    raise ValueError(f"LLAQTA_OBJETOS debe ser «carpeta» o «s3»; vale «{settings.OBJETOS}».")


@lru_cache(maxsize=8)
def _carpeta(raiz: Path) -> AlmacenCarpeta:
    return AlmacenCarpeta(raiz)


@lru_cache(maxsize=8)
def _s3(opciones: tuple[tuple[str, Any], ...]) -> AlmacenS3:
    return AlmacenS3(dict(opciones))


def guardar(flujo: BinaryIO | bytes) -> Objeto:
    """Guarda un contenido y devuelve su huella y tamaño; guardar dos veces lo mismo es guardarlo una.

    :raises AlmacenLleno: si no hay espacio; no queda nada a medias
    """
    return get_almacen().guardar(flujo)


def abrir(sha256: str) -> BinaryIO:
    """Abre un contenido para leerlo desde el principio.

    :raises FileNotFoundError: si no está guardado
    """
    return get_almacen().abrir(sha256)


def leer(sha256: str) -> bytes:
    """Devuelve un contenido entero (para PDF propios, que son pequeños).

    :raises FileNotFoundError: si no está guardado
    """
    with abrir(sha256) as flujo:
        return flujo.read()


def ruta(sha256: str) -> Path | None:
    """Devuelve la ruta local del contenido, o ``None`` si no está o si el almacén es S3."""
    return get_almacen().ruta(sha256)


@contextmanager
def como_ruta(sha256: str) -> Iterator[Path]:
    """Presta una ruta local al contenido, sea cual sea el almacén; no debe escribirse en ella.

    :raises FileNotFoundError: si no está guardado
    """
    if local := ruta(sha256):
        yield local
        return
    with abrir(sha256) as origen, tempfile.NamedTemporaryFile() as copia:
        copiar_con_huella(origen, cast(BinaryIO, copia))
        copia.flush()
        yield Path(copia.name)


def existe(sha256: str) -> bool:
    """Dice si un contenido está guardado."""
    return get_almacen().existe(sha256)


def comprobar(sha256: str) -> bool:
    """Vuelve a calcular la huella de lo guardado y dice si sigue siendo la misma.

    :raises FileNotFoundError: si no está guardado
    """
    with abrir(sha256) as flujo, open(os.devnull, "wb") as nada:
        return copiar_con_huella(flujo, nada).sha256 == sha256


def listar(*, anteriores_a: datetime) -> Iterator[str]:
    """Da las huellas guardadas antes de ``anteriores_a``. Solo para el barrendero."""
    return get_almacen().listar(anteriores_a=anteriores_a)


def borrar_huerfano(sha256: str, *, anterior_a: datetime) -> bool:
    """Borra un objeto sin dueño más viejo que ``anterior_a`` y dice si lo hizo. Solo para el barrendero."""
    return get_almacen().borrar_huerfano(sha256, anterior_a=anterior_a)
