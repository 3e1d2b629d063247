"""Estas pruebas encienden casas de verdad, cada una con su carpeta y su puerto, y cuentan los procesos que quedan."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llaqta.lanzador.instalacion import RAIZ
from llaqta.lanzador.supervisor import SENALES
from llaqta.lanzador.temporal import casa_encendida


@pytest.fixture
def limpio(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """El entorno de una máquina recién instalada: nada de Llaqta puesto de antemano, y ninguna señal ignorada."""
    for nombre in list(os.environ):
        if nombre.startswith(("LLAQTA_", "DATABASE_URL")):
            monkeypatch.delenv(nombre)
    # Con «nohup», o con «&» en un guion, las pruebas nacen con SIGHUP o SIGINT ignoradas, y la casa lo heredaría y,
    # como debe, no les haría caso. Un manejador, aunque no haga nada, no se hereda al ejecutar otro programa.
    ignoradas = [senal for senal in SENALES if signal.getsignal(senal) is signal.SIG_IGN]
    for senal in ignoradas:
        signal.signal(senal, lambda *_: None)
    yield
    for senal in ignoradas:
        signal.signal(senal, signal.SIG_IGN)


@pytest.fixture
def intentar(limpio: None) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Corre `./llaqta …` hasta que termine y entrega lo que dijo."""

    def correr(*palabras: str, **opciones: object) -> subprocess.CompletedProcess[str]:
        entorno = os.environ | {"PYTHONPATH": str(RAIZ / "src")} | opciones.pop("entorno", {})  # type: ignore[operator]
        orden = [sys.executable, "-m", "llaqta", *palabras]
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            orden, env=entorno, capture_output=True, text=True, timeout=120, check=False,
            stdin=subprocess.DEVNULL, **opciones,
        )  # fmt: skip

    return correr


@pytest.fixture(scope="session")
def carpeta_preparada(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Una carpeta que ya se encendió una vez; su ruta lleva espacios y tildes y es más larga que un socket."""
    carpeta = (
        tmp_path_factory.mktemp("casa")
        / "Municipalidad de Pichari, gestión documental"
        / ("x" * 60)
        / "datos"
    )
    carpeta.parent.mkdir(parents=True)
    with casa_encendida(carpeta=carpeta):
        pass
    return carpeta


def vivos(numeros: list[int]) -> list[int]:
    """De esos procesos, los que siguen vivos (un zombi ya no lo está)."""
    quedan = []
    for numero in numeros:
        try:
            estado = Path(f"/proc/{numero}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if estado != "Z":
            quedan.append(numero)
    return quedan


def terminan(numeros: list[int], *, segundos: float) -> list[int]:
    """Espera a que terminen todos y devuelve los que no lo hicieron."""
    limite = time.monotonic() + segundos
    while (quedan := vivos(numeros)) and time.monotonic() < limite:
        time.sleep(0.05)
    return quedan


def procesos_de(carpeta: Path) -> list[int]:
    """Todos los procesos de la máquina que trabajan sobre ``carpeta``: por su entorno, su orden o su lugar."""
    hallados = []
    for proceso in Path("/proc").glob("[0-9]*"):
        try:
            huellas = (proceso / "environ").read_bytes() + (proceso / "cmdline").read_bytes()
            lugar = os.readlink(proceso / "cwd")
        except OSError:
            continue
        if int(proceso.name) != os.getpid() and (
            str(carpeta).encode() in huellas or lugar.startswith(str(carpeta))
        ):
            hallados.append(int(proceso.name))
    return vivos(hallados)
