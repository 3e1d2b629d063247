"""Desde cuándo surte efecto lo depositado en una casilla: aritmética pura, con su explicación.

Dos reglas conviven (Ley 27444, art. 20.4 y 25.2: el día en que consta recibido; Ley 31736: acuse o cinco días hábiles).
Cuál rige y cuántos días son lo dicen las reglas ``EFECTO_CASILLA`` y ``CASILLA_ACUSE``; cada notificación las congela.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from llaqta.cimientos.calendario import (
    LIMA,
    Calendario,
    Paso,
    fecha_en_palabras,
    primer_habil,
    sumar_habiles,
)
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.salas.plazos.cuenta import check_fecha
from llaqta.salas.plazos.explicacion import instante_en_palabras, pasos_en_json

LEY31736_5DIAS: Final = "LEY31736_5DIAS"
DEPOSITO: Final = "DEPOSITO"
ACUSE: Final = "ACUSE"
REGLAS_DE_EFECTO: Final = (LEY31736_5DIAS, DEPOSITO, ACUSE)


@dataclass(frozen=True)
class Efecto:
    """La fecha en que una notificación surte efecto (``None``: todavía no se sabe), por qué, y los días mirados."""

    fecha: date | None
    explicacion: tuple[str, ...]
    pasos: tuple[Paso, ...] = ()


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
            deposito,
            (llego, "Surte efecto el día en que consta recibida (Ley 27444, arts. 20.4 y 25.2)."),
            (Paso(deposito, None, "día del depósito: surte efecto"),),
        )
    if regla == ACUSE:
        if acuse is None:
            return Efecto(None, (llego, "Surtirá efecto cuando se acuse recibo."))
        return _por_el_acuse(llego, acuse, deposito, calendario)
    if regla != LEY31736_5DIAS:
        raise ValueError(f"No conocemos la regla de efecto «{regla}».")
    ultimo = sumar_habiles(deposito, dias, calendario)
    if acuse is not None and acuse <= ultimo.fecha:
        return _por_el_acuse(llego, acuse, deposito, calendario, ultimo.pasos)
    return _sin_acuse(llego, deposito, dias, ultimo.fecha, calendario)


def computar_efecto(
    *,
    deposito: datetime,
    acuse: datetime | None,
    regla: str,
    dias: int,
    inhabil_pasa_al_habil: bool,
    calendario: Calendario,
) -> Efecto:
    """Lo mismo desde los instantes del depósito y del acuse, comprobados; sin zona se entienden en Lima.

    :raises EntradaInvalida: si una fecha no sirve, el acuse es anterior al depósito o la regla no existe
    """
    dejado, abierto = _en_lima(deposito), _en_lima(acuse) if acuse else None
    check_fecha(dejado.date(), "deposito")
    if regla not in REGLAS_DE_EFECTO:
        raise EntradaInvalida(
            f"La regla de efecto es {', '.join(REGLAS_DE_EFECTO[:-1])} o {ACUSE}; usted escribió «{regla}».",
            campo="regla",
        )
    if abierto is not None:
        check_fecha(abierto.date(), "acuse")
        if abierto < dejado:
            raise EntradaInvalida(
                f"El acuse ({instante_en_palabras(abierto)}) no puede ser anterior al depósito "
                f"({instante_en_palabras(dejado)}).",
                campo="acuse",
            )
    legal = fecha_legal_del_deposito(dejado.date(), calendario, inhabil_pasa_al_habil=inhabil_pasa_al_habil)
    efecto = calcular_efecto(
        deposito=legal,
        acuse=abierto.date() if abierto else None,
        regla=regla,
        dias=dias,
        calendario=calendario,
    )
    if efecto.fecha is not None:
        check_fecha(efecto.fecha, "deposito")
    if legal == dejado.date():
        return efecto
    llego = (
        f"Se depositó el {fecha_en_palabras(dejado.date())}, que no es hábil: vale desde el "
        f"{fecha_en_palabras(legal)}."
    )
    return replace(efecto, explicacion=(llego, *efecto.explicacion[1:]))


def efecto_en_json(efecto: Efecto) -> dict[str, Any]:
    """Con las llaves de ``./llaqta plazo efecto --json``; ``efecto`` es nulo si todavía no se sabe."""
    return {
        "efecto": efecto.fecha.isoformat() if efecto.fecha else None,
        "pasos": pasos_en_json(efecto.pasos),
    }


def _sin_acuse(llego: str, deposito: date, dias: int, ultimo: date, calendario: Calendario) -> Efecto:
    contado = sumar_habiles(deposito, dias + 1, calendario)
    saltados = tuple(
        f"No se cuenta el {fecha_en_palabras(paso.fecha)}: {paso.motivo}."
        for paso in contado.pasos
        if paso.cuenta is None and paso.motivo not in {"sábado", "domingo"}
    )
    pasos = (*contado.pasos[:-1], Paso(contado.fecha, dias + 1, "primer día hábil siguiente: surte efecto"))
    return Efecto(
        contado.fecha,
        (
            llego,
            f"Había {dias} días hábiles para acusar recibo: hasta el {fecha_en_palabras(ultimo)}.",
            *saltados,
            f"Sin acuse en ese plazo, surte efecto el primer día hábil siguiente: el "
            f"{fecha_en_palabras(contado.fecha)} (Ley 31736).",
        ),
        pasos,
    )


def _por_el_acuse(
    llego: str, acuse: date, deposito: date, calendario: Calendario, contados: tuple[Paso, ...] = ()
) -> Efecto:
    """El acuse la hace efectiva ese día; en día inhábil, o antes de la fecha legal del depósito, el hábil que sigue.

    :param contados: los días del plazo para acusar, si la regla da uno
    """
    efecto = primer_habil(max(acuse, deposito), calendario)
    frase = f"Se abrió el {fecha_en_palabras(acuse)}: ese acuse la hace efectiva"
    cuando = "ese mismo día" if efecto == acuse else f"el primer día hábil, {fecha_en_palabras(efecto)}"
    del_acuse = "se abrió" if efecto == acuse else "primer día hábil desde que se abrió"
    pasos = {paso.fecha: paso for paso in contados if paso.fecha < efecto}
    cuenta = next((paso.cuenta for paso in contados if paso.fecha == efecto), None)
    return Efecto(
        efecto,
        (llego, f"{frase} {cuando} (Ley 31736)."),
        (*pasos.values(), Paso(efecto, cuenta, f"{del_acuse}: surte efecto")),
    )


def _en_lima(instante: datetime) -> datetime:
    return instante.replace(tzinfo=LIMA) if instante.tzinfo is None else instante.astimezone(LIMA)
