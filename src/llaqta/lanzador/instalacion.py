"""La instalación: una carpeta de datos, si es de demostración o de una municipalidad, y el entorno de sus procesos."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from llaqta.lanzador.avisos import Impedimento, explicar_os, sin_espacio

RAIZ = Path(__file__).resolve().parents[3]
MEGA = 1024 * 1024
MEGAS_PARA_CREAR = 300
MEGAS_PARA_SEGUIR = 50
CLAVE_DEL_SELLO = "clave-del-sello"
"""El archivo con la clave que abre la llave del sello; la web nunca la recibe."""
SOLO_DE_QUIEN_SELLA = (
    "LLAQTA_CLAVE_SELLO", "LLAQTA_CLAVE_SELLO_FILE", "LLAQTA_PKCS11_PIN", "LLAQTA_PKCS11_PIN_FILE",
    "LLAQTA_TSA_CLAVE", "LLAQTA_TSA_CLAVE_FILE",
)  # fmt: skip


def carpeta_elegida(opcion: str | None) -> Path:
    """Devuelve la carpeta de datos: ``--data``, si no ``LLAQTA_DATA``, si no ``datos/`` junto al programa."""
    return Path(opcion or os.environ.get("LLAQTA_DATA") or RAIZ / "datos").expanduser().absolute()


@dataclass
class Instalacion:
    """Una carpeta de datos abierta por este proceso."""

    carpeta: Path
    demo: bool
    nueva: bool
    _cerrojo: IO[str] | None = field(default=None, repr=False)

    @property
    def registro(self) -> Path:
        """Carpeta con lo que dice cada proceso."""
        return self.carpeta / "registro"

    @property
    def marca_de_marcha(self) -> Path:
        """Archivo que existe mientras la casa está encendida: con él, `./llaqta gestion` encuentra la base."""
        return self.carpeta / "en-marcha.json"

    @classmethod
    def abrir(cls, carpeta: Path, *, demo: bool | None) -> Instalacion:
        """Toma la carpeta para este proceso, la crea si no existe y decide si es de demostración.

        ``demo=None`` deja lo que la carpeta ya era; si es nueva, será de demostración.

        :raises Impedimento: sin permiso, sin espacio, en uso, o si se pide usar la demostración como municipalidad
        """
        try:
            carpeta.mkdir(parents=True, exist_ok=True, mode=0o750)
            (carpeta / "registro").mkdir(exist_ok=True, mode=0o750)
            cerrojo = _cerrar(carpeta)
            ficha = carpeta / "instalacion.json"
            era = json.loads(ficha.read_text())["demostracion"] if ficha.exists() else None
            _exigir_espacio(carpeta, MEGAS_PARA_CREAR if era is None else MEGAS_PARA_SEGUIR)
            if era is True and demo is False:
                raise Impedimento(
                    f"La carpeta {carpeta} es de la demostración y sus claves son públicas: elija otra con --data."
                )
            es_demo = era if era is not None else demo is not False
            if era is None:
                escribir(ficha, json.dumps({"demostracion": es_demo}) + "\n")
            if not (carpeta / CLAVE_DEL_SELLO).exists():
                escribir(carpeta / CLAVE_DEL_SELLO, secrets.token_urlsafe(48) + "\n")
        except OSError as error:
            raise explicar_os(error, carpeta) from error
        return cls(carpeta=carpeta, demo=es_demo, nueva=era is None, _cerrojo=cerrojo)

    def entorno(self, **mas: str) -> dict[str, str]:
        """Devuelve el entorno de los procesos hijos, donde lo que la persona fijó vale más que lo deducido."""
        entorno = entorno_de_llaqta(self.carpeta, demo=self.demo)
        return entorno | {nombre: valor for nombre, valor in mas.items() if not os.environ.get(nombre)}

    def marcar_en_marcha(self, **datos: object) -> None:
        """Deja dicho que la casa está encendida, y cómo entrar a su base."""
        escribir(self.marca_de_marcha, json.dumps({"pid": os.getpid(), **datos}) + "\n")

    def cerrar(self) -> None:
        """Suelta la carpeta."""
        with suppress(OSError):
            self.marca_de_marcha.unlink(missing_ok=True)
        if self._cerrojo is not None:
            self._cerrojo.close()


def entorno_de_llaqta(carpeta: Path, *, demo: bool) -> dict[str, str]:
    """Devuelve el entorno con que corre cualquier proceso de Llaqta sobre ``carpeta``."""
    entorno = dict(os.environ)
    entorno.setdefault("MALLOC_ARENA_MAX", "2")  # con varios hilos, glibc reserva memoria que nadie usa
    entorno.setdefault(
        "MALLOC_TRIM_THRESHOLD_", "131072"
    )  # y no devuelve la de los PDF e imágenes ya atendidos
    entorno.setdefault("MALLOC_MMAP_THRESHOLD_", "131072")
    entorno |= {
        "DJANGO_SETTINGS_MODULE": "llaqta.config.settings",
        "PYTHONPATH": str(RAIZ / "src"),
        "LLAQTA_DATA": str(carpeta),
        "LLAQTA_DEMO": "1" if demo else "0",
    }
    if not demo and not (entorno.get("LLAQTA_SECRET_KEY") or entorno.get("LLAQTA_SECRET_KEY_FILE")):
        entorno["LLAQTA_SECRET_KEY_FILE"] = str(_secreto(carpeta))
    clave = carpeta / CLAVE_DEL_SELLO
    if clave.exists() and not (entorno.get("LLAQTA_CLAVE_SELLO") or entorno.get("LLAQTA_CLAVE_SELLO_FILE")):
        entorno["LLAQTA_CLAVE_SELLO_FILE"] = str(clave)
    return entorno


def entorno_de_la_web(entorno: dict[str, str]) -> dict[str, str]:
    """Devuelve el mismo entorno sin lo que abre llaves: el proceso que atiende páginas sella por el llavero."""
    propio = {nombre: valor for nombre, valor in entorno.items() if nombre not in SOLO_DE_QUIEN_SELLA}
    return propio | {"LLAQTA_PAPEL": "web"}


def escribir(ruta: Path, texto: str) -> None:
    """Escribe ``ruta`` entera o nada, legible solo por su dueño.

    :raises OSError: si no se puede
    """
    provisional = ruta.with_name(f".{ruta.name}.{os.getpid()}")
    try:
        descriptor = os.open(provisional, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as archivo:
            archivo.write(texto)
            archivo.flush()
            os.fsync(archivo.fileno())
        provisional.rename(ruta)
    except OSError:
        provisional.unlink(missing_ok=True)
        raise


def _secreto(carpeta: Path) -> Path:
    """Devuelve el archivo con el secreto de la instalación; lo crea una sola vez."""
    ruta = carpeta / "secreto"
    if not ruta.exists():
        try:
            escribir(ruta, secrets.token_urlsafe(64) + "\n")
        except OSError as error:
            raise explicar_os(error, carpeta) from error
    return ruta


def _cerrar(carpeta: Path) -> IO[str]:
    """Toma el cerrojo de la carpeta: dos Llaqta sobre los mismos datos se estorbarían."""
    cerrojo = (carpeta / ".cerrojo").open("a+", encoding="utf-8")
    try:
        fcntl.flock(cerrojo, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(0.1)  # la otra toma el cerrojo y enseguida escribe su número
        cerrojo.seek(0)
        numero = cerrojo.read().strip() or "desconocido"
        cerrojo.close()
        raise Impedimento(
            f"Otra Llaqta (proceso {numero}) ya usa la carpeta {carpeta}: deténgala o elija otra con --data."
        ) from None
    cerrojo.truncate(0)
    cerrojo.write(str(os.getpid()))
    cerrojo.flush()
    return cerrojo


def _exigir_espacio(carpeta: Path, megas: int) -> None:
    libres = shutil.disk_usage(carpeta).free // MEGA
    if libres < 1:
        raise sin_espacio(carpeta)
    if libres < megas:
        raise Impedimento(
            f"En el disco de {carpeta} quedan {libres} MB y hacen falta al menos {megas} MB: "
            "libere espacio o elija otra carpeta con --data."
        )
