"""Desde cuándo surte efecto lo depositado en la casilla: la aritmética es de los plazos; aquí se la nombra."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from llaqta.cimientos.calendario import Calendario, fecha_en_palabras
from llaqta.salas.plazos.rules import (
    ACUSE,
    DEPOSITO,
    LEY31736_5DIAS,
    Efecto,
    calcular_efecto,
    fecha_legal_del_deposito,
)

__all__ = [
    "ACUSE",
    "DEPOSITO",
    "LEY31736_5DIAS",
    "Efecto",
    "calcular_desde",
    "calcular_efecto",
    "explicar_convalidacion",
    "fecha_legal_del_deposito",
]


def calcular_desde(
    *, deposito: date, desde: date, acuse: date | None, regla: str, dias: int, calendario: Calendario
) -> Efecto:
    """``calcular_efecto`` cuando los días para acusar no corren desde el depósito sino desde el aviso, otro día.

    Abrirla la hace efectiva ese día, como siempre; lo que se mueve es el plazo que corre si nadie la abre.

    :param desde: el día en que se aceptó el aviso, o el mismo ``deposito``
    """
    if acuse is not None:
        desde = min(desde, max(acuse, deposito))
    if desde <= deposito or regla != LEY31736_5DIAS:
        return calcular_efecto(deposito=deposito, acuse=acuse, regla=regla, dias=dias, calendario=calendario)
    efecto = calcular_efecto(deposito=desde, acuse=acuse, regla=regla, dias=dias, calendario=calendario)
    corre = (
        f"El aviso se aceptó después y vale desde el {fecha_en_palabras(desde)}: es parte de la notificación, y los "
        "días para acusar recibo corren desde entonces (DS 098-2025-PCM, art. 55; regla CASILLA_PLAZO_DESDE)."
    )
    return replace(
        efecto,
        explicacion=(
            f"Se depositó el {fecha_en_palabras(deposito)}.",
            *([corre] if acuse is None else []),
            *efecto.explicacion[1:],
        ),
    )


def explicar_convalidacion(hecho: str, dia: date) -> str:
    """Por qué una notificación defectuosa vale desde que la persona actuó (art. 27.2)."""
    return (
        f"La persona {hecho} el {fecha_en_palabras(dia)}: conocía el acto, y desde ese día se la tiene por bien "
        "notificada (Ley 27444, art. 27.2)."
    )
