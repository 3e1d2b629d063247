"""Un suceso no se borra nunca: por eso no lleva datos personales (Ley 29733). Aquí se revisa cada campo de cada uno."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from enum import Enum
from importlib import import_module
from typing import Any, get_args, get_origin, get_type_hints

from llaqta.cimientos.events import Evento

REVISADOS: dict[str, str] = {
    "auditoria.LibroExportado.filtros": "nombres de campos del formulario",
    "auditoria.MesArchivado.manifiesto": "huella",
    "auditoria.MesArchivado.mes": "año y mes",
    "auditoria.SecretoDeSucesoBorrado.motivo": "una opción de MotivoDeBorrado",
    "cimientos.EntidadEditada.campos": "nombres de campos de la ficha de la municipalidad",
    "documentos.DocumentoConservado.nivel": "nivel de firma",
    "documentos.DocumentoGuardado.huella": "huella",
    "documentos.FirmasComprobadas.veredicto": "VÁLIDA, INVÁLIDA o INDETERMINADA",
    "documentos.VersionAgregada.huella": "huella",
    "expedientes.AudienciaAbierta.hasta": "fecha",
    "expedientes.DerivadoAOtraEntidad.entidad": "nombre de una entidad pública",
    "expedientes.ExpedienteNoPresentado.motivo": "una de dos frases fijas",
    "expedientes.NulidadIniciada.motivo": "la causal del artículo 10, con las palabras de la ley",
    "expedientes.NumeroApartado.numero": "número de documento de la serie",
    "expedientes.ParalizacionAnotada.desde": "fecha",
    "expedientes.RiesgoAvisado.dia": "fecha",
    "expedientes.SilencioNegativoOperado.desde": "fecha",
    "expedientes.SilencioPositivoOperado.desde": "fecha",
    "firma.FirmaDePracticaAceptada.huellas": "huellas",
    "firma.FirmaLocalAceptada.huellas": "huellas",
    "firma.FirmaLocalRechazada.codigo": "código de la causa, de una lista fija",
    "fiscalizacion.ResultadoAnotado.resultado": "una opción de la lista",
    "mesapartes.EscritoEncauzado.clase": "clase de escrito, de una lista fija",
    "mesapartes.EscritoPresentado.clase": "clase de escrito, de una lista fija",
    "recursos.InformacionErroneaAnotada.desde": "fecha",
    "recursos.InformacionErroneaAnotada.hasta": "fecha",
    "recursos.RecursoEncauzado.clase": "clase de recurso, de una lista fija",
    "recursos.RecursoInterpuesto.clase": "clase de recurso, de una lista fija",
    "recursos.SentidoAnotado.sentido": "sentido de la decisión, de una lista fija",
}
"""Cada campo de texto, leído por una persona, con lo que lleva. Uno nuevo se revisa antes de escribirlo aquí."""
POR_NOMBRE = ("huella", "huella_del_acto")
"""Textos que por su nombre solo pueden ser una huella SHA-256."""
SIN_PERSONAS = (int, bool, date, datetime, type(None))


def _de_texto(tipo: Any) -> bool:
    """Verdadero si un campo de ese tipo puede llevar texto libre."""
    if get_origin(tipo) is not None:
        return any(_de_texto(parte) for parte in get_args(tipo) if parte is not Ellipsis)
    return not (isinstance(tipo, type) and (issubclass(tipo, SIN_PERSONAS) or issubclass(tipo, Enum)))


def _campos_de_texto() -> set[str]:
    import_module(
        "llaqta.config.urls"
    )  # con las pantallas se cargan todas las salas, y con ellas sus sucesos
    hallados = set()
    for nombre, clase in Evento.TIPOS.items():
        if ".tests." in clase.__module__ or "conftest" in clase.__module__ or "testing" in clase.__module__:
            continue
        tipos = get_type_hints(clase)
        hallados |= {
            f"{nombre}.{campo.name}"
            for campo in fields(clase)
            if _de_texto(tipos[campo.name]) and campo.name not in POR_NOMBRE
        }
    return hallados


def test_ningun_suceso_lleva_un_texto_que_nadie_reviso() -> None:
    sin_revisar = sorted(_campos_de_texto() - set(REVISADOS))
    assert sin_revisar == [], "revise que no lleve datos personales y anótelo en REVISADOS"


def test_lo_revisado_existe() -> None:
    con_huella = {llave for llave in REVISADOS if llave.rpartition(".")[2] in POR_NOMBRE}
    assert sorted(set(REVISADOS) - con_huella - _campos_de_texto()) == []
