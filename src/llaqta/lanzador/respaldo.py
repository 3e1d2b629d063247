"""``./llaqta respaldar CARPETA`` y ``./llaqta restaurar CARPETA --data NUEVA``: la base, los archivos y las llaves.

La base se copia primero y los archivos después: un archivo se escribe antes que la fila que lo nombra, así que todo lo
que la base copiada nombra está entre los archivos copiados. Los archivos no cambian nunca: respaldar otra vez en la
misma carpeta copia solo los nuevos.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from llaqta.lanzador.avisos import Impedimento, decir, explicar_os, paso
from llaqta.lanzador.gestion import entorno_de_gestion
from llaqta.lanzador.instalacion import CLAVE_DEL_SELLO, Instalacion, carpeta_elegida, entorno_de_llaqta
from llaqta.lanzador.postgres import Servidor, programas, usuario_de_postgres

BASE = "base.dump"
ACOMPANAN = (
    "objetos", "firma", "secreto", CLAVE_DEL_SELLO, "registro/llave.pem", "registro/llave.pub", "instalacion.json",
)  # fmt: skip
"""Del registro basta su llave: los mosaicos y el punto publicado se rehacen de la base, que no puede ir por detrás."""


def respaldar(argv: list[str]) -> int:
    """Guarda un respaldo completo en la carpeta nombrada; sirve con la casa encendida."""
    lector = argparse.ArgumentParser(
        prog="./llaqta respaldar", description="Respalda la base, los archivos y las llaves."
    )
    lector.add_argument("carpeta", type=Path, help="dónde guardar el respaldo (fuera de la carpeta de datos)")
    destino: Path = lector.parse_args(argv).carpeta.absolute()
    return _con_una_oracion(lambda: _respaldar(carpeta_elegida(None), destino))


def restaurar(argv: list[str]) -> int:
    """Crea una carpeta de datos nueva a partir de un respaldo; nunca escribe sobre una que ya existe."""
    lector = argparse.ArgumentParser(
        prog="./llaqta restaurar", description="Crea una carpeta de datos desde un respaldo."
    )
    lector.add_argument("carpeta", type=Path, help="el respaldo")
    lector.add_argument("--data", required=True, metavar="NUEVA", help="la carpeta de datos que se creará")
    pedido = lector.parse_args(argv)
    return _con_una_oracion(lambda: _restaurar(pedido.carpeta.absolute(), Path(pedido.data).absolute()))


def _respaldar(datos: Path, destino: Path) -> None:
    if destino == datos or datos in destino.parents:
        raise Impedimento(
            "El respaldo debe ir fuera de la carpeta de datos: el disco que falla se lleva las dos."
        )
    try:
        destino.mkdir(parents=True, exist_ok=True, mode=0o700)
        with entorno_de_gestion(con_base=True) as entorno, paso("Copiando la base"):
            url = entorno.get("DATABASE_URL") or os.environ.get("DATABASE_URL", "")
            if not url:
                raise Impedimento(f"No hay ninguna base que respaldar en {datos}.")
            provisional = destino / f".{BASE}"
            _pg("pg_dump", ["--format=custom", f"--file={provisional}", f"--dbname={url}"])
            provisional.rename(destino / BASE)
        for nombre in ACOMPANAN:
            if (datos / nombre).exists():
                with paso(f"Copiando {nombre}"):
                    _copiar(datos / nombre, destino / nombre)
    except OSError as error:
        raise explicar_os(error, destino) from error
    decir(f"\nRespaldo completo en {destino}. Guárdelo en otro lugar: contiene llaves y datos personales.")


def _restaurar(origen: Path, datos: Path) -> None:
    if not (origen / BASE).exists() or not (origen / "instalacion.json").exists():
        raise Impedimento(f"{origen} no es un respaldo de Llaqta: le falta {BASE} o instalacion.json.")
    if datos.exists() and any(datos.iterdir()):
        raise Impedimento(
            f"La carpeta {datos} ya tiene algo: restaure en una nueva y después cámbielas de nombre."
        )
    demo = bool(json.loads((origen / "instalacion.json").read_text())["demostracion"])
    try:
        datos.mkdir(parents=True, exist_ok=True, mode=0o750)
        for nombre in ACOMPANAN:
            if (origen / nombre).exists():
                with paso(f"Copiando {nombre}"):
                    _copiar(origen / nombre, datos / nombre)
    except OSError as error:
        raise explicar_os(error, datos) from error
    instalacion = Instalacion.abrir(datos, demo=demo)
    url = os.environ.get("DATABASE_URL", "")
    servidor = None if url else Servidor(datos, registro=instalacion.registro / "postgres.log")
    try:
        if servidor is not None:
            servidor.encender()
            url = servidor.url
        with paso("Restaurando la base"):
            _pg(
                "pg_restore",
                [
                    "--exit-on-error",
                    "--no-owner",
                    "--no-comments",
                    f"--dbname={url}",
                    str(origen / BASE),
                ],
            )
        with paso("Comprobando"):
            orden = [sys.executable, "-m", "django", "migrate", "--check"]
            entorno = entorno_de_llaqta(datos, demo=demo) | {"DATABASE_URL": url}
            al_dia = subprocess.run(orden, env=entorno, capture_output=True, check=False).returncode == 0
    finally:
        if servidor is not None:
            servidor.apagar()
        instalacion.cerrar()
    decir(f"\nRestaurado en {datos}. Enciéndalo con:  ./llaqta up --data '{datos}'")
    if not al_dia:
        decir("El respaldo es de un Llaqta anterior: al encender se pondrá al día.")


def _pg(programa: str, argumentos: list[str]) -> None:
    orden = [str(programas(usuario_de_postgres()) / programa), *argumentos]
    hecho = subprocess.run(orden, capture_output=True, text=True, check=False)
    if hecho.returncode != 0:
        detalle = hecho.stderr.strip().splitlines()
        raise Impedimento(f"{programa} no pudo terminar: {detalle[-1] if detalle else 'no dijo por qué'}")


def _copiar(origen: Path, destino: Path) -> None:
    """Copia un archivo o una carpeta entera; de los archivos que ya están con el mismo tamaño y fecha, nada."""

    def copiar_si_falta(de: str, a: str) -> None:
        viejo, nuevo = os.stat(de), Path(a)
        if nuevo.exists() and (nuevo.stat().st_size, nuevo.stat().st_mtime_ns) == (
            viejo.st_size,
            viejo.st_mtime_ns,
        ):
            return
        provisional = nuevo.with_name(f".{nuevo.name}.copiando")
        shutil.copy2(de, provisional)
        provisional.rename(nuevo)

    destino.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    if origen.is_dir():
        shutil.copytree(origen, destino, copy_function=copiar_si_falta, dirs_exist_ok=True)
    else:
        copiar_si_falta(str(origen), str(destino))


def _con_una_oracion(hacer: Callable[[], None]) -> int:
    try:
        hacer()
    except Impedimento as impedimento:
        print(f"Llaqta: {impedimento}", file=sys.stderr)
        return 1
    return 0
