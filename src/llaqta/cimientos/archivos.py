"""Escribir un archivo entero o nada, y que el disco lo tenga al volver.

No toca Django: también lo usa el motor de firma, que anda sin él.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

PUBLICO, PRIVADO = 0o644, 0o600


def escribir(ruta: Path, contenido: bytes, modo: int = PUBLICO) -> None:
    """Escribe un archivo de una vez: quien lo lea verá el anterior o el nuevo, nunca la mitad.

    Cada escritura va a un provisional suyo, de modo que dos hilos que escriben lo mismo no se pisan; si algo falla, el
    provisional se borra. No vuelve hasta que el disco tiene el contenido y el nombre.

    :param modo: los permisos, menos los que quite la máscara del proceso
    :raises OSError: si no se pudo; lo que había sigue estando
    """
    provisional = ruta.with_name(f".{ruta.name}.{os.getpid()}.{secrets.token_hex(8)}")
    descriptor = os.open(provisional, os.O_WRONLY | os.O_CREAT | os.O_EXCL, modo)
    try:
        with os.fdopen(descriptor, "wb") as archivo:
            archivo.write(contenido)
            archivo.flush()
            os.fsync(archivo.fileno())
        provisional.replace(ruta)
    except BaseException:
        provisional.unlink(missing_ok=True)
        raise
    asegurar(ruta.parent)


def asegurar(carpeta: Path) -> None:
    """Espera a que el disco tenga los nombres de una carpeta."""
    descriptor = os.open(carpeta, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
