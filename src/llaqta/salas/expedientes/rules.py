"""Las reglas de los expedientes: qué acto lleva de un estado a otro, cómo se dice, y cuándo vence el plazo.

Funciones puras y tablas: aquí no hay base de datos ni reloj. El dibujo de ``docs/estados`` sale de las tablas.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from llaqta.cimientos.calendario import (
    Calendario,
    Computo,
    Paso,
    contar_habiles,
    fecha_en_palabras,
    primer_habil,
    sumar_habiles,
)
from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.numbering import check_digit
from llaqta.cimientos.web.piezas import Tono

DIAS_DE_INFORME = 7
"""Días hábiles de un informe o dictamen (art. 132.3 Ley 27444)."""

DIAS_PARA_NOTIFICAR = 5
"""Días hábiles para notificar un acto desde que se expide (art. 24.1 Ley 27444)."""

MOTIVOS = (
    "para su atención", "para conocimiento y fines", "para opinión", "para informe", "para visto bueno",
    "para proyectar respuesta", "para proyectar resolución", "para coordinar", "para revisar", "para tramitar",
    "para archivar", "por ser de su competencia", "para publicar", "para notificar", "para agregar al expediente",
    "se devuelve",
)  # fmt: skip
"""Los motivos con que se deriva: el catálogo de proveídos de la casa."""

MOTIVOS_DE_INFORME = ("para opinión", "para informe", "para revisar", "para coordinar")
"""Los motivos con que se pide un informe."""

PROVEIDOS = (
    "Pase para su atención conforme a sus funciones.",
    "Para evaluación del cumplimiento de requisitos e informe.",
    "Para proyectar la resolución que corresponda dentro del plazo.",
    "Para su conocimiento y fines.",
    "Para las coordinaciones del caso.",
)
"""Frases que se escriben todos los días en un proveído."""


# --- Estados --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Transicion:
    """Una fila de la tabla: el acto, de qué estado a cuál, quién lo hace y qué se anuncia."""

    acto: str
    desde: str
    hacia: str
    quien: str
    suceso: str


def _filas(*filas: tuple[str, str, str, str, str]) -> tuple[Transicion, ...]:
    return tuple(Transicion(*fila) for fila in filas)


TRANSICIONES = _filas(
    ("abrir", "", "PRESENTADO", "mesa de partes", "ExpedienteAbierto"),
    ("abrir", "", "APROBADO_AUTOMATICO", "mesa de partes", "ExpedienteAbierto"),
    ("observar", "PRESENTADO", "OBSERVADO", "mesa de partes", "ExpedienteObservado"),
    ("subsanar", "OBSERVADO", "PRESENTADO", "administrado", "ExpedienteSubsanado"),
    ("subsanar", "OBSERVADO", "APROBADO_AUTOMATICO", "administrado", "ExpedienteSubsanado"),
    ("derivar", "PRESENTADO", "EN_TRAMITE", "mesa de partes", "ExpedienteDerivado"),
    ("derivar", "EN_TRAMITE", "EN_TRAMITE", "unidad responsable", "ExpedienteDerivado"),
    ("derivar", "EN_INFORME", "EN_INFORME", "unidad responsable", "ExpedienteDerivado"),
    ("derivar", "RESUELTO", "RESUELTO", "unidad responsable", "ExpedienteDerivado"),
    ("derivar", "NOTIFICADO", "NOTIFICADO", "unidad responsable", "ExpedienteDerivado"),
    ("derivar", "APROBADO_AUTOMATICO", "APROBADO_AUTOMATICO", "unidad responsable", "ExpedienteDerivado"),
    ("pedir_informe", "EN_TRAMITE", "EN_INFORME", "unidad responsable", "InformePedido"),
    ("pedir_informe", "EN_INFORME", "EN_INFORME", "unidad responsable", "InformePedido"),
    ("rendir_informe", "EN_INFORME", "EN_INFORME", "unidad consultada", "InformeRendido"),
    ("rendir_informe", "EN_INFORME", "EN_TRAMITE", "unidad consultada", "InformeRendido"),
    ("prescindir_informe", "EN_INFORME", "EN_INFORME", "unidad responsable", "InformePrescindido"),
    ("prescindir_informe", "EN_INFORME", "EN_TRAMITE", "unidad responsable", "InformePrescindido"),
    ("resolver", "EN_TRAMITE", "RESUELTO", "quien firma", "ExpedienteResuelto"),
    ("notificar", "RESUELTO", "POR_NOTIFICAR", "unidad responsable", "DecisionDepositada"),
    ("tomar_conocimiento", "POR_NOTIFICAR", "NOTIFICADO", "administrado o el plazo", "ExpedienteNotificado"),
    ("archivar", "NOTIFICADO", "ARCHIVADO", "unidad responsable", "ExpedienteArchivado"),
    ("archivar", "APROBADO_AUTOMATICO", "ARCHIVADO", "unidad responsable", "ExpedienteArchivado"),
)
"""El camino de un expediente. Lo que no está en la tabla no se puede hacer."""

TRANSICIONES_DE_PROYECTO = _filas(
    ("redactar", "", "BORRADOR", "unidad que redacta", "ProyectoRedactado"),
    ("editar", "BORRADOR", "BORRADOR", "unidad que redacta", "ProyectoEditado"),
    ("editar", "PARA_VISTO", "BORRADOR", "unidad que redacta", "ProyectoEditado"),
    ("editar", "PARA_FIRMA", "BORRADOR", "unidad que redacta", "ProyectoEditado"),
    ("enviar", "BORRADOR", "PARA_VISTO", "unidad que redacta", "ProyectoEnviado"),
    ("enviar", "BORRADOR", "PARA_FIRMA", "unidad que redacta", "ProyectoEnviado"),
    ("visar", "PARA_VISTO", "PARA_VISTO", "quien visa", "ProyectoVisado"),
    ("visar", "PARA_VISTO", "PARA_FIRMA", "quien visa", "ProyectoVisado"),
    ("devolver", "PARA_VISTO", "BORRADOR", "quien visa", "ProyectoDevuelto"),
    ("devolver", "PARA_FIRMA", "BORRADOR", "quien firma", "ProyectoDevuelto"),
    ("firmar", "PARA_FIRMA", "EMITIDO", "quien firma", "DocumentoEmitido"),
)
"""El camino de un proyecto, de borrador a documento firmado."""


@dataclass(frozen=True)
class Palabras:
    """Un estado dicho a un ciudadano: la etiqueta, la explicación y el tono de su color."""

    palabras: str
    explicacion: str
    tono: str


EN_PALABRAS: dict[str, Palabras] = {
    "PRESENTADO": Palabras(
        "Recibimos su solicitud", "La mesa de partes está revisando sus documentos.", "curso"
    ),
    "OBSERVADO": Palabras(
        "Falta corregir algo", "Corrija lo observado para que su trámite continúe.", "espera"
    ),
    "EN_TRAMITE": Palabras("En revisión", "La oficina encargada está revisando su solicitud.", "curso"),
    "EN_INFORME": Palabras("En revisión", "La oficina encargada pidió la opinión de otra oficina.", "curso"),
    "RESUELTO": Palabras("Ya hay respuesta", "La municipalidad decidió y está por comunicárselo.", "hecho"),
    "POR_NOTIFICAR": Palabras(
        "Su respuesta está en su casilla", "Ábrala en su casilla electrónica.", "espera"
    ),
    "NOTIFICADO": Palabras("Respuesta comunicada", "La decisión le fue notificada.", "hecho"),
    "APROBADO_AUTOMATICO": Palabras("Aprobado", "Se aprobó al presentarlo: su cargo es el título.", "hecho"),
    "ARCHIVADO": Palabras("Terminado", "El expediente está en el archivo.", "neutro"),
}
"""Cada estado dicho a un ciudadano."""

TONOS = {
    "PRESENTADO": "curso", "OBSERVADO": "espera", "EN_TRAMITE": "curso", "EN_INFORME": "espera", "RESUELTO": "hecho",
    "POR_NOTIFICAR": "espera", "NOTIFICADO": "hecho", "APROBADO_AUTOMATICO": "hecho", "ARCHIVADO": "neutro",
    "BORRADOR": "neutro", "PARA_VISTO": "espera", "PARA_FIRMA": "espera", "EMITIDO": "hecho", "ANULADO": "alerta",
}  # fmt: skip
"""El tono con que el personal ve cada estado de un expediente o de un proyecto."""

_POR_QUE_NO: dict[tuple[str, str], tuple[str, str]] = {
    ("observar", "OBSERVADO"): (
        "Este expediente ya fue observado: la observación es una sola y no se puede agregar otra.",
        "Ley 27444, art. 126.2",
    ),
    ("subsanar", "PRESENTADO"): (
        "Este expediente no tiene una observación pendiente de corregir.",
        "Ley 27444, art. 125",
    ),
    ("resolver", "EN_INFORME"): (
        "Todavía se espera un informe de otra unidad: recíbalo, o decida continuar sin él, antes de firmar.",
        "Ley 27444, art. 132.3",
    ),
    ("resolver", "RESUELTO"): ("Este expediente ya tiene una decisión firmada.", "Ley 27444, art. 150"),
    ("archivar", "RESUELTO"): (
        "Antes de archivar, notifique la decisión: un acto que no se notifica no surte efecto.",
        "Ley 27444, art. 16.1",
    ),
    ("archivar", "POR_NOTIFICAR"): (
        "La decisión todavía no surte efecto: se archiva cuando el administrado la abra o venza el plazo.",
        "Ley 27444, art. 16.1",
    ),
}
_OBSERVADO = (
    "El expediente está observado: mientras el administrado no corrija, no se deriva ni corre ningún plazo.",
    "Ley 27444, art. 125.3",
)


def get_transicion(
    acto: str, desde: str, hacia: str = "", *, tabla: tuple[Transicion, ...] = TRANSICIONES
) -> Transicion:
    """La fila que permite ``acto`` desde el estado ``desde``.

    :param hacia: el destino elegido cuando el acto admite varios; vacío, si solo hay uno
    :raises NoProcede: si la tabla no lo permite, con la norma que lo explica
    """
    posibles = [
        fila for fila in tabla if fila.acto == acto and fila.desde == desde and hacia in ("", fila.hacia)
    ]
    if not posibles:
        raise _negativa(acto, desde)
    if len(posibles) > 1:
        raise ValueError(f"«{acto}» desde {desde} lleva a varios estados: diga a cuál.")
    return posibles[0]


def _negativa(acto: str, desde: str) -> NoProcede:
    if (acto, desde) in _POR_QUE_NO:
        frase, norma = _POR_QUE_NO[acto, desde]
        return NoProcede(frase, norma=norma)
    if desde == "OBSERVADO":
        return NoProcede(_OBSERVADO[0], norma=_OBSERVADO[1])
    dicho = EN_PALABRAS[desde].palabras.lower() if desde in EN_PALABRAS else desde.replace("_", " ").lower()
    verbo = acto.replace("_", " ")
    return NoProcede(f"Ahora no se puede {verbo}: el estado es «{dicho}».", norma="Ley 27444, art. 145")


# --- Plazos ---------------------------------------------------------------------------------------------------------
class ConPlazo(Protocol):
    """Lo que se necesita de una versión del TUPA para contar su plazo."""

    calificacion: str
    plazo: int
    plazo_unidad: str


def calcular_vencimiento(
    version: ConPlazo, inicio: date, calendario: Calendario, *, completo: bool = True
) -> tuple[date | None, dict[str, Any]]:
    """Cuándo vence el plazo para resolver y por qué.

    Los días se cuentan desde el siguiente hábil (133.1, 134.1); si el último es inhábil pasa al primero que le sigue
    (134.2); los meses van de fecha a fecha y, si falta el día, al primer hábil del mes siguiente (134.3).

    :param inicio: la fecha de presentación, o la de la subsanación (131.1)
    :param completo: ``False`` si falta un requisito: sin él no hay aprobación automática todavía
    :return: la fecha, o ``None`` si es de aprobación automática (31.1), y la explicación que se guarda y se muestra
    """
    if version.calificacion == "AUTOMATICA":
        return None, _explicar_automatica(inicio, completo)
    computo = _contar(version.plazo, version.plazo_unidad, inicio, calendario)
    return computo.fecha, _explicar(version, inicio, calendario, computo)


def calcular_informe(inicio: date, calendario: Calendario) -> Computo:
    """El último día para rendir un informe pedido en ``inicio``: siete días hábiles (art. 132.3)."""
    return sumar_habiles(inicio, DIAS_DE_INFORME, calendario)


def _contar(plazo: int, unidad: str, inicio: date, calendario: Calendario) -> Computo:
    if unidad == "HABILES":
        return sumar_habiles(inicio, plazo, calendario)
    if unidad == "CALENDARIO":
        ultimo = inicio + timedelta(days=plazo)
        vence = primer_habil(ultimo, calendario)
        return Computo(
            vence, (Paso(ultimo, plazo, f"día {plazo} de calendario"), *_corridos(ultimo, vence, calendario))
        )
    ultimo, motivo = _sumar_meses(inicio, plazo)
    vence = primer_habil(ultimo, calendario)
    return Computo(vence, (Paso(ultimo, plazo, motivo), *_corridos(ultimo, vence, calendario)))


def _sumar_meses(inicio: date, meses: int) -> tuple[date, str]:
    total = inicio.month - 1 + meses
    anio, mes = inicio.year + total // 12, total % 12 + 1
    if inicio.day <= calendar.monthrange(anio, mes)[1]:
        return date(anio, mes, inicio.day), f"{meses} meses, de fecha a fecha"
    siguiente = date(anio + mes // 12, mes % 12 + 1, 1)
    return siguiente, f"ese mes no tiene día {inicio.day}: pasa al mes siguiente (134.3)"


def _corridos(ultimo: date, vence: date, calendario: Calendario) -> list[Paso]:
    """Los días inhábiles entre el último y el del vencimiento (134.2)."""
    dias = [ultimo + timedelta(days=n) for n in range((vence - ultimo).days + 1)]
    return [
        Paso(dia, None, calendario.motivo(dia) or "primer día hábil siguiente (134.2)")
        for dia in dias
        if vence > ultimo
    ]


_UNIDADES = {"HABILES": "días hábiles", "CALENDARIO": "días calendario", "MESES": "meses"}


def _explicar(version: ConPlazo, inicio: date, calendario: Calendario, computo: Computo) -> dict[str, Any]:
    cuenta = f"{version.plazo} {_UNIDADES[version.plazo_unidad]}"
    return {
        "norma": "Ley 27444",
        "articulos": "131.1, 133.1, 134",
        "desde": inicio.isoformat(),
        "plazo": version.plazo,
        "unidad": version.plazo_unidad,
        "calendario": calendario.version,
        "vence_el": computo.fecha.isoformat(),
        "frases": [
            f"El trámite tiene un plazo de {cuenta}.",
            f"Se cuenta desde el día siguiente al {fecha_en_palabras(inicio)}.",
            *_frase_de_saltos(computo.pasos),
            f"El último día es el {fecha_en_palabras(computo.fecha)}.",
        ],
        "pasos": [
            {"fecha": p.fecha.isoformat(), "cuenta": p.cuenta, "motivo": p.motivo} for p in computo.pasos
        ],
    }


def _frase_de_saltos(pasos: Iterable[Paso]) -> list[str]:
    feriados = [p for p in pasos if p.cuenta is None and p.motivo not in ("sábado", "domingo")]
    if not feriados:
        return ["No se cuentan los sábados ni los domingos."]
    nombres = "; ".join(f"{p.fecha:%d/%m/%Y} ({p.motivo})" for p in feriados)
    return [f"No se cuentan los sábados, los domingos ni estos días: {nombres}."]


def _explicar_automatica(inicio: date, completo: bool) -> dict[str, Any]:
    frase = (
        "Este trámite es de aprobación automática: quedó aprobado al presentarlo y el cargo es el título."
        if completo
        else "Este trámite es de aprobación automática: quedará aprobado cuando estén completos sus requisitos."
    )
    return {
        "norma": "Ley 27444",
        "articulos": "31.1, 31.3",
        "desde": inicio.isoformat(),
        "plazo": 0,
        "unidad": "HABILES",
        "calendario": "",
        "vence_el": None,
        "frases": [frase],
        "pasos": [],
    }


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


# --- Números y claves -------------------------------------------------------------------------------------------------
_NUMERO = re.compile(
    r"(?:EXP[-\s]*)?(?:(?P<anio>20\d\d)[-\s]+)?(?P<correlativo>\d{1,6})(?:-(?P<control>[\dX]))?",
    re.IGNORECASE,
)


def leer_numero(escrito: str, *, anio: int | None = None) -> str | None:
    """El número completo a partir de lo que alguien escribió; ``None`` si no es un número o su control no corresponde.

    :param anio: el que se supone si no lo escribió
    """
    hallado = _NUMERO.fullmatch(escrito.strip().upper().replace("–", "-").replace("—", "-"))
    if hallado is None or not (hallado["anio"] or anio):
        return None
    del_anio, correlativo = int(hallado["anio"] or anio or 0), int(hallado["correlativo"])
    control = check_digit(correlativo, del_anio)
    if hallado["control"] and hallado["control"] != control:
        return None
    return f"EXP-{del_anio}-{correlativo:06d}-{control}"


def normalizar_clave(clave: str) -> str:
    """La clave como se guardó: sin espacios ni guiones, y con los signos que se confunden puestos en su lugar."""
    solo = re.sub(r"[\s\-–—]", "", clave).upper()
    return solo.translate(str.maketrans("OIL", "011"))
