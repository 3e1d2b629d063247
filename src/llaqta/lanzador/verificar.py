"""``./llaqta verificar``: comprueba las firmas de un PDF; corre sola, sin base y sin servidor."""

from __future__ import annotations

import os
import sys

from llaqta.lanzador.instalacion import carpeta_elegida

MODULO = "llaqta.salas.firma.orden"


def main(argv: list[str]) -> int:
    """Este proceso deja su lugar al de la orden: ni Django ni PostgreSQL llegan a cargarse."""
    internas = os.environ.get("LLAQTA_FIRMA_REDES_INTERNAS", "").replace(",", " ").split()
    ajustes = [f"--datos={carpeta_elegida(None)}", *(f"--red-interna={una}" for una in internas)]
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", MODULO, *ajustes, *argv])  # noqa: S606 — es este mismo programa
