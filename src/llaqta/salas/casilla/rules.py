"""Desde cuándo surte efecto lo depositado en la casilla: aritmética pura, con su explicación.

Dos reglas conviven (Ley 27444, art. 20.4 y 25.2: el día en que consta recibido; Ley 31736: acuse o cinco días hábiles).
Cuál rige y cuántos días son se leen de ``ParametroDeCasilla`` y quedan congelados en cada notificación.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from llaqta.cimientos.calendario import Calendario, fecha_en_palabras, primer_habil, sumar_habiles

LEY31736_5DIAS: Final = "LEY31736_5DIAS"
DEPOSITO: Final = "DEPOSITO"
ACUSE: Final = "ACUSE"


@dataclass(frozen=True)
class Efecto:
    """La fecha en que una notificación surte efecto (``None``: todavía no se sabe) y las frases que la explican."""

    fecha: date | None
    explicacion: tuple[str, ...]


def fecha_legal_del_deposito(dia: date, calendario: Calendario, *, inhabil_pasa_al_habil: bool) -> date:
    """El día que vale como depósito: lo depositado en día inhábil se cuenta desde el primer día hábil siguiente."""
    return primer_habil(dia, calendario) if inhabil_pasa_al_habil else dia


def calcular_efecto(
    *, deposito: date, acuse: date | None, regla: str, dias: int, calendario: Calendario
) -> Efecto:
    """Calcula cuándo surte efecto una notificación.

    :param deposito: la fecha legal del depósito
    :param acuse: el día (en Lima) en que se abrió el documento; ``None`` si nadie lo abrió
    :param dias: días hábiles que la regla da para acusar recibo
    :raises ValueError: si la regla no existe
    """
    llego = f"Se depositó el {fecha_en_palabras(deposito)}."
    if regla == DEPOSITO:
        return Efecto(
            deposito, (llego, "Surte efecto el día en que consta recibida (Ley 27444, arts. 20.4 y 25.2).")
        )
    if regla == ACUSE:
        if acuse is None:
            return Efecto(None, (llego, "Surtirá efecto cuando se acuse recibo."))
        efecto = primer_habil(acuse, calendario)
        return Efecto(efecto, (llego, *_por_el_acuse(acuse, efecto)))
    if regla != LEY31736_5DIAS:
        raise ValueError(f"No conocemos la regla de efecto «{regla}».")
    ultimo = sumar_habiles(deposito, dias, calendario)
    sin_acuse = sumar_habiles(deposito, dias + 1, calendario)
    saltados = tuple(
        f"No se cuenta el {fecha_en_palabras(paso.fecha)}: {paso.motivo}."
        for paso in sin_acuse.pasos
        if paso.cuenta is None and paso.motivo not in {"sábado", "domingo"}
    )
    if acuse is not None and acuse <= ultimo.fecha:
        efecto = primer_habil(max(acuse, deposito), calendario)
        return Efecto(efecto, (llego, *_por_el_acuse(acuse, efecto)))
    return Efecto(
        sin_acuse.fecha,
        (
            llego,
            f"Había {dias} días hábiles para acusar recibo: hasta el {fecha_en_palabras(ultimo.fecha)}.",
            *saltados,
            f"Sin acuse en ese plazo, surte efecto el primer día hábil siguiente: el "
            f"{fecha_en_palabras(sin_acuse.fecha)} (Ley 31736).",
        ),
    )


def _por_el_acuse(acuse: date, efecto: date) -> tuple[str, ...]:
    frase = f"Se abrió el {fecha_en_palabras(acuse)}: ese acuse la hace efectiva"
    if efecto == acuse:
        return (f"{frase} ese mismo día (Ley 31736).",)
    return (f"{frase} el primer día hábil, {fecha_en_palabras(efecto)} (Ley 31736).",)
