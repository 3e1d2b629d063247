"""``./llaqta auditoria ORDEN``: revisar el registro, probar un suceso, llevarse lo publicado y simular una alteración.

Contesta 0 si todo coincide, 1 si algo no coincide o no se puede probar, y 2 si no se pudo mirar.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from llaqta.salas.auditoria import ordenes

NO_SE_PUDO = 2


class Command(BaseCommand):
    """El registro desde la consola."""

    help = "Revisa, prueba y exporta el registro de sucesos."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Cada orden declara lo suyo en ``ordenes``."""
        subordenes = parser.add_subparsers(dest="orden", required=True, metavar="ORDEN")
        for declarar in ordenes.TODAS:
            declarar(subordenes)

    def handle(self, *args: Any, **opciones: Any) -> None:
        """Corre la orden y termina con su código.

        :raises CommandError: si no se pudo mirar; con el código 2
        """
        try:
            codigo = opciones["hacer"](opciones, self.stdout.write, self.stderr.write)
        except OSError as error:
            raise CommandError(f"Llaqta: {_en_castellano(error)}", returncode=NO_SE_PUDO) from error
        except (ordenes.NoSePudo, DatabaseError) as error:
            raise CommandError(f"Llaqta: {error}", returncode=NO_SE_PUDO) from error
        if codigo:
            raise SystemExit(codigo)


def _en_castellano(error: OSError) -> str:
    """Por qué no se pudo leer o escribir un archivo."""
    razones = {
        FileNotFoundError: "no existe",
        IsADirectoryError: "es una carpeta",
        NotADirectoryError: "no es una carpeta",
        PermissionError: "no hay permiso",
        FileExistsError: "ya existe",
    }
    return f"No se pudo usar {error.filename}: {razones.get(type(error), error.strerror)}."
