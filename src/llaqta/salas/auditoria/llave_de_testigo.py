"""La llave con que esta instalación firma lo que ve de otros registros (C2SP tlog-cosignature, cosignature/v1)."""

from __future__ import annotations

import base64
import hashlib
import struct
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from llaqta.salas.auditoria import llaves, mosaico
from llaqta.salas.auditoria.puntos import Nota, NotaInvalida

ALGORITMO = b"\x04"
LARGO = 76
"""Cuatro octetos de identificador, ocho de la hora y 64 de la firma."""
LLAVE = "testigo.pem"


@dataclass(frozen=True)
class LlaveDeTestigo:
    """La llave pública de un testigo."""

    nombre: str
    publica: bytes

    @property
    def identificador(self) -> bytes:
        """Los cuatro octetos con que la firma nombra a esta llave."""
        return hashlib.sha256(self.nombre.encode() + b"\n" + ALGORITMO + self.publica).digest()[:4]

    def __str__(self) -> str:
        material = base64.b64encode(ALGORITMO + self.publica).decode()
        return f"{self.nombre}+{self.identificador.hex()}+{material}"

    @classmethod
    def leer(cls, texto: str) -> LlaveDeTestigo:
        """Lee una llave en una línea (``vkey``).

        :raises NotaInvalida: si no es la de un testigo
        """
        try:
            nombre, identificador, material = texto.strip().split("+", 2)
            octetos = base64.b64decode(material, validate=True)
        except ValueError as error:
            raise NotaInvalida("Eso no es la llave de un testigo.") from error
        llave = cls(nombre, octetos[1:])
        bien = octetos[:1] == ALGORITMO and len(octetos) == 33 and llave.identificador.hex() == identificador
        if not bien or not nombre or any(letra.isspace() for letra in nombre):
            raise NotaInvalida("Eso no es la llave de un testigo.")
        return llave

    def hora_de(self, firma: bytes, cuerpo: str) -> datetime | None:
        """Cuándo firmó ese punto; ``None`` si la firma no es de esta llave."""
        octetos = self.identificador + firma
        if len(octetos) != LARGO:
            return None
        (segundos,) = struct.unpack(">Q", firma[:8])
        try:
            hora = datetime.fromtimestamp(segundos, tz=UTC)
            Ed25519PublicKey.from_public_bytes(self.publica).verify(firma[8:], _mensaje(segundos, cuerpo))
        except (InvalidSignature, ValueError, OverflowError, OSError):
            return None
        return hora


def cofirmar(nota: Nota, *, ahora: datetime) -> str:
    """La línea con que atestiguamos haber visto y comprobado ese punto."""
    publica, privada = _abrir()
    segundos = int(ahora.timestamp())
    firma = struct.pack(">Q", segundos) + privada.sign(_mensaje(segundos, nota.cuerpo))
    return f"— {publica.nombre} {base64.b64encode(publica.identificador + firma).decode()}"


def llave_publica() -> LlaveDeTestigo:
    """Nuestra llave de testigo; se hace la primera vez que se pide."""
    return _abrir()[0]


def _mensaje(segundos: int, cuerpo: str) -> bytes:
    return f"cosignature/v1\ntime {segundos}\n{cuerpo}".encode()


def _abrir() -> tuple[LlaveDeTestigo, Ed25519PrivateKey]:
    try:
        return llaves.abrir(
            mosaico.carpeta() / LLAVE, uso="testigo", nombrar=LlaveDeTestigo, leer=LlaveDeTestigo.leer
        )
    except llaves.NoEsLaSuya as error:
        raise NotaInvalida(str(error)) from error
