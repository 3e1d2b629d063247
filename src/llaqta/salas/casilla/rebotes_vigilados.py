"""Que alguien atienda los avisos devueltos: quien escucha dice cada minuto que está, y si calla, es una alarma."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import caches

from llaqta.cimientos import alarmas

ALARMA = alarmas.declarar("casilla.rebotes")
CADA = 60
"""Segundos entre un latido y otro de quien atiende."""
SILENCIO = 300
VUELTAS_SIN_LATIDO = 3
"""Al encender la casa el conciliador puede mirar antes de que alguien escuche: se espera a la tercera."""
_LATIDO, _CALLADO = "casilla.rebotes.latido", "casilla.rebotes.callado"


def latir() -> None:
    """Quien atiende los rebotes sigue ahí."""
    caches["default"].set(_LATIDO, True, SILENCIO)


def se_atienden() -> bool | None:
    """Verdadero si alguien atiende los rebotes; ``None`` si no se pidió reconocerlos (sin ``LLAQTA_REBOTES``)."""
    return caches["default"].get(_LATIDO) is not None if settings.REBOTES else None


def vigilar() -> None:
    """Pone la alarma si se piden los rebotes y nadie los atiende, y la quita cuando alguien vuelve."""
    if se_atienden() is not False:
        caches["default"].delete(_CALLADO)
        alarmas.quitar(ALARMA)
        return
    vueltas = int(caches["default"].get(_CALLADO, 0)) + 1
    caches["default"].set(_CALLADO, vueltas, 2 * SILENCIO)
    if vueltas >= VUELTAS_SIN_LATIDO:
        frase = "Nadie atiende los avisos devueltos: un aviso que rebote no se sabrá."
        alarmas.poner(ALARMA, frase, "casilla_conciliacion", segundos=2 * SILENCIO)
