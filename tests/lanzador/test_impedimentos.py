"""Cada impedimento se dice en una oración, sin rastro de Python, y no deja nada encendido."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llaqta.config.settings import SECRETO_DE_DEMOSTRACION
from llaqta.lanzador.avisos import Impedimento
from llaqta.lanzador.temporal import casa_encendida

from .conftest import procesos_de

Intentar = Callable[..., subprocess.CompletedProcess[str]]


def negado(hecho: subprocess.CompletedProcess[str], carpeta: Path) -> str:
    """Comprueba que no encendió y que no quedó nada; devuelve la única oración que dijo."""
    assert hecho.returncode == 1
    assert "Traceback" not in hecho.stdout + hecho.stderr
    assert "está encendida" not in hecho.stdout
    assert procesos_de(carpeta) == []
    lineas = hecho.stderr.strip().splitlines()
    assert len(lineas) == 1
    return lineas[0].removeprefix("Llaqta: ")


@pytest.fixture
def puerto_ocupado() -> Iterator[int]:
    with socket.socket() as otro:
        otro.bind(("127.0.0.1", 0))
        otro.listen()
        yield otro.getsockname()[1]


def test_puerto_ocupado(intentar: Intentar, tmp_path: Path, puerto_ocupado: int) -> None:
    hecho = intentar("up", "--port", str(puerto_ocupado), "--data", str(tmp_path / "datos"))
    assert negado(hecho, tmp_path) == (
        f"El puerto {puerto_ocupado} ya está ocupado por otro programa: "
        f"ciérrelo o elija otro con --port {puerto_ocupado + 1}."
    )
    assert not (tmp_path / "datos/postgres").exists()


def test_puerto_que_no_existe(intentar: Intentar, tmp_path: Path) -> None:
    hecho = intentar("up", "--port", "70000", "--data", str(tmp_path / "datos"))
    assert "70000" in negado(hecho, tmp_path)


def test_carpeta_de_otra_version_de_postgresql(intentar: Intentar, tmp_path: Path) -> None:
    carpeta = tmp_path / "datos"
    (carpeta / "postgres").mkdir(parents=True)
    (carpeta / "postgres/PG_VERSION").write_text("13\n")
    hecho = intentar("up", "--port", "0", "--data", str(carpeta))
    assert negado(hecho, tmp_path).startswith(
        f"La carpeta {carpeta}/postgres es de PostgreSQL 13 y este Llaqta trae PostgreSQL 18"
    )
    assert (carpeta / "postgres/PG_VERSION").read_text() == "13\n"


def test_carpeta_de_datos_que_es_un_archivo(intentar: Intentar, tmp_path: Path) -> None:
    (tmp_path / "datos").write_text("no soy una carpeta")
    hecho = intentar("up", "--port", "0", "--data", str(tmp_path / "datos"))
    assert negado(hecho, tmp_path) == (
        f"La ruta de datos {tmp_path}/datos no es una carpeta: elija otra con --data."
    )


@pytest.fixture
def solo_lectura(tmp_path: Path) -> Iterator[Path]:
    """Una carpeta donde nadie puede escribir: para root, un disco montado de solo lectura."""
    carpeta = tmp_path / "solo-lectura"
    carpeta.mkdir()
    if os.geteuid() != 0:
        carpeta.chmod(0o500)
        yield carpeta
        carpeta.chmod(0o700)
        return
    montar("size=1m,ro", carpeta)
    yield carpeta
    subprocess.run(["umount", str(carpeta)], check=True)


def montar(opciones: str, carpeta: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", opciones, "tmpfs", str(carpeta)], check=True)


def test_carpeta_donde_no_se_puede_escribir(intentar: Intentar, solo_lectura: Path) -> None:
    hecho = intentar("up", "--port", "0", "--data", str(solo_lectura / "datos"))
    assert negado(hecho, solo_lectura) == (
        f"No se puede escribir en la carpeta de datos {solo_lectura}/datos: "
        "dé permiso al usuario o elija otra con --data."
    )


def test_disco_lleno_al_escribir_la_primera_linea(intentar: Intentar, tmp_path: Path) -> None:
    """El límite de tamaño de archivo responde lo mismo que un disco sin espacio, también a quien no es root."""
    carpeta = tmp_path / "datos"
    limite = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # noqa: E731 - corre después de fork
    hecho = intentar("up", "--port", "0", "--data", str(carpeta), preexec_fn=limite)
    assert negado(hecho, tmp_path) == (
        f"No queda espacio en el disco de {carpeta}: libere espacio o elija otra carpeta con --data."
    )


def test_disco_pequeno_se_dice_antes_de_empezar(intentar: Intentar, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.fail("Esta prueba monta un disco pequeño: corra ./llaqta test como root.")
    disco = tmp_path / "disco"
    disco.mkdir()
    montar("size=20m", disco)
    try:
        hecho = intentar("up", "--port", "0", "--data", str(disco / "datos"))
        assert negado(hecho, disco) == (
            f"En el disco de {disco}/datos quedan 19 MB y hacen falta al menos 300 MB: "
            "libere espacio o elija otra carpeta con --data."
        )
    finally:
        subprocess.run(["umount", str(disco)], check=True)


@pytest.mark.usefixtures("limpio")
def test_disco_que_se_llena_mientras_se_crea_la_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Aunque al comienzo alcanzara, si se llena a la mitad se dice igual y no queda una base a medias."""
    if os.geteuid() != 0:
        pytest.fail("Esta prueba monta un disco pequeño: corra ./llaqta test como root.")
    from llaqta.lanzador.postgres import Servidor

    montar("size=25m", tmp_path)
    try:
        servidor = Servidor(tmp_path, registro=tmp_path / "postgres.log")
        with pytest.raises(Impedimento) as dicho:
            servidor.encender()
        servidor.apagar()
        assert str(dicho.value) == (
            f"No queda espacio en el disco de {tmp_path}: libere espacio o elija otra carpeta con --data."
        )
        assert sorted(ruta.name for ruta in tmp_path.iterdir() if ruta.name != "socket") == []
        assert procesos_de(tmp_path) == []
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_el_secreto_de_la_demostracion_fuera_de_ella(intentar: Intentar, tmp_path: Path) -> None:
    hecho = intentar(
        "up", "--sin-demo", "--port", "0", "--data", str(tmp_path / "datos"),
        entorno={"LLAQTA_SECRET_KEY": SECRETO_DE_DEMOSTRACION},
    )  # fmt: skip
    assert negado(hecho, tmp_path) == (
        "LLAQTA_SECRET_KEY es el secreto público de la demostración: una municipalidad no puede arrancar con él."
    )


def test_un_secreto_en_archivo_que_no_se_puede_leer(intentar: Intentar, tmp_path: Path) -> None:
    hecho = intentar(
        "up", "--sin-demo", "--port", "0", "--data", str(tmp_path / "datos"),
        entorno={"LLAQTA_SECRET_KEY_FILE": str(tmp_path / "no-existe")},
    )  # fmt: skip
    assert negado(hecho, tmp_path).startswith(
        f"No se pudo leer el secreto LLAQTA_SECRET_KEY_FILE={tmp_path}/no-existe"
    )


def test_una_base_ajena_que_no_responde(intentar: Intentar, tmp_path: Path) -> None:
    hecho = intentar(
        "up", "--port", "0", "--data", str(tmp_path / "datos"),
        entorno={"DATABASE_URL": f"postgresql://nadie:clave-secreta@/llaqta?host={tmp_path}"},
    )  # fmt: skip
    dicho = negado(hecho, tmp_path)
    assert dicho.startswith("No responde el PostgreSQL de DATABASE_URL")
    assert "clave-secreta" not in dicho


def test_otro_motor_de_base_de_datos(intentar: Intentar, tmp_path: Path) -> None:
    hecho = intentar(
        "up",
        "--port",
        "0",
        "--data",
        str(tmp_path / "datos"),
        entorno={"DATABASE_URL": "mysql://alguien@ahi/llaqta"},
    )
    assert (
        negado(hecho, tmp_path)
        == "DATABASE_URL debe comenzar con postgresql://: es el único motor de Llaqta."
    )


def test_la_demostracion_no_se_vuelve_municipalidad(intentar: Intentar, carpeta_preparada: Path) -> None:
    hecho = intentar("up", "--sin-demo", "--port", "0", "--data", str(carpeta_preparada))
    assert negado(hecho, carpeta_preparada) == (
        f"La carpeta {carpeta_preparada} es de la demostración y sus claves son públicas: elija otra con --data."
    )


@pytest.mark.usefixtures("limpio")
def test_dos_casas_no_comparten_carpeta(intentar: Intentar, carpeta_preparada: Path) -> None:
    with casa_encendida(carpeta=carpeta_preparada) as casa:
        hecho = intentar("up", "--port", "0", "--data", str(carpeta_preparada))
        assert hecho.returncode == 1
        assert hecho.stderr == (
            f"Llaqta: Otra Llaqta (proceso {casa.pid}) ya usa la carpeta {carpeta_preparada}: "
            "deténgala o elija otra con --data.\n"
        )
        assert (carpeta_preparada / "en-marcha.json").exists()
