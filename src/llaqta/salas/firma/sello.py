"""El sello de la entidad: la llave con que la municipalidad, y no una persona, firma cargos y constancias.

Está en una ficha PKCS#11 (``LLAQTA_PKCS11``) o en ``DATOS/firma/sello.pem``: la llave cifrada, su certificado y su
cadena, en un solo archivo para que nunca se lea la mitad vieja con la mitad nueva. Se abre una vez por proceso.

El proceso que atiende páginas (``LLAQTA_PAPEL=web``) no abre ninguna: ni tiene la clave ni este módulo se lo permite.
Cuando un acto necesita el sello, se lo pide al llavero, que firma y nunca entrega la llave.
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
from django.conf import settings

from llaqta.cimientos.archivos import PRIVADO, escribir
from llaqta.cimientos.models import Entidad
from llaqta.salas.firma import llavero
from llaqta.salas.firma.ca import (
    DESDE,
    Autoridad,
    AutoridadPublica,
    Titular,
    abrir_autoridad,
    abrir_publica,
    cerrojo,
    cifrar_llave,
)
from llaqta.salas.firma.llaves import (
    Llave,
    LlaveDeSoftware,
    LlaveNoDisponible,
    LlavePrivada,
    abrir_ficha,
    abrir_llave,
    crear_llave,
)
from llaqta.salas.firma.secretos import clave_de_la_autoridad, clave_del_sello, derivar

VIGENCIA = timedelta(days=4 * 365)
SIN_RUC = "00000000000"
_turno = threading.Lock()


def carpeta() -> Path:
    """Dónde viven la autoridad de demostración, el sello y las anclas de confianza."""
    return Path(settings.DATOS) / "firma"


def check_papel() -> None:
    """Comprueba que este proceso puede abrir llaves.

    :raises LlaveNoDisponible: si atiende páginas
    """
    if settings.PAPEL == "web":
        raise LlaveNoDisponible("El proceso que atiende páginas no abre llaves: se las pide al llavero.")


def autoridad() -> Autoridad:
    """La autoridad de demostración de esta instalación, con sus llaves; la primera vez la crea.

    :raises LlaveNoDisponible: si fue creada con otro secreto de instalación, o este proceso atiende páginas
    """
    check_papel()
    return abrir_autoridad(carpeta=carpeta(), clave=clave_de_la_autoridad(), anterior=derivar("autoridad"))


def autoridad_publica() -> AutoridadPublica:
    """Sus certificados, que cualquiera puede leer. Si falta y este proceso puede, la crea.

    :raises LlaveNoDisponible: si todavía no existe y este proceso no la puede crear
    """
    if not (carpeta() / "emisora.pem").exists():
        autoridad()
    return abrir_publica(carpeta())


def raiz_de_demostracion() -> x509.Certificate | None:
    """La raíz de demostración, si existe."""
    return abrir_publica(carpeta()).raiz if (carpeta() / "emisora.pem").exists() else None


def get_sello(*, ahora: datetime) -> Llave:
    """La llave del sello, lista para firmar. Sin ficha ni certificado propio, crea uno de demostración.

    En el proceso que atiende páginas lo que se recibe es el llavero: firma, pero la llave está en otro proceso.

    :raises LlaveNoDisponible: si la ficha o la llave no abren, o el llavero no responde
    """
    if settings.PAPEL == "web":
        return llavero.get_llave(ruta_del_llavero())
    with _turno:
        if settings.FIRMA_PKCS11:
            return _de_la_ficha(
                os.getpid(), settings.FIRMA_PKCS11, settings.FIRMA_PKCS11_FICHA, settings.FIRMA_PKCS11_PIN
            )
        ruta = carpeta() / "sello.pem"
        if not ruta.exists():
            _crear_de_demostracion(ruta, ahora)
        llave = _abrir_archivo(ruta)
        # El de demostración se renueva si venció o si nació antes de que la entidad dijera su RUC.
        caduco = llave.certificado.not_valid_after_utc <= ahora or _marca(Entidad.actual()) not in str(
            llave.certificado.subject
        )
        if caduco and es_de_demostracion(llave.certificado):
            ruta.unlink()
            _crear_de_demostracion(ruta, ahora)
            llave = _abrir_archivo(ruta)
        return llave


def ruta_del_llavero() -> Path:
    """El zócalo por el que se pide el sello: ``LLAQTA_LLAVERO``, o uno dentro de los datos."""
    return Path(settings.LLAVERO) if settings.LLAVERO else Path(settings.DATOS) / "llavero.sock"


def _abrir_archivo(ruta: Path) -> LlaveDeSoftware:
    """Abre el sello; si todavía está cifrado con la clave de antes, lo vuelve a cifrar con la de ahora.

    :raises LlaveNoDisponible: si ninguna lo abre
    """
    clave, anterior = clave_del_sello(), derivar("sello")
    try:
        return _del_archivo(ruta, clave, ruta.stat().st_mtime_ns)
    except LlaveNoDisponible:
        if anterior == clave:
            raise
        llave = _del_archivo(ruta, anterior, ruta.stat().st_mtime_ns)
    guardar_sello(privada=llave.privada, certificados=(llave.certificado, *llave.cadena))
    return _del_archivo(ruta, clave, ruta.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _de_la_ficha(_proceso: int, modulo: str, ficha: str, pin: str) -> Llave:
    # Una sesión PKCS#11 no sobrevive a un fork: cada proceso abre la suya.
    return abrir_ficha(modulo=modulo, ficha=ficha, pin=pin)


@lru_cache(maxsize=2)
def _del_archivo(ruta: Path, clave: bytes, _version: int) -> LlaveDeSoftware:
    contenido = ruta.read_bytes()
    certificado, *cadena = x509.load_pem_x509_certificates(contenido)
    pkcs8 = contenido[: contenido.index(b"-----BEGIN CERTIFICATE")]
    return abrir_llave(certificado=certificado, cadena=cadena, pkcs8=pkcs8, clave=clave)


def es_de_demostracion(certificado: x509.Certificate) -> bool:
    """Dice si lo emitió la autoridad de demostración de esta instalación."""
    return autoridad_publica().emitio(certificado)


def _marca(entidad: Entidad) -> str:
    return f"FAU {entidad.ruc or SIN_RUC}"


def _crear_de_demostracion(ruta: Path, ahora: datetime) -> None:
    """Crea la llave del sello y su certificado ``FAU <RUC>``, SIN VALOR LEGAL, si otro proceso no lo hizo."""
    propia, entidad = autoridad(), Entidad.actual()
    with cerrojo(ruta.parent):
        if ruta.exists():
            return
        privada = crear_llave(settings.FIRMA_LLAVES)
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
    """Guarda la llave del sello, cifrada, y su certificado seguido de su cadena, en lugar de lo que hubiera.

    :raises LlaveNoDisponible: si este proceso atiende páginas
    """
    check_papel()
    ruta = carpeta() / "sello.pem"
    with cerrojo(ruta.parent):
        _escribir(ruta, privada, certificados)


def _escribir(ruta: Path, privada: LlavePrivada, certificados: Sequence[x509.Certificate]) -> None:
    publicos = b"".join(certificado.public_bytes(serialization.Encoding.PEM) for certificado in certificados)
    escribir(ruta, cifrar_llave(privada, clave_del_sello()) + publicos, PRIVADO)
