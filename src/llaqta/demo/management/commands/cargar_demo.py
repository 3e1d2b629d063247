"""``cargar_demo``: la Municipalidad de Pichari con personas, TUPA y expedientes, lista para probar."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from llaqta.demo import carga
from llaqta.demo.personas import CLAVE, FIGURAS, PIN


class Command(BaseCommand):
    """Carga la demostración; repetirla no duplica nada."""

    help = (
        "Carga la demostración de Pichari. Con --mostrar-cuentas, solo imprime las cuentas y su contraseña."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declara las opciones."""
        parser.add_argument(
            "--mostrar-cuentas", action="store_true", help="imprime las cuentas y no carga nada"
        )
        parser.add_argument(
            "--sin-expedientes", action="store_true", help="no presenta los expedientes de muestra"
        )

    def handle(self, *args: Any, **opciones: Any) -> None:
        """Carga, o muestra las cuentas.

        :raises CommandError: fuera de una instalación de demostración
        """
        if opciones["mostrar_cuentas"]:
            self.stdout.write(_cuentas())
            return
        if not settings.DEMO:
            raise CommandError("La demostración solo se carga con LLAQTA_DEMO=1: aquí hay datos de verdad.")
        self.stdout.write(carga.cargar(ahora=timezone.now(), con_expedientes=not opciones["sin_expedientes"]))


def _cuentas() -> str:
    ancho = max(len(figura.nombre) for figura in FIGURAS)
    lineas = [f"  {figura.dni}  {figura.nombre:<{ancho}}  {figura.papel}" for figura in FIGURAS]
    return "\n".join([*lineas, f"  Contraseña de todas: {CLAVE}    PIN de firma de las jefaturas: {PIN}"])
