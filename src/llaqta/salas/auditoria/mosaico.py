"""Los mosaicos: el árbol en archivos que no cambian, como los pide C2SP tlog-tiles.

Un mosaico son hasta 256 huellas de un nivel: ``tile/0/000`` son las hojas 0 … 255, ``tile/1/000`` las raíces de los
primeros 256 mosaicos de hojas. El que aún no está lleno lleva su ancho: ``tile/0/003.p/17``. Un mosaico lleno nunca se
reescribe con otro contenido: si hiciera falta, alguien cambió el pasado y se dice.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import chain
from pathlib import Path

from django.conf import settings

from llaqta.cimientos import archivos
from llaqta.salas.auditoria import merkle

ANCHO = 256
LARGO = 32


class MosaicoAlterado(Exception):
    """Un mosaico ya escrito dice otra cosa: el pasado del registro no es el que se publicó."""


class FaltaMosaico(Exception):
    """Un mosaico que hace falta no está o está cortado; se rehace desde las hojas de la base."""


def carpeta() -> Path:
    """La carpeta del registro publicado: los mosaicos, el punto de control y la llave."""
    return Path(settings.REGISTRO)


def ruta_de(nivel: int, lugar: int, ancho: int = ANCHO) -> str:
    """La ruta C2SP de un mosaico: ``tile/0/x001/x234/067`` o, si no está lleno, ``tile/0/003.p/17``."""
    trozos = [f"{lugar % 1000:03d}"]
    while lugar := lugar // 1000:
        trozos.insert(0, f"x{lugar % 1000:03d}")
    entera = f"tile/{nivel}/{'/'.join(trozos)}"
    return entera if ancho == ANCHO else f"{entera}.p/{ancho}"


class Mosaico:
    """El árbol de una carpeta, para leer sus nodos y hacerlo crecer."""

    def __init__(self, raiz: Path | None = None) -> None:
        self.raiz = raiz or carpeta()
        self._leidos: dict[tuple[int, int], bytes] = {}

    def olvidar(self) -> None:
        """Suelta los mosaicos de hojas ya leídos; los de arriba, que son pocos, se quedan."""
        self._leidos = {llave: leido for llave, leido in self._leidos.items() if llave[0]}

    def leer(self, nivel: int, lugar: int, al_menos: int) -> bytes:
        """Las huellas de un mosaico, que tendrá por lo menos ``al_menos``.

        :raises FaltaMosaico: si no hay ninguno tan ancho, o si está cortado
        """
        leido = self._leidos.get((nivel, lugar), b"")
        if len(leido) < al_menos * LARGO:
            leido = self._leidos[nivel, lugar] = self._del_disco(nivel, lugar, al_menos)
        return leido

    def _del_disco(self, nivel: int, lugar: int, al_menos: int) -> bytes:
        entero = self.raiz / ruta_de(nivel, lugar)
        # El lleno, los parciales y otra vez el lleno: pudo llenarse, y perder sus parciales, mientras se miraba.
        for ruta, ancho in chain([(entero, ANCHO)], self._parciales(entero, al_menos), [(entero, ANCHO)]):
            with suppress(FileNotFoundError, NotADirectoryError):
                contenido = ruta.read_bytes()
                if len(contenido) != ancho * LARGO:
                    raise FaltaMosaico(f"El mosaico {ruta.relative_to(self.raiz)} está cortado.")
                return contenido
        raise FaltaMosaico(f"Falta el mosaico {ruta_de(nivel, lugar)} con {al_menos} huellas.")

    def _parciales(self, entero: Path, al_menos: int) -> list[tuple[Path, int]]:
        """Los parciales que sirven, el más angosto primero."""
        anchos: list[int] = []
        with suppress(FileNotFoundError):
            anchos = sorted(int(n) for n in os.listdir(f"{entero}.p") if n.isdecimal() and int(n) >= al_menos)
        return [(Path(f"{entero}.p") / str(ancho), ancho) for ancho in anchos]

    def llega_hasta(self, tamano: int) -> bool:
        """Verdadero si en cada nivel está el mosaico del borde derecho de un árbol de ``tamano`` hojas."""
        nivel = 0
        while tamano:
            entero = self.raiz / ruta_de(nivel, (tamano - 1) // ANCHO)
            if not entero.exists() and not self._parciales(entero, (tamano - 1) % ANCHO + 1):
                return False
            tamano //= ANCHO
            nivel += 1
        return True

    def nodo(self, nivel: int, lugar: int) -> bytes:
        """El nodo completo ``(nivel, lugar)`` del árbol binario.

        :raises FaltaMosaico: si el mosaico que lo contiene no está
        """
        piso, alto = divmod(nivel, 8)
        cual, desde = divmod(lugar << alto, ANCHO)
        hasta = desde + (1 << alto)
        huellas = self.leer(piso, cual, hasta)
        return merkle.plegar([huellas[i * LARGO : (i + 1) * LARGO] for i in range(desde, hasta)])

    def extender(self, desde: int, nuevas: list[bytes]) -> None:
        """Hace crecer el árbol de ``desde`` hojas con las huellas ``nuevas``, del nivel 0 hacia arriba.

        Repetir lo que ya se escribió no cambia nada: después de un corte se puede volver a llamar.

        :raises FaltaMosaico: si no está el borde derecho del árbol de ``desde`` hojas
        :raises MosaicoAlterado: si un mosaico ya escrito dice otra cosa
        """
        nivel = 0
        while nuevas:
            lugar, sobran = divmod(desde, ANCHO)
            previas = self.leer(nivel, lugar, sobran)[: sobran * LARGO] if sobran else b""
            huellas = previas + b"".join(nuevas)
            nuevas = []
            for inicio in range(0, len(huellas), ANCHO * LARGO):
                trozo = huellas[inicio : inicio + ANCHO * LARGO]
                self._escribir(nivel, lugar, trozo)
                if len(trozo) == ANCHO * LARGO:
                    nuevas.append(merkle.plegar([trozo[i : i + LARGO] for i in range(0, len(trozo), LARGO)]))
                lugar += 1
            desde //= ANCHO
            nivel += 1

    def _escribir(self, nivel: int, lugar: int, huellas: bytes) -> None:
        ruta = self.raiz / ruta_de(nivel, lugar, len(huellas) // LARGO)
        with suppress(FileNotFoundError):
            if ruta.read_bytes() == huellas:
                self._leidos[nivel, lugar] = huellas
                return
            # Un archivo cortado por un apagón se rehace; uno entero y distinto es otro pasado.
            if ruta.stat().st_size == len(huellas):
                raise MosaicoAlterado(f"El mosaico {ruta.relative_to(self.raiz)} ya decía otra cosa.")
        ruta.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        archivos.escribir(ruta, huellas)
        self._leidos[nivel, lugar] = huellas
        if len(huellas) == ANCHO * LARGO:
            shutil.rmtree(f"{ruta}.p", ignore_errors=True)

    def rehacer(self, tamano: int, leer: Callable[[int, int], Iterable[bytes]]) -> None:
        """Vuelve a escribir todo el árbol desde las huellas que da ``leer(desde, hasta)``.

        :raises MosaicoAlterado: si un mosaico que sí está dice otra cosa
        """
        tramo = ANCHO * ANCHO
        for desde in range(0, tamano, tramo):
            self.extender(desde, list(leer(desde, min(desde + tramo, tamano))))
