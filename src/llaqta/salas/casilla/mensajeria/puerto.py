"""El puerto: lo que la casilla pide a quien envía mensajes de texto, y lo que este contesta."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Despacho:
    """Qué pasó al entregar un mensaje: si lo aceptaron, con qué identificador, y qué dijeron.

    ``entregado`` es que el proveedor (o la red) se hizo cargo; ``llego``, que además informó que el teléfono lo tiene.
    ``definitivo`` dice que insistir no sirve: el número no existe o no admite mensajes.
    """

    entregado: bool
    identificador: str
    detalle: str
    llego: bool = False
    definitivo: bool = False


class MensajeriaSms(Protocol):
    """Quien sabe enviar un mensaje de texto."""

    def enviar(self, *, numero: str, texto: str, llave: str) -> Despacho:
        """Envía ``texto`` a ``numero`` (``+51987654321``); nunca lanza por una falla del envío: la cuenta.

        :param llave: el uuid del intento; el proveedor que lo entiende no envía dos veces el mismo
        """
        ...
