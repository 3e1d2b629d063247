"""Procesos hijos que no sobreviven a quien los encendió, ni siquiera si a este lo mata SIGKILL."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Usuario:
    """El usuario del sistema con el que corre un hijo."""

    nombre: str
    uid: int
    gid: int

    @classmethod
    def de_sistema(cls, nombre: str) -> Usuario:
        """Devuelve el usuario ``nombre``.

        :raises KeyError: si no existe en la máquina
        """
        fila = pwd.getpwnam(nombre)
        return cls(fila.pw_name, fila.pw_uid, fila.pw_gid)


def morir_con_el_padre(senal: int) -> Callable[[], None]:
    """Devuelve lo que el hijo ejecuta antes de ``exec``: si su padre muere, recibirá ``senal``.

    Se ejecuta después del cambio de usuario, que borra esa petición; y comprueba que el padre siga vivo,
    porque pudo morir entre ``fork`` y ``prctl``.
    """
    padre = os.getpid()

    def antes_de_exec() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, senal, 0, 0, 0)
        if os.getppid() != padre:
            os._exit(1)

    return antes_de_exec


def lanzar(
    orden: Sequence[str],
    *,
    entorno: Mapping[str, str] | None = None,
    salida: IO[bytes] | int | None = None,
    carpeta: Path | None = None,
    usuario: Usuario | None = None,
    al_morir_el_padre: int = signal.SIGTERM,
    descriptores: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Enciende ``orden`` en una sesión propia: el Ctrl-C de la terminal llega solo al lanzador, que apaga en orden.

    :raises OSError: si el programa no existe o no se puede ejecutar
    """
    return subprocess.Popen(
        list(orden),
        env=dict(entorno) if entorno is not None else None,
        stdin=subprocess.DEVNULL,
        stdout=salida,
        stderr=subprocess.STDOUT if salida is not None else None,
        cwd=carpeta,
        user=usuario.uid if usuario else None,
        group=usuario.gid if usuario else None,
        extra_groups=[] if usuario else None,
        start_new_session=True,
        pass_fds=tuple(descriptores),
        preexec_fn=morir_con_el_padre(al_morir_el_padre),  # noqa: PLW1509 - el lanzador no tiene hilos
    )


def terminar(
    proceso: subprocess.Popen[bytes], *, senal: int, segundos: float, ultima: int = signal.SIGKILL
) -> None:
    """Pide a ``proceso`` que termine con ``senal``; si no lo hace en ``segundos``, usa ``ultima`` y después SIGKILL."""
    for pedido, espera in ((senal, segundos), (ultima, 1.0), (signal.SIGKILL, 5.0)):
        if proceso.poll() is not None:
            return
        with suppress(ProcessLookupError):
            proceso.send_signal(pedido)
        with suppress(subprocess.TimeoutExpired):
            proceso.wait(timeout=max(espera, 0.1))


def esperar_a_que(condicion: Callable[[], bool], *, segundos: float, cada: float = 0.05) -> bool:
    """Pregunta por ``condicion`` hasta que se cumpla; devuelve ``False`` si pasan ``segundos`` sin que ocurra."""
    limite = time.monotonic() + segundos
    while not condicion():
        if time.monotonic() >= limite:
            return False
        time.sleep(cada)
    return True
