"""La aritmética legal de la mesa de partes: funciones puras sobre fechas y un calendario que se recibe.

- Hasta cuándo puede observar la entidad: en ventanilla, en el acto de recibir (125.1); por medios
  electrónicos, en los días de la regla OBSERVAR (125.6).
- Hasta cuándo puede subsanar la persona: los días de la regla SUBSANAR desde el requerimiento (125.1 y 125.6).
- Cuándo se deriva: el mismo día de su presentación (117.2 y 132.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from llaqta.cimientos.calendario import (
    LIMA,
    Calendario,
    Computo,
    Paso,
    contar_habiles,
    fecha_en_palabras,
    hoy_en_lima,
    primer_habil,
    sumar_habiles,
)

ART_OBSERVACION_UNICA = "Ley 27444, art. 126.2 (TUO, art. 137.2)"
ART_PLAZO_DE_LA_ENTIDAD = "Ley 27444, art. 125.6 (TUO, art. 136.6)"
ART_VENTANILLA = "Ley 27444, art. 125.1 (TUO, art. 136.1)"
ART_NO_SUBSANADO = "Ley 27444, art. 125.4 (TUO, art. 136.4)"
ART_NO_SE_MUEVE = "Ley 27444, art. 125.3 (TUO, art. 136.3)"
ART_DEBER_DE_RECIBIR = "Ley 27444, art. 124.1 (TUO, art. 135.1)"

Tono = Literal["neutro", "curso", "espera", "hecho", "alerta"]


@dataclass(frozen=True)
class Alarma:
    """Lo que le toca a la mesa con un escrito, dicho en palabras, con su tono y la fecha que manda."""

    palabras: str
    tono: Tono
    dia: date | None = None
    detalle: str = ""


def primer_dia_del_plazo(presentado_el: date, calendario: Calendario) -> date:
    """El primer día hábil que se cuenta: el siguiente al de la presentación (133.1)."""
    return sumar_habiles(presentado_el, 1, calendario).fecha


def plazo_para_observar(
    presentado_el: date, *, dias: int, en_ventanilla: bool, calendario: Calendario
) -> Computo:
    """El último día en que la mesa puede observar.

    :param dias: los de la regla OBSERVAR que rige el día de la presentación
    :param en_ventanilla: quien recibe en persona observa en el mismo acto (125.1): el plazo es ese día
    """
    if en_ventanilla:
        return Computo(
            presentado_el, (Paso(presentado_el, None, "en ventanilla se observa en el acto de recibir"),)
        )
    return sumar_habiles(presentado_el, dias, calendario)


def plazo_para_subsanar(requerido_en: datetime, calendario: Calendario, *, dias: int) -> Computo:
    """El último día en que la persona puede corregir: vale hasta las 23:59:59 (140.1).

    :param dias: los de la regla SUBSANAR que rige el día del requerimiento
    """
    return sumar_habiles(hoy_en_lima(requerido_en), dias, calendario)


def en_plazo(ahora: datetime, hasta: date) -> bool:
    """Verdadero hasta el último instante del día ``hasta`` en Lima."""
    return ahora.astimezone(LIMA).date() <= hasta


def explicar(computo: Computo) -> list[dict[str, object]]:
    """Los pasos de un cómputo, como se guardan y se enseñan: fecha en palabras, qué número de día es y por qué."""
    return [
        {
            "fecha": paso.fecha.isoformat(),
            "palabras": fecha_en_palabras(paso.fecha),
            "cuenta": paso.cuenta,
            "motivo": paso.motivo,
        }
        for paso in computo.pasos
    ]


def alarma_de_derivar(presentado_el: date, ahora: datetime, calendario: Calendario) -> Alarma:
    """Lo que entra se deriva el mismo día (117.2, 132.1); lo que llega en día inhábil, el primer día hábil."""
    hoy = hoy_en_lima(ahora)
    debido = primer_habil(presentado_el, calendario)
    if hoy < debido:
        return Alarma(f"Derivar el {fecha_en_palabras(debido)}", "neutro", debido)
    if hoy == debido:
        return Alarma("Derivar hoy", "espera", debido)
    atraso = contar_habiles(debido, hoy, calendario)
    dias = "1 día hábil" if atraso == 1 else f"{atraso} días hábiles"
    return Alarma("Debió derivarse" if not atraso else f"Atrasado {dias}", "alerta", debido)


def alarma_de_observar(hasta: date, ahora: datetime, calendario: Calendario) -> Alarma:
    """Cuánto le queda a la mesa para observar, si algo falta."""
    hoy = hoy_en_lima(ahora)
    if hoy > hasta:
        return Alarma("Ya no se puede observar", "neutro", hasta)
    if hoy == hasta:
        return Alarma("Observar: hasta hoy", "espera", hasta)
    quedan = contar_habiles(hoy, hasta, calendario)
    return Alarma(
        f"Observar: {'queda 1 día hábil' if quedan == 1 else f'quedan {quedan} días hábiles'}", "curso", hasta
    )


def alarma_de_subsanar(hasta: date, ahora: datetime, calendario: Calendario) -> Alarma:
    """Cuánto le queda a la persona para corregir lo observado."""
    hoy = hoy_en_lima(ahora)
    if hoy > hasta:
        return Alarma(f"Venció el {fecha_en_palabras(hasta)}", "alerta", hasta)
    if hoy == hasta:
        return Alarma("Vence hoy a las 23:59", "alerta", hasta)
    quedan = contar_habiles(hoy, hasta, calendario)
    return Alarma("Queda 1 día hábil" if quedan == 1 else f"Quedan {quedan} días hábiles", "espera", hasta)
