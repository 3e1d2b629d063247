"""Se corta la luz a cada proceso, al azar y varias veces: ningún depósito se pierde y ninguna constancia se repite."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

RAIZ = Path(__file__).resolve().parents[1]


def test_sigkill_al_azar_no_pierde_ni_repite_nada() -> None:
    """La medida grande, con diez mil, es ``./llaqta bench caos``; esta es la misma, chica."""
    entorno = {k: v for k, v in os.environ.items() if not k.startswith(("LLAQTA_", "DATABASE_URL"))}
    orden = [
        sys.executable, str(RAIZ / "bench/caos.py"), "--notificaciones", "24", "--muertes", "5", "--semilla", "3",
        "--pausa", "1", "--json",
    ]  # fmt: skip
    hecho = subprocess.run(
        orden,
        env=entorno | {"PYTHONPATH": str(RAIZ / "src")},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert hecho.stdout, hecho.stderr[-2000:]
    cuenta = json.loads(hecho.stdout.splitlines()[-1])
    assert cuenta["faltas"] == [], cuenta["estancado"]
    assert (cuenta["depositadas"], cuenta["confirmadas_y_perdidas"]) == (24, 0)
    assert cuenta["segundas_constancias"] == 0
    assert sum(cuenta["muertes"].values()) >= 5
