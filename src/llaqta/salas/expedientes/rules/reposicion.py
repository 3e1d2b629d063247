"""Cuánto plazo le queda a la entidad cuando el procedimiento vuelve al momento del vicio. Sin base de datos ni hora."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

_SE_CUENTAN_POR_DIA = ("HABILES", "CALENDARIO")


def dias_que_quedan(explicacion: Mapping[str, Any], *, plazo: int, unidad: str, vicio_el: date) -> int:
    """Los días del plazo que aún no se habían usado el día del vicio; nunca menos de uno.

    Lo actuado antes del vicio vale, y con ello los días que llevó: se cuentan en la explicación que entonces se guardó.
    Un plazo en meses, o sin explicación, se da otra vez entero.

    :param explicacion: la del plazo que corría cuando se produjo el vicio
    """
    if unidad not in _SE_CUENTAN_POR_DIA:
        return plazo
    usados = [
        paso["cuenta"]
        for paso in explicacion.get("pasos", ())
        if paso["cuenta"] and date.fromisoformat(paso["fecha"]) <= vicio_el
    ]
    return max(plazo - max(usados, default=0), 1)
