"""``./llaqta gestion escuchar_rebotes``: atiende por SMTP los avisos devueltos (docs/operacion/casilla.md).

``./llaqta up`` la enciende sola si hay ``LLAQTA_REBOTES``; por piezas, es la unidad ``llaqta-rebotes.service``.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from llaqta.salas.casilla import escucha


class Command(BaseCommand):
    """Escucha en ``LLAQTA_REBOTES_ESCUCHA`` hasta que la detengan."""

    help = "Atiende por SMTP los avisos devueltos y los une a su intento."
    # Revisar el programa carga todas las páginas, que este proceso no atiende: cincuenta megas.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Dónde escuchar, si no es donde dice el entorno."""
        parser.add_argument("--en", default=settings.REBOTES_ESCUCHA, metavar="IP:PUERTO")
        parser.add_argument(
            "--puerta",
            type=int,
            metavar="N",
            help="el descriptor de una puerta ya abierta (uso interno de up)",
        )

    def handle(self, *args: Any, **opciones: Any) -> None:
        """Atiende hasta Ctrl-C o SIGTERM.

        :raises CommandError: si falta ``LLAQTA_REBOTES`` (nadie sabría a dónde devolver) o no se puede escuchar ahí
        """
        if not settings.REBOTES:
            raise CommandError("Falta LLAQTA_REBOTES: la dirección a la que vuelven los avisos devueltos.")
        if opciones["puerta"] is not None:
            puerta = socket.socket(fileno=opciones["puerta"])
        else:
            puerta = _abrir(str(opciones["en"]))
        self.stdout.write(f"Atendiendo los rebotes de {settings.REBOTES} en {opciones['en']}.")
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(escucha.atender(puerta))


def _abrir(donde: str) -> socket.socket:
    """La puerta en ``IP:PUERTO``.

    :raises CommandError: si está mal escrita u ocupada
    """
    anfitrion, _, puerto = donde.rpartition(":")
    try:
        familia = socket.AF_INET6 if ":" in anfitrion else socket.AF_INET
        return socket.create_server((anfitrion.strip("[]"), int(puerto)), family=familia)
    except (OSError, OverflowError, ValueError) as error:
        raise CommandError(
            f"No se puede escuchar en «{donde}» ({error}): revise LLAQTA_REBOTES_ESCUCHA."
        ) from error
