"""Desde cuándo surte efecto cada modalidad y hasta cuándo se puede: aritmética pura, el calendario se recibe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from llaqta.cimientos.calendario import Calendario, fecha_en_palabras, primer_habil
from llaqta.salas.plazos.rules import HABILES, vencer


@dataclass(frozen=True)
class Efecto:
    """La fecha desde la que vale una notificación y las frases que lo explican."""

    fecha: date
    explicacion: tuple[str, ...]


def limite_para_notificar(emitido_el: date, dias: int, calendario: Calendario) -> date:
    """El último día para notificar un acto, contado desde el siguiente a su emisión (art. 24.1)."""
    return vencer(emitido_el, dias, HABILES, calendario).fecha


def ultimo_dia_para_acusar(enviado_el: date, dias: int, calendario: Calendario) -> date:
    """El último día en que confirmar el correo vale, contado desde el siguiente al envío (art. 20.4)."""
    return vencer(enviado_el, dias, HABILES, calendario).fecha


def dia_siguiente_habil(dia: date, calendario: Calendario) -> date:
    """El primer día hábil después de ``dia``."""
    return vencer(dia, 1, HABILES, calendario).fecha


def efecto_de_cedula(entregada_el: date, como: str, calendario: Calendario) -> Efecto:
    """La personal surte efecto el día en que se hizo; la hecha en día inhábil, el primer hábil (arts. 18 y 25.1).

    :param como: lo que pasó, en pasado: «La recibió Rosa Quispe»
    """
    return _desde(f"{como} el {fecha_en_palabras(entregada_el)}.", entregada_el, "25.1", calendario)


def efecto_de_correo(acuse_el: date, calendario: Calendario) -> Efecto:
    """El correo surte efecto el día en que consta haberse recibido (arts. 20.4 y 25.2)."""
    return _desde(
        f"Confirmó que la recibió el {fecha_en_palabras(acuse_el)}.", acuse_el, "20.4 y 25.2", calendario
    )


def efecto_de_publicacion(diario_el: date, portal_el: date, calendario: Calendario) -> Efecto:
    """La publicación surte efecto el día de la última: la del diario o la del portal (arts. 20.1.3 y 25.3)."""
    return _desde(
        f"Se publicó en el diario el {fecha_en_palabras(diario_el)} y en el portal el {fecha_en_palabras(portal_el)}.",
        max(diario_el, portal_el),
        "25.3",
        calendario,
    )


def efecto_de_convalidacion(hecho: str, dia: date) -> Efecto:
    """Una notificación defectuosa vale desde que la persona actuó conociendo el acto (art. 27.2).

    :param hecho: qué hizo, en pasado: «presentó recurso de apelación»
    """
    return Efecto(
        dia,
        (
            f"La persona {hecho} el {fecha_en_palabras(dia)}: conocía el acto, y desde ese día se la tiene por bien "
            "notificada (Ley 27444, art. 27.2).",
        ),
    )


def _desde(llego: str, dia: date, articulo: str, calendario: Calendario) -> Efecto:
    fecha = primer_habil(dia, calendario)
    if fecha == dia:
        return Efecto(fecha, (llego, f"Surte efecto ese mismo día (Ley 27444, art. {articulo})."))
    return Efecto(
        fecha,
        (
            llego,
            f"Ese día no es hábil ({calendario.motivo(dia)}): surte efecto el primer día hábil, "
            f"{fecha_en_palabras(fecha)} (Ley 27444, arts. 18 y {articulo}).",
        ),
    )
