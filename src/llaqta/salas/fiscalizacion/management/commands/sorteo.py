"""``./llaqta sorteo``: repite un sorteo de fiscalización posterior con lo que se publicó."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from llaqta.cimientos.errors import NoEncontrado
from llaqta.salas.fiscalizacion import queries


class Command(BaseCommand):
    """Muestra un sorteo y comprueba que su resultado sale de su frase y de su lista."""

    help = "Repite un sorteo de fiscalización posterior y dice si coincide con el publicado."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """El semestre."""
        parser.add_argument("--semestre", required=True, help="por ejemplo 2026-1")

    def handle(self, *args: Any, **opciones: Any) -> None:
        """Escribe el resultado; sale con error si no coincide."""
        try:
            avance = queries.get_sorteo(opciones["semestre"], para=None)
        except NoEncontrado as error:
            raise CommandError(str(error.frase)) from error
        sorteo = avance.sorteo
        self.stdout.write(f"Semestre {sorteo.semestre}, frase: «{sorteo.frase}»")
        if sorteo.sorteado_en is None:
            self.stdout.write("Todavía no se sortea.")
            return
        self.stdout.write(
            f"{avance.candidatos} candidatos (huella {sorteo.huella[:16]}…), {avance.elegidos} elegidos:"
        )
        for numero in queries.get_elegidos(sorteo, para=None):
            self.stdout.write(f"  {numero}")
        if fallas := queries.verificar(sorteo, para=None):
            raise CommandError(" ".join(fallas))
        self.stdout.write("Coincide: el resultado sale de esa frase y esa lista.")
