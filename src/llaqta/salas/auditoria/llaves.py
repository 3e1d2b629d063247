"""Las dos llaves Ed25519 del registro —la de sus puntos y la de testigo— en sus archivos.

La privada va cifrada con una clave que sale del secreto de la instalación; la pública, en una línea (``vkey``) a su
lado. La pública se escribe primero: un corte entre las dos deja rehacer ambas.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Protocol, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from llaqta.cimientos import archivos, secretos
from llaqta.cimientos.models import Entidad


class NoEsLaSuya(Exception):
    """La llave privada guardada no es la que dice su línea pública."""


class Publica(Protocol):
    """Una llave pública con nombre, que se escribe en una línea."""

    @property
    def publica(self) -> bytes:
        """Sus 32 octetos."""
        ...


P = TypeVar("P", bound=Publica)


def abrir(
    ruta: Path, *, uso: str, nombrar: Callable[[str, bytes], P], leer: Callable[[str], P]
) -> tuple[P, Ed25519PrivateKey]:
    """Abre la llave guardada en ``ruta``; si todavía no hay, la hace.

    :param uso: ``registro`` o ``testigo``: da nombre a la llave y a la clave que la cifra
    :param nombrar: hace la pública con su nombre y sus octetos
    :param leer: la lee de su línea
    :raises NoEsLaSuya: si la privada y la pública no son pareja
    """
    linea = ruta.with_suffix(".pub")
    clave = secretos.derivar(f"llaqta.auditoria.{uso}")
    if not ruta.exists():
        nueva = Ed25519PrivateKey.generate()
        nombre = f"llaqta.pe/{uso}/{Entidad.actual().ubigeo or 'sin-ubigeo'}"
        ruta.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        archivos.escribir(linea, f"{nombrar(nombre, _octetos(nueva))}\n".encode())
        cifrada = nueva.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(clave))
        archivos.escribir(ruta, cifrada, archivos.PRIVADO)
    privada = _descifrar(ruta, ruta.stat().st_mtime_ns, clave)
    publica = leer(linea.read_text(encoding="utf-8"))
    if not isinstance(privada, Ed25519PrivateKey) or _octetos(privada) != publica.publica:
        raise NoEsLaSuya(f"La llave {ruta} no es la que dice {linea.name}.")
    return publica, privada


@lru_cache(maxsize=4)
def _descifrar(ruta: Path, _hecha_en: int, clave: bytes) -> PrivateKeyTypes:
    # La fecha del archivo es parte de la llave de esta memoria: si otro proceso lo cambia, se vuelve a leer.
    return load_pem_private_key(ruta.read_bytes(), clave)


def _octetos(privada: Ed25519PrivateKey) -> bytes:
    return privada.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
