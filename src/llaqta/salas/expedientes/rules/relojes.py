"""El reloj de un expediente como funciones puras: qué plazo se pide contar, qué se explica y cuánto queda."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from llaqta.cimientos.calendario import LIMA, Calendario, contar_habiles, fecha_en_palabras
from llaqta.cimientos.web.piezas import Tono
from llaqta.salas.plazos.cuenta import DIAS_DE_SUSPENSION
from llaqta.salas.plazos.rules import NEGATIVO, POSITIVO, Cita, Pausa, Pedido

AUTOMATICA = "AUTOMATICA"
_UN_DIA = timedelta(days=1)
SILENCIOS = {"SILENCIO_POSITIVO": POSITIVO, "SILENCIO_NEGATIVO": NEGATIVO}
"""La calificación de un procedimiento, como la entiende el motor de plazos; lo demás no tiene silencio."""


SIN_MAS_RECURSOS = ("Se presentó el recurso de apelación", "Se presentó el recurso de revisión")
"""Los hechos desde los que corre un plazo después del cual ya no cabe otro recurso en la entidad (218.2)."""


class ConReloj(Protocol):
    """Lo que hace falta de un expediente para contar su plazo."""

    calificacion: str
    dias_plazo: int
    plazo_unidad: str
    dias_distancia: int


def get_pedido(
    expediente: ConReloj,
    desde: datetime,
    *,
    pausas: Sequence[Pausa] = (),
    politica: str = "DIA_COMPLETO",
    cierre: time = time(16, 30),
    dias_para_notificar: int,
    dias_para_acusar: int,
    suspension_maxima: int = DIAS_DE_SUSPENSION,
    hecho: str,
    citas: tuple[Cita, ...] = (),
) -> Pedido:
    """El plazo de un expediente tal como se le pide al motor.

    :param desde: el instante desde el que se cuenta: el envío, la corrección (131.1) o el recurso
    :param pausas: los lapsos que no se cuentan (125.5 y 136.4)
    :param suspension_maxima: lo más que el administrado puede suspender (136.4)
    """
    return Pedido(
        desde=desde,
        cantidad=expediente.dias_plazo,
        unidad=expediente.plazo_unidad,
        silencio=SILENCIOS.get(expediente.calificacion, ""),
        distancia=expediente.dias_distancia,
        pausas=tuple(pausas),
        politica=politica,
        cierre=cierre,
        dias_para_notificar=dias_para_notificar,
        dias_para_acusar=dias_para_acusar,
        suspension_maxima=suspension_maxima,
        hecho=hecho,
        tras_silencio="acudir al Poder Judicial" if hecho in SIN_MAS_RECURSOS else "apelar",
        citas=citas,
    )


def sin_encimarse(pausas: Sequence[Pausa], desde: date) -> tuple[Pausa, ...]:
    """Las pausas en orden, recortadas para que ninguna repita un día ni empiece antes de que corra el plazo.

    :param desde: el día del hecho que abre el plazo; se cuenta desde el siguiente
    """
    limpias: list[Pausa] = []
    libre = desde + _UN_DIA
    for pausa in sorted(pausas, key=lambda p: (p.desde, p.hasta)):
        if pausa.hasta >= libre:
            limpias.append(replace(pausa, desde=max(pausa.desde, libre)))
            libre = pausa.hasta + _UN_DIA
    return tuple(limpias)


def al_mediodia(dia: date) -> datetime:
    """Un instante cualquiera de ese día en Lima: la hora ya se consideró cuando se fijó la fecha."""
    return datetime.combine(dia, time(12), tzinfo=LIMA)


def explicar_automatica(
    inicio: date, *, completo: bool, documento_hasta: date | None = None
) -> dict[str, Any]:
    """La explicación de lo que no tiene plazo porque se aprueba al presentarse (art. 31).

    :param completo: ``False`` si falta un requisito: sin él no hay aprobación automática todavía
    :param documento_hasta: el último día para entregar el documento que haga falta para ejercer el derecho (31.2)
    """
    frase = (
        "Este trámite es de aprobación automática: quedó aprobado al presentarlo y el cargo es el título."
        if completo
        else "Este trámite es de aprobación automática: quedará aprobado cuando estén completos sus requisitos."
    )
    frases = [frase]
    if documento_hasta is not None:
        frases.append(
            "Si para ejercer su derecho necesita un documento, la municipalidad se lo entrega a más tardar el "
            f"{fecha_en_palabras(documento_hasta)}."
        )
    return {
        "norma": "Ley 27444",
        "articulos": "31.1, 31.2, 31.3" if documento_hasta else "31.1, 31.3",
        "documento_hasta": documento_hasta.isoformat() if documento_hasta else None,
        "desde": inicio.isoformat(),
        "plazo": 0,
        "unidad": "HABILES",
        "calendario": "",
        "vence_el": None,
        "frases": frases,
        "pasos": [],
    }


def documento_hasta(explicacion: Mapping[str, Any]) -> date | None:
    """El último día para entregar el documento de lo aprobado automáticamente (31.2); ``None`` si no corresponde."""
    escrito = explicacion.get("documento_hasta")
    return date.fromisoformat(escrito) if escrito else None


def cuanto_queda(hoy: date, vence: date, calendario: Calendario) -> tuple[str, Tono]:
    """Cuánto falta para un vencimiento, en palabras, y el tono con que se muestra."""
    if hoy > vence:
        pasados = contar_habiles(vence, hoy, calendario)
        return (f"Venció hace {_dias(pasados)}" if pasados else "Venció"), "alerta"
    if hoy == vence:
        return "Vence hoy", "alerta"
    quedan = contar_habiles(hoy, vence, calendario)
    return f"{'Queda' if quedan == 1 else 'Quedan'} {_dias(quedan)}", "espera" if quedan <= 3 else "curso"


def _dias(cuantos: int) -> str:
    return f"{cuantos} día hábil" if cuantos == 1 else f"{cuantos} días hábiles"
