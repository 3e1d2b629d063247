"""``enlace_primer_administrador``: el enlace de un solo uso con que entra quien administrará una instalación nueva."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from llaqta.cimientos.errors import Denegado
from llaqta.salas.cuentas import enlaces


class Command(BaseCommand):
    """Imprime el enlace; cuando alguien ya administra, no imprime nada."""

    help = "Imprime el enlace de un solo uso para la primera persona que administra; nada, si ya hay una."

    def handle(self, *args: Any, **opciones: Any) -> None:
        """Imprime el enlace, o nada."""
        try:
            llave = enlaces.nuevo_enlace()
        except Denegado:
            return
        self.stdout.write(f"{settings.URL_PUBLICA}{reverse('primer_administrador', args=[llave])}")
