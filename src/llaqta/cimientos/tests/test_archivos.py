"""Un archivo se escribe entero o nada, aunque lo escriban dos a la vez o falle el disco."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from llaqta.cimientos import archivos


def test_se_escribe_con_sus_permisos_y_se_reemplaza(tmp_path: Path) -> None:
    ruta = tmp_path / "llave.pem"
    archivos.escribir(ruta, b"uno", archivos.PRIVADO)
    archivos.escribir(ruta, b"dos", archivos.PRIVADO)

    assert ruta.read_bytes() == b"dos"
    assert stat.S_IMODE(ruta.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["llave.pem"]


def test_la_mascara_del_proceso_se_respeta(tmp_path: Path) -> None:
    anterior = os.umask(0o027)
    try:
        archivos.escribir(tmp_path / "punto", b"x")
    finally:
        os.umask(anterior)
    assert stat.S_IMODE((tmp_path / "punto").stat().st_mode) == 0o640


def test_dos_hilos_con_el_mismo_archivo_no_publican_medio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Uno se detiene con su contenido a medio asegurar y el otro lo escribe entero: cada cual publica lo suyo.

    Con un provisional por proceso, el segundo vaciaría el del primero y, al publicarlo, el primero quedaría sin
    archivo que publicar o publicaría el del otro.
    """
    ruta, asegurado = tmp_path / "checkpoint", os.fsync
    llego, siga = threading.Event(), threading.Event()
    lento = threading.Thread(target=archivos.escribir, args=(ruta, b"A" * 100_000))

    def fsync(descriptor: int) -> None:
        if threading.current_thread() is lento and not llego.is_set():
            llego.set()
            assert siga.wait(120)
        asegurado(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    lento.start()
    assert llego.wait(120)
    archivos.escribir(ruta, b"B" * 10)
    del_segundo = ruta.read_bytes()
    siga.set()
    lento.join(120)

    assert (del_segundo, ruta.read_bytes()) == (b"B" * 10, b"A" * 100_000)
    assert os.listdir(tmp_path) == ["checkpoint"]


def test_si_el_disco_falla_queda_lo_de_antes_y_ningun_resto(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruta = tmp_path / "checkpoint"
    archivos.escribir(ruta, b"antes")

    def fsync(_descriptor: int) -> None:
        raise OSError("disco lleno")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="disco lleno"):
        archivos.escribir(ruta, b"despues")

    assert ruta.read_bytes() == b"antes"
    assert os.listdir(tmp_path) == ["checkpoint"]
