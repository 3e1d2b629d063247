"""``./llaqta gestion escuchar_rebotes``: atiende por SMTP los avisos devueltos (docs/operacion/casilla.md)."""

from __future__ import annotations

import asyncio
import contextlib
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from llaqta.salas.casilla import escucha


class Command(BaseCommand):
    """Escucha en ``LLAQTA_REBOTES_ESCUCHA`` hasta que la detengan."""

    help = "Atiende por SMTP los avisos devueltos y los une a su intento."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Dónde escuchar, si no es donde dice el entorno."""
        parser.add_argument("--en", default=settings.REBOTES_ESCUCHA, metavar="IP:PUERTO")

    def handle(self, *args: Any, **opciones: Any) -> None:
        """Atiende hasta Ctrl-C.

        :raises CommandError: si falta ``LLAQTA_REBOTES``: nadie sabría a dónde devolver
        """
        if not settings.REBOTES:
            raise CommandError("Falta LLAQTA_REBOTES: la dirección a la que vuelven los avisos devueltos.")
        anfitrion, _, puerto = str(opciones["en"]).rpartition(":")
        self.stdout.write(f"Atendiendo los rebotes de {settings.REBOTES} en {opciones['en']}.")
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(escucha.atender(anfitrion, int(puerto)))
