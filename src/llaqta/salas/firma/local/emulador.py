"""Un componente de Firma Perú de mentira, que habla como el verdadero en 127.0.0.1:48596, para practicar y para probar.

Hace lo que hace el otro: pide los argumentos con la ficha, descarga, firma con la tarjeta que tenga puesta y devuelve.
Las tarjetas son de práctica y no valen. Y, a pedido de una prueba, hace todo lo que un equipo ajeno puede hacer mal.

Solo habla con la dirección de su casa: una página cualquiera que lo encuentre encendido no logra que pida nada a nadie.
"""

from __future__ import annotations

import base64
import http.client
import json
import logging
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from llaqta.cimientos.pdf import Caja
from llaqta.salas.firma.bloque import Bloque
from llaqta.salas.firma.llaves import Llave
from llaqta.salas.firma.local import lote, siete_zeta

PUERTO = 48596
EN_ESTA_MAQUINA = ("127.0.0.1", "localhost")
RUTA = "/firmaperu/sign"
RUTA_DEL_PERMISO = "/practica/generate-token"
PEDIDO_MAXIMO = 64 * 1024
DESCARGA_MAXIMA = 200 * 1024 * 1024
ANCHO_DEL_BLOQUE, ALTO_DEL_BLOQUE, ALTO_A4 = 200.0, 46.0, 841.89
registro = logging.getLogger(__name__)

Cambiar = Callable[[bytes], bytes]


class NoSalio(Exception):
    """El componente no pudo completar la firma; el texto es lo que mostraría en su ventana."""


@dataclass(frozen=True)
class Respuesta:
    """Lo que contestó la casa."""

    codigo: int
    cuerpo: bytes


Pedir = Callable[[str, str, bytes, Mapping[str, str]], Respuesta]
"""``pedir(método, dirección, cuerpo, cabeceras)``."""


@dataclass
class Perillas:
    """Lo que un equipo ajeno puede hacer mal; sin tocar nada, todo sale bien."""

    tarjeta: Llave | None = None
    antes_de_firmar: Cambiar | None = None
    despues_de_firmar: Cambiar | None = None
    sin_firmar: bool = False
    demora: float = 0.0
    se_cae: str = ""
    """``antes de descargar`` o ``antes de devolver``."""
    devuelve: int = 1
    """Cuántas veces devuelve lo mismo."""
    sobre: Callable[[dict[str, bytes]], bytes] | None = None
    """Cómo arma el 7z que devuelve."""


@dataclass
class Componente:
    """Lo que corre en el equipo de la persona."""

    origen: str
    sacar_tarjeta: Callable[[str], Llave]
    reloj: Callable[[], datetime]
    pedir: Pedir | None = None
    perillas: Perillas = field(default_factory=Perillas)
    respuestas: list[Respuesta] = field(default_factory=list)

    @property
    def origenes(self) -> set[str]:
        """Desde qué páginas se le puede pedir: la de su casa; en esta máquina, por cualquiera de sus nombres."""
        partes = urlsplit(self.origen)
        if partes.hostname not in EN_ESTA_MAQUINA:
            return {self.origen}
        puerto = f":{partes.port}" if partes.port else ""
        return {f"{partes.scheme}://{nombre}{puerto}" for nombre in EN_ESTA_MAQUINA}

    def firmar(self, parametro: str) -> None:
        """Firma lo que diga el parámetro de ``startSignature``.

        :raises NoSalio: si algo no sale bien, con lo que la casa contestó
        """
        dicho = _abrir(parametro)
        self._dormir()
        argumentos = _abrir(
            self._ir(
                "POST", str(dicho["param_url"]), urlencode({"param_token": dicho["param_token"]}).encode(),
                {"Content-Type": "application/x-www-form-urlencoded"},
            ).cuerpo.decode("ascii")
        )  # fmt: skip
        if self.perillas.se_cae == "antes de descargar":
            raise NoSalio("El componente se cerró.")
        descargado = self._ir("GET", str(argumentos["documentToSign"]), b"", {}).cuerpo
        self._dormir()
        if argumentos["bachtOperation"]:
            firmado = self._firmar_lote(descargado, argumentos)
        else:
            firmado = self.firmar_uno(descargado, argumentos)
        if self.perillas.se_cae == "antes de devolver":
            raise NoSalio("El componente se cerró.")
        for _ in range(self.perillas.devuelve):
            self.devolver(str(argumentos["uploadDocumentSigned"]), firmado)
        if self.respuestas[-1].codigo != 200:
            raise NoSalio(self.respuestas[-1].cuerpo.decode(errors="replace"))

    def devolver(self, direccion: str, firmado: bytes) -> None:
        """Envía lo firmado en ``signed_file`` y anota lo que contestaron."""
        limite = secrets.token_hex(12)
        cuerpo = (
            (
                f'--{limite}\r\nContent-Disposition: form-data; name="signed_file"; filename="firmado.pdf"\r\n'
                "Content-Type: application/octet-stream\r\n\r\n"
            ).encode()
            + firmado
            + f"\r\n--{limite}--\r\n".encode()
        )
        cabeceras = {"Content-Type": f"multipart/form-data; boundary={limite}"}
        self.respuestas.append(self._ir("POST", direccion, cuerpo, cabeceras, exige_ok=False))

    def firmar_uno(self, pdf: bytes, argumentos: Mapping[str, Any]) -> bytes:
        """Firma un PDF con la tarjeta puesta, después de lo que manden las perillas."""
        if self.perillas.antes_de_firmar:
            pdf = self.perillas.antes_de_firmar(pdf)
        firmado = pdf if self.perillas.sin_firmar else self._poner_firma(pdf, argumentos)
        return self.perillas.despues_de_firmar(firmado) if self.perillas.despues_de_firmar else firmado

    def _poner_firma(self, pdf: bytes, argumentos: Mapping[str, Any]) -> bytes:
        from llaqta.salas.firma import pades  # noqa: PLC0415 (pyHanko ocupa 40 MB: se pagan al firmar)

        llave = self.perillas.tarjeta or self.sacar_tarjeta(str(argumentos["tarjetaDePractica"]))
        [titular] = (
            str(parte.value) for parte in llave.certificado.subject if parte.oid.dotted_string == "2.5.4.3"
        )
        motivo, cargo, ahora = str(argumentos["signatureReason"]), str(argumentos["role"]), self.reloj()
        caja = bloque = None
        if argumentos["signatureStyle"]:
            x, y = float(argumentos["positionx"]), ALTO_A4 - float(argumentos["positiony"])
            pagina = int(argumentos["stampPage"]) - 1
            caja = Caja(pagina, x, y - ALTO_DEL_BLOQUE, x + ANCHO_DEL_BLOQUE, y)
            bloque = Bloque(titular, cargo, motivo, ahora, de_demostracion=True)
        acto = pades.Acto(titular=titular, motivo=motivo, fecha=ahora, cargo=cargo)
        try:
            return pades.firmar_bytes(pdf, llave=llave, acto=acto, caja=caja, bloque=bloque)
        except pades.NoSePuedeFirmar as error:
            raise NoSalio(str(error)) from error

    def _firmar_lote(self, sobre: bytes, argumentos: Mapping[str, Any]) -> bytes:
        traidos = siete_zeta.leer(sobre, tope=DESCARGA_MAXIMA)
        firmados = {
            nombre.removesuffix(".pdf") + lote.MARCA_DE_FIRMADO: self.firmar_uno(pdf, argumentos)
            for nombre, pdf in traidos.items()
        }
        return self.perillas.sobre(firmados) if self.perillas.sobre else siete_zeta.escribir(firmados)

    def _ir(
        self,
        metodo: str,
        direccion: str,
        cuerpo: bytes,
        cabeceras: Mapping[str, str],
        *,
        exige_ok: bool = True,
    ) -> Respuesta:
        partes = urlsplit(direccion)
        if f"{partes.scheme}://{partes.netloc}" != self.origen:
            raise NoSalio("El pedido no viene de esta municipalidad.")
        respuesta = (self.pedir or pedir_por_http)(metodo, direccion, cuerpo, cabeceras)
        if exige_ok and respuesta.codigo != 200:
            raise NoSalio(respuesta.cuerpo.decode(errors="replace"))
        return respuesta

    def _dormir(self) -> None:
        if self.perillas.demora:
            time.sleep(self.perillas.demora)


def pedir_por_http(metodo: str, direccion: str, cuerpo: bytes, cabeceras: Mapping[str, str]) -> Respuesta:
    """Una petición HTTP sencilla, sin seguir desvíos."""
    partes = urlsplit(direccion)
    clase = http.client.HTTPSConnection if partes.scheme == "https" else http.client.HTTPConnection
    conexion = clase(partes.netloc, timeout=60)
    try:
        conexion.request(metodo, partes.path, cuerpo or None, dict(cabeceras))
        respuesta = conexion.getresponse()
        return Respuesta(respuesta.status, respuesta.read(DESCARGA_MAXIMA))
    except (OSError, http.client.HTTPException) as error:
        raise NoSalio(f"La casa no responde: {type(error).__name__}.") from error
    finally:
        conexion.close()


def _abrir(en_base64: str) -> dict[str, Any]:
    try:
        dicho = json.loads(base64.b64decode(en_base64, validate=True))
    except ValueError as error:
        raise NoSalio("El pedido de firma no se puede leer.") from error
    if not isinstance(dicho, dict):
        raise NoSalio("El pedido de firma no se puede leer.")
    return dicho


class Emulador(ThreadingHTTPServer):
    """El servidor local que la página busca. Se usa como contexto: ``with Emulador(componente) as emulador: …``."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self, componente: Componente, puerto: int = PUERTO, *, puerta: socket.socket | None = None
    ) -> None:
        """``puerta`` es un puerto que ya tomó quien llama; sin ella se toma ``puerto``."""
        self.componente = componente
        super().__init__(("127.0.0.1", puerto), _Puerta, bind_and_activate=puerta is None)
        if puerta is not None:
            self.socket.close()
            self.socket = puerta
            self.server_address = puerta.getsockname()
            self.server_activate()

    @property
    def puerto(self) -> int:
        """Dónde atiende."""
        return int(self.server_address[1])

    def __enter__(self) -> Emulador:
        """Lo enciende en su propio hilo."""
        threading.Thread(target=self.serve_forever, name="emulador-de-firma", daemon=True).start()
        return self

    def __exit__(self, *_que: object) -> None:
        """Lo apaga."""
        self.shutdown()
        self.server_close()


class _Puerta(BaseHTTPRequestHandler):
    """Las dos peticiones del guion, con las cabeceras que necesita un navegador para dejarlas pasar."""

    server: Emulador
    server_version = "ComponenteDePractica"

    def do_OPTIONS(self) -> None:
        """El permiso que pide el navegador antes de hablar con esta máquina."""
        self._contestar(204, b"")

    def do_GET(self) -> None:
        """¿Está encendido?"""
        if self.path.split("?")[0] != RUTA:
            self._contestar(404, b"")
            return
        self._decir({"status": "ok"})

    def do_POST(self) -> None:
        """Firma lo que diga ``param``; o, en la práctica, da el permiso que daría la plataforma."""
        largo = int(self.headers.get("Content-Length") or 0)
        if largo > PEDIDO_MAXIMO:
            self._contestar(413, b"")
            return
        dicho = parse_qs(self.rfile.read(largo).decode())
        if self.path == RUTA_DEL_PERMISO:
            self._contestar(200, permiso_de_practica(self.server.componente.reloj()).encode(), "text/plain")
            return
        if self.path.split("?")[0] != RUTA or not self._es_de_casa():
            self._contestar(403, b"")
            return
        try:
            self.server.componente.firmar(dicho.get("param", [""])[0])
        except NoSalio as error:
            self._decir({"status": "error", "message": str(error)})
        except Exception:
            registro.exception("El componente de práctica falló")
            self._decir({"status": "error", "message": "El componente de práctica falló; mire su registro."})
        else:
            self._decir({"status": "ok"})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (lo nombra http.server)
        """No escribe cada petición: la página pregunta una vez por segundo."""

    def _es_de_casa(self) -> bool:
        return self.headers.get("Origin", "") in self.server.componente.origenes

    def _decir(self, dicho: Mapping[str, str]) -> None:
        self._contestar(
            200, json.dumps(dicho, ensure_ascii=False).encode(), "application/json; charset=utf-8"
        )

    def _contestar(self, codigo: int, cuerpo: bytes, tipo: str = "text/plain; charset=utf-8") -> None:
        self.send_response(codigo)
        self.send_header("Content-Type", tipo)
        self.send_header("Content-Length", str(len(cuerpo)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Vary", "Origin")
        if self._es_de_casa():
            self.send_header("Access-Control-Allow-Origin", self.headers["Origin"])
            self.send_header("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
            self.send_header("Access-Control-Allow-Headers", "Content-Type")
            self.send_header("Access-Control-Allow-Private-Network", "true")
        self.end_headers()
        self.wfile.write(cuerpo)


def permiso_de_practica(ahora: datetime, *, segundos: int = 24 * 3600) -> str:
    """Un JWT con la forma del de la plataforma, de un día, que no vale para nada fuera de la práctica."""

    def parte(dicho: Mapping[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(dicho).encode()).decode().rstrip("=")

    cuerpo = {"iss": "Componente de práctica (SIN VALOR LEGAL)", "exp": int(ahora.timestamp()) + segundos}
    return f"{parte({'alg': 'ES512', 'typ': 'JWT'})}.{parte(cuerpo)}.{secrets.token_urlsafe(64)}"
