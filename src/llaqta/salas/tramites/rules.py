"""Reglas del TUPA como funciones puras: qué puede publicarse y cómo se dice el silencio en palabras de todos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from llaqta.cimientos.errors import NoProcede
from llaqta.salas.tramites.condiciones import Condiciones as Condiciones

MAXIMO_GENERAL = 30
"""Días hábiles que como máximo dura una evaluación previa, salvo que una ley diga más (art. 35 Ley 27444)."""

CANALES = {"virtual": "Por internet", "presencial": "En la municipalidad", "telefono": "Por teléfono"}


class TramiteNoVigente(NoProcede):
    """El procedimiento existe, pero el TUPA no lo tiene vigente en esa fecha."""


@dataclass(frozen=True)
class NuevoRequisito:
    """Un requisito por publicar; su orden es su lugar en la lista."""

    texto: str
    clase: str = "DOCUMENTO"
    es_opcional: bool = False
    formato: str = ""
    nota: str = ""


@dataclass(frozen=True)
class NuevaBaseLegal:
    """Una norma por publicar."""

    tipo: str
    numero: str = ""
    denominacion: str = ""
    articulos: str = ""
    publicada_el: date | None = None
    verificada: bool = False


@dataclass(frozen=True)
class NuevoRecurso:
    """Un recurso por publicar: la autoridad se nombra por su identificador de unidad."""

    clase: str
    autoridad_id: int
    dias_resolucion: int
    dias_presentacion: int = 15


@dataclass(frozen=True)
class NuevaVersion:
    """Todo lo que el TUPA dirá de un procedimiento (art. 37 Ley 27444)."""

    tipo: str
    denominacion: str
    descripcion: str
    calificacion: str
    ordenanza: str
    sede: str
    horario: str
    unidad_presentacion_id: int
    unidad_aprobacion_id: int
    titulo: str = ""
    plazo: int = 0
    plazo_unidad: str = "HABILES"
    es_gratuito: bool = False
    monto: Decimal = Decimal(0)
    uit_anio: int | None = None
    autorizacion_uit: str = ""
    nota_de_pago: str = ""
    formas_de_pago: Sequence[str] = ()
    canales: Sequence[str] = ("virtual", "presencial")
    consulta: str = ""
    vigencia: str = ""
    ten_en_cuenta: Sequence[str] = ()
    publicada_el: date | None = None
    ratificacion: str = ""
    norma_del_plazo: str = ""
    requisitos: Sequence[NuevoRequisito] = ()
    bases_legales: Sequence[NuevaBaseLegal] = ()
    recursos: Sequence[NuevoRecurso] = field(default_factory=tuple)


def porcentaje_de_uit(monto: Decimal, uit: Decimal) -> Decimal:
    """El derecho de trámite como porcentaje de la UIT, con cuatro decimales (S/ 82.50 de S/ 5,500 es 1.5000)."""
    return (monto * 100 / uit).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def revisar(datos: NuevaVersion, *, uit: Decimal | None) -> list[tuple[str, str]]:
    """Lo que impide publicar una versión, como pares (campo, frase); lista vacía si puede publicarse.

    :param uit: el valor de la UIT de ``datos.uit_anio``; ``None`` si no está registrada
    """
    faltas = [*_revisar_costo(datos, uit), *_revisar_plazo(datos)]
    if not datos.requisitos:
        faltas.append(
            (
                "requisitos",
                "Un procedimiento necesita al menos un requisito: la solicitud o el dato que se pide.",
            )
        )
    textos = [requisito.texto.strip().casefold() for requisito in datos.requisitos]
    if any(not texto for texto in textos):
        faltas.append(("requisitos", "Hay un requisito sin texto: complételo o quítelo."))
    if len(set(textos)) < len(textos):
        faltas.append(("requisitos", "Hay dos requisitos iguales: quite uno."))
    if not datos.bases_legales:
        faltas.append(
            (
                "bases_legales",
                "Falta la base legal: lo que no tiene norma no se puede exigir (art. 37.1 Ley 27444).",
            )
        )
    if not datos.canales:
        faltas.append(("canales", "Elija al menos un canal por donde se presenta."))
    return faltas


def _revisar_costo(datos: NuevaVersion, uit: Decimal | None) -> list[tuple[str, str]]:
    if datos.es_gratuito:
        return [("monto", "Si es gratuito, el derecho de trámite debe ser cero.")] if datos.monto else []
    if datos.monto <= 0:
        return [("monto", "Escriba el derecho de trámite en soles o marque que es gratuito.")]
    if uit is None:
        return [("uit_anio", f"No está registrado el valor de la UIT de {datos.uit_anio or 'ese año'}.")]
    if datos.monto > uit and not datos.autorizacion_uit.strip():
        return [
            ("monto", f"El derecho de trámite no puede pasar de una UIT (S/ {uit:,.2f}) sin la norma que lo autoriza "
                      "(art. 45.1 Ley 27444).")
        ]  # fmt: skip
    return []


def _revisar_plazo(datos: NuevaVersion) -> list[tuple[str, str]]:
    if datos.calificacion == "AUTOMATICA":
        if datos.plazo:
            return [
                (
                    "plazo",
                    "Una aprobación automática no tiene plazo: el cargo es la aprobación (art. 31 Ley 27444).",
                )
            ]
        return []
    if datos.plazo <= 0:
        return [("plazo", "Escriba en cuántos días se resuelve.")]
    excede = (
        datos.plazo > MAXIMO_GENERAL if datos.plazo_unidad == "HABILES" else datos.plazo_unidad == "MESES"
    )
    if excede and not datos.norma_del_plazo.strip():
        return [
            ("plazo", f"Una evaluación previa se resuelve en {MAXIMO_GENERAL} días hábiles como máximo (art. 35); "
                      "si una ley permite más, escriba cuál en «Norma que permite un plazo mayor».")
        ]  # fmt: skip
    return []


def silencio_en_palabras(calificacion: str, plazo_dicho: str) -> str:
    """Qué pasa si la municipalidad no contesta (arts. 31, 33, 34 y 188 Ley 27444); nunca dice «denegado»."""
    if calificacion == "AUTOMATICA":
        return "Queda aprobado en el momento en que lo presenta completo: su cargo es la aprobación."
    if calificacion == "SILENCIO_POSITIVO":
        return (
            f"La municipalidad tiene {plazo_dicho} para resolver y 5 días hábiles más para avisarle. "
            "Si no le avisa en ese tiempo, su pedido queda aprobado (silencio positivo)."
        )
    return (
        f"La municipalidad tiene {plazo_dicho} para resolver. Si no contesta, usted puede esperar la respuesta, que "
        "sigue siendo obligatoria, o apelar cuando quiera (silencio negativo). No significa que su pedido fue negado."
    )
