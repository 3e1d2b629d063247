"""Los puntos de control: «este registro tiene tantas hojas y esta raíz», firmado (C2SP signed-note y tlog-checkpoint).

La llave es Ed25519 y se hace una sola vez, en la carpeta del registro, cifrada con una clave que sale del secreto de la
instalación. Su nombre —el origen del registro— queda fijado entonces, aunque después cambie el ubigeo.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from llaqta.cimientos import archivos
from llaqta.salas.auditoria import llaves, mosaico

ED25519 = b"\x01"
LLAVE, LLAVE_PUBLICA, PUNTO = "llave.pem", "llave.pub", "checkpoint"


class NotaInvalida(Exception):
    """El texto no es una nota firmada de un registro, o su firma no es de la llave esperada."""


@dataclass(frozen=True)
class Nota:
    """Una nota leída: lo que firma y quién firma."""

    origen: str
    tamano: int
    raiz: bytes
    cuerpo: str
    firmas: tuple[tuple[str, bytes, bytes], ...]
    """Nombre de la llave, identificador de cuatro octetos y firma."""


@dataclass(frozen=True)
class LlavePublica:
    """La llave con que se comprueban los puntos de un registro."""

    nombre: str
    publica: bytes

    @property
    def identificador(self) -> bytes:
        """Los cuatro octetos con que la nota nombra a esta llave."""
        return hashlib.sha256(self.nombre.encode() + b"\n" + ED25519 + self.publica).digest()[:4]

    def __str__(self) -> str:
        return f"{self.nombre}+{self.identificador.hex()}+{_b64(ED25519 + self.publica)}"

    @classmethod
    def leer(cls, texto: str) -> LlavePublica:
        """Lee una llave en una línea (``vkey``).

        :raises NotaInvalida: si no lo es, o si su identificador no le corresponde
        """
        try:
            nombre, identificador, material = texto.strip().split("+", 2)
            octetos = base64.b64decode(material, validate=True)
        except ValueError as error:
            raise NotaInvalida("Eso no es la llave de un registro.") from error
        llave = cls(nombre, octetos[1:])
        if octetos[:1] != ED25519 or len(octetos) != 33 or llave.identificador.hex() != identificador:
            raise NotaInvalida("Eso no es la llave de un registro.")
        return llave

    def comprobar(self, nota: Nota) -> None:
        """Comprueba que la nota lleve la firma de esta llave.

        :raises NotaInvalida: si no la lleva o no es buena
        """
        for nombre, identificador, firma in nota.firmas:
            if (nombre, identificador) == (self.nombre, self.identificador):
                try:
                    Ed25519PublicKey.from_public_bytes(self.publica).verify(firma, nota.cuerpo.encode())
                except InvalidSignature as error:
                    raise NotaInvalida("La firma del punto de control no corresponde a su texto.") from error
                return
        raise NotaInvalida(f"El punto de control no está firmado por {self.nombre}.")


def leer_nota(texto: str) -> Nota:
    """Lee una nota firmada de un registro, sin comprobar sus firmas.

    :raises NotaInvalida: si no tiene la forma de C2SP
    """
    cuerpo, separador, resto = texto.partition("\n\n")
    cuerpo += "\n"
    try:
        origen, tamano, raiz = cuerpo.split("\n")[:3]
        if not separador or not tamano.isdecimal() or str(int(tamano)) != tamano:
            raise ValueError
        firmas = tuple(_leer_firma(linea) for linea in resto.splitlines())
        nota = Nota(origen, int(tamano), base64.b64decode(raiz, validate=True), cuerpo, firmas)
    except ValueError as error:
        raise NotaInvalida("Eso no es un punto de control: no tiene origen, tamaño, raíz y firma.") from error
    if not origen or len(nota.raiz) != 32 or not firmas:
        raise NotaInvalida("Eso no es un punto de control: no tiene origen, tamaño, raíz y firma.")
    return nota


def _leer_firma(linea: str) -> tuple[str, bytes, bytes]:
    raya, nombre, firma = linea.split(" ")
    octetos = base64.b64decode(firma, validate=True)
    if raya != "—" or len(octetos) <= 4:
        raise ValueError
    return nombre, octetos[:4], octetos[4:]


def cuerpo_de(origen: str, tamano: int, raiz: bytes) -> str:
    """El texto que se firma, con su salto final."""
    return f"{origen}\n{tamano}\n{_b64(raiz)}\n"


def firmar(tamano: int, raiz: bytes) -> str:
    """La nota firmada de un punto; firmar dos veces lo mismo da el mismo texto."""
    publica, privada = _privada()
    cuerpo = cuerpo_de(publica.nombre, tamano, raiz)
    return f"{cuerpo}\n— {publica.nombre} {_b64(publica.identificador + privada.sign(cuerpo.encode()))}\n"


def llave_publica() -> LlavePublica:
    """La llave pública de este registro.

    :raises FileNotFoundError: si el registro todavía no comenzó
    """
    return LlavePublica.leer((mosaico.carpeta() / LLAVE_PUBLICA).read_text(encoding="utf-8"))


def publicado() -> Nota | None:
    """El punto de control que está publicado en la carpeta, comprobado; ``None`` si no hay ninguno.

    :raises NotaInvalida: si lo que hay no es de este registro
    """
    try:
        nota = leer_nota((mosaico.carpeta() / PUNTO).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    llave_publica().comprobar(nota)
    return nota


def publicar(nota: str) -> None:
    """Deja la nota como punto de control publicado; si ya es esa, no toca el disco."""
    ruta = mosaico.carpeta() / PUNTO
    try:
        if ruta.read_text(encoding="utf-8") == nota:
            return
    except FileNotFoundError:
        pass
    archivos.escribir(ruta, nota.encode())


def _privada() -> tuple[LlavePublica, Ed25519PrivateKey]:
    try:
        return llaves.abrir(
            mosaico.carpeta() / LLAVE, uso="registro", nombrar=LlavePublica, leer=LlavePublica.leer
        )
    except llaves.NoEsLaSuya as error:
        raise NotaInvalida(str(error)) from error


def _b64(octetos: bytes) -> str:
    return base64.b64encode(octetos).decode()
