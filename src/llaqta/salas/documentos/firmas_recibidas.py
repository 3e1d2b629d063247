"""Las firmas digitales de lo que llega, dichas con palabras: lo que ve el personal y lo que ve quien lo presentó.

Lo que un certificado dice de sí mismo lo escribió quien lo emitió, que puede ser cualquiera: aquí se limpia y se
recorta, y un nombre solo se afirma cuando la firma es válida.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from llaqta.cimientos.pdf import fecha_hora
from llaqta.salas.documentos.models import Documento, RevisionDeFirmas

REGLA = 1
"""La versión de la regla con que se comprueba; al cambiarla, lo comprobado con otra se comprueba otra vez."""
ESPERAS = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3),
           timedelta(days=7))  # fmt: skip
"""Cuánto se espera antes de volver a intentar lo que quedó sin comprobar; después, solo si alguien lo pide."""
PDF = "application/pdf"
_LARGO = 160
_COLA = re.compile(r" (?:FAU|FIR) [0-9A-Z]{6,15}(?: (?:soft|hard))?$")
"""Lo que un certificado peruano añade al nombre: para qué es, el RUC o el documento, y dónde vive su llave."""
_TONOS = {"VALIDA": "hecho", "INVALIDA": "alerta", "INDETERMINADA": "espera"}


@dataclass(frozen=True)
class Insignia:
    """Lo que se dice de una firma, o de que no la hay."""

    palabras: str
    tono: str = "neutro"
    notas: tuple[str, ...] = ()
    datos: tuple[tuple[str, str], ...] = ()


def lleva_revision(documento: Documento) -> bool:
    """Verdadero si las firmas de ese documento se comprueban: llegó de fuera y es un PDF."""
    return documento.es_ajeno and documento.archivo.mime == PDF


def revision_de(documento: Documento) -> RevisionDeFirmas | None:
    """La revisión de su archivo, si ya hay; no consulta si se trajo con ``archivo__firmas``."""
    revision: RevisionDeFirmas | None = getattr(documento.archivo, "firmas", None)
    return revision


def describir(documento: Documento) -> list[Insignia]:
    """Una insignia por firma; una sola si no hay firmas, si no se pudieron leer o si todavía no se comprueban.

    Un papel que la ventanilla digitalizó no lleva firma digital y no hace falta decirlo.
    """
    if not lleva_revision(documento):
        return []
    revision = revision_de(documento)
    if revision is None or revision.veredicto == RevisionDeFirmas.Veredicto.PENDIENTE:
        return [Insignia("Firmas por comprobar")]
    if revision.veredicto == RevisionDeFirmas.Veredicto.SIN_FIRMA:
        return [] if documento.medio == Documento.Medio.FISICO else [Insignia("Sin firma digital")]
    firmas: Sequence[Mapping[str, Any]] = revision.resumen.get("firmas", [])
    insignias = [_de_firma(firma, documento) for firma in firmas]
    if not any(firma.get("veredicto") == revision.veredicto for firma in firmas):
        motivos = [limpio(motivo) for motivo in revision.resumen.get("motivos", [])]
        insignias.insert(0, _del_documento(revision.veredicto, motivos))
    return insignias


def _de_firma(firma: Mapping[str, Any], documento: Documento) -> Insignia:
    titular, identidad = limpio(firma.get("titular", "")), limpio(firma.get("documento", ""))
    nombre = _COLA.sub("", titular)
    quien = f"{nombre} ({identidad})" if identidad else nombre
    veredicto, porque = str(firma.get("veredicto", "")), _sin_nombre(firma)
    palabras = {
        "VALIDA": f"Firmado digitalmente por {quien} – válida",
        "INVALIDA": f"Firma no válida: {porque}",
        "INDETERMINADA": f"No se pudo comprobar: {porque}",
    }.get(veredicto, "Firma por comprobar")
    notas = []
    if veredicto != "VALIDA" and quien:
        notas.append(f"La firma dice ser de {quien}.")
    if firma.get("de_demostracion"):
        notas.append("Certificado de demostración: SIN VALOR LEGAL.")
    if veredicto == "VALIDA" and _firma_otro(identidad, documento):
        notas.append("Quien firma no es quien lo presentó.")
    datos = (
        ("Firmante", titular),
        ("Documento", identidad),
        ("Entidad", limpio(firma.get("entidad", ""))),
        ("Cargo", limpio(firma.get("cargo", ""))),
        ("Motivo", limpio(firma.get("motivo", ""))),
        ("Fecha que dice la firma", _fecha(firma.get("fecha"))),
        ("Nivel", limpio(firma.get("nivel", ""))),
        ("Certificado emitido por", limpio(firma.get("entidad_certificadora", ""))),
        ("Resultado", limpio(firma.get("explicacion", ""))),
    )
    return Insignia(
        palabras, _TONOS.get(veredicto, "neutro"), tuple(notas), tuple(par for par in datos if par[1])
    )


def _del_documento(veredicto: str, motivos: Sequence[str]) -> Insignia:
    """Lo que se dice del archivo entero cuando ninguna de sus firmas lo explica."""
    porque = motivos[0] if motivos else "no se pudo leer."
    palabras = "Firma no válida" if veredicto == "INVALIDA" else "No se pudo comprobar"
    return Insignia(
        f"{palabras}: {porque[:1].lower()}{porque[1:]}", _TONOS.get(veredicto, "neutro"), tuple(motivos[1:])
    )


def _sin_nombre(firma: Mapping[str, Any]) -> str:
    """El motivo sin repetir el nombre con que comienza."""
    explicacion, titular = limpio(firma.get("explicacion", "")), limpio(firma.get("titular", ""))
    return explicacion.removeprefix(f"{titular}: ") or "no se pudo leer."


def _firma_otro(identidad: str, documento: Documento) -> bool:
    """Verdadero si el certificado nombra a una persona natural con un DNI que no es el de quien presentó."""
    autor = documento.autor
    return autor is not None and identidad.startswith("DNI ") and identidad != autor.documento


def _fecha(dicha: object) -> str:
    if not isinstance(dicha, str) or not dicha:
        return ""
    return fecha_hora(datetime.fromisoformat(dicha))


def limpio(texto: object) -> str:
    """Un texto ajeno en una línea, sin signos invisibles ni los que invierten el orden de lectura, y recortado."""
    visible = "".join(
        " " if signo.isspace() else signo
        for signo in str(texto)
        if signo.isspace() or unicodedata.category(signo) not in {"Cc", "Cf", "Co", "Cs", "Cn"}
    )
    visible = " ".join(visible.split())
    return visible if len(visible) <= _LARGO else f"{visible[: _LARGO - 1]}…"
