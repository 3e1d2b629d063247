"""Qué acto lleva de un estado a otro, cómo se dice cada estado y por qué algo no procede: tablas, sin base de datos."""

from __future__ import annotations

from dataclasses import dataclass

from llaqta.cimientos.errors import NoProcede


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
    ("derivar", "APROBADO_FICTO", "APROBADO_FICTO", "unidad responsable", "ExpedienteDerivado"),
    ("derivar", "IMPUGNADO", "IMPUGNADO", "unidad responsable", "ExpedienteDerivado"),
    ("derivar", "EN_NULIDAD", "EN_NULIDAD", "unidad responsable", "ExpedienteDerivado"),
    (
        "derivar_a_otra_entidad",
        "PRESENTADO",
        "DERIVADO_A_OTRA_ENTIDAD",
        "mesa de partes",
        "DerivadoAOtraEntidad",
    ),
    (
        "derivar_a_otra_entidad",
        "EN_TRAMITE",
        "DERIVADO_A_OTRA_ENTIDAD",
        "unidad responsable",
        "DerivadoAOtraEntidad",
    ),
    ("pedir_informe", "EN_TRAMITE", "EN_INFORME", "unidad responsable", "InformePedido"),
    ("pedir_informe", "IMPUGNADO", "EN_INFORME", "unidad responsable", "InformePedido"),
    ("pedir_informe", "EN_INFORME", "EN_INFORME", "unidad responsable", "InformePedido"),
    ("prorrogar_informe", "EN_INFORME", "EN_INFORME", "unidad consultada", "InformeProrrogado"),
    ("rendir_informe", "EN_INFORME", "EN_INFORME", "unidad consultada", "InformeRendido"),
    ("rendir_informe", "EN_INFORME", "EN_TRAMITE", "unidad consultada", "InformeRendido"),
    ("rendir_informe", "EN_INFORME", "IMPUGNADO", "unidad consultada", "InformeRendido"),
    ("prescindir_informe", "EN_INFORME", "EN_INFORME", "unidad responsable", "InformePrescindido"),
    ("prescindir_informe", "EN_INFORME", "EN_TRAMITE", "unidad responsable", "InformePrescindido"),
    ("prescindir_informe", "EN_INFORME", "IMPUGNADO", "unidad responsable", "InformePrescindido"),
    ("emplazar", "EN_TRAMITE", "EMPLAZADO", "unidad responsable", "ExpedienteEmplazado"),
    ("corregir_emplazamiento", "EMPLAZADO", "EN_TRAMITE", "administrado", "EmplazamientoCorregido"),
    ("declarar_no_presentado", "OBSERVADO", "NO_PRESENTADO", "el plazo", "ExpedienteNoPresentado"),
    ("declarar_no_presentado", "EMPLAZADO", "NO_PRESENTADO", "el plazo", "ExpedienteNoPresentado"),
    ("suspender", "PRESENTADO", "SUSPENDIDO", "administrado", "ExpedienteSuspendido"),
    ("suspender", "EN_TRAMITE", "SUSPENDIDO", "administrado", "ExpedienteSuspendido"),
    ("suspender", "EN_INFORME", "SUSPENDIDO", "administrado", "ExpedienteSuspendido"),
    ("reanudar", "SUSPENDIDO", "PRESENTADO", "administrado o el plazo", "ExpedienteReanudado"),
    ("reanudar", "SUSPENDIDO", "EN_TRAMITE", "administrado o el plazo", "ExpedienteReanudado"),
    ("reanudar", "SUSPENDIDO", "EN_INFORME", "administrado o el plazo", "ExpedienteReanudado"),
    ("acumular", "PRESENTADO", "ACUMULADO", "unidad responsable", "ExpedienteAcumulado"),
    ("acumular", "EN_TRAMITE", "ACUMULADO", "unidad responsable", "ExpedienteAcumulado"),
    ("desacumular", "ACUMULADO", "EN_TRAMITE", "unidad responsable", "ExpedienteSeparado"),
    ("resolver", "EN_TRAMITE", "RESUELTO", "quien firma", "ExpedienteResuelto"),
    ("resolver", "IMPUGNADO", "RESUELTO", "quien firma", "ExpedienteResuelto"),
    ("resolver", "EN_NULIDAD", "RESUELTO", "quien firma", "ExpedienteResuelto"),
    ("aprobar_por_silencio", "PRESENTADO", "APROBADO_FICTO", "el plazo", "SilencioPositivoOperado"),
    ("aprobar_por_silencio", "EN_TRAMITE", "APROBADO_FICTO", "el plazo", "SilencioPositivoOperado"),
    ("aprobar_por_silencio", "EN_INFORME", "APROBADO_FICTO", "el plazo", "SilencioPositivoOperado"),
    ("aprobar_por_silencio", "IMPUGNADO", "APROBADO_FICTO", "el plazo", "SilencioPositivoOperado"),
    ("aprobar_por_silencio", "RESUELTO", "APROBADO_FICTO", "el plazo", "SilencioPositivoOperado"),
    ("aprobar_por_silencio", "POR_NOTIFICAR", "APROBADO_FICTO", "el plazo", "SilencioPositivoOperado"),
    ("anular_decision", "RESUELTO", "EN_TRAMITE", "jefatura que la emitió", "EmisionAnulada"),
    ("anular_decision", "RESUELTO", "IMPUGNADO", "jefatura que la emitió", "EmisionAnulada"),
    ("anular_decision", "RESUELTO", "EN_NULIDAD", "jefatura que la emitió", "EmisionAnulada"),
    ("notificar", "RESUELTO", "POR_NOTIFICAR", "unidad responsable", "DecisionDepositada"),
    ("notificar", "POR_NOTIFICAR", "POR_NOTIFICAR", "unidad responsable", "DecisionDepositada"),
    ("tomar_conocimiento", "POR_NOTIFICAR", "NOTIFICADO", "administrado o el plazo", "ExpedienteNotificado"),
    ("tomar_conocimiento", "POR_NOTIFICAR", "ABANDONADO", "administrado o el plazo", "ExpedienteNotificado"),
    ("tomar_conocimiento", "POR_NOTIFICAR", "DESISTIDO", "administrado o el plazo", "ExpedienteNotificado"),
    ("tomar_conocimiento", "POR_NOTIFICAR", "ANULADO", "administrado o el plazo", "ExpedienteNotificado"),
    ("impugnar", "NOTIFICADO", "IMPUGNADO", "administrado", "ExpedienteImpugnado"),
    ("impugnar", "ABANDONADO", "IMPUGNADO", "administrado", "ExpedienteImpugnado"),
    ("impugnar", "ARCHIVADO", "IMPUGNADO", "administrado, fuera de plazo", "ExpedienteImpugnado"),
    ("impugnar", "PRESENTADO", "IMPUGNADO", "administrado, por silencio negativo", "ExpedienteImpugnado"),
    ("impugnar", "EN_TRAMITE", "IMPUGNADO", "administrado, por silencio negativo", "ExpedienteImpugnado"),
    ("impugnar", "EN_INFORME", "IMPUGNADO", "administrado, por silencio negativo", "ExpedienteImpugnado"),
    ("impugnar", "IMPUGNADO", "IMPUGNADO", "administrado, por silencio negativo", "ExpedienteImpugnado"),
    ("iniciar_nulidad", "NOTIFICADO", "EN_NULIDAD", "superior jerárquico", "NulidadIniciada"),
    ("iniciar_nulidad", "APROBADO_FICTO", "EN_NULIDAD", "superior jerárquico", "NulidadIniciada"),
    ("iniciar_nulidad", "APROBADO_AUTOMATICO", "EN_NULIDAD", "superior jerárquico", "NulidadIniciada"),
    ("cerrar_nulidad", "EN_NULIDAD", "NOTIFICADO", "superior jerárquico", "NulidadCerrada"),
    ("cerrar_nulidad", "EN_NULIDAD", "APROBADO_FICTO", "superior jerárquico", "NulidadCerrada"),
    ("cerrar_nulidad", "EN_NULIDAD", "APROBADO_AUTOMATICO", "superior jerárquico", "NulidadCerrada"),
    ("reponer", "NOTIFICADO", "EN_TRAMITE", "quien anuló en el recurso", "ProcedimientoRepuesto"),
    ("reponer", "ANULADO", "EN_TRAMITE", "superior jerárquico", "ProcedimientoRepuesto"),
    ("archivar", "NOTIFICADO", "ARCHIVADO", "unidad responsable", "ExpedienteArchivado"),
    ("archivar", "APROBADO_AUTOMATICO", "ARCHIVADO", "unidad responsable", "ExpedienteArchivado"),
    ("archivar", "APROBADO_FICTO", "ARCHIVADO", "unidad responsable", "ExpedienteArchivado"),
    ("archivar", "NO_PRESENTADO", "ARCHIVADO", "unidad responsable", "ExpedienteArchivado"),
    ("archivar", "ABANDONADO", "ARCHIVADO", "unidad responsable", "ExpedienteArchivado"),
    ("archivar", "DESISTIDO", "ARCHIVADO", "unidad responsable", "ExpedienteArchivado"),
    ("archivar", "DERIVADO_A_OTRA_ENTIDAD", "ARCHIVADO", "unidad responsable", "ExpedienteArchivado"),
    ("archivar", "ANULADO", "ARCHIVADO", "unidad responsable", "ExpedienteArchivado"),
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
    ("firmar_en_conjunto", "PARA_FIRMA", "PARA_FIRMA", "quien firma primero", "FirmaConjuntaPuesta"),
    ("anular", "EMITIDO", "ANULADO", "jefatura que lo emitió", "EmisionAnulada"),
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
    "APROBADO_FICTO": Palabras(
        "Aprobado por silencio",
        "Venció el plazo sin respuesta: por ley, lo que pidió quedó aprobado.",
        "hecho",
    ),
    "NO_PRESENTADO": Palabras(
        "Se tiene por no presentado",
        "No se corrigió lo pedido a tiempo. Puede recoger sus documentos y presentar de nuevo.",
        "neutro",
    ),
    "EMPLAZADO": Palabras(
        "Falta corregir algo", "La oficina encontró algo que corregir; el plazo está detenido.", "espera"
    ),
    "SUSPENDIDO": Palabras("En pausa", "El plazo está detenido porque usted lo pidió.", "espera"),
    "IMPUGNADO": Palabras(
        "Su recurso está en revisión", "La municipalidad revisa lo que usted impugnó.", "curso"
    ),
    "ACUMULADO": Palabras("Unido a otro expediente", "Su trámite sigue dentro de otro expediente.", "curso"),
    "DERIVADO_A_OTRA_ENTIDAD": Palabras(
        "Enviado a otra entidad", "Lo que pidió le corresponde a otra entidad: se lo enviamos.", "neutro"
    ),
    "ABANDONADO": Palabras(
        "Terminado por abandono",
        "Estuvo detenido por falta de una acción suya y una resolución lo terminó.",
        "neutro",
    ),
    "DESISTIDO": Palabras(
        "Terminado a su pedido", "Usted se desistió y la municipalidad lo aceptó.", "neutro"
    ),
    "EN_NULIDAD": Palabras(
        "En revisión de oficio",
        "La municipalidad revisa si la decisión es válida; puede dar sus razones.",
        "espera",
    ),
    "ANULADO": Palabras("Decisión anulada", "Una resolución declaró nula la decisión anterior.", "alerta"),
    "ARCHIVADO": Palabras("Terminado", "El expediente está en el archivo.", "neutro"),
}
"""Cada estado dicho a un ciudadano."""

TONOS = {
    "PRESENTADO": "curso", "OBSERVADO": "espera", "EN_TRAMITE": "curso", "EN_INFORME": "espera", "RESUELTO": "hecho",
    "POR_NOTIFICAR": "espera", "NOTIFICADO": "hecho", "APROBADO_AUTOMATICO": "hecho", "ARCHIVADO": "neutro",
    "APROBADO_FICTO": "alerta", "NO_PRESENTADO": "neutro", "EMPLAZADO": "espera", "SUSPENDIDO": "espera",
    "IMPUGNADO": "curso", "ACUMULADO": "neutro", "DERIVADO_A_OTRA_ENTIDAD": "neutro", "ABANDONADO": "neutro",
    "DESISTIDO": "neutro", "EN_NULIDAD": "espera", "ANULADO": "alerta",
    "BORRADOR": "neutro", "PARA_VISTO": "espera", "PARA_FIRMA": "espera", "EMITIDO": "hecho",
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
    ("resolver", "APROBADO_FICTO"): (
        "Lo pedido ya quedó aprobado por silencio administrativo positivo: una resolución posterior no lo cambia; "
        "solo cabe la nulidad de oficio.",
        "Ley 27444, arts. 188.1, 188.2 y 202",
    ),
    ("emplazar", "EMPLAZADO"): ("El emplazamiento es uno solo y ya se hizo.", "Ley 27444, art. 125.5"),
    ("impugnar", "RESUELTO"): (
        "La decisión todavía no se notifica: el recurso se presenta desde que surte efecto.",
        "Ley 27444, arts. 16.1 y 207.2",
    ),
    ("impugnar", "POR_NOTIFICAR"): (
        "La decisión todavía no surte efecto: abra primero su notificación.",
        "Ley 27444, arts. 16.1 y 207.2",
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
_EN_ESPERA: dict[str, tuple[str, str]] = {
    "OBSERVADO": (
        "El expediente está observado: mientras el administrado no corrija, no se deriva ni corre ningún plazo.",
        "Ley 27444, art. 125.3",
    ),
    "EMPLAZADO": (
        "El administrado fue emplazado: mientras no corrija, el expediente no avanza ni corre ningún plazo.",
        "Ley 27444, art. 125.5",
    ),
    "SUSPENDIDO": (
        "El administrado pidió suspender el procedimiento: continúa cuando termine la suspensión.",
        "Ley 27444, art. 136.4",
    ),
    "NO_PRESENTADO": (
        "La solicitud se tiene por no presentada: no hay nada que tramitar.",
        "Ley 27444, art. 125.4",
    ),
    "APROBADO_FICTO": (
        "Lo pedido quedó aprobado por silencio administrativo: solo cabe la nulidad de oficio.",
        "Ley 27444, arts. 188.1, 188.2 y 202",
    ),
    "ACUMULADO": (
        "Este expediente está acumulado a otro: los actos se hacen en el principal.",
        "Ley 27444, art. 149",
    ),
}
"""Por qué no se actúa en un estado que espera algo, o que ya terminó."""


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


_VERBOS = {
    "cerrar_nulidad": "cerrar la revisión de oficio",
    "corregir_emplazamiento": "corregir",
    "derivar_a_otra_entidad": "enviar a otra entidad",
    "desacumular": "separar",
    "emplazar": "requerir una corrección",
    "iniciar_nulidad": "revisar de oficio",
    "pedir_informe": "pedir un informe",
    "prescindir_informe": "prescindir del informe",
    "prorrogar_informe": "prorrogar el informe",
    "rendir_informe": "rendir el informe",
    "reponer": "reponer el procedimiento",
    "tomar_conocimiento": "tener por notificado",
}
"""El acto dicho en castellano, cuando su nombre no basta."""


def _negativa(acto: str, desde: str) -> NoProcede:
    if (acto, desde) in _POR_QUE_NO:
        frase, norma = _POR_QUE_NO[acto, desde]
        return NoProcede(frase, norma=norma)
    if desde in _EN_ESPERA:
        frase, norma = _EN_ESPERA[desde]
        return NoProcede(frase, norma=norma)
    dicho = EN_PALABRAS[desde].palabras.lower() if desde in EN_PALABRAS else desde.replace("_", " ").lower()
    verbo = _VERBOS.get(acto, acto.replace("_", " "))
    return NoProcede(f"Ahora no se puede {verbo}: el estado es «{dicho}».", norma="Ley 27444, art. 145")
