"""``./llaqta plazo`` con el calendario y las reglas de la instalación."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from llaqta.salas.plazos import orden
from llaqta.salas.plazos.instalada import FuenteInstalada


class Command(BaseCommand):
    """Calcula un plazo y lo explica."""

    help = "Calcula un plazo de la Ley 27444 y explica cada día."
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        """Entrega los argumentos tal como se escribieron: la orden los lee sola y sale con su código."""
        sys.exit(self._correr(argv[2:]))

    def handle(self, *args: str, **opciones: Any) -> None:
        """Sin argumentos, la ayuda."""
        self._correr(["--help"])

    @staticmethod
    def _correr(argv: list[str]) -> int:
        try:
            return orden.main(argv, FuenteInstalada)
        except DatabaseError as error:
            print(
                f"No se pudo leer el calendario de la instalación ({str(error).splitlines()[0]}). Con --calendario "
                "nacional no hace falta la base.",
                file=sys.stderr,
            )
            return 1
