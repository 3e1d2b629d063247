"""El sello de la entidad: la llave con que la municipalidad, y no una persona, firma cargos y constancias.

Está en una ficha PKCS#11 (``LLAQTA_PKCS11``) o en ``DATOS/firma/sello.pem``: la llave cifrada, su certificado y su
cadena, en un solo archivo para que nunca se lea la mitad vieja con la mitad nueva. Se abre una vez por proceso.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

from llaqta.cimientos.models import Entidad
from llaqta.salas.firma.ca import DESDE, Autoridad, Titular, abrir_autoridad, cerrojo, cifrar_llave, escribir
from llaqta.salas.firma.llaves import Llave, LlavePrivada, abrir_ficha, abrir_llave
from llaqta.salas.firma.secretos import clave_del_sello, derivar

VIGENCIA = timedelta(days=4 * 365)
SIN_RUC = "00000000000"
_turno = threading.Lock()


def carpeta() -> Path:
    """Dónde viven la autoridad de demostración, el sello y las anclas de confianza."""
    return Path(settings.DATOS) / "firma"


def autoridad() -> Autoridad:
    """La autoridad de demostración de esta instalación; la primera vez la crea.

    :raises LlaveNoDisponible: si fue creada con otro secreto de instalación
    """
    return abrir_autoridad(carpeta=carpeta(), clave=derivar("autoridad"))


def get_sello(*, ahora: datetime) -> Llave:
    """La llave del sello, ya abierta. Sin ficha ni certificado propio, crea uno de demostración.

    :raises LlaveNoDisponible: si la ficha o la llave no abren
    """
    with _turno:
        if settings.FIRMA_PKCS11:
            return _de_la_ficha(
                os.getpid(), settings.FIRMA_PKCS11, settings.FIRMA_PKCS11_FICHA, settings.FIRMA_PKCS11_PIN
            )
        ruta = carpeta() / "sello.pem"
        if not ruta.exists():
            _crear_de_demostracion(ruta, ahora)
        llave = _del_archivo(ruta, clave_del_sello(), ruta.stat().st_mtime_ns)
        # El de demostración se renueva si venció o si nació antes de que la entidad dijera su RUC.
        caduco = llave.certificado.not_valid_after_utc <= ahora or _marca(Entidad.actual()) not in str(
            llave.certificado.subject
        )
        if caduco and es_de_demostracion(llave.certificado):
            ruta.unlink()
            _crear_de_demostracion(ruta, ahora)
            llave = _del_archivo(ruta, clave_del_sello(), ruta.stat().st_mtime_ns)
        return llave


@lru_cache(maxsize=2)
def _de_la_ficha(_proceso: int, modulo: str, ficha: str, pin: str) -> Llave:
    # Una sesión PKCS#11 no sobrevive a un fork: cada proceso abre la suya.
    return abrir_ficha(modulo=modulo, ficha=ficha, pin=pin)


@lru_cache(maxsize=2)
def _del_archivo(ruta: Path, clave: bytes, _version: int) -> Llave:
    contenido = ruta.read_bytes()
    certificado, *cadena = x509.load_pem_x509_certificates(contenido)
    pkcs8 = contenido[: contenido.index(b"-----BEGIN CERTIFICATE")]
    return abrir_llave(certificado=certificado, cadena=cadena, pkcs8=pkcs8, clave=clave)


def es_de_demostracion(certificado: x509.Certificate) -> bool:
    """Dice si lo emitió la autoridad de demostración de esta instalación."""
    return autoridad().emitio(certificado)


def _marca(entidad: Entidad) -> str:
    return f"FAU {entidad.ruc or SIN_RUC}"


def _crear_de_demostracion(ruta: Path, ahora: datetime) -> None:
    """Crea la llave del sello y su certificado ``FAU <RUC>``, SIN VALOR LEGAL, si otro proceso no lo hizo."""
    propia, entidad = autoridad(), Entidad.actual()
    with cerrojo(ruta.parent):
        if ruta.exists():
            return
        privada = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        titular = Titular(
            nombre=entidad.nombre.upper(),
            marca=_marca(entidad),
            ruc=entidad.ruc,
            organizacion=entidad.nombre,
        )
        # Vale desde antes de existir: la demostración cuenta una historia que empezó antes que la instalación.
        certificado = propia.emitir(
            titular=titular, publica=privada.public_key(), desde=DESDE, hasta=ahora + VIGENCIA
        )
        _escribir(ruta, privada, (certificado, propia.emisora.certificado))


def guardar_sello(*, privada: LlavePrivada, certificados: Sequence[x509.Certificate]) -> None:
    """Guarda la llave del sello, cifrada, y su certificado seguido de su cadena, en lugar de lo que hubiera."""
    ruta = carpeta() / "sello.pem"
    with cerrojo(ruta.parent):
        _escribir(ruta, privada, certificados)


def _escribir(ruta: Path, privada: LlavePrivada, certificados: Sequence[x509.Certificate]) -> None:
    publicos = b"".join(certificado.public_bytes(serialization.Encoding.PEM) for certificado in certificados)
    escribir(ruta, cifrar_llave(privada, clave_del_sello()) + publicos)
