"""Los impresos de un expediente: carátula, hoja de ruta e índice, hechos al pedirlos."""

from __future__ import annotations

from datetime import datetime

from llaqta.cimientos import pdf
from llaqta.cimientos.calendario import LIMA, fecha_en_palabras, hoy_en_lima
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import queries
from llaqta.salas.expedientes.models import CON_RELOJ, SIN_RELOJ, Estado, Expediente, Movimiento
from llaqta.salas.firma import services as firma

SIN_PLAZO_QUE_CORRA = (
    Estado.SUSPENDIDO,
    Estado.NO_PRESENTADO,
    Estado.ACUMULADO,
    Estado.DERIVADO_A_OTRA_ENTIDAD,
)
"""Estados en que, aunque quede una fecha anotada, hoy no corre ningún plazo."""


def caratula(expediente: Expediente, *, ahora: datetime) -> bytes:
    """La carátula de cada cuerpo: órgano, autoridad responsable y fecha del término (arts. 152.1 y 157.2 Ley 27444)."""
    hoy = hoy_en_lima(ahora)
    responsable = queries.get_responsable(expediente, para=None, al=hoy)
    cuerpos = queries.get_cuerpos(expediente, para=None, al=hoy)
    datos = {
        "expediente": expediente.numero,
        "procedimiento": expediente.version_tramite.denominacion,
        "administrado": expediente.administrado.nombre_completo,
        "documento_del_administrado": expediente.administrado.documento,
        "asunto": expediente.asunto,
        "iniciado_el": f"{pdf.fecha_larga(expediente.fecha_presentacion)}",
        "unidad": expediente.unidad_responsable.nombre,
        "responsable": responsable.nombre_completo if responsable else "Sin designar: el puesto está vacante",
        "termino": decir_termino(expediente),
        "folios": expediente.folios,
        "cuerpos": [{"n": cuerpo.numero, "folios": cuerpo.dicho} for cuerpo in cuerpos],
        "agregados": [_decir_agregado(agregado) for agregado in queries.get_agregados(expediente, para=None)],
    }
    return pdf.componer("caratula", datos, titulo=f"Carátula del expediente {expediente.numero}", ahora=ahora)


def decir_termino(expediente: Expediente) -> str:
    """La fecha del término como va en la carátula, o por qué no corre ningún plazo.

    «martes 14 de julio de 2026», «Sin plazo corriendo: observado».
    """
    estado = expediente.get_estado_display().lower()
    if expediente.estado == Estado.APROBADO_AUTOMATICO:
        return "Sin plazo: aprobado automáticamente al presentarse (art. 31.1)"
    if expediente.vence_el is None or expediente.estado in (*SIN_RELOJ, *SIN_PLAZO_QUE_CORRA):
        return f"Sin plazo corriendo: {estado}"
    dicha = fecha_en_palabras(expediente.vence_el)
    return dicha if expediente.estado in CON_RELOJ else f"{dicha} (hoy: {estado})"


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
        "documentos": _renglones(queries.get_foliado(expediente, para=para, al=hoy_en_lima(ahora))),
        "folios": expediente.folios,
    }
    compuesto = pdf.componer(
        "indice", datos, titulo=f"Índice del expediente {expediente.numero}", ahora=ahora
    )
    return firma.sellar(
        pdf=compuesto, motivo="Índice digital del expediente", ahora=ahora, caja=pdf.caja_de_firma(0)
    )


def _renglones(foliado: queries.Foliado) -> list[dict[str, object]]:
    """Lo que lista el índice, en orden; si hay varios cuerpos, el primero de cada uno lleva su título."""
    renglones: list[dict[str, object]] = []
    for cuerpo in foliado.cuerpos:
        titulo = f"Cuerpo {cuerpo.cuerpo.numero} de {foliado.total}, {cuerpo.cuerpo.dicho}"
        for n, renglon in enumerate(cuerpo.renglones):
            dicho = _de_documento(renglon) if renglon.documento else _de_agregado(renglon)
            renglones.append({**dicho, "cuerpo": titulo if n == 0 and foliado.total > 1 else None})
    return renglones


def _de_documento(renglon: queries.Renglon) -> dict[str, object]:
    fila = renglon.documento
    assert fila is not None
    notas = []
    if renglon.desglose:
        fecha = f"{renglon.desglose.desglosado_en.astimezone(LIMA):%d/%m/%Y}"
        notas.append(
            f"Desglosado el {fecha} y entregado a {renglon.desglose.entregado_a}: queda copia autenticada"
        )
    if fila.documento.anulado_en:
        notas.append(f"Anulado: {fila.documento.motivo_anulacion}")
    return {
        "n": fila.orden,
        "nombre": fila.documento.numero or f"{fila.documento.tipo}: {fila.documento.asunto}",
        "fecha": f"{fila.documento.fechado_el:%d/%m/%Y}",
        "folio_desde": fila.folio_desde,
        "folio_hasta": fila.folio_hasta,
        "sha256": fila.documento.archivo.sha256,
        "autor": fila.documento.unidad.nombre if fila.documento.unidad else None,
        "nota": ". ".join(notas),
    }


def _de_agregado(renglon: queries.Renglon) -> dict[str, object]:
    agregado = renglon.agregado
    assert agregado is not None
    return {
        "nombre": f"{agregado.numero} ({agregado.nota})",
        "fecha": f"{agregado.agregado_en.astimezone(LIMA):%d/%m/%Y}",
        "agregado": agregado.folios,
        "nota": f"Separado el {agregado.separado_en.astimezone(LIMA):%d/%m/%Y}"
        if agregado.separado_en
        else "",
    }


def _decir_agregado(agregado: queries.Agregado) -> str:
    """Lo que la carátula dice de un expediente que entró foliado (art. 152.2)."""
    lugar = f"después del folio {agregado.tras_folio}" if agregado.tras_folio else "al comienzo"
    folios = f"{agregado.folios} folio{'s' if agregado.folios > 1 else ''}"
    fin = "; ya se separó" if agregado.separado_en else ""
    return f"{agregado.numero} ({agregado.nota}): {folios}, {lugar}, sin continuar la foliación{fin}"


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
