"""``./llaqta test``: instala lo que las pruebas necesitan, enciende una base de usar y tirar y corre pytest."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from llaqta.lanzador.avisos import Impedimento, decir, paso
from llaqta.lanzador.instalacion import RAIZ, entorno_de_llaqta
from llaqta.lanzador.postgres import base_temporal

# paquete de Debian → la señal de que ya está
PAQUETES = {
    "chromium": "/usr/bin/chromium",
    "fonts-liberation": "/usr/share/fonts/truetype/liberation",
    "fonts-noto-core": "/usr/share/fonts/truetype/noto",
    "softhsm2": "/usr/bin/softhsm2-util",
    "poppler-utils": "/usr/bin/pdfsig",
    "openssl": "/usr/bin/openssl",
}
RUTAS = {
    "chromium": ["chromium", "chromium-browser"],
    "softhsm2": ["softhsm2-util"],
    "poppler-utils": ["pdfsig"],
    "openssl": ["openssl"],
}


def main(argv: list[str]) -> int:
    """Corre las pruebas y devuelve el código de pytest; ninguna se salta porque falte algo en la máquina."""
    signal.signal(signal.SIGTERM, _interrumpir)
    try:
        asegurar_paquetes()
        carpeta = Path(tempfile.mkdtemp(prefix="llaqta-pruebas-"))
        try:
            with base_temporal() as servidor:
                entorno = entorno_de_llaqta(carpeta, demo=True) | {
                    "DATABASE_URL": servidor.url_de("postgres", "postgres"),
                    "LLAQTA_TEST_DB": os.environ.get("LLAQTA_TEST_DB", "llaqta"),
                }
                orden = [sys.executable, "-m", "pytest", *_reparto(argv), *argv]
                return subprocess.run(orden, cwd=RAIZ, env=entorno, check=False).returncode
        finally:
            shutil.rmtree(carpeta, ignore_errors=True)
    except Impedimento as impedimento:
        print(f"Llaqta: {impedimento}", file=sys.stderr)
        return 1


def asegurar_paquetes() -> None:
    """Instala con apt-get, si es root, los programas que usan las pruebas.

    :raises Impedimento: si falta alguno y no se puede instalar; nombra la orden exacta
    """
    faltan = [paquete for paquete, senal in PAQUETES.items() if not _esta(paquete, senal)]
    if not faltan:
        return
    orden = f"apt-get install -y {' '.join(faltan)}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Impedimento(f"Las pruebas necesitan programas que faltan. Instálelos con:  sudo {orden}")
    with paso(f"Instalando {', '.join(faltan)}"):
        sin_preguntas = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for argumentos in (["update"], ["install", "-y", "--no-install-recommends", *faltan]):
            hecho = subprocess.run(
                ["apt-get", "-qq", *argumentos], env=sin_preguntas, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            if hecho.returncode != 0 and argumentos[0] == "install":
                decir(hecho.stderr.strip())
                raise Impedimento(
                    f"apt-get no pudo instalar lo que falta. Pruebe:  apt-get update && {orden}"
                )


def _esta(paquete: str, senal: str) -> bool:
    return Path(senal).exists() or any(shutil.which(nombre) for nombre in RUTAS.get(paquete, []))


def _reparto(argv: list[str]) -> list[str]:
    """Reparte la suite entera entre dos procesos; si se nombran pruebas, no: preparar dos bases tardaría más."""
    nombradas = any(
        not palabra.startswith("-") and Path(RAIZ, palabra.split("::", 1)[0]).exists() for palabra in argv
    )
    elegido = any(palabra.startswith(("-n", "--numprocesses", "--pdb")) for palabra in argv)
    return [] if nombradas or elegido else ["-n", "2", "--dist", "loadfile"]


def _interrumpir(_senal: int, _marco: object) -> None:
    raise KeyboardInterrupt
