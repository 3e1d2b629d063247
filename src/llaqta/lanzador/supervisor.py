"""Quien cuida a los hijos: los enciende, los levanta si se caen y los apaga en orden."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from llaqta.lanzador.avisos import Impedimento, Parada, decir
from llaqta.lanzador.postgres import Servidor
from llaqta.lanzador.procesos import lanzar, terminar

SENALES = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
ESPERA_MAXIMA = 30.0
VIDA_SANA = 60.0  # quien vivió este tiempo no está cayéndose en bucle
REGISTRO_MAXIMO = 20 * 1024 * 1024


@dataclass
class Servicio:
    """Un hijo que debe estar siempre encendido."""

    nombre: str
    orden: Sequence[str]
    registro: Path
    entorno: dict[str, str]
    segundos_para_parar: float
    puertas: Sequence[
        socket.socket
    ] = ()  # abiertas mientras viva el lanzador: quien se levanta las vuelve a heredar
    proceso: subprocess.Popen[bytes] | None = None
    encendido_en: float = 0.0
    caidas: int = 0
    vuelve_en: float | None = None

    def encender(self) -> None:
        """Enciende el proceso; lo que diga va a su registro."""
        with self.registro.open("ab") as salida:
            self.proceso = lanzar(
                self.orden,
                entorno=self.entorno,
                salida=salida,
                # Sin lanzador no hay quien espere: una tarea larga no debe sobrevivirle. Todo acto es una transacción.
                al_morir_el_padre=signal.SIGKILL,
                descriptores=[p.fileno() for p in self.puertas],
            )
        self.encendido_en = time.monotonic()
        self.vuelve_en = None

    def apagar(self) -> None:
        """Pide al proceso que termine lo que tiene en la mano; si tarda demasiado, lo corta."""
        if self.proceso is not None:
            terminar(self.proceso, senal=signal.SIGTERM, segundos=self.segundos_para_parar)

    def cayo(self) -> bool:
        """Dice si el proceso terminó sin que nadie se lo pidiera."""
        return self.proceso is not None and self.proceso.poll() is not None

    def ultimas_palabras(self) -> str:
        """Devuelve la última línea con algo escrito de su registro."""
        with suppress(OSError):
            lineas = [
                linea.strip()
                for linea in self.registro.read_text(errors="replace").splitlines()
                if linea.strip()
            ]
            if lineas:
                return lineas[-1]
        return "no dijo por qué"


@dataclass
class Supervisor:
    """La familia de procesos de una casa encendida. El orden de ``servicios`` es el orden en que se apagan."""

    postgres: Servidor | None = None
    servicios: list[Servicio] = field(default_factory=list)
    _parando: bool = False

    def escuchar_senales(self) -> None:
        """Desde ahora, SIGTERM, SIGINT o SIGHUP detienen la casa; la que venía ignorada (``nohup``) lo sigue."""

        def al_recibir(_senal: int, _marco: object) -> None:
            if not self._parando:
                self._parando = True
                raise Parada

        for senal in SENALES:
            if signal.getsignal(senal) is not signal.SIG_IGN:
                signal.signal(senal, al_recibir)

    def esperar(self, condicion: Callable[[], bool], *, segundos: float) -> None:
        """Espera a que los servicios recién encendidos cumplan ``condicion``.

        :raises Impedimento: si alguno se cae mientras tanto, o si no se cumple en ``segundos``
        """
        limite = time.monotonic() + segundos
        while not condicion():
            for servicio in self.servicios:
                if servicio.cayo():
                    raise Impedimento(
                        f"El proceso «{servicio.nombre}» no arrancó: {servicio.ultimas_palabras()} "
                        f"(registro: {servicio.registro})."
                    )
            if time.monotonic() > limite:
                raise Impedimento(
                    f"La casa no respondió en {segundos:.0f} segundos; mire {self.servicios[0].registro.parent}."
                )
            time.sleep(0.05)

    def cuidar(self) -> None:
        """Vigila hasta que pidan parar; levanta a quien se cae, cada vez con más espera.

        :raises Impedimento: si muere PostgreSQL, sin el cual nadie puede seguir
        """
        proxima_poda = 0.0
        while True:
            time.sleep(0.25)
            ahora = time.monotonic()
            if self.postgres and self.postgres.proceso and self.postgres.proceso.poll() is not None:
                raise Impedimento(f"PostgreSQL se detuvo y la casa se cierra; mire {self.postgres.registro}.")
            for servicio in self.servicios:
                self._levantar(servicio, ahora)
            if ahora >= proxima_poda:
                proxima_poda = ahora + 3600
                self._podar_registros()

    def apagar(self) -> None:
        """Apaga a todos en orden; PostgreSQL, al final, cuando ya nadie escribe. No tarda más de diez segundos."""
        self._parando = True
        for servicio in self.servicios:
            servicio.apagar()
        if self.postgres:
            self.postgres.apagar(segundos=3.0)

    def _levantar(self, servicio: Servicio, ahora: float) -> None:
        if servicio.vuelve_en is not None:
            if ahora >= servicio.vuelve_en:
                servicio.encender()
        elif servicio.cayo():
            if ahora - servicio.encendido_en > VIDA_SANA:
                servicio.caidas = 0
            espera = min(2.0**servicio.caidas, ESPERA_MAXIMA)
            servicio.caidas += 1
            servicio.vuelve_en = ahora + espera
            decir(
                f"El proceso «{servicio.nombre}» se cayó ({servicio.ultimas_palabras()}); vuelve en {espera:.0f} s."
            )

    def _podar_registros(self) -> None:
        """Vacía los registros que crecieron demasiado, guardando una copia: nadie debe llenar el disco hablando."""
        rutas = {servicio.registro for servicio in self.servicios} | (
            {self.postgres.registro} if self.postgres else set()
        )
        for ruta in rutas:
            with suppress(OSError):
                if ruta.stat().st_size > REGISTRO_MAXIMO:
                    ruta.with_suffix(".anterior.log").write_bytes(ruta.read_bytes())
                    with ruta.open("r+b") as archivo:
                        archivo.truncate(0)
