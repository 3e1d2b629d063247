"""Reglas puras de los documentos: cómo es un código de verificación digital. Los números están en ``numeros``."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

# Sin I, L, O ni U: no se confunden al copiarlas del papel. Cada una vale 5 bits; 16 son 80 bits.
ALFABETO_CVD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LARGO_CVD = 16
_AL_COPIAR = str.maketrans("OIL", "011", "- –")
ANIOS_DE_VENTANA = 2


@dataclass(frozen=True)
class Cvd:
    """Un código de verificación digital y la ventana en que se puede usar (Directiva 002-2021-PCM/SGTD)."""

    codigo: str
    desde: date
    hasta: date


def nuevo_cvd(hoy: date, *, anios: int = ANIOS_DE_VENTANA) -> Cvd:
    """Reserva un código al azar, imposible de adivinar (80 bits), para imprimirlo en el documento antes de guardarlo.

    :param hoy: el primer día de la ventana; termina el mismo día, ``anios`` después
    """
    signos = "".join(secrets.choice(ALFABETO_CVD) for _ in range(LARGO_CVD))
    codigo = "-".join(signos[lugar : lugar + 4] for lugar in range(0, LARGO_CVD, 4))
    return Cvd(codigo=codigo, desde=hoy, hasta=_mismo_dia(hoy, hoy.year + anios))


def normalizar_cvd(escrito: str) -> str:
    """Devuelve el código como se guarda, aunque llegue sin guiones, en minúscula o con O por cero.

    Si no puede ser un código, devuelve el texto vacío.
    """
    limpio = escrito.upper().translate(_AL_COPIAR)
    if len(limpio) != LARGO_CVD or not set(limpio) <= set(ALFABETO_CVD):
        return ""
    return "-".join(limpio[lugar : lugar + 4] for lugar in range(0, LARGO_CVD, 4))


def _mismo_dia(dia: date, anio: int) -> date:
    """El mismo día de otro año; el 29 de febrero pasa al 1 de marzo."""
    try:
        return dia.replace(year=anio)
    except ValueError:
        return date(anio, 3, 1)
