"""Los impresos de un expediente: carátula, hoja de ruta e índice, hechos al pedirlos."""

from __future__ import annotations

from datetime import datetime

from llaqta.cimientos import pdf
from llaqta.cimientos.calendario import LIMA, fecha_en_palabras, hoy_en_lima
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import queries
from llaqta.salas.expedientes.models import Expediente, Movimiento
from llaqta.salas.firma import services as firma


def caratula(expediente: Expediente, *, ahora: datetime) -> bytes:
    """La carátula: órgano, autoridad responsable y fecha del término (art. 157.2 Ley 27444)."""
    responsable = queries.get_responsable(expediente, para=None, al=hoy_en_lima(ahora))
    unidad = [expediente.unidad_responsable.nombre]
    if responsable is not None:
        unidad.append(f"Responsable: {responsable.nombre_completo}")
    datos = {
        "expediente": expediente.numero,
        "procedimiento": expediente.version_tramite.denominacion,
        "administrado": expediente.administrado.nombre_completo,
        "documento_del_administrado": expediente.administrado.documento,
        "asunto": expediente.asunto,
        "iniciado_el": f"{pdf.fecha_larga(expediente.fecha_presentacion)}",
        "unidad": unidad,
        "plazo": _decir_plazo(expediente),
        "folios": expediente.folios,
    }
    return pdf.componer("caratula", datos, titulo=f"Carátula del expediente {expediente.numero}", ahora=ahora)


def hoja_de_ruta(expediente: Expediente, *, para: Persona, ahora: datetime) -> bytes:
    """La hoja de ruta: cada movimiento con su proveído, cuándo se envió y cuándo se recibió."""
    movimientos = queries.get_movimientos(expediente, para=para)
    datos = {
        "expediente": expediente.numero,
        "asunto": expediente.asunto,
        "administrado": expediente.administrado.nombre_completo,
        "unidad_actual": expediente.unidad_responsable.nombre,
        "movimientos": [_movimiento(movimiento) for movimiento in movimientos],
    }
    return pdf.componer("hoja_de_ruta", datos, titulo=f"Hoja de ruta {expediente.numero}", ahora=ahora)


def indice(expediente: Expediente, *, para: Persona, ahora: datetime) -> bytes:
    """El índice digital, sellado: cada documento con su orden, sus folios y su huella (art. 29-B).

    :raises NoProcede: si el sello de la entidad no se puede usar
    """
    datos = {
        "expediente": expediente.numero,
        "asunto": expediente.asunto,
        "administrado": expediente.administrado.nombre_completo,
        "cerrado_al": ahora,
        "documentos": [
            {
                "n": fila.orden,
                "nombre": fila.documento.numero or f"{fila.documento.tipo}: {fila.documento.asunto}",
                "fecha": f"{fila.documento.fechado_el:%d/%m/%Y}",
                "folio_desde": fila.folio_desde,
                "folio_hasta": fila.folio_hasta,
                "sha256": fila.documento.archivo.sha256,
                "autor": fila.documento.unidad.nombre if fila.documento.unidad else None,
            }
            for fila in queries.get_documentos(expediente, para=para)
        ],
    }
    compuesto = pdf.componer(
        "indice", datos, titulo=f"Índice del expediente {expediente.numero}", ahora=ahora
    )
    return firma.sellar(
        pdf=compuesto, motivo="Índice digital del expediente", ahora=ahora, caja=pdf.caja_de_firma(0)
    )


def _decir_plazo(expediente: Expediente) -> str:
    if expediente.vence_el is None:
        return (
            "Aprobación automática"
            if expediente.estado != "OBSERVADO"
            else "Detenido por observación (art. 125.3)"
        )
    return f"Vence el {fecha_en_palabras(expediente.vence_el)}"


def _movimiento(movimiento: Movimiento) -> dict[str, object]:
    return {
        "n": movimiento.orden,
        "enviado_en": f"{movimiento.enviado_en.astimezone(LIMA):%d/%m/%Y %H:%M}",
        "recibido_en": f"{movimiento.recibido_en.astimezone(LIMA):%d/%m/%Y %H:%M}"
        if movimiento.recibido_en
        else None,
        "de": movimiento.de_unidad.nombre,
        "para": movimiento.para_unidad.nombre,
        "motivo": movimiento.motivo,
        "proveido": movimiento.proveido,
        "folios": movimiento.folios,
        "copia": movimiento.clase == Movimiento.Clase.COPIA,
    }
