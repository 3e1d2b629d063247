"""Lo que el lanzador dice en la terminal: una oración por impedimento y una línea por paso."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Impedimento(Exception):
    """Algo impide seguir; su texto es la única oración que verá la persona."""


class Parada(BaseException):
    """Alguien pidió parar (Ctrl-C, SIGTERM o SIGHUP) mientras la casa se preparaba."""


def resaltar(texto: str) -> str:
    """Devuelve ``texto`` en negrita si la salida es una terminal que no rechaza colores."""
    return f"\033[1m{texto}\033[0m" if sys.stdout.isatty() and "NO_COLOR" not in os.environ else texto


def decir(texto: str = "") -> None:
    """Escribe una línea y la entrega de inmediato, aunque la salida sea un archivo."""
    print(texto, flush=True)


@contextmanager
def paso(titulo: str) -> Iterator[None]:
    """Escribe ``· título`` al comenzar y los segundos que tardó al terminar."""
    print(f"· {titulo}…", end="", flush=True)
    desde = time.monotonic()
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    segundos = f"{time.monotonic() - desde:.1f}"
    print(f" {segundos} s", flush=True)


def explicar_os(error: OSError, carpeta: Path) -> Impedimento:
    """Convierte un error del sistema de archivos sobre ``carpeta`` en la oración que corresponde."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return sin_espacio(carpeta)
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return Impedimento(
            f"No se puede escribir en la carpeta de datos {carpeta}: dé permiso al usuario o elija otra con --data."
        )
    if error.errno in {errno.ENOTDIR, errno.EEXIST}:
        return Impedimento(f"La ruta de datos {carpeta} no es una carpeta: elija otra con --data.")
    return Impedimento(f"No se puede usar la carpeta de datos {carpeta}: {error.strerror}.")


def sin_espacio(carpeta: Path) -> Impedimento:
    """Devuelve la oración que se dice cuando el disco está lleno."""
    return Impedimento(
        f"No queda espacio en el disco de {carpeta}: libere espacio o elija otra carpeta con --data."
    )
