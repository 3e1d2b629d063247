"""``./llaqta bench NOMBRE``: corre ``bench/NOMBRE.py``, que mide una cosa y la cuenta.

Cada archivo tiene ``main(argv) -> int`` y un docstring cuya primera línea dice qué mide. Quien necesita una base usa
``llaqta.lanzador.postgres.base_temporal(duradero=True)``; quien necesita la casa entera, ``llaqta.lanzador.temporal``.
"""

from __future__ import annotations

import ast
import os
import runpy
import sys
from pathlib import Path

from llaqta.lanzador.avisos import Impedimento, decir
from llaqta.lanzador.instalacion import RAIZ


def medidas() -> dict[str, Path]:
    """Devuelve cada medida por su nombre."""
    return {ruta.stem: ruta for ruta in sorted((RAIZ / "bench").glob("[a-z]*.py"))}


def main(argv: list[str]) -> int:
    """Corre la medida pedida; sin nombre, las enumera."""
    hay = medidas()
    if not argv or argv[0] not in hay:
        decir("Uso: ./llaqta bench NOMBRE [--json]\n")
        for nombre, ruta in hay.items():
            que = (ast.get_docstring(ast.parse(ruta.read_text(encoding="utf-8"))) or "").split("\n", 1)[0]
            decir(f"  {nombre:<14} {que.removeprefix(f'``./llaqta bench {nombre}``: ')}")
        return 0 if not argv else 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "llaqta.config.settings")
    if not (os.environ.get("LLAQTA_SECRET_KEY") or os.environ.get("LLAQTA_SECRET_KEY_FILE")):
        os.environ.setdefault("LLAQTA_DEMO", "1")
    sys.path.insert(0, str(RAIZ))
    try:
        return int(runpy.run_path(str(hay[argv[0]]), run_name=f"bench.{argv[0]}")["main"](argv[1:]) or 0)
    except Impedimento as impedimento:
        print(f"Llaqta: {impedimento}", file=sys.stderr)
        return 1
