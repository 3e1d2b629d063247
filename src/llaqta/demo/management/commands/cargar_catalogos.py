"""``cargar_catalogos``: roles, clases de documento, textos de consentimiento y cifras legales, sin demostración."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from llaqta.demo.catalogos import cargar_catalogos


class Command(BaseCommand):
    """Carga lo que toda instalación necesita; repetirlo solo añade lo que falte."""

    help = "Carga los catálogos legales (roles, clases de documento, consentimientos, cifras de la casilla)."

    def handle(self, *args: Any, **opciones: Any) -> None:
        """Carga y dice cuántas filas son nuevas."""
        self.stdout.write(f"Catálogos al día ({cargar_catalogos(ahora=timezone.now())} filas nuevas).")
