"""La ficha de GOB.PE de un trámite, o de todos, para otros programas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from llaqta.cimientos.models import Entidad
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.tramites.models import Requisito, VersionProcedimiento
from llaqta.salas.tramites.queries.catalogo import (
    Camino,
    componer_caminos,
    get_vigente,
    versiones_completas,
)
from llaqta.salas.tramites.rules import gobpe, silencio_en_palabras


def get_gobpe(codigo: str, *, para: Persona | None = None, al: date) -> dict[str, Any]:
    """La ficha de un trámite que rige el día ``al``, con la forma de GOB.PE.

    :raises NoEncontrado: si el TUPA no lo tiene
    :raises TramiteNoVigente: si no rige ese día
    """
    return _componer(get_vigente(codigo, para=para, al=al), Entidad.actual())


def get_gobpe_de_todos(*, para: Persona | None = None, al: date) -> list[dict[str, Any]]:
    """Las fichas de todo lo que rige el día ``al``, en orden de código."""
    entidad = Entidad.actual()
    versiones = versiones_completas(para=para).vigentes(al=al).order_by("procedimiento__codigo")
    return [_componer(version, entidad) for version in versiones]


def _componer(version: VersionProcedimiento, entidad: Entidad) -> dict[str, Any]:
    condiciones = version.condiciones(None)
    return {
        "titulo": version.nombre_llano,
        "slug": version.procedimiento.codigo.lower(),
        "resumen": version.descripcion,
        "dirigido_a": "",
        "requisitos": _requisitos(version.requisitos_de(None)),
        "condiciones": list(version.ten_en_cuenta),
        "modalidades": [_camino(camino, version) for camino in componer_caminos(version)],
        "costo": gobpe.costo(condiciones, version.formas_de_pago),
        "plazo": gobpe.plazo(condiciones),
        "variantes": [_variante(version, fila) for fila in version.modalidades_en_orden],
        "vigencia": version.vigencia,
        "ten_en_cuenta": _lo_que_pasa(version),
        "contacto": {"telefono": entidad.telefono, "correo": entidad.correo, "horario": version.horario},
        "base_legal": [
            f"{base}, art. {base.articulos}" if base.articulos else str(base)
            for base in version.bases_legales.all()
        ],
        "tupa_codigo": version.procedimiento.codigo_sut or version.procedimiento.codigo,
        "tupa_ordenanza": version.ordenanza,
        "institucion": entidad.nombre_corto,
        "idiomas": ["es"],
        "actualizado": version.desde.isoformat(),
    }


def _lo_que_pasa(version: VersionProcedimiento) -> list[str]:
    """Qué pasa si no contestan: es lo que hay que tener en cuenta después de presentar."""
    suyas = [version.condiciones(fila) for fila in version.modalidades_en_orden] or [
        version.condiciones(None)
    ]
    return list(dict.fromkeys(silencio_en_palabras(c.calificacion, c.plazo_dicho) for c in suyas))


def _requisitos(requisitos: Sequence[Requisito]) -> list[dict[str, Any]]:
    return [{"orden": n, "texto": fila.texto, "url": None} for n, fila in enumerate(requisitos, 1)]


def _variante(version: VersionProcedimiento, modalidad: Any) -> dict[str, Any]:
    condiciones = version.condiciones(modalidad)
    return {
        "codigo": modalidad.codigo,
        "nombre": modalidad.nombre,
        "requisitos": _requisitos(version.requisitos_de(modalidad)),
        "costo": gobpe.costo(condiciones, version.formas_de_pago),
        "plazo": gobpe.plazo(condiciones),
    }


def _camino(camino: Camino, version: VersionProcedimiento) -> dict[str, Any]:
    aqui = camino.clave == "presencial"
    return {
        "tipo": gobpe.TIPOS_DE_CANAL[camino.clave],
        "pasos": [
            {
                "n": n,
                "titulo": titulo,
                "texto": texto,
                "lugar": version.sede if aqui else "",
                "horario": version.horario if aqui else "",
                "url": "",
            }
            for n, (titulo, texto) in enumerate(camino.pasos, 1)
        ],
    }
