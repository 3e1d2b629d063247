"""La llave con que esta instalación firma lo que ve de otros registros (C2SP tlog-cosignature, cosignature/v1)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings

from llaqta.cimientos.models import Entidad
from llaqta.salas.auditoria import mosaico
from llaqta.salas.auditoria.puntos import Nota, NotaInvalida

ALGORITMO = b"\x04"
LARGO = 76
"""Cuatro octetos de identificador, ocho de la hora y 64 de la firma."""
LLAVE, LLAVE_PUBLICA = "testigo.pem", "testigo.pub"


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
    ruta = mosaico.carpeta() / LLAVE
    if not ruta.exists():
        _crear(ruta)
    privada = load_pem_private_key(ruta.read_bytes(), _clave())
    publica = LlaveDeTestigo.leer(ruta.with_name(LLAVE_PUBLICA).read_text(encoding="utf-8"))
    if not isinstance(privada, Ed25519PrivateKey) or _octetos(privada) != publica.publica:
        raise NotaInvalida(f"La llave {ruta} no es la que dice {LLAVE_PUBLICA}.")
    return publica, privada


def _crear(ruta: Path) -> None:
    """Hace la llave; la privada va cifrada y la lee solo el usuario del servicio."""
    privada = Ed25519PrivateKey.generate()
    nombre = f"llaqta.pe/testigo/{Entidad.actual().ubigeo or 'sin-ubigeo'}"
    mosaico.escribir_archivo(
        ruta.with_name(LLAVE_PUBLICA), f"{LlaveDeTestigo(nombre, _octetos(privada))}\n".encode()
    )
    cifrada = privada.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(_clave()))
    provisional = ruta.with_name(f".{ruta.name}.{os.getpid()}")
    descriptor = os.open(provisional, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as archivo:
        archivo.write(cifrada)
        archivo.flush()
        os.fsync(archivo.fileno())
    provisional.rename(ruta)
    mosaico.asegurar_carpeta(ruta.parent)


def _clave() -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"llaqta.auditoria.testigo", "sha256").hex().encode()


def _octetos(privada: Ed25519PrivateKey) -> bytes:
    return privada.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
