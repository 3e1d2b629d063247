"""Las reglas de una sesión de firma: por qué estados pasa, qué textos lleva y cómo se nombra lo que viaja."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass

PENDIENTE, ENTREGADA, DESCARGADA = "PENDIENTE", "ENTREGADA", "DESCARGADA"
ACEPTADA, RECHAZADA, CANCELADA, VENCIDA = "ACEPTADA", "RECHAZADA", "CANCELADA", "VENCIDA"
ABIERTAS = (PENDIENTE, ENTREGADA, DESCARGADA)

NIVELES = ("B", "T")
"""Lo que se pide al componente. Los niveles de archivo (LT, LTA) los añade el servidor, no el equipo de la persona."""

OCTETOS_DE_FICHA = 32
_NO_CABE_EN_UN_NOMBRE = re.compile(r"[^0-9A-Za-z._-]+")


@dataclass(frozen=True)
class Paso:
    """Una fila de la tabla: qué acto lleva de un estado a otro, y quién lo hace."""

    acto: str
    desde: str
    hacia: str
    quien: str


TRANSICIONES = (
    Paso("entregar", PENDIENTE, ENTREGADA, "el componente pide los argumentos"),
    Paso("descargar", ENTREGADA, DESCARGADA, "el componente descarga el documento"),
    Paso("aceptar", DESCARGADA, ACEPTADA, "el componente devuelve el documento firmado"),
    Paso("rechazar", DESCARGADA, RECHAZADA, "lo devuelto no es lo entregado más la firma esperada"),
    *(
        Paso("cancelar", estado, CANCELADA, "quien firma, o quien vuelve a pedir la firma")
        for estado in ABIERTAS
    ),
    *(Paso("vencer", estado, VENCIDA, "el reloj") for estado in ABIERTAS),
)
"""El camino de una sesión. Cada paso es «si sigue así, cámbialo»: dos peticiones a la vez no dan el mismo dos veces."""


def nueva_ficha() -> str:
    """Una ficha de 256 bits al azar, para una sola petición."""
    return secrets.token_urlsafe(OCTETOS_DE_FICHA)


def huella_de_ficha(ficha: str) -> str:
    """Lo que se guarda de una ficha: su SHA-256. Con la base de datos en la mano no se puede usar ninguna."""
    return hashlib.sha256(ficha.encode()).hexdigest()


def nombre_seguro(nombre: str, orden: int) -> str:
    """Un nombre de archivo que solo tiene letras, números, puntos y guiones; nunca una ruta.

    :param orden: el lugar del documento, que lo hace único en su sesión
    """
    llano = unicodedata.normalize("NFKD", nombre).encode("ascii", "ignore").decode()
    tallo = _NO_CABE_EN_UN_NOMBRE.sub("-", llano.removesuffix(".pdf")).strip("-.")
    return f"{orden:02d}-{tallo[:80].strip('-.') or 'documento'}.pdf"
