"""Las claves con que se guardan las llaves: todas salen del secreto de la instalación, cada una para una sola cosa."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

from llaqta.cimientos import secretos

# scrypt con 16 MB y unos 40 ms: probar el millón de PIN de seis cifras costaría medio día por llave, y solo a quien
# además tenga el secreto de la instalación.
COSTE, BLOQUE, PARALELO = 2**14, 8, 1


def derivar(proposito: str) -> bytes:
    """Devuelve la clave de la instalación para un propósito de esta sala."""
    return secretos.derivar(f"llaqta.firma.{proposito}")


def clave_del_sello() -> bytes:
    """La clave que abre la llave de software del sello: la del ajuste, o la derivada."""
    return str(settings.FIRMA_CLAVE_DEL_SELLO).encode() or derivar("sello")


def clave_de_la_autoridad() -> bytes:
    """La clave que abre la autoridad de demostración: sale de la del sello si está puesta aparte, o del secreto."""
    if propia := str(settings.FIRMA_CLAVE_DEL_SELLO).encode():
        return hmac.new(propia, b"llaqta.firma.autoridad", "sha256").hexdigest().encode()
    return derivar("autoridad")


def clave_de_pin(pin: str, numero_de_serie: str) -> bytes:
    """La clave que abre la llave de una persona: hace falta su PIN y también el secreto de la instalación.

    Así, una copia de la base de datos no basta para probar PIN hasta acertar.
    """
    lenta = hashlib.scrypt(
        pin.encode(), salt=numero_de_serie.encode(), n=COSTE, r=BLOQUE, p=PARALELO, dklen=32
    )
    return secretos.derivar(b"llaqta.firma.pin" + lenta)
