"""La solicitud que Llaqta redacta si la persona no adjunta la suya, con lo que ya escribió."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from llaqta.cimientos import pdf
from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.models import Entidad
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Archivo, Documento
from llaqta.salas.mesapartes.queries import NOMBRE_DE_SOLICITUD
from llaqta.salas.tramites.models import Modalidad, Requisito, VersionProcedimiento

if TYPE_CHECKING:
    from llaqta.salas.mesapartes.services.presentar import DatosDelEscrito, Llegada


@dataclass(frozen=True)
class Faltante:
    """La solicitud que nadie adjuntó, y el requisito que cumple si el TUPA la nombra."""

    requisito: Requisito | None


def puede_ser_la_solicitud(archivo: Archivo, requisito: Requisito | None) -> bool:
    """Dice si ese archivo puede ser el escrito: el que se adjuntó como solicitud, o un PDF del que no se dijo nada.

    Una foto suelta acompaña, no solicita.
    """
    if requisito is None:
        return archivo.mime == "application/pdf"
    return requisito.clase == Requisito.Clase.SOLICITUD


def falta_la_solicitud(
    version: VersionProcedimiento, archivos: Sequence[tuple[Archivo, Requisito | None]]
) -> Faltante | None:
    """Dice si hay que redactarla: no llegó ningún archivo, o el TUPA pide una solicitud y ninguno la trae."""
    pedida = next((r for r in version.requisitos_en_orden if r.clase == Requisito.Clase.SOLICITUD), None)
    if not archivos:
        return Faltante(pedida)
    if pedida is None or any(puede_ser_la_solicitud(archivo, requisito) for archivo, requisito in archivos):
        return None
    return Faltante(pedida)


def redactar_solicitud(
    *,
    llegada: Llegada,
    version: VersionProcedimiento,
    modalidad: Modalidad | None = None,
    asunto: str,
    datos: DatosDelEscrito,
    ahora: datetime,
) -> Documento:
    """Compone la solicitud con todo lo que pide el artículo 113 y la guarda como documento del administrado."""
    entidad = Entidad.actual()
    contenido = pdf.componer(
        "constancia",
        {
            "encabezado_principal": "SOLICITUD",
            "fecha": hoy_en_lima(ahora),
            "texto": [
                {"tipo": "parrafo", "tramos": [f"A: {entidad.nombre}, {version.unidad_aprobacion}"]},
                {"tipo": "parrafo", "tramos": ["Solicito: ", {"estilo": "negrita", "texto": asunto}]},
                {"tipo": "parrafo", "tramos": [_presentacion(llegada)]},
            ],
            "secciones": _secciones(llegada, version, modalidad, datos),
            "nota": [{"tipo": "parrafo", "tramos": [_pie(llegada)]}],
        },
        titulo=f"Solicitud: {asunto}"[:200],
        ahora=ahora,
    )
    archivo = documentos.guardar_pdf_propio(
        actor=llegada.actor, nombre=NOMBRE_DE_SOLICITUD, pdf=contenido, ahora=ahora
    )
    return documentos.guardar(
        actor=llegada.actor, tipo="SOLICITUD", asunto=asunto, archivo=archivo, ahora=ahora,
        origen=Documento.Origen.EXTERNO, autor=llegada.administrado,
    )  # fmt: skip


def _presentacion(llegada: Llegada) -> str:
    yo = f"Yo, {llegada.presentada_por.nombre_completo}, con {llegada.presentada_por.documento}"
    if llegada.representante is None:
        return f"{yo}, me presento y solicito lo que se indica, según el TUPA de la municipalidad."
    return (
        f"{yo}, en representación de {llegada.administrado.nombre_completo}, con {llegada.administrado.documento}, "
        "solicito lo que se indica, según el TUPA de la municipalidad."
    )


def _secciones(
    llegada: Llegada, version: VersionProcedimiento, modalidad: Modalidad | None, datos: DatosDelEscrito
) -> list[dict[str, object]]:
    tramite = [
        ["Procedimiento", f"{version.procedimiento.codigo} · {version.denominacion}"],
        *([["Modalidad", modalidad.nombre]] if modalidad else []),
        ["Órgano que resuelve", str(version.unidad_aprobacion)],
    ]
    if datos.pago_numero:
        fecha = f", del {pdf.fecha_larga(datos.pago_fecha)}" if datos.pago_fecha else ""
        tramite.append(["Comprobante de pago", f"N° {datos.pago_numero}{fecha}"])
    if datos.necesita_interprete:
        tramite.append(["Intérprete", f"Lo necesita{f', lengua {datos.lengua}' if datos.lengua else ''}"])
    avisos = [["Domicilio", datos.domicilio], ["Correo", datos.correo], ["Teléfono", datos.telefono]]
    return [
        {"titulo": "El trámite", "filas": tramite},
        {"titulo": "Dónde avisarle", "filas": [[nombre, valor or "No indicado"] for nombre, valor in avisos]},
    ]


def _pie(llegada: Llegada) -> str:
    if llegada.registrada_por is not None:
        return "Redactada en la mesa de partes con los datos que dio la persona, a su ruego."
    return (
        "Redactada por la mesa de partes digital con los datos que la persona escribió después de "
        "identificarse con su cuenta."
    )
