"""Anclar el registro: cada hora, una autoridad de sellado de tiempo sella su último punto de control.

Si la autoridad no responde no se pone nada: el punto sigue sin sello y se vuelve a pedir en la vuelta siguiente.
Ninguna transacción queda abierta mientras se la espera.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime

from llaqta.salas.auditoria import anclas
from llaqta.salas.firma import tsa

registro = logging.getLogger(__name__)


def anclar(*, ahora: datetime) -> int:
    """Pide el sello de tiempo del último punto de control, si le toca, y lo deja puesto.

    :return: cuántas hojas tiene el punto sellado; 0 si no había nada que sellar, o no hay autoridad configurada
    :raises TsaNoResponde: si la autoridad no dio un sello que valga; se vuelve a pedir más tarde
    """
    if not tsa.hay_tsa():
        return 0
    punto = anclas.get_por_anclar(ahora=ahora)
    if punto is None:
        return 0
    sello = tsa.pedir_sello(hashlib.sha256(punto.cuerpo).digest(), ahora=ahora)
    if not anclas.anotar_ancla(tamano=punto.tamano, token=sello.der, anclado_en=sello.hora):
        return 0
    registro.info("El registro de %s hojas quedó sellado a las %s", punto.tamano, sello.hora)
    return punto.tamano
