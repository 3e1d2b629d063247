"""``revisar_tupa``: la revisión legal del TUPA, para leerla en la consola o pasarla a otro programa."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.salas.tramites import queries


class Command(BaseCommand):
    """Dice qué objeta la ley a cada procedimiento; termina con 1 si algo va contra la ley."""

    help = "Revisa el TUPA contra la ley y dice, con su artículo, lo que falta o no se puede exigir."

    def add_arguments(self, parser: CommandParser) -> None:
        """Qué procedimiento y en qué forma."""
        parser.add_argument("codigo", nargs="?", default="", help="solo ese procedimiento")
        parser.add_argument("--json", action="store_true", help="en JSON")

    def handle(self, *args: Any, **opciones: Any) -> None:
        """Escribe la revisión."""
        hoy = hoy_en_lima(timezone.now())
        revision = queries.get_revision(para=None, al=hoy, codigo=opciones["codigo"].upper())
        if opciones["json"]:
            self.stdout.write(
                json.dumps([_como_json(una) for una in revision.objeciones], ensure_ascii=False)
            )
        else:
            for una in revision.objeciones:
                self.stdout.write(
                    f"{una.codigo}  [{una.regla.gravedad_dicha}] {una.frase} ({una.regla.norma})"
                )
            self.stdout.write(
                f"Procedimientos revisados: {revision.procedimientos}. Objeciones: {len(revision.objeciones)}."
            )
        if any(una.regla.gravedad == "CONTRA_LA_LEY" for una in revision.objeciones):
            raise SystemExit(1)


def _como_json(una: Any) -> dict[str, Any]:
    return {
        "procedimiento": una.codigo,
        "regla": una.regla.codigo,
        "gravedad": una.regla.gravedad,
        "frase": una.frase,
        "norma": una.regla.norma,
        "estado": una.regla.estado,
    }
