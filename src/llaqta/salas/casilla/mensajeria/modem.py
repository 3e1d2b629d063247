"""El módem GSM: un chip propio en un puerto serie, con las órdenes AT de 3GPP TS 27.005 y 27.007.

Donde no hay pasarela contratada, un módem USB de ochenta soles y un chip bastan. Un módem no entiende de repeticiones:
si la máquina se apaga justo después de entregarle un mensaje, el que lo retome lo enviará otra vez, y solo una.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

import serial

from llaqta.salas.casilla.mensajeria.puerto import Despacho
from llaqta.salas.casilla.mensajeria.texto import ALFABETO, LARGO_GSM, LARGO_UCS2, cabe_en_gsm

FIN, DESISTIR = b"\x1a", b"\x1b"
SIN_SENAL = 99
CMS = {
    1: "el número no existe", 8: "la operadora lo bloqueó", 10: "el número está bloqueado",
    21: "el mensaje fue rechazado", 27: "el teléfono no está a su alcance", 28: "el abonado no es conocido",
    29: "este servicio no está activo en el chip", 30: "el abonado no es conocido",
    38: "la red está fuera de servicio", 41: "falla pasajera de la red", 42: "la red está congestionada",
    47: "la red no tiene recursos", 50: "el chip no tiene contratado este servicio",
    69: "la red no ofrece este servicio", 96: "el pedido está mal formado", 111: "error del protocolo",
    300: "falla del módem", 302: "el módem no permite esta operación", 304: "el mensaje está mal formado",
    305: "el texto está mal formado", 310: "no hay chip en el módem", 311: "el chip pide su PIN",
    312: "el chip pide su PIN de teléfono", 313: "falla del chip", 314: "el chip está ocupado",
    315: "el chip no sirve", 316: "el chip pide su PUK", 320: "falla de la memoria", 321: "memoria inválida",
    322: "la memoria está llena", 330: "no se conoce el centro de mensajes", 331: "el módem no tiene red",
    332: "la red no contestó a tiempo", 340: "se esperaba una confirmación", 500: "falla que el módem no explica",
}  # fmt: skip
"""Lo que dice ``+CMS ERROR`` (3GPP TS 27.005, 3.2.5), en castellano."""
DEFINITIVOS = frozenset({1, 8, 10, 28, 30})
_RESPUESTA = re.compile(rb"(?:^|\r\n)(OK|ERROR|\+CM[ES] ERROR: ?[^\r\n]*)\r\n")
_INFORME = re.compile(rb"\+CDS: ?\d+, ?(\d+)(?:,[^\r\n]*)?,(\d+)\r\n")


class FallaDeModem(Exception):
    """El módem no contestó lo que debía; ``codigo`` es el de ``+CMS ERROR`` si lo dijo."""

    def __init__(self, frase: str, codigo: int = 0) -> None:
        super().__init__(frase)
        self.codigo = codigo


@dataclass(frozen=True)
class Modem:
    """Un módem GSM en un puerto serie; se abre para cada mensaje y se deja libre."""

    puerto: str
    velocidad: int = 115_200
    pin: str = ""
    espera: float = 15.0
    espera_de_informe: float = 0.0

    def enviar(self, *, numero: str, texto: str, llave: str) -> Despacho:
        """Prepara el módem, entrega el mensaje y, si se pidió esperar, lee el informe de entrega."""
        largo = LARGO_GSM if cabe_en_gsm(texto) else LARGO_UCS2
        if len(texto) > largo:
            return Despacho(False, "", f"El texto no cabe en un mensaje de {largo} letras.", definitivo=True)
        try:
            with serial.serial_for_url(
                self.puerto, baudrate=self.velocidad, timeout=0.2, write_timeout=self.espera, exclusive=True
            ) as linea:
                charla = _Charla(linea, self.espera)
                self._preparar(charla, ucs2=largo == LARGO_UCS2)
                referencia = charla.entregar(numero, texto, ucs2=largo == LARGO_UCS2)
                llego = self._esperar_informe(charla, referencia)
        except FallaDeModem as falla:
            return Despacho(False, "", str(falla)[:300], definitivo=falla.codigo in DEFINITIVOS)
        except (serial.SerialException, OSError) as error:
            return Despacho(False, "", f"El módem en {self.puerto} no responde: {error}"[:300])
        return Despacho(True, referencia, f"Aceptado por el módem en {self.puerto}", llego=llego)

    def _preparar(self, charla: _Charla, *, ucs2: bool) -> None:
        charla.pedir("AT")
        charla.pedir("ATE0")
        charla.pedir("AT+CMEE=1")
        chip = charla.pedir("AT+CPIN?")
        if "SIM PIN" in chip and self.pin:
            charla.pedir(f'AT+CPIN="{self.pin}"')
        elif "READY" not in chip:
            raise FallaDeModem(f"El chip no está listo: {chip.strip() or 'no dice nada'}", 311)
        senal = re.search(r"\+CSQ: ?(\d+)", charla.pedir("AT+CSQ"))
        if senal is None or int(senal.group(1)) == SIN_SENAL:
            raise FallaDeModem("El módem no tiene señal", 331)
        charla.pedir("AT+CMGF=1")
        charla.pedir('AT+CSCS="UCS2"' if ucs2 else 'AT+CSCS="GSM"')
        # 49: enviar y pedir informe de entrega; 167: vale un día; 8 al final: el texto va en UCS2.
        informe = 49 if self.espera_de_informe else 17
        charla.pedir(f"AT+CSMP={informe},167,0,{8 if ucs2 else 0}")
        if self.espera_de_informe:
            charla.intentar("AT+CNMI=2,1,0,1,0")

    def _esperar_informe(self, charla: _Charla, referencia: str) -> bool:
        limite = time.monotonic() + self.espera_de_informe
        while time.monotonic() < limite:
            charla.leer()
            for hallado in _INFORME.finditer(charla.oido):
                if hallado.group(1).decode() == referencia:
                    return int(hallado.group(2)) == 0
        return False


class _Charla:
    """La conversación con un módem: se pide, se espera su respuesta y se entiende."""

    def __init__(self, linea: serial.SerialBase, espera: float) -> None:
        self.linea, self.espera, self.oido = linea, espera, b""

    def leer(self) -> None:
        self.oido += self.linea.read(max(1, self.linea.in_waiting))

    def pedir(self, orden: str) -> str:
        """Envía una orden y devuelve lo que contestó.

        :raises FallaDeModem: si dice ERROR o no contesta
        """
        self.oido = b""
        self.linea.write(f"{orden}\r".encode("ascii"))
        return self._respuesta(orden)

    def intentar(self, orden: str) -> None:
        """Envía una orden que algunos módems no entienden; si no, se sigue sin ella."""
        try:
            self.pedir(orden)
        except FallaDeModem:
            return

    def entregar(self, numero: str, texto: str, *, ucs2: bool) -> str:
        """Entrega el mensaje y devuelve su referencia (``+CMGS``).

        :raises FallaDeModem: si el módem o la red lo rechazan
        """
        self.oido = b""
        destino = numero.encode("utf-16-be").hex().upper() if ucs2 else numero
        self.linea.write(f'AT+CMGS="{destino}"\r'.encode("ascii"))
        self._esperar(lambda: b">" in self.oido or _RESPUESTA.search(self.oido) is not None, "AT+CMGS")
        if b">" not in self.oido:
            self._respuesta("AT+CMGS")
        self.oido = b""
        cuerpo = texto.encode("utf-16-be").hex().upper().encode() if ucs2 else _en_gsm(texto)
        self.linea.write(cuerpo + FIN)
        dicho = self._respuesta("el mensaje")
        hallado = re.search(r"\+CMGS: ?(\d+)", dicho)
        if hallado is None:
            raise FallaDeModem("El módem no dio la referencia del mensaje")
        return hallado.group(1)

    def _respuesta(self, que: str) -> str:
        self._esperar(lambda: _RESPUESTA.search(self.oido) is not None, que)
        final = _RESPUESTA.search(self.oido)
        assert final is not None
        dicho = final.group(1).decode("latin-1")
        if dicho != "OK":
            raise _explicar(dicho, que)
        # El informe de entrega puede venir pegado detrás de la respuesta: se conserva para quien lo espera.
        antes, self.oido = self.oido[: final.end()], self.oido[final.end() :]
        return antes.decode("latin-1")

    def _esperar(self, listo: object, que: str) -> None:
        limite = time.monotonic() + self.espera
        while not listo():  # type: ignore[operator]
            if time.monotonic() > limite:
                self.linea.write(DESISTIR)
                raise FallaDeModem(f"El módem no contestó a {que} en {self.espera:.0f} s")
            self.leer()


def _explicar(dicho: str, que: str) -> FallaDeModem:
    numero = re.search(r"ERROR: ?(\d+)", dicho)
    codigo = int(numero.group(1)) if numero else 0
    if dicho.startswith("+CMS") and codigo:
        return FallaDeModem(
            f"No se pudo enviar: {CMS.get(codigo, 'falla sin nombre')} (+CMS ERROR {codigo})", codigo
        )
    if dicho.startswith("+CME"):
        return FallaDeModem(f"El módem se negó a {que} ({dicho})")
    return FallaDeModem(f"El módem no aceptó {que}")


def _en_gsm(texto: str) -> bytes:
    """El texto en el alfabeto GSM, una letra por byte."""
    return bytes(ALFABETO.index(letra) for letra in texto)
