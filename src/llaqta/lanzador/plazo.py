"""``./llaqta plazo``: con el calendario nacional corre sola, sin base; con el de la instalación, sobre la suya."""

from __future__ import annotations

import fcntl
import os
import sys
import time
from itertools import pairwise
from pathlib import Path

from llaqta.lanzador import gestion
from llaqta.lanzador.instalacion import carpeta_elegida

MODULO = "llaqta.salas.plazos.orden"
SEGUNDOS_DE_ESPERA = 30
"""Lo que se espera a que otra orden, o la casa que se está encendiendo, suelte la carpeta o abra su base."""


def main(argv: list[str]) -> int:
    """Calcula un plazo y devuelve el código de salida: 0, 2 si lo escrito no sirve, 1 si la base no responde."""
    os.environ.setdefault("LLAQTA_LOG", "WARNING")  # quien pide un plazo no quiere el registro de la máquina
    if _pide_nacional(argv):
        return _sin_base(argv)
    if not _hay_instalacion():
        print("Aquí todavía no hay una instalación: se usa el calendario nacional.", file=sys.stderr)
        return _sin_base([*argv, "--calendario", "nacional"])
    _esperar_turno(carpeta_elegida(None))
    return gestion.main(["plazo", *argv])


def _pide_nacional(argv: list[str]) -> bool:
    """Verdadero si la orden no necesita la base: lo pide, o solo quiere la ayuda."""
    return (
        "--calendario=nacional" in argv
        or ("--calendario", "nacional") in pairwise(argv)
        or any(ayuda in argv for ayuda in ("-h", "--help", "--ayuda"))
    )


def _hay_instalacion() -> bool:
    return bool(
        os.environ.get("DATABASE_URL")
        or os.environ.get("DATABASE_URL_FILE")
        or (carpeta_elegida(None) / "postgres").is_dir()
    )


def _esperar_turno(carpeta: Path) -> None:
    """Dos plazos a la vez sobre una casa apagada: el segundo espera al primero, en vez de decir que no."""
    limite = time.monotonic() + SEGUNDOS_DE_ESPERA
    while time.monotonic() < limite and not (carpeta / "en-marcha.json").exists():
        try:
            with (carpeta / ".cerrojo").open(encoding="utf-8") as cerrojo:
                fcntl.flock(cerrojo, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            time.sleep(0.2)
        except OSError:
            return


def _sin_base(argv: list[str]) -> int:
    """Este proceso deja su lugar al de la orden: ni Django ni PostgreSQL llegan a cargarse."""
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", MODULO, *argv])  # noqa: S606 — es este mismo programa
