"""``./llaqta bench encender``: segundos hasta la primera página, memoria de los procesos y cuánto tarda en cerrar.

Enciende la demostración entera con el mismo ``./llaqta up`` sobre una carpeta nueva, la apaga y la vuelve a encender
varias veces. La memoria es la suma de PSS (lo compartido se cuenta una vez) después de pedir cincuenta páginas.
Con ``--clon``, además, clona el repositorio y cuenta desde ahí, con la instalación de las dependencias.
La meta: segundo encendido en menos de 5 s y no más de 400 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from llaqta.lanzador.instalacion import RAIZ
from llaqta.lanzador.temporal import casa_encendida

META_MB = 400.0
META_SEGUNDOS = 5.0
PAGINAS = 50


def encender(carpeta: Path) -> tuple[float, float, float]:
    """Enciende, pide páginas y apaga; devuelve los segundos para encender, los MB y los segundos para apagar."""
    desde = time.monotonic()
    with casa_encendida(carpeta=carpeta) as casa:
        encendida = time.monotonic() - desde
        for _ in range(PAGINAS):
            with urllib.request.urlopen(casa.url, timeout=30) as respuesta:
                respuesta.read()
        memoria = casa.memoria_mb()
        desde = time.monotonic()
    return encendida, memoria, time.monotonic() - desde


def clonar() -> float:
    """Segundos desde un clon limpio, sin entorno de Python, hasta la primera página."""
    with tempfile.TemporaryDirectory() as temporal:
        clon, datos = Path(temporal) / "clon", Path(temporal) / "datos"
        desde = time.monotonic()
        subprocess.run(["git", "clone", "--quiet", "--no-local", str(RAIZ), str(clon)], check=True)
        entorno = {
            k: v for k, v in os.environ.items() if not k.startswith(("LLAQTA_", "DATABASE_URL", "PYTHONPATH"))
        }
        orden = [str(clon / "llaqta"), "up", "--port", "0", "--data", str(datos)]
        casa = subprocess.Popen(orden, env=entorno, stdout=subprocess.DEVNULL)
        try:
            while not (datos / "en-marcha.json").exists():
                if casa.poll() is not None:
                    raise SystemExit("El clon no encendió.")
                time.sleep(0.1)
            return time.monotonic() - desde
        finally:
            casa.terminate()
            casa.wait()


def main(argv: list[str]) -> int:
    """Mide, lo cuenta y devuelve 1 si no se llegó a la meta."""
    lector = argparse.ArgumentParser(prog="./llaqta bench encender", description=__doc__)
    lector.add_argument("--json", action="store_true", help="una línea para máquinas")
    lector.add_argument(
        "--veces", type=int, default=5, metavar="N", help="encendidos después del primero (5)"
    )
    lector.add_argument("--clon", action="store_true", help="mide también desde un clon limpio")
    pedido = lector.parse_args(argv)
    with tempfile.TemporaryDirectory() as temporal:
        carpeta = Path(temporal) / "datos"
        primera, _, _ = encender(carpeta)
        antes = resource.getrusage(resource.RUSAGE_CHILDREN)
        veces = [encender(carpeta) for _ in range(pedido.veces)]
        despues = resource.getrusage(resource.RUSAGE_CHILDREN)
    segundos = sorted(vez[0] for vez in veces)
    cpu = (despues.ru_utime + despues.ru_stime - antes.ru_utime - antes.ru_stime) / len(veces)
    medido = {
        "medida": "encender",
        "primera_vez_s": round(primera, 2),
        "por_segundo": round(1 / statistics.mean(segundos), 3),
        "p50_ms": round(statistics.median(segundos) * 1000),
        "p95_ms": round(segundos[-1] * 1000),
        "cpu_ms": round(cpu * 1000),
        "apagar_s": round(statistics.median(vez[2] for vez in veces), 2),
        "memoria_mb": round(statistics.median(vez[1] for vez in veces), 1),
    }
    if pedido.clon:
        medido["clon_s"] = round(clonar(), 1)
    if pedido.json:
        print(json.dumps(medido))
    else:
        print(f"Primera vez, con la demostración   {medido['primera_vez_s']} s")
        print(
            f"Siguientes (mediana de {len(veces)})          {medido['p50_ms']} ms; la peor, {medido['p95_ms']} ms"
        )
        print(f"Memoria de todos los procesos      {medido['memoria_mb']} MB (meta: {META_MB:.0f})")
        print(f"Apagarse                           {medido['apagar_s']} s")
        if "clon_s" in medido:
            print(f"Desde un clon limpio               {medido['clon_s']} s")
    bien = float(medido["memoria_mb"]) <= META_MB and float(medido["p50_ms"]) < META_SEGUNDOS * 1000
    return 0 if bien else 1
