"""Los campos que una plantilla rellena desde el expediente: ``{{ administrado.nombre }}``.

No es un motor de plantillas: se reemplazan nombres de una lista cerrada por texto, y nada más se entiende.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.models import Entidad
from llaqta.cimientos.pdf import fecha_larga
from llaqta.cimientos.web.palabras import con_articulo
from llaqta.salas.cuentas.models import Persona, Puesto, UnidadOrganica
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.expedientes.queries.recursos import decir_recursos_en_resolucion

_CAMPO = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


@dataclass(frozen=True)
class Contexto:
    """De dónde salen los valores: el expediente, quién redacta, quién firma y qué día es."""

    expediente: Expediente
    unidad: UnidadOrganica
    firmante: Puesto
    ocupante: Persona | None
    hoy: date


def _informes(contexto: Contexto) -> str:
    """Los informes firmados del expediente, para el VISTO: «la OPINIÓN LEGAL N° …; el INFORME N° …»."""
    emitidos = Documento.objects.filter(
        incorporado__expediente=contexto.expediente,
        origen=Documento.Origen.INTERNO,
        proyecto__pone_fin=False,
        anulado_en__isnull=True,
    ).order_by("incorporado__orden")
    return (
        "; ".join(f"{documento.numero}" for documento in emitidos)
        or "los informes que obran en el expediente"
    )


CAMPOS: dict[str, tuple[str, Callable[[Contexto], str]]] = {
    "expediente.numero": ("número del expediente", lambda c: c.expediente.numero),
    "expediente.asunto": ("asunto", lambda c: _comillas_de_adentro(c.expediente.asunto)),
    "expediente.fecha": ("fecha de presentación", lambda c: fecha_larga(c.expediente.fecha_presentacion)),
    "expediente.folios": ("folios", lambda c: str(c.expediente.folios)),
    "expediente.procedimiento": (
        "procedimiento del TUPA",
        lambda c: c.expediente.version_tramite.denominacion,
    ),
    "expediente.informes": ("informes firmados que obran en él", _informes),
    "expediente.recursos": (
        "recursos que caben contra lo que se resuelve, ante quién y en cuántos días",
        lambda c: decir_recursos_en_resolucion(c.expediente, para=None, al=c.hoy),
    ),
    "revision.motivo": ("el vicio que se revisa de oficio", lambda c: _de_la_revision(c, "motivo")),
    "revision.causal": ("la causal que se invoca", lambda c: _de_la_revision(c, "causal")),
    "administrado.nombre": ("nombre del administrado", lambda c: c.expediente.administrado.nombre_completo),
    "administrado.documento": ("su documento", lambda c: c.expediente.administrado.documento),
    "administrado.domicilio": (
        "su domicilio",
        lambda c: c.expediente.administrado.domicilio or "su domicilio",
    ),
    "unidad.nombre": ("unidad que redacta", lambda c: c.unidad.nombre),
    "unidad.a_la": ("«a la» y la unidad que redacta", lambda c: con_articulo(c.unidad.nombre, "a")),
    "unidad.siglas": ("sus siglas", lambda c: c.unidad.siglas),
    "firmante.nombre": (
        "quien firma",
        lambda c: c.ocupante.nombre_completo if c.ocupante else "(puesto vacante)",
    ),
    "firmante.cargo": ("su cargo", lambda c: c.firmante.nombre),
    "entidad.nombre": ("municipalidad", lambda c: Entidad.actual().nombre),
    "entidad.lugar": ("lugar", lambda c: Entidad.actual().lugar),
    "hoy.fecha": ("fecha de hoy", lambda c: fecha_larga(c.hoy)),
    "hoy.anio": ("año", lambda c: str(c.hoy.year)),
}
"""Cada campo con lo que significa y de dónde sale."""


def _de_la_revision(contexto: Contexto, que: str) -> str:
    revision = contexto.expediente.revisiones_de_oficio.filter(cerrada_en__isnull=True).first()
    if revision is None:
        return "(escriba aquí qué se revisa)"
    return f"Causal: {revision.get_causal_display()}." if que == "causal" else revision.motivo


def rellenar(texto: str, contexto: Contexto) -> str:
    """El texto con sus campos reemplazados; un valor nunca trae saltos de línea ni otros campos.

    :raises EntradaInvalida: si usa un campo que no existe, con la lista de los que sí
    """
    desconocidos = sorted({nombre for nombre in _CAMPO.findall(texto) if nombre not in CAMPOS})
    if desconocidos:
        raise EntradaInvalida(
            f"El campo «{desconocidos[0]}» no existe. Los que puede usar son: {', '.join(CAMPOS)}.",
            campo="cuerpo",
        )
    return _CAMPO.sub(lambda hallado: _en_una_linea(CAMPOS[hallado[1]][1](contexto)), texto)


def _comillas_de_adentro(asunto: str) -> str:
    """«La Cosecha» pasa a “La Cosecha”: las plantillas ya citan el asunto entre «»."""
    return asunto.replace("«", "“").replace("»", "”")


def _en_una_linea(valor: str) -> str:
    return " ".join(valor.replace("{{", "").replace("}}", "").split())
