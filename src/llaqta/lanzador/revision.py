"""``./llaqta check``: todo lo que se puede revisar sin correr el programa. Un paso que falla no esconde a los demás."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from llaqta.lanzador.avisos import Impedimento, decir
from llaqta.lanzador.instalacion import RAIZ, entorno_de_llaqta
from llaqta.lanzador.postgres import base_temporal

PYTHON = [sys.executable, "-m"]
PASOS: dict[str, list[str]] = {
    "formato (ruff format)": [*PYTHON, "ruff", "format", "--check", "."],
    "estilo (ruff check)": [*PYTHON, "ruff", "check", "."],
    "tipos (mypy --strict)": [*PYTHON, "mypy"],
    "pisos (import-linter)": [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
    ],
    "reglas de la casa": [
        *PYTHON,
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--no-header",
        "tests/test_casa.py",
    ],
    "documentos generados": [*PYTHON, "llaqta", "docs", "--comprobar"],
    "migraciones al día": [*PYTHON, "django", "makemigrations", "--check", "--dry-run"],
    "ajustes de Django": [*PYTHON, "django", "check", "--fail-level", "WARNING"],
}


def main(argv: list[str]) -> int:
    """Corre cada paso y devuelve 0 si todos pasaron; con palabras, solo los pasos cuyo nombre las contiene."""
    elegidos = {
        nombre: orden
        for nombre, orden in PASOS.items()
        if not argv or any(palabra in nombre for palabra in argv)
    }
    try:
        with tempfile.TemporaryDirectory() as temporal, base_temporal() as servidor:
            entorno = entorno_de_llaqta(Path(temporal), demo=True) | {
                "DATABASE_URL": servidor.url_de("postgres", "postgres")
            }
            fallas = [nombre for nombre, orden in elegidos.items() if not _paso(nombre, orden, entorno)]
    except Impedimento as impedimento:
        print(f"Llaqta: {impedimento}", file=sys.stderr)
        return 1
    if fallas:
        decir(f"\n✗ {len(fallas)} de {len(elegidos)} revisiones fallaron: {', '.join(fallas)}.")
        return 1
    decir(f"\n✓ Las {len(elegidos)} revisiones pasaron.")
    return 0


def _paso(nombre: str, orden: list[str], entorno: dict[str, str]) -> bool:
    desde = time.monotonic()
    hecho = subprocess.run(
        orden, cwd=RAIZ, env=entorno | {"PYTHONUNBUFFERED": "1"}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    bien = hecho.returncode == 0
    segundos = f"{time.monotonic() - desde:.1f}"
    decir(f"{'✓' if bien else '✗'} {nombre} ({segundos} s)")
    if not bien:
        limite = None if os.environ.get("CI") else 60
        lineas = hecho.stdout.rstrip().splitlines()
        for linea in lineas[-limite:] if limite else lineas:
            decir(f"    {linea}")
    return bien
