"""Los dos emuladores, SIN VALOR: una pasarela HTTP y un módem que habla AT por un terminal virtual.

Los usan las pruebas, y ``./llaqta gestion emular_sms`` para practicar antes de contratar o comprar.
"""

from __future__ import annotations

import json
import os
import pty
import re
import select
import socket
import threading
import tty
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from llaqta.salas.casilla.mensajeria.modem import DESISTIR, FIN
from llaqta.salas.casilla.mensajeria.texto import ALFABETO


@dataclass
class PasarelaDePrueba:
    """Una pasarela que acepta todo, no repite la misma llave, y falla como se le pida.

    ``mensajes`` son los que salieron; ``pedidos``, todos los que llegaron, también los repetidos y los rechazados.
    """

    carpeta: Path | None = None
    estado: int = 202
    demora: float = 0.0
    mensajes: list[dict[str, str]] = field(default_factory=list)
    pedidos: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    _por_llave: dict[str, str] = field(default_factory=dict)
    _servidor: ThreadingHTTPServer | None = None
    _turno: threading.Lock = field(default_factory=threading.Lock)

    def encender(self, escucha: socket.socket | None = None) -> PasarelaDePrueba:
        """Atiende en un puerto libre (o en ``escucha``), en otro hilo."""
        self._servidor = _servidor(self, escucha)
        self.url = f"http://127.0.0.1:{self._servidor.server_address[1]}/mensajes"
        threading.Thread(target=self._servidor.serve_forever, daemon=True).start()
        return self

    def apagar(self) -> None:
        """Deja de atender."""
        if self._servidor is not None:
            self._servidor.shutdown()
            self._servidor.server_close()

    def recibir(
        self, llave: str, datos: dict[str, str], cabeceras: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        """Anota un pedido; la misma llave devuelve el mismo identificador sin enviar otra vez."""
        with self._turno:
            self.pedidos.append({"llave": llave, "cabeceras": cabeceras, **datos})
            if self.estado >= 400:
                return self.estado, {"error": "la pasarela no lo acepta"}
            if llave in self._por_llave:
                return 200, {"id": self._por_llave[llave], "repetido": True}
            identificador = f"sms-{uuid.uuid4().hex[:12]}"
            self._por_llave[llave] = identificador
            self.mensajes.append(mensaje := {"id": identificador, "llave": llave, **datos})
            _guardar(self.carpeta, mensaje)
            return self.estado, {"id": identificador}


def _servidor(pasarela: PasarelaDePrueba, escucha: socket.socket | None) -> ThreadingHTTPServer:
    class Puerta(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - lo nombra http.server
            contenido = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if pasarela.demora:
                threading.Event().wait(pasarela.demora)
            llave = self.headers.get("Idempotency-Key", "")
            estado, dicho = pasarela.recibir(llave, _leer(contenido), dict(self.headers))
            cuerpo = json.dumps(dicho).encode()
            self.send_response(estado)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(cuerpo)))
            self.end_headers()
            self.wfile.write(cuerpo)

        def log_message(self, *_: Any) -> None:
            pass

    if escucha is None:
        return ThreadingHTTPServer(("127.0.0.1", 0), Puerta)
    servidor = ThreadingHTTPServer(("127.0.0.1", 0), Puerta, bind_and_activate=False)
    servidor.socket.close()
    servidor.socket = escucha
    servidor.server_address = escucha.getsockname()
    escucha.listen(64)
    return servidor


def _leer(contenido: bytes) -> dict[str, str]:
    try:
        datos = json.loads(contenido)
    except ValueError:
        from urllib.parse import parse_qsl  # noqa: PLC0415

        datos = dict(parse_qsl(contenido.decode(errors="replace")))
    return {clave: str(valor) for clave, valor in datos.items()} if isinstance(datos, dict) else {}


def _guardar(carpeta: Path | None, mensaje: dict[str, str]) -> None:
    if carpeta is None:
        return
    instante = datetime.now(tz=UTC)
    nombre = f"{instante:%Y%m%d-%H%M%S}-{mensaje['id']}.json"
    (carpeta / nombre).write_text(
        json.dumps({**mensaje, "en": instante.isoformat()}, ensure_ascii=False), "utf-8"
    )


@dataclass
class ModemDePrueba:
    """Un módem en un terminal virtual: responde las órdenes que ``modem.Modem`` usa, y falla como se le pida."""

    pin: str = ""
    senal: int = 21
    error: int = 0
    informe: int | None = 0
    mudo: bool = False
    puerto: str = ""
    mensajes: list[dict[str, str]] = field(default_factory=list)
    ordenes: list[str] = field(default_factory=list)
    _maestro: int = -1
    _esclavo: int = -1
    _ucs2: bool = False
    _pide_informe: bool = False
    _parar: threading.Event = field(default_factory=threading.Event)

    def encender(self) -> ModemDePrueba:
        """Abre el terminal y atiende en otro hilo; ``puerto`` es su ruta."""
        self._maestro, self._esclavo = pty.openpty()
        tty.setraw(self._maestro)
        tty.setraw(self._esclavo)
        self.puerto = os.ttyname(self._esclavo)
        threading.Thread(target=self._atender, daemon=True).start()
        return self

    def apagar(self) -> None:
        """Cierra el terminal."""
        self._parar.set()

    def _atender(self) -> None:
        oido, destino = b"", ""
        while not self._parar.is_set():
            listo, _, _ = select.select([self._maestro], [], [], 0.05)
            if not listo:
                continue
            oido += os.read(self._maestro, 1024)
            while True:
                if destino and (corte := _primero(oido, FIN, DESISTIR)) >= 0:
                    texto, senal, oido = oido[:corte], oido[corte : corte + 1], oido[corte + 1 :]
                    if senal == FIN:
                        self._enviar(destino, texto)
                    destino = ""
                elif not destino and b"\r" in oido:
                    linea, oido = oido.split(b"\r", 1)
                    destino = self._orden(linea.decode("latin-1").strip("\x1b\n "))
                else:
                    break
        os.close(self._maestro)
        os.close(self._esclavo)

    def _orden(self, orden: str) -> str:
        """Contesta una orden; si es ``AT+CMGS``, devuelve a quién va el texto que sigue."""
        self.ordenes.append(orden)
        if self.mudo:
            return ""
        if orden == "AT+CPIN?":
            self._decir("+CPIN: SIM PIN" if self.pin else "+CPIN: READY", "OK")
        elif orden.startswith("AT+CPIN="):
            bien = orden == f'AT+CPIN="{self.pin}"'
            self.pin = "" if bien else self.pin
            self._decir("OK" if bien else "+CME ERROR: 16")
        elif orden == "AT+CSQ":
            self._decir(f"+CSQ: {self.senal},0", "OK")
        elif orden.startswith("AT+CSCS="):
            self._ucs2 = "UCS2" in orden
            self._decir("OK")
        elif orden.startswith("AT+CSMP="):
            self._pide_informe = orden.startswith("AT+CSMP=49")
            self._decir("OK")
        elif hallado := re.fullmatch(r'AT\+CMGS="(.+)"', orden):
            os.write(self._maestro, b"\r\n> ")
            numero = hallado.group(1)
            return bytes.fromhex(numero).decode("utf-16-be") if self._ucs2 else numero
        else:
            self._decir("OK" if orden.startswith("AT") else "ERROR")
        return ""

    def _enviar(self, destino: str, texto: bytes) -> None:
        if self.error:
            self._decir(f"+CMS ERROR: {self.error}")
            return
        dicho = (
            bytes.fromhex(texto.decode()).decode("utf-16-be")
            if self._ucs2
            else "".join(ALFABETO[letra] for letra in texto)
        )
        self.mensajes.append({"numero": destino, "texto": dicho})
        referencia = len(self.mensajes)
        self._decir(f"+CMGS: {referencia}", "OK")
        if self._pide_informe and self.informe is not None:
            self._decir(
                f'+CDS: 6,{referencia},"{destino}",145,"26/06/01,10:00:00-20","26/06/01,10:00:04-20",{self.informe}'
            )

    def _decir(self, *lineas: str) -> None:
        os.write(self._maestro, "".join(f"\r\n{linea}\r\n" for linea in lineas).encode("latin-1"))


def _primero(donde: bytes, *marcas: bytes) -> int:
    return min((lugar for marca in marcas if (lugar := donde.find(marca)) >= 0), default=-1)
