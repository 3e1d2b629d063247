"""El plazo contado a quien espera una respuesta: hasta cuándo tiene su municipalidad, y qué pasa si no contesta.

Aquí nunca se dice «denegado»: el silencio negativo abre una puerta, no cierra el trámite (188.3 a 188.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from llaqta.cimientos.calendario import fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.web.piezas import Tono
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import rules
from llaqta.salas.expedientes.models import SIN_RELOJ, Estado, Expediente
from llaqta.salas.expedientes.queries.palabras import get_requerimiento
from llaqta.salas.expedientes.queries.reloj import POR_COMUNICAR
from llaqta.salas.expedientes.urgencia import DECIDIENDO
from llaqta.salas.plazos.rules import POSITIVO


@dataclass(frozen=True)
class FechaDelPlazo:
    """Una fecha que conviene llevar al calendario del teléfono."""

    codigo: str
    titulo: str
    dia: date


@dataclass(frozen=True)
class PlazoLlano:
    """Lo que se dice a un ciudadano de su plazo: una frase grande, su explicación y sus fechas."""

    frase: str
    explicacion: str = ""
    tono: Tono = "curso"
    fechas: Sequence[FechaDelPlazo] = ()
    que_corregir: str = ""


def get_plazo_llano(
    expediente: Expediente, ahora: datetime, *, para: Persona | None = None
) -> PlazoLlano | None:
    """Hasta cuándo debe contestar la municipalidad, o corregir la persona; ``None`` si ya no se espera nada.

    Quien llama ya obtuvo el expediente.
    """
    hoy, estado = hoy_en_lima(ahora), expediente.estado
    if estado in SIN_RELOJ and expediente.corregir_hasta:
        pedido = get_requerimiento(expediente, para=para)
        llano = _por_corregir(expediente.corregir_hasta, hoy)
        return replace(llano, que_corregir=pedido.defecto) if pedido else llano
    if estado == Estado.APROBADO_FICTO and expediente.silencio_operado_el:
        return PlazoLlano(
            f"Lo que pidió quedó aprobado el {fecha_en_palabras(expediente.silencio_operado_el)}.",
            "Su municipalidad no le notificó una decisión a tiempo y la ley lo da por aprobado. Vale como resolución.",
            "hecho",
        )
    if expediente.vence_el is None:
        return None
    if estado in POR_COMUNICAR:
        return _por_comunicar(expediente)
    if estado not in DECIDIENDO:
        return None
    if rules.SILENCIOS.get(expediente.calificacion) == POSITIVO:
        return _con_silencio_positivo(expediente, hoy)
    return _con_silencio_negativo(expediente, hoy)


def _por_corregir(hasta: date, hoy: date) -> PlazoLlano:
    dia = fecha_en_palabras(hasta)
    if hoy > hasta:
        return PlazoLlano(
            f"El plazo para corregir venció el {dia}.",
            "Si no corrigió, su solicitud se tiene por no presentada: puede recoger sus documentos, pedir lo que pagó "
            "y presentarla otra vez cuando quiera.",
            "alerta",
        )
    return PlazoLlano(
        f"Usted tiene hasta el {dia}, a las 23:59, para corregir.",
        "Mientras tanto no corre el plazo de la municipalidad. Si no corrige, su solicitud se tiene por no presentada: "
        "podrá recoger sus documentos y pedir lo que pagó.",
        "espera",
        [FechaDelPlazo("corregir", "Último día para corregir", hasta)],
    )


def _por_comunicar(expediente: Expediente) -> PlazoLlano:
    limite = expediente.limite_notificacion
    if limite is None or expediente.silencio_desde is None:
        return PlazoLlano("Ya hay una decisión.", "Falta que su municipalidad se la notifique.", "hecho")
    return PlazoLlano(
        f"Ya hay una decisión. Su municipalidad tiene hasta el {fecha_en_palabras(limite)} para notificársela.",
        f"Si no se la notifica hasta ese día, lo que pidió queda aprobado desde el "
        f"{fecha_en_palabras(expediente.silencio_desde)}.",
        "curso",
        [FechaDelPlazo("notificar", "Último día de la municipalidad para notificarle", limite)],
    )


def _con_silencio_positivo(expediente: Expediente, hoy: date) -> PlazoLlano:
    vence, limite, desde = expediente.vence_el, expediente.limite_notificacion, expediente.silencio_desde
    assert vence is not None
    assert limite is not None
    assert desde is not None
    si_no = (
        f"Si no le notifica su decisión hasta el {fecha_en_palabras(limite)}, lo que pidió queda aprobado desde el "
        f"{fecha_en_palabras(desde)}."
    )
    fechas = [
        FechaDelPlazo("responder", "Último día de la municipalidad para responder", vence),
        FechaDelPlazo("notificar", "Último día de la municipalidad para notificarle", limite),
        FechaDelPlazo("silencio", "Queda aprobado si no le notificaron", desde),
    ]
    if hoy > vence:
        return PlazoLlano(
            f"El plazo para decidir venció el {fecha_en_palabras(vence)}.", si_no, "espera", fechas[1:]
        )
    return PlazoLlano(_tiene_hasta(expediente, vence), si_no, "curso", fechas)


def _con_silencio_negativo(expediente: Expediente, hoy: date) -> PlazoLlano:
    vence = expediente.vence_el
    assert vence is not None
    despues = (
        "acudir al Poder Judicial"
        if expediente.explicacion.get("hecho") in rules.SIN_MAS_RECURSOS
        else "apelar"
    )
    if hoy > vence:
        return PlazoLlano(
            f"El plazo venció el {fecha_en_palabras(vence)} y todavía no hay respuesta.",
            f"Puede {despues} ahora o seguir esperando: no corre ningún plazo para usted y su municipalidad sigue "
            "obligada a responder. También puede presentar una queja por la demora.",
            "alerta",
        )
    return PlazoLlano(
        _tiene_hasta(expediente, vence),
        f"Si hasta ese día no le responde, usted elige: {despues}, o seguir esperando. No corre ningún plazo en su "
        "contra y su municipalidad sigue obligada a responder.",
        "curso",
        [FechaDelPlazo("responder", "Último día de la municipalidad para responder", vence)],
    )


def _tiene_hasta(expediente: Expediente, vence: date) -> str:
    que = "resolver su recurso" if expediente.estado == Estado.IMPUGNADO else "responder"
    frase = f"Su municipalidad tiene hasta el {fecha_en_palabras(vence)} para {que}."
    return (
        f"El plazo está en pausa porque usted lo pidió. {frase}"
        if expediente.estado == "SUSPENDIDO"
        else frase
    )
