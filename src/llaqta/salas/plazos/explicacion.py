"""Por qué esa fecha: la explicación de un plazo en frases que entiende cualquiera, con sus artículos."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from llaqta.cimientos.calendario import LIMA, Calendario, Paso, fecha_en_palabras
from llaqta.salas.plazos.cuenta import CALENDARIO, HABILES, HORAS, MESES, cuanto
from llaqta.salas.plazos.pedido import CORTE_HORARIO, NEGATIVO, POSITIVO, Cita, Pedido, Plazo

SABADO = 5


def explicar(pedido: Pedido, plazo: Plazo, calendario: Calendario) -> dict[str, Any]:
    """La explicación completa de ``plazo``, lista para guardarse como JSON junto al expediente."""
    return {
        "norma": "Ley 27444",
        "articulos": ", ".join(_articulos(pedido, plazo)),
        "hecho": pedido.hecho,
        "desde": plazo.fecha_presentacion.isoformat(),
        "inicio": plazo.inicio.isoformat(),
        "plazo": pedido.cantidad,
        "unidad": pedido.unidad,
        "distancia": pedido.distancia,
        "politica": pedido.politica,
        "silencio": pedido.silencio,
        "calendario": calendario.version,
        "vence_el": plazo.vence.isoformat(),
        "limite_notificacion": _iso(plazo.limite_notificacion),
        "silencio_desde": _iso(plazo.silencio_desde),
        "ultimo_deposito_seguro": _iso(plazo.ultimo_deposito_seguro),
        "frases": frases(pedido, plazo),
        "pasos": pasos_en_json(plazo.pasos),
        "citas": [cita_en_json(cita) for cita in pedido.citas],
    }


def pasos_en_json(pasos: tuple[Paso, ...]) -> list[dict[str, Any]]:
    """Los días mirados: ``cuenta`` es su número de orden, o nulo si no cuenta."""
    return [{"fecha": p.fecha.isoformat(), "cuenta": p.cuenta, "motivo": p.motivo} for p in pasos]


def cita_en_json(cita: Cita) -> dict[str, str]:
    """Una regla citada."""
    return {
        "codigo": cita.codigo,
        "norma": cita.norma,
        "articulo": cita.articulo,
        "estado": cita.estado,
    }


def frases(pedido: Pedido, plazo: Plazo) -> list[str]:
    """La cuenta contada en castellano, en el orden en que se hace."""
    if pedido.unidad == HORAS:
        return _frases_de_horas(pedido, plazo)
    return [
        _frase_del_hecho(pedido, plazo),
        f"El plazo es de {cuanto(pedido.cantidad, pedido.unidad)}{_mas_la_distancia(pedido)}.",
        _frase_del_inicio(pedido, plazo),
        *_frases_de_saltos(pedido, plazo),
        *_frases_de_pausas(pedido, plazo),
        *_frases_del_final(pedido, plazo),
        *_frases_del_silencio(pedido, plazo),
    ]


def instante_en_palabras(instante: datetime) -> str:
    """``domingo 11 de octubre de 2026, a las 18:30``."""
    en_lima = instante.astimezone(LIMA)
    return f"{fecha_en_palabras(en_lima.date())}, a las {en_lima:%H:%M}"


def _frase_del_hecho(pedido: Pedido, plazo: Plazo) -> str:
    enviado = pedido.desde.astimezone(LIMA)
    if enviado.date() == plazo.fecha_presentacion:
        return f"{pedido.hecho} el {fecha_en_palabras(plazo.fecha_presentacion)}."
    # Con corte horario, lo enviado tarde o en día inhábil vale al siguiente: se dicen las dos fechas.
    return (
        f"Se envió el {instante_en_palabras(enviado)}, fuera del horario de atención (cierra a las "
        f"{pedido.cierre:%H:%M}): se tiene por presentado el {fecha_en_palabras(plazo.fecha_presentacion)}."
    )


def _mas_la_distancia(pedido: Pedido) -> str:
    if not pedido.distancia:
        return ""
    return f", más {cuanto(pedido.distancia, HABILES)} por el término de la distancia (art. 135)"


def _frase_del_inicio(pedido: Pedido, plazo: Plazo) -> str:
    if pedido.unidad == MESES:
        return (
            f"Los meses se cuentan de fecha a fecha, desde el {fecha_en_palabras(plazo.fecha_presentacion)}."
        )
    dia = plazo.inicio
    return f"Se cuenta desde el día siguiente: el día 1 es el {fecha_en_palabras(dia)}."


def _frases_de_saltos(pedido: Pedido, plazo: Plazo) -> list[str]:
    if pedido.unidad != HABILES:
        corrido = "Se cuentan todos los días, también sábados, domingos y feriados."
        return [corrido] if pedido.unidad == CALENDARIO else []
    suyos = {pausa.razon for pausa in pedido.pausas}
    saltados = [p for p in plazo.pasos if p.cuenta is None and p.fecha.weekday() < SABADO]
    feriados = [p for p in saltados if p.motivo not in suyos]
    if not feriados:
        return ["No se cuentan los sábados ni los domingos."]
    nombres = "; ".join(f"{p.fecha:%d/%m/%Y}, {p.motivo}" for p in feriados)
    return [f"No se cuentan los sábados, los domingos ni estos días: {nombres}."]


def _frases_de_pausas(pedido: Pedido, plazo: Plazo) -> list[str]:
    hechas = []
    for pausa in sorted(pedido.pausas, key=lambda una: una.desde):
        saltados = sum(
            p.cuenta is None and p.motivo == pausa.razon and pausa.desde <= p.fecha <= pausa.hasta
            for p in plazo.pasos
        )
        unidad = HABILES if pedido.unidad == HABILES else CALENDARIO
        hechas.append(
            f"No se cuentan del {fecha_en_palabras(pausa.desde)} al {fecha_en_palabras(pausa.hasta)} "
            f"({cuanto(saltados, unidad)}): {pausa.razon}."
        )
    return hechas


def _frases_del_final(pedido: Pedido, plazo: Plazo) -> list[str]:
    vence = fecha_en_palabras(plazo.vence)
    corrido = []
    if plazo.pasos and plazo.pasos[-1].cuenta is None:
        ultimo = next(p for p in reversed(plazo.pasos) if p.cuenta is not None)
        corrido = [
            f"El último día cae el {fecha_en_palabras(ultimo.fecha)}, que no es hábil: pasa al primer día hábil que "
            "sigue (art. 134.2)."
        ]
    if plazo.limite_notificacion is None:
        return [*corrido, f"{pedido.sujeto} tiene hasta el {vence} para {pedido.accion}."]
    return [
        *corrido,
        f"{pedido.sujeto} tiene hasta el {vence} para {pedido.accion} y hasta el "
        f"{fecha_en_palabras(plazo.limite_notificacion)} para notificar su decisión.",
    ]


def _frases_del_silencio(pedido: Pedido, plazo: Plazo) -> list[str]:
    if plazo.silencio_desde is None:
        return []
    desde = fecha_en_palabras(plazo.silencio_desde)
    if pedido.silencio == NEGATIVO:
        return [
            f"Si hasta entonces no hay respuesta notificada, desde el {desde} se puede {pedido.tras_silencio}, o "
            f"seguir esperando: el silencio negativo no es una denegación, no corre ningún plazo para "
            f"{pedido.tras_silencio} y la municipalidad sigue obligada a responder (arts. 188.3, 188.4 y 188.5)."
        ]
    seguro = (
        f"Si la decisión se deja en una casilla electrónica que nadie abre, el último día para depositarla a tiempo es "
        f"el {fecha_en_palabras(plazo.ultimo_deposito_seguro)}."
        if plazo.ultimo_deposito_seguro
        else "El plazo es tan corto que no hay un día seguro para depositar la decisión en una casilla que nadie abre: "
        "hay que notificarla de otra manera."
    )
    return [
        f"Si al terminar ese último día la decisión no fue notificada, lo pedido queda aprobado desde el {desde}, a "
        "las 00:00, por silencio positivo (arts. 33-A y 188.1).",
        seguro,
    ]


def _frases_de_horas(pedido: Pedido, plazo: Plazo) -> list[str]:
    assert isinstance(plazo.inicio, datetime)
    assert isinstance(plazo.vence, datetime)
    return [
        f"{pedido.hecho} el {instante_en_palabras(plazo.inicio)}.",
        f"El plazo es de {cuanto(pedido.cantidad, HORAS)} seguidas: corren también de noche, los fines de semana y los "
        "feriados.",
        f"{pedido.sujeto} tiene hasta el {instante_en_palabras(plazo.vence)} para {pedido.accion}.",
    ]


def _articulos(pedido: Pedido, plazo: Plazo) -> list[str]:
    if pedido.unidad == HORAS:
        return []
    corrido = bool(plazo.pasos) and plazo.pasos[-1].cuenta is None
    senales = (
        ("131.1", True),
        ("133.1", pedido.unidad != MESES),
        ("134.1", pedido.unidad == HABILES),
        ("134.2", corrido),
        ("134.3", pedido.unidad == MESES),
        ("135", pedido.distancia > 0),
        ("136.4", any(pausa.a_pedido for pausa in pedido.pausas)),
        ("24.1", pedido.silencio == POSITIVO),
        ("33-A", pedido.silencio == POSITIVO),
        ("188.1", pedido.silencio == POSITIVO),
        ("188.3", pedido.silencio == NEGATIVO),
        ("188.5", pedido.silencio == NEGATIVO),
        ("117.1", pedido.politica == CORTE_HORARIO),
    )
    return [articulo for articulo, si in senales if si]


def _iso(dia: date | None) -> str | None:
    return dia.isoformat() if dia else None
