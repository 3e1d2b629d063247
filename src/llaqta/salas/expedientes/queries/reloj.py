"""El reloj de un expediente como lo ve quien lo tramita: días usados, los que quedan y qué pasa si nadie responde."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from llaqta.cimientos.calendario import (
    Calendario,
    contar_habiles,
    fecha_en_palabras,
    hoy_en_lima,
    sumar_habiles,
)
from llaqta.cimientos.queries import get_calendario
from llaqta.cimientos.web.piezas import Reloj, Tono
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import rules
from llaqta.salas.expedientes.modalidades import get_notificaciones
from llaqta.salas.expedientes.models import SIN_RELOJ, Estado, Expediente
from llaqta.salas.expedientes.queries.notificacion import get_acto_por_notificar, get_limite
from llaqta.salas.expedientes.urgencia import DECIDIENDO, en_riesgo
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.plazos.cuenta import HABILES
from llaqta.salas.plazos.rules import POSITIVO

POR_COMUNICAR = (Estado.RESUELTO, Estado.POR_NOTIFICAR)


@dataclass(frozen=True)
class AvisoDePlazo:
    """Una frase sobre el plazo, con su tono y la norma que la sostiene."""

    texto: str
    tono: Tono = "curso"
    norma: str = ""


def reloj(
    expediente: Expediente,
    ahora: datetime,
    *,
    para: Persona | None = None,
    calendario: Calendario | None = None,
) -> Reloj:
    """Los días del plazo, dichos en palabras: cuántos van, cuántos quedan y cuándo vence.

    :param calendario: el de la instalación, si quien llama ya lo tiene (una lista de expedientes lo lee una vez)
    """
    if expediente.estado in SIN_RELOJ:
        return Reloj(
            0, 0, expediente.corregir_hasta, "Espera la corrección de la persona", "espera", verbo="Hasta"
        )
    if expediente.estado == Estado.APROBADO_FICTO:
        return Reloj(
            0, 0, expediente.silencio_operado_el, "Aprobado por silencio positivo", "alerta", verbo="Desde"
        )
    if expediente.estado == Estado.ACUMULADO:
        return Reloj(0, 0, None, "Su plazo corre en el expediente al que se unió", "neutro")
    if expediente.vence_el is None or expediente.inicio_computo is None:
        return _sin_fecha(expediente, hoy_en_lima(ahora), calendario)
    calendario = calendario or get_calendario()
    if expediente.estado in POR_COMUNICAR and expediente.limite_notificacion:
        return _por_comunicar(expediente, hoy_en_lima(ahora), calendario)
    if expediente.estado in POR_COMUNICAR:
        return Reloj(0, 0, None, "Decidido: falta que se notifique", "espera")
    if expediente.estado not in DECIDIENDO:
        return Reloj(0, 0, None, "Ya se decidió", "hecho")
    return _corriendo(expediente, hoy_en_lima(ahora), calendario)


def _sin_fecha(expediente: Expediente, hoy: date, calendario: Calendario | None) -> Reloj:
    if expediente.calificacion != rules.AUTOMATICA:
        return Reloj(0, 0, None, "Sin plazo en curso", "neutro")
    if expediente.estado == Estado.APROBADO_AUTOMATICO and expediente.inicio_computo:
        # Lo aprobado vale desde que se presentó; si hace falta un documento, se entrega en unos días (31.2).
        dias = plazos.get_entero("DOCUMENTO_DE_AUTOMATICA", al=expediente.inicio_computo)
        hasta = sumar_habiles(expediente.inicio_computo, dias, calendario or get_calendario()).fecha
        tono: Tono = "alerta" if hoy > hasta else "espera"
        return Reloj(0, 0, hasta, "Aprobación automática", tono, verbo="El documento se entrega hasta")
    return Reloj(
        0, 0, None, "Aprobación automática", "hecho" if expediente.estado != Estado.PRESENTADO else "curso"
    )


def _por_comunicar(expediente: Expediente, hoy: date, calendario: Calendario) -> Reloj:
    """Con silencio positivo lo que salva el plazo es la notificación, no la firma (188.1)."""
    limite = expediente.limite_notificacion
    assert limite is not None
    _, tono = rules.cuanto_queda(hoy, limite, calendario)
    if en_riesgo(expediente, hoy, calendario):
        tono = "alerta"
    return Reloj(0, 0, limite, "Decidido: falta que se notifique", tono, verbo="Hasta")


def _corriendo(expediente: Expediente, hoy: date, calendario: Calendario) -> Reloj:
    vence = expediente.vence_el
    assert vence is not None
    palabras, tono = rules.cuanto_queda(hoy, vence, calendario)
    usados, total, unidad = _usados(expediente, hoy, calendario)
    detalle = f"{usados} de {total} {unidad} usados"
    if expediente.estado == Estado.SUSPENDIDO:
        return Reloj(
            usados, total, vence, "En pausa a pedido de la persona", "espera", detalle, verbo="Vence"
        )
    return Reloj(usados, total, vence, palabras, tono, detalle, verbo="Venció" if hoy > vence else "Vence")


def _usados(expediente: Expediente, hoy: date, calendario: Calendario) -> tuple[int, int, str]:
    """Los días usados, los que hay y cómo se llaman; lo que queda manda, así las pausas no cuentan como usadas."""
    inicio, vence = expediente.inicio_computo, expediente.vence_el
    assert inicio is not None
    assert vence is not None
    if expediente.plazo_unidad == HABILES:
        total = expediente.dias_plazo + expediente.dias_distancia
        quedan = contar_habiles(max(hoy, inicio, _fin_de_la_pausa(expediente, hoy)), vence, calendario)
        return max(0, min(total, total - quedan)), total, "días hábiles"
    total = max((vence - inicio).days, 1)
    return max(0, min(total, (hoy - inicio).days)), total, "días calendario"


def _fin_de_la_pausa(expediente: Expediente, hoy: date) -> date:
    """Hasta dónde llega la pausa pedida por la persona: esos días no se usan. Si no está en pausa, hoy."""
    if expediente.estado != Estado.SUSPENDIDO:
        return hoy
    pausa = expediente.suspensiones.filter(etapa=expediente.etapa, desde__lte=hoy, hasta__gte=hoy).first()
    return pausa.hasta if pausa and pausa.hasta else hoy


def avisos_del_plazo(
    expediente: Expediente,
    ahora: datetime,
    *,
    para: Persona | None = None,
    calendario: Calendario | None = None,
) -> list[AvisoDePlazo]:
    """Lo que debe saber quien lo tramita: qué pasa si no se notifica a tiempo, y qué se espera de la persona."""
    hoy, calendario = hoy_en_lima(ahora), calendario or get_calendario()
    avisos: list[AvisoDePlazo] = []
    if expediente.estado in SIN_RELOJ and expediente.corregir_hasta:
        avisos.append(
            AvisoDePlazo(
                f"La persona puede corregir hasta el {fecha_en_palabras(expediente.corregir_hasta)}, a las 23:59. Si "
                "no lo hace, su solicitud se tiene por no presentada. Mientras tanto no corre ningún plazo.",
                "espera",
                "Ley 27444, arts. 125.3 y 125.4",
            )
        )
    if expediente.estado == Estado.EN_NULIDAD:
        avisos.append(_de_la_revision(expediente, hoy))
    if expediente.paralizado_desde:
        avisos.append(
            AvisoDePlazo(
                f"Detenido por causa de la persona desde el {fecha_en_palabras(expediente.paralizado_desde)}.",
                "espera",
                "Ley 27444, art. 191",
            )
        )
    if expediente.estado == Estado.RESUELTO:
        avisos += _de_lo_no_notificado(expediente, hoy, calendario)
    if expediente.estado in (*DECIDIENDO, *POR_COMUNICAR) and expediente.vence_el:
        avisos += _del_vencimiento(expediente, hoy) + _del_silencio(expediente, hoy, calendario)
    return avisos


def _de_la_revision(expediente: Expediente, hoy: date) -> AvisoDePlazo:
    """Qué falta para resolver una revisión de oficio: correr traslado, esperar sus razones, o decidir."""
    revision = expediente.revisiones_de_oficio.filter(cerrada_en__isnull=True).first()
    hasta = revision.alegar_hasta if revision else None
    if hasta is None:
        texto = (
            "Primero se oye a la persona: redacte la carta que le corre traslado, fírmela y notifíquela. Sus días "
            "corren desde que esa notificación surta efecto."
        )
    elif hoy <= hasta:
        texto = f"La persona puede dar sus razones hasta el {fecha_en_palabras(hasta)}: se resuelve después."
    else:
        texto = (
            f"El plazo para dar razones terminó el {fecha_en_palabras(hasta)}: ya se puede anular, o cerrar la "
            "revisión sin anular."
        )
    return AvisoDePlazo(texto, "espera", "Ley 27444, art. 202.2 (TUO, art. 213.2)")


def _del_vencimiento(expediente: Expediente, hoy: date) -> list[AvisoDePlazo]:
    vence = expediente.vence_el
    if vence is None or hoy <= vence or expediente.estado not in DECIDIENDO:
        return []
    return [
        AvisoDePlazo(
            f"El plazo para decidir venció el {fecha_en_palabras(vence)}. Decidir ahora sigue siendo válido, pero la "
            "demora genera responsabilidad.",
            "alerta",
            "Ley 27444, arts. 140.3 y 143",
        )
    ]


def _de_lo_no_notificado(expediente: Expediente, hoy: date, calendario: Calendario) -> list[AvisoDePlazo]:
    """Lo firmado se notifica en cinco días hábiles; después vale igual, pero alguien responde (24.1 y 140.3)."""
    documento = get_acto_por_notificar(expediente, para=None)
    if documento is None:
        return []
    limite = get_limite(documento, get_notificaciones(expediente, documento), calendario=calendario)
    if hoy > limite:
        return [
            AvisoDePlazo(
                f"Lo firmado debió notificarse hasta el {fecha_en_palabras(limite)}. Notificarlo ahora vale igual, "
                "pero la demora genera responsabilidad.",
                "alerta",
                "Ley 27444, arts. 24.1, 140.3 y 143",
            )
        ]
    return [
        AvisoDePlazo(
            f"Falta notificar lo firmado: hasta el {fecha_en_palabras(limite)}.",
            "espera",
            "Ley 27444, art. 24.1",
        )
    ]


def _del_silencio(expediente: Expediente, hoy: date, calendario: Calendario) -> list[AvisoDePlazo]:
    if expediente.silencio_desde is None:
        return []
    desde = fecha_en_palabras(expediente.silencio_operado_el or expediente.silencio_desde)
    if rules.SILENCIOS.get(expediente.calificacion) != POSITIVO:
        return _del_negativo(expediente, hoy, desde)
    limite, seguro = expediente.limite_notificacion, expediente.ultimo_deposito_seguro
    assert limite is not None
    frase = (
        f"Si no se notifica hasta el {fecha_en_palabras(limite)}, quedará aprobado por silencio desde el {desde}, a "
        "las 00:00."
    )
    if seguro is None or hoy > seguro:
        pasado = (
            f" El {fecha_en_palabras(seguro)} fue el último día seguro" if seguro else " No hay un día seguro"
        )
        frase += (
            f"{pasado} para depositarlo en una casilla que nadie abra: notifique en persona o por cédula."
        )
    else:
        frase += f" El último día seguro para depositarlo en la casilla es el {fecha_en_palabras(seguro)}."
    tono: Tono = "curso"
    if en_riesgo(expediente, hoy, calendario):
        tono = "alerta" if seguro is None or hoy >= seguro else "espera"
    return [AvisoDePlazo(frase, tono, "Ley 27444, arts. 24.1, 33-A y 188.1")]


def _del_negativo(expediente: Expediente, hoy: date, desde: str) -> list[AvisoDePlazo]:
    norma = "Ley 27444, arts. 188.3, 188.4 y 188.5"
    if expediente.silencio_operado_el or (expediente.silencio_desde and hoy >= expediente.silencio_desde):
        return [
            AvisoDePlazo(
                f"Desde el {desde} la persona puede apelar sin que le corra ningún plazo, o seguir esperando. La "
                "municipalidad sigue obligada a decidir y notificar.",
                "alerta",
                norma,
            )
        ]
    return [
        AvisoDePlazo(
            f"Silencio negativo: si no hay respuesta notificada, desde el {desde} la persona podrá apelar o seguir "
            "esperando. No es una denegación.",
            "curso",
            norma,
        )
    ]
