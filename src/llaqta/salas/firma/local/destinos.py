"""Quién espera cada firma: la sala de arriba que la pidió se anota aquí, y la llamamos en la misma transacción.

Aceptar la firma y que surta su efecto (numerar, emitir, incorporar) es un solo acto: si la sala ya no puede recibirla
—el expediente pasó a otra unidad, el texto cambió—, la firma se rechaza con su frase y no queda nada a medias.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from llaqta.salas.firma.local.modelos import SesionDeFirma


@dataclass(frozen=True)
class Firmado:
    """Un documento de la sesión, ya firmado y aceptado; ``base`` es la huella de lo que se entregó para firmar."""

    etiqueta: str
    pdf: bytes
    huella: str
    titular: str
    nivel: str
    de_demostracion: bool
    base: str


class Destino(Protocol):
    """Recibe lo firmado, dentro de la transacción que lo acepta; puede negarse con una ``Negativa``.

    De una sesión con varios documentos se la llama una vez por cada uno: negarse a uno no deshace los otros.
    """

    def __call__(self, *, sesion: SesionDeFirma, firmados: Sequence[Firmado], ahora: datetime) -> None:
        """Da efecto a la firma."""
        ...


DESTINOS: dict[str, Destino] = {}


def recibe_firmas(nombre: str) -> Callable[[Destino], Destino]:
    """Declara que una función recibe las firmas pedidas para ``nombre`` (por ejemplo ``expedientes.Proyecto``)."""

    def anotar(funcion: Destino) -> Destino:
        DESTINOS[nombre] = funcion
        return funcion

    return anotar
