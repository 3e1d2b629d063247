"""Una casa entera de usar y tirar: ``./llaqta up`` sobre una carpeta temporal, para medirla o probarla por HTTP."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from llaqta.lanzador.avisos import Impedimento
from llaqta.lanzador.instalacion import RAIZ
from llaqta.lanzador.procesos import esperar_a_que, lanzar, terminar


@dataclass(frozen=True)
class Casa:
    """Una casa encendida."""

    url: str
    carpeta: Path
    database_url: str
    pid: int
    salida: Path

    def procesos(self) -> list[int]:
        """Devuelve los números de todos sus procesos: el lanzador, sus hijos y los hijos de estos."""
        familia = [self.pid]
        for padre in familia:
            for hijos in Path(f"/proc/{padre}/task").glob("*/children"):
                familia += [int(numero) for numero in hijos.read_text().split()]
        return familia

    def cpu_segundos(self) -> float:
        """Devuelve los segundos de procesador que gastó toda la familia, también los hijos que ya terminaron."""
        tics = 0
        for numero in self.procesos():
            campos = Path(f"/proc/{numero}/stat").read_text().rsplit(")", 1)[1].split()
            tics += sum(int(campo) for campo in campos[11:15])
        return tics / os.sysconf("SC_CLK_TCK")

    def memoria_mb(self) -> float:
        """Devuelve la memoria que ocupan todos sus procesos (PSS: lo compartido se cuenta una vez)."""
        total = 0
        for numero in self.procesos():
            for linea in Path(f"/proc/{numero}/smaps_rollup").read_text().splitlines():
                if linea.startswith("Pss:"):
                    total += int(linea.split()[1])
        return total / 1024


@contextmanager
def casa_encendida(*opciones: str, carpeta: Path | None = None, segundos: float = 600) -> Iterator[Casa]:
    """Enciende ``./llaqta up --port 0`` con ``opciones``, entrega la casa y la apaga al salir.

    Sin ``carpeta`` usa una temporal, que borra. No hereda la base ni la carpeta de quien llama.

    :raises Impedimento: si no enciende; con lo que dijo
    """
    propia = carpeta is None
    donde = carpeta or Path(tempfile.mkdtemp(prefix="llaqta-casa-"))
    salida = Path(tempfile.mkstemp(prefix="llaqta-casa-", suffix=".log")[1])
    heredado = {k: v for k, v in os.environ.items() if not k.startswith(("LLAQTA_", "DATABASE_URL"))}
    with salida.open("wb") as escrito:
        proceso = lanzar(
            [sys.executable, "-m", "llaqta", "up", "--port", "0", "--data", str(donde), *opciones],
            entorno=heredado | {"PYTHONPATH": str(RAIZ / "src")}, salida=escrito,
        )  # fmt: skip
    try:
        esperar_a_que(lambda: bool(_marca(donde, proceso)) or proceso.poll() is not None, segundos=segundos)
        datos = _marca(donde, proceso)
        if proceso.poll() is not None or not datos:
            raise Impedimento(f"La casa no encendió:\n{salida.read_text(errors='replace')}")
        yield Casa(datos["url"], donde, datos["database_url"], proceso.pid, salida)
    finally:
        _apagar(proceso)
        salida.unlink(missing_ok=True)
        if propia:
            shutil.rmtree(donde, ignore_errors=True)


def _marca(carpeta: Path, proceso: subprocess.Popen[bytes]) -> dict[str, str]:
    """Devuelve lo que esta casa dejó dicho al terminar de encenderse; lo que dejó otra, muerta, no cuenta."""
    try:
        datos: dict[str, str] = json.loads((carpeta / "en-marcha.json").read_text())
    except (OSError, ValueError):
        return {}
    return datos if int(datos["pid"]) == proceso.pid else {}


def _apagar(proceso: subprocess.Popen[bytes]) -> None:
    terminar(proceso, senal=signal.SIGTERM, segundos=15)
