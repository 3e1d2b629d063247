"""``cargar_tupa RUTA``: carga procedimientos desde archivos YAML o XLSX."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from llaqta.cimientos.errors import Negativa
from llaqta.salas.tramites import lectura, services


class Command(BaseCommand):
    """Carga el TUPA de la municipalidad; los procedimientos que ya existen no se tocan."""

    help = "Carga procedimientos del TUPA desde archivos YAML o XLSX (modelo: tramites/datos/tupa_demo.yaml)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Los archivos por cargar."""
        parser.add_argument(
            "ruta", type=Path, nargs="*", help="archivos YAML o XLSX; sin ninguno, los de la demostración"
        )

    def handle(self, *args: Any, **opciones: Any) -> None:
        """Carga y dice cuántos entraron."""
        try:
            rutas = opciones["ruta"] or lectura.ARCHIVOS_DE_DEMOSTRACION
            nuevos = sum(services.cargar_tupa(actor=None, ruta=ruta, ahora=timezone.now()) for ruta in rutas)
        except lectura.ArchivoConErrores as negativa:
            raise CommandError("\n".join(negativa.problemas)) from negativa
        except Negativa as negativa:
            raise CommandError(negativa.frase) from negativa
        self.stdout.write(f"Procedimientos nuevos: {nuevos}.")
