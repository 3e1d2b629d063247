"""``./llaqta gestion …`` y cualquier orden de gestión de las salas, sobre la misma base que usa ``up``."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from llaqta.lanzador.avisos import Impedimento
from llaqta.lanzador.instalacion import Instalacion, carpeta_elegida, entorno_de_llaqta
from llaqta.lanzador.postgres import Servidor

SIN_BASE = {"makemigrations", "help", "generar_docs", "makemessages", "compilemessages"}


def main(argv: list[str]) -> int:
    """Ejecuta la orden de gestión y devuelve su código de salida."""
    try:
        with entorno_de_gestion(con_base=not (argv and argv[0] in SIN_BASE)) as entorno:
            os.environ.update(entorno)
            return _ejecutar(argv)
    except Impedimento as impedimento:
        print(f"Llaqta: {impedimento}", file=sys.stderr)
        return 1


@contextmanager
def entorno_de_gestion(*, con_base: bool) -> Iterator[dict[str, str]]:
    """Da el entorno de la instalación: el de quien llama, el de la casa encendida o el de otra encendida para esto.

    :raises Impedimento: si la base no se puede encender
    """
    if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"):
        yield {"DJANGO_SETTINGS_MODULE": "llaqta.config.settings"}
        return
    carpeta = carpeta_elegida(None)
    entorno = entorno_de_llaqta(carpeta, demo=_es_demo(carpeta))
    if marca := _casa_encendida(carpeta):
        tsa = {"LLAQTA_TSA_URL": marca["tsa_url"]} if marca.get("tsa_url") else {}
        yield tsa | entorno | {"DATABASE_URL": marca["database_url"]}
    elif con_base and (carpeta / "postgres").is_dir():
        instalacion = Instalacion.abrir(carpeta, demo=None)
        servidor = Servidor(carpeta, registro=instalacion.registro / "postgres.log")
        try:
            servidor.encender()
            yield entorno | {"DATABASE_URL": servidor.url}
        finally:
            servidor.apagar()
            instalacion.cerrar()
    else:
        yield entorno


def _es_demo(carpeta: Path) -> bool:
    """Dice si la carpeta es de demostración; sin carpeta ni secreto, también: no hay nada que proteger."""
    ficha = carpeta / "instalacion.json"
    if ficha.exists():
        return bool(json.loads(ficha.read_text())["demostracion"])
    return not (os.environ.get("LLAQTA_SECRET_KEY") or os.environ.get("LLAQTA_SECRET_KEY_FILE"))


def _casa_encendida(carpeta: Path) -> dict[str, str]:
    """Devuelve lo que dejó dicho la casa que ahora mismo está encendida sobre ``carpeta``: su base y su TSA; o nada."""
    try:
        marca = json.loads((carpeta / "en-marcha.json").read_text())
        os.kill(int(marca["pid"]), 0)
        return {"database_url": str(marca["database_url"]), "tsa_url": str(marca.get("tsa_url", ""))}
    except (OSError, ValueError, KeyError):
        return {}


def _ejecutar(argv: list[str]) -> int:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(["./llaqta gestion", *argv])
    except ImproperlyConfigured as error:
        raise Impedimento(str(error)) from error
    except SystemExit as salida:
        return salida.code if isinstance(salida.code, int) else int(salida.code is not None)
    return 0
