"""Las incidencias de un expediente contadas en palabras llanas: una función por suceso. Nunca dice «denegado»."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from llaqta.cimientos.calendario import fecha_en_palabras
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes.models import (
    Acumulacion,
    CambioDePlazo,
    Expediente,
    Movimiento,
    Proyecto,
    Suspension,
)


@dataclass(frozen=True)
class Hechos:
    """Lo que hace falta para contar: se lee de una vez, no suceso por suceso."""

    expediente: Expediente
    movimientos: dict[int, Movimiento]
    documentos: dict[int, Documento]
    proyectos: dict[int, Proyecto]
    personas: dict[int, str] = field(default_factory=dict)
    cambios: dict[int, CambioDePlazo] = field(default_factory=dict)
    suspensiones: dict[int, Suspension] = field(default_factory=dict)
    acumulaciones: dict[int, Acumulacion] = field(default_factory=dict)


Dicho = tuple[str, str, str, str] | None
"""Título, texto, unidad y tono; ``None`` si a esa persona no se le cuenta."""


def _plazo_cambiado(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    cambio = hechos.cambios.get(datos["cambio_id"])
    if cambio is None:
        return None
    if cambio.antes == cambio.despues:
        titulo = (
            "Se revisó el plazo" if "no cambia" in cambio.motivo else "Cambió el último día para notificar"
        )
        return titulo, cambio.motivo, "", "neutro"
    titulo = (
        "Cambió el último día para corregir"
        if cambio.explicacion.get("de") == "CORREGIR"
        else "Cambió la fecha del plazo"
    )
    return titulo, " ".join([cambio.motivo, *_de_cuando_a_cuando(cambio)]), "", "espera"


def _de_cuando_a_cuando(cambio: CambioDePlazo) -> list[str]:
    if cambio.explicacion.get("de") == "CORREGIR":
        return [f"Ahora vence el {fecha_en_palabras(cambio.despues)}."] if cambio.despues else []
    antes = (
        f"Antes vencía el {fecha_en_palabras(cambio.antes)}; ahora vence" if cambio.antes else "Ahora vence"
    )
    return [f"{antes} el {fecha_en_palabras(cambio.despues)}."] if cambio.despues else []


def _no_presentado(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return (
        "Se tiene por no presentado",
        "No llegó a tiempo la corrección que se pidió. Puede recoger sus documentos y presentar otra vez; si pagó, se "
        "le devuelve.",
        "",
        "neutro",
    )


def _emplazado(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return (
        "La oficina encontró algo que corregir",
        "Se le pidió corregirlo, por única vez. Mientras tanto el plazo está detenido.",
        hechos.expediente.unidad_responsable.nombre,
        "espera",
    )


def _emplazamiento_corregido(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return "Recibimos su corrección", "El plazo continúa donde estaba.", "", "curso"


def _suspendido(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    suspension = hechos.suspensiones.get(datos["suspension_id"])
    texto = "El plazo se detuvo a su pedido."
    if suspension and suspension.hasta:
        texto = (
            f"El plazo se detiene a su pedido del {fecha_en_palabras(suspension.desde)} al "
            f"{fecha_en_palabras(suspension.hasta)}: esos días no se cuentan."
        )
    return "El plazo está en pausa", texto, "", "espera"


def _reanudado(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return "El plazo continúa", "Terminó la pausa que se pidió.", "", "curso"


def _silencio_positivo(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return (
        "Quedó aprobado por silencio",
        f"Terminó el plazo sin que se notificara una decisión: por ley, lo que pidió está aprobado desde el "
        f"{_dia(datos['desde'])}. No tiene que hacer nada más; si quiere, puede presentar una declaración jurada.",
        "",
        "hecho",
    )


def _silencio_negativo(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return (
        "Venció el plazo y todavía no hay respuesta",
        f"Desde el {_dia(datos['desde'])} puede apelar si lo prefiere, o seguir esperando: no corre ningún plazo en su "
        "contra y la municipalidad sigue obligada a responder.",
        "",
        "espera",
    )


def _declaracion(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return (
        "Recibimos su declaración jurada",
        "Deja constancia de que lo que pidió quedó aprobado por silencio.",
        "",
        "hecho",
    )


def _impugnado(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return (
        "Recibimos su recurso",
        "La municipalidad revisa lo que usted impugnó, con su propio plazo.",
        "",
        "curso",
    )


def _desistido(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return "Recibimos su desistimiento", "Una resolución lo acepta o dice por qué no.", "", "espera"


def _paralizado(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return (
        "El trámite espera algo de usted",
        f"Está detenido desde el {_dia(datos['desde'])} porque falta una acción suya. Si pasan 30 días hábiles sin que "
        "actúe, la municipalidad puede declarar el abandono con una resolución.",
        hechos.expediente.unidad_responsable.nombre,
        "espera",
    )


def _acumulado(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    acumulacion = hechos.acumulaciones.get(datos["acumulacion_id"])
    if acumulacion is None:
        return "Se unió con otro expediente", "", "", "neutro"
    if acumulacion.principal_id == hechos.expediente.pk:
        return (
            f"Se unió a este el expediente {acumulacion.acumulado.numero}",
            acumulacion.motivo,
            "",
            "neutro",
        )
    texto = f"Su trámite sigue dentro del expediente {acumulacion.principal.numero}. {acumulacion.motivo}"
    return "Se unió a otro expediente", texto, "", "neutro"


def _separado(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    acumulacion = hechos.acumulaciones.get(datos["acumulacion_id"])
    return (
        "Volvió a seguir por separado",
        acumulacion.motivo_de_separacion if acumulacion else "",
        "",
        "curso",
    )


def _otra_entidad(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return (
        f"Se envió a {datos['entidad']}",
        "Lo que pidió le corresponde decidirlo a esa entidad: su plazo se cuenta desde que lo reciba.",
        "",
        "neutro",
    )


def _informe_prorrogado(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    movimiento = hechos.movimientos.get(datos["movimiento_id"])
    if movimiento is None or movimiento.vence_el is None:
        return None
    return (
        "Se dio más tiempo para una opinión",
        f"Por única vez, hasta el {fecha_en_palabras(movimiento.vence_el)}. El plazo para responderle no cambia.",
        movimiento.para_unidad.nombre,
        "curso",
    )


def _nulidad_iniciada(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return (
        "La municipalidad revisa su propia decisión",
        "Quiere comprobar si es válida. Mientras tanto lo decidido sigue valiendo, y antes de resolver le pedirá sus "
        f"razones. Motivo: {datos['motivo']}",
        "",
        "espera",
    )


def _audiencia(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return (
        "Puede dar sus razones",
        f"Se le comunicó qué se revisa. Tiene hasta el {_dia(datos['hasta'])}, a las 23:59, para decir lo que "
        "convenga a su derecho; después la municipalidad decide.",
        "",
        "espera",
    )


def _acto_nulo(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    documento = hechos.documentos.get(datos["documento_id"])
    quien = f"{documento} declaró" if documento else "Una resolución declaró"
    return (
        "La decisión anterior quedó anulada",
        f"{quien} nulo lo que se había decidido: no vale desde el día en que se dictó.",
        "",
        "alerta",
    )


def _repuesto(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return (
        "Su trámite vuelve a evaluarse",
        "Regresó a la oficina que lo tenía, al momento del error, y la municipalidad decidirá otra vez. Lo que usted "
        "presentó antes vale: no tiene que presentarlo de nuevo ni pagar otra vez.",
        hechos.expediente.unidad_responsable.nombre,
        "curso",
    )


def _nulidad_cerrada(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return "La decisión se mantiene", "La revisión terminó sin anularla.", "", "hecho"


def _desglosado(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    return "Se devolvió un documento", "En su lugar quedó una copia autenticada.", "", "neutro"


def _anulada(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    documento = hechos.documentos.get(datos["documento_id"])
    return (
        f"Se anuló {documento}" if documento else "Se anuló un documento",
        "Conserva su número.",
        "",
        "alerta",
    )


def _foraneo(datos: dict[str, Any], hechos: Hechos) -> Dicho:
    folios = datos["folios"]
    return (
        "Se agregó otro expediente ya foliado",
        f"Tiene {folios} folio{'' if folios == 1 else 's'}.",
        "",
        "neutro",
    )


def _dia(iso: str) -> str:
    return fecha_en_palabras(date.fromisoformat(iso[:10]))


INCIDENCIAS: dict[str, Callable[[dict[str, Any], Hechos], Dicho]] = {
    "PlazoCambiado": _plazo_cambiado,
    "ExpedienteNoPresentado": _no_presentado,
    "ExpedienteEmplazado": _emplazado,
    "EmplazamientoCorregido": _emplazamiento_corregido,
    "ExpedienteSuspendido": _suspendido,
    "ExpedienteReanudado": _reanudado,
    "SilencioPositivoOperado": _silencio_positivo,
    "SilencioNegativoOperado": _silencio_negativo,
    "DeclaracionJuradaAnotada": _declaracion,
    "ExpedienteImpugnado": _impugnado,
    "DesistimientoPresentado": _desistido,
    "ParalizacionAnotada": _paralizado,
    "ExpedienteAcumulado": _acumulado,
    "ExpedienteSeparado": _separado,
    "DerivadoAOtraEntidad": _otra_entidad,
    "InformeProrrogado": _informe_prorrogado,
    "NulidadIniciada": _nulidad_iniciada,
    "AudienciaAbierta": _audiencia,
    "ActoDeclaradoNulo": _acto_nulo,
    "ProcedimientoRepuesto": _repuesto,
    "NulidadCerrada": _nulidad_cerrada,
    "DocumentoDesglosado": _desglosado,
    "EmisionAnulada": _anulada,
    "ExpedienteForaneoAgregado": _foraneo,
}
"""Lo que se cuenta a todos, también al ciudadano."""
