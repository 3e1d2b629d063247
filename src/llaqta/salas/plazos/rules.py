"""El motor de plazos: de un pedido a unas fechas que se explican solas. Puro: sin base de datos, sin Django, sin reloj.

Aquí se juntan la cuenta (``cuenta``), la presentación según la hora, el silencio, y la explicación (``explicacion``).
Las cifras no están aquí: vienen en el pedido, y salen de las reglas de ``datos/reglas.yaml`` o de la municipalidad.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from llaqta.cimientos.calendario import LIMA, Calendario, Paso
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.salas.plazos.cuenta import (
    CALENDARIO,
    HABILES,
    HORAS,
    MESES,
    ULTIMO_ANIO,
    Pausa,
    check_cantidad,
    check_distancia,
    check_fecha,
    cuanto,
    vencer,
)
from llaqta.salas.plazos.efecto import (
    ACUSE,
    DEPOSITO,
    LEY31736_5DIAS,
    REGLAS_DE_EFECTO,
    Efecto,
    calcular_efecto,
    computar_efecto,
    efecto_en_json,
    fecha_legal_del_deposito,
)
from llaqta.salas.plazos.explicacion import explicar, pasos_en_json
from llaqta.salas.plazos.pedido import (
    CORTE_HORARIO,
    DIA_COMPLETO,
    NEGATIVO,
    POR_CONFIRMAR,
    POSITIVO,
    SEGUNDA_MANO,
    VERIFICADA,
    Cita,
    Pedido,
    Plazo,
)

__all__ = [
    "ACUSE",
    "CALENDARIO",
    "CORTE_HORARIO",
    "DEPOSITO",
    "DIA_COMPLETO",
    "HABILES",
    "HORAS",
    "LEY31736_5DIAS",
    "MESES",
    "NEGATIVO",
    "POR_CONFIRMAR",
    "POSITIVO",
    "REGLAS_DE_EFECTO",
    "SEGUNDA_MANO",
    "VERIFICADA",
    "Cita",
    "Efecto",
    "Pausa",
    "Pedido",
    "Plazo",
    "calcular_efecto",
    "computar",
    "computar_efecto",
    "cuanto",
    "efecto_en_json",
    "en_json",
    "fecha_de_presentacion",
    "fecha_legal_del_deposito",
    "vencer",
]

_UN_DIA = timedelta(days=1)


def computar(pedido: Pedido, calendario: Calendario) -> Plazo:
    """Calcula un plazo con todas sus fechas y su explicación.

    :param pedido: qué se cuenta, desde cuándo y con qué reglas
    :param calendario: los días que no cuentan
    :raises EntradaInvalida: si un dato no sirve; la frase dice cuál y por qué
    :raises NoProcede: si la norma no admite la suspensión pedida (136.4)
    """
    desde = _en_lima(pedido.desde)
    check_fecha(desde.date())
    check_cantidad(pedido.cantidad, pedido.unidad)
    check_distancia(pedido.distancia)
    _check_opciones(pedido)
    plazo = (
        _en_horas(pedido, desde)
        if pedido.unidad == HORAS
        else _con_silencio(pedido, _en_dias(pedido, desde, calendario), calendario)
    )
    return replace(plazo, explicacion=explicar(replace(pedido, desde=desde), plazo, calendario))


def fecha_de_presentacion(desde: datetime, politica: str, cierre: Any, calendario: Calendario) -> date:
    """El día en que se tiene por presentado lo enviado en ``desde`` (art. 117.1; Indecopi, Res. 0518-2024/SEL).

    :param politica: ``DIA_COMPLETO``, el día del envío, siempre; ``CORTE_HORARIO``, el siguiente hábil si llegó después
        de ``cierre`` o en día inhábil
    :raises EntradaInvalida: si el calendario no tiene días hábiles
    """
    enviado = _en_lima(desde)
    dia = enviado.date()
    if politica == DIA_COMPLETO or (calendario.es_habil(dia) and enviado.time() <= cierre):
        return dia
    return vencer(dia, 1, HABILES, calendario).fecha


def en_json(plazo: Plazo) -> dict[str, Any]:
    """Las fechas de un plazo con las llaves de ``./llaqta plazo --json``; nulo donde no corresponde."""
    return {
        "fecha_presentacion": plazo.fecha_presentacion.isoformat(),
        "inicio": plazo.inicio.isoformat(),
        "vence": plazo.vence.isoformat(),
        "limite_notificacion": _iso(plazo.limite_notificacion),
        "silencio_desde": _iso(plazo.silencio_desde),
        "ultimo_deposito_seguro": _iso(plazo.ultimo_deposito_seguro),
        "pasos": pasos_en_json(plazo.pasos),
    }


def _en_dias(pedido: Pedido, desde: datetime, calendario: Calendario) -> Plazo:
    presentado = fecha_de_presentacion(desde, pedido.politica, pedido.cierre, calendario)
    computo = vencer(
        presentado,
        pedido.cantidad,
        pedido.unidad,
        calendario,
        distancia=pedido.distancia,
        pausas=pedido.pausas,
        suspension_maxima=pedido.suspension_maxima,
    )
    primero = next((paso.fecha for paso in computo.pasos if paso.cuenta == 1), presentado)
    return Plazo(
        fecha_presentacion=presentado,
        inicio=presentado if pedido.unidad == MESES else primero,
        vence=computo.fecha,
        pasos=computo.pasos,
    )


def _con_silencio(pedido: Pedido, plazo: Plazo, calendario: Calendario) -> Plazo:
    """Agrega lo que el silencio hace con las fechas: 33-A y 188.1 si es positivo, 188.3 si es negativo."""
    vence = plazo.vence
    if pedido.silencio == NEGATIVO:
        return replace(plazo, silencio_desde=_dentro_del_tope(vence + _UN_DIA))
    if pedido.silencio != POSITIVO:
        return plazo
    limite = vencer(vence, pedido.dias_para_notificar, HABILES, calendario).fecha
    return replace(
        plazo,
        limite_notificacion=limite,
        silencio_desde=_dentro_del_tope(limite + _UN_DIA),
        ultimo_deposito_seguro=_ultimo_deposito_seguro(pedido, plazo, limite, calendario),
    )


def _ultimo_deposito_seguro(
    pedido: Pedido, plazo: Plazo, limite: date, calendario: Calendario
) -> date | None:
    """El último día hábil en que un depósito sin acuse todavía surte efecto a más tardar en ``limite`` (Ley 31736).

    Sin acuse, lo depositado el día *d* surte efecto ``dias_para_acusar + 1`` días hábiles después. Es un día hábil: lo
    depositado en uno inhábil vale desde el siguiente. ``None`` si ese día sería anterior a la presentación.
    """
    faltan = pedido.dias_para_acusar + 1
    dia = limite
    while faltan and dia >= plazo.fecha_presentacion:
        faltan -= calendario.es_habil(dia)
        dia -= _UN_DIA
    while dia >= plazo.fecha_presentacion and not calendario.es_habil(dia):
        dia -= _UN_DIA
    return dia if not faltan and dia >= plazo.fecha_presentacion else None


def _en_horas(pedido: Pedido, desde: datetime) -> Plazo:
    """Un plazo en horas: corre desde el instante, sin detenerse en noches ni feriados."""
    vence = desde + timedelta(hours=pedido.cantidad)
    _dentro_del_tope(vence.date())
    pasos = []
    dia = desde.date()
    while dia < vence.date():
        medianoche = datetime.combine(dia + _UN_DIA, datetime.min.time(), tzinfo=LIMA)
        van = int((medianoche - desde).total_seconds() // 3600)
        pasos.append(Paso(dia, van, f"a la medianoche van {cuanto(van, HORAS)}"))
        dia += _UN_DIA
    pasos.append(
        Paso(dia, pedido.cantidad, f"a las {vence:%H:%M} se cumplen {cuanto(pedido.cantidad, HORAS)}")
    )
    return Plazo(fecha_presentacion=desde.date(), inicio=desde, vence=vence, pasos=tuple(pasos))


def _check_opciones(pedido: Pedido) -> None:
    if pedido.silencio not in ("", POSITIVO, NEGATIVO):
        raise EntradaInvalida(
            f"El silencio es positivo o negativo; usted escribió «{pedido.silencio}».", campo="silencio"
        )
    if pedido.politica not in (DIA_COMPLETO, CORTE_HORARIO):
        raise EntradaInvalida(
            f"La política de horario es DIA_COMPLETO o CORTE_HORARIO; usted escribió «{pedido.politica}».",
            campo="politica",
        )
    if pedido.unidad == HORAS and (pedido.silencio or pedido.distancia or pedido.pausas):
        raise EntradaInvalida(
            "Un plazo en horas corre sin detenerse: no lleva silencio, término de la distancia ni suspensiones.",
            campo="unidad",
        )
    if pedido.silencio == NEGATIVO and any(pausa.a_pedido for pausa in pedido.pausas):
        raise NoProcede(
            "El administrado solo puede suspender un procedimiento sujeto a silencio positivo; este tiene silencio "
            "negativo.",
            norma="Ley 27444, art. 136.4",
        )
    for campo, dias in (("notificar", pedido.dias_para_notificar), ("acusar", pedido.dias_para_acusar)):
        if not 0 < dias <= 60:
            raise EntradaInvalida(f"Los días para {campo} van de 1 a 60; usted escribió {dias}.", campo=campo)


def _en_lima(instante: datetime) -> datetime:
    """El instante en la hora oficial; sin zona, se entiende que ya lo está."""
    return instante.replace(tzinfo=LIMA) if instante.tzinfo is None else instante.astimezone(LIMA)


def _dentro_del_tope(dia: date) -> date:
    if dia.year > ULTIMO_ANIO:
        raise EntradaInvalida(
            f"Ese plazo pasaría del año {ULTIMO_ANIO}: revise la fecha y la cantidad.", campo="desde"
        )
    return dia


def _iso(dia: date | None) -> str | None:
    return dia.isoformat() if dia else None
