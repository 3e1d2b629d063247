"""Cómo se lee el número de un expediente y su clave de seguimiento, aunque se escriban con prisa."""

from __future__ import annotations

import re

from llaqta.cimientos.numbering import check_digit

_NUMERO = re.compile(
    r"(?:EXP[-\s]*)?(?:(?P<anio>20\d\d)[-\s]+)?(?P<correlativo>\d{1,6})(?:-(?P<control>[\dX]))?",
    re.IGNORECASE,
)


def leer_numero(escrito: str, *, anio: int | None = None) -> str | None:
    """El número completo a partir de lo que alguien escribió; ``None`` si no es un número o su control no corresponde.

    :param anio: el que se supone si no lo escribió
    """
    hallado = _NUMERO.fullmatch(escrito.strip().upper().replace("–", "-").replace("—", "-"))
    if hallado is None or not (hallado["anio"] or anio):
        return None
    del_anio, correlativo = int(hallado["anio"] or anio or 0), int(hallado["correlativo"])
    control = check_digit(correlativo, del_anio)
    if hallado["control"] and hallado["control"] != control:
        return None
    return f"EXP-{del_anio}-{correlativo:06d}-{control}"


def normalizar_clave(clave: str) -> str:
    """La clave como se guardó: sin espacios ni guiones, y con los signos que se confunden puestos en su lugar."""
    solo = re.sub(r"[\s\-–—]", "", clave).upper()
    return solo.translate(str.maketrans("OIL", "011"))
