"""``exportar_tupa RUTA``: escribe el TUPA que rige en YAML o XLSX, según el nombre del archivo."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.salas.tramites import escritura, queries


class Command(BaseCommand):
    """Escribe un archivo que ``cargar_tupa`` vuelve a leer igual."""

    help = "Escribe el TUPA vigente en un archivo .yaml o .xlsx, con la forma que «cargar_tupa» lee."

    def add_arguments(self, parser: CommandParser) -> None:
        """Dónde y de qué día."""
        parser.add_argument("ruta", type=Path, help="archivo .yaml o .xlsx por escribir")
        parser.add_argument(
            "--al", type=date.fromisoformat, help="el que rige ese día (2026-01-31); hoy, si falta"
        )

    def handle(self, *args: Any, **opciones: Any) -> None:
        """Escribe y dice cuántos salieron."""
        ruta: Path = opciones["ruta"]
        escritores = {".yaml": escritura.a_yaml, ".yml": escritura.a_yaml, ".xlsx": escritura.a_libro}
        if ruta.suffix.lower() not in escritores:
            raise CommandError("El nombre del archivo termina en .yaml o en .xlsx.")
        tupa = queries.get_tupa(al=opciones["al"] or hoy_en_lima(timezone.now()))
        contenido = escritores[ruta.suffix.lower()](tupa, siglas=queries.get_nombres_de_unidades())
        try:
            ruta.write_bytes(contenido)
        except OSError as error:
            raise CommandError(f"No se pudo escribir «{ruta}»: {error.strerror}.") from error
        self.stdout.write(f"{len(tupa.procedimientos)} procedimientos en {ruta}.")
