"""El índice de un expediente exportado: un XML con su esquema (``indice.xsd``), que se firma al terminarlo."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from lxml import etree

import llaqta
from llaqta.cimientos.models import Entidad
from llaqta.salas.auditoria.pruebas import Prueba
from llaqta.salas.casilla.models import Constancia, Notificacion
from llaqta.salas.expedientes.exportacion.contenido import Contenido, Incluido
from llaqta.salas.notificaciones.models import Diligencia

FORMATO = "llaqta-expediente/1"
NS = "urn:llaqta:expediente:1"
_NO_ADMITE_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
ESQUEMA = Path(__file__).parent / "indice.xsd"


@dataclass(frozen=True)
class FirmaDelIndice:
    """Lo que el índice dice de una firma."""

    titular: str
    documento: str = ""
    entidad: str = ""
    cargo: str = ""
    fecha: datetime | None = None
    nivel: str = ""
    veredicto: str = ""


@dataclass(frozen=True)
class Puesto:
    """Un documento ya puesto en el paquete: dónde, su informe de firmas y su prueba, o por qué no la tiene."""

    incluido: Incluido
    archivo: str
    sha256: str
    informe: str
    huella_del_informe: str
    veredicto: str
    firmas: Sequence[FirmaDelIndice]
    prueba: Prueba | None
    archivo_de_prueba: str = ""
    huella_de_prueba: str = ""
    sin_prueba: str = ""


@dataclass(frozen=True)
class ConstanciaPuesta:
    """Una constancia de notificación ya puesta en el paquete."""

    constancia: Constancia
    archivo: str
    sha256: str


def componer(
    contenido: Contenido,
    puestos: Sequence[Puesto],
    constancias: Sequence[ConstanciaPuesta],
    *,
    ahora: datetime,
) -> etree._Element:
    """El índice, todavía sin firma."""
    expediente = contenido.expediente
    raiz = etree.Element(
        f"{{{NS}}}expediente",
        _atributos(
            formato=FORMATO,
            numero=expediente.numero,
            estado=expediente.get_estado_display(),
            folios=expediente.folios,
            presentado_en=expediente.presentado_en,
            fecha_presentacion=expediente.fecha_presentacion,
            unidad_responsable=expediente.unidad_responsable.nombre,
        ),
        nsmap={None: NS},
    )
    _encabezado(raiz, contenido, puestos, ahora)
    _documentos(raiz, contenido, puestos)
    actuaciones = _hijo(raiz, "actuaciones")
    for hito in contenido.historia:
        _hijo(actuaciones, "actuacion", hito.texto, en=hito.fecha, titulo=hito.titulo, unidad=hito.unidad)
    if contenido.interno:
        _movimientos(raiz, contenido)
    _notificaciones(raiz, contenido, constancias)
    return raiz


def _encabezado(
    raiz: etree._Element, contenido: Contenido, puestos: Sequence[Puesto], ahora: datetime
) -> None:
    entidad, expediente = Entidad.actual(), contenido.expediente
    _hijo(
        raiz,
        "entidad",
        nombre=entidad.nombre,
        siglas=entidad.siglas,
        ruc=entidad.ruc,
        ubigeo=entidad.ubigeo,
    )
    _hijo(
        raiz,
        "exportado",
        en=ahora,
        para="entidad" if contenido.interno else "administrado",
        programa=f"Llaqta {llaqta.__version__}",
    )
    _hijo(raiz, "asunto", expediente.asunto)
    tramite = expediente.version_tramite
    _hijo(raiz, "procedimiento", tramite.denominacion, codigo=tramite.procedimiento.codigo)
    _hijo(
        raiz,
        "administrado",
        nombre=expediente.administrado.nombre_completo,
        documento=expediente.administrado.documento,
    )
    if probado := next((puesto.prueba for puesto in puestos if puesto.prueba), None):
        _hijo(raiz, "registro", origen=probado.paquete["origen"], llave=probado.paquete["llave"])


def _documentos(raiz: etree._Element, contenido: Contenido, puestos: Sequence[Puesto]) -> None:
    total = len(contenido.incluidos) + len(contenido.excluidos)
    lista = _hijo(raiz, "documentos", total=total, incluidos=len(puestos))
    renglones: list[tuple[int, Puesto | Any]] = [(puesto.incluido.fila.orden, puesto) for puesto in puestos]
    renglones += [(excluido.fila.orden, excluido) for excluido in contenido.excluidos]
    for orden, renglon in sorted(renglones, key=lambda par: par[0]):
        if isinstance(renglon, Puesto):
            _documento(lista, renglon)
        else:
            _hijo(
                lista,
                "excluido",
                orden=orden,
                folio_desde=renglon.fila.folio_desde,
                folio_hasta=renglon.fila.folio_hasta,
                motivo=renglon.motivo,
            )
    for agregado in contenido.agregados:
        _hijo(
            lista,
            "agregado",
            numero=agregado.numero,
            nota=agregado.nota,
            folios=agregado.folios,
            tras_folio=agregado.tras_folio,
        )


def _documento(lista: etree._Element, puesto: Puesto) -> None:
    fila, documento = puesto.incluido.fila, puesto.incluido.documento
    nodo = _hijo(
        lista,
        "documento",
        orden=fila.orden,
        archivo=puesto.archivo,
        sha256=puesto.sha256,
        bytes=documento.archivo.bytes,
        mime=documento.archivo.mime,
        nombre_original=documento.archivo.nombre,
        folio_desde=fila.folio_desde,
        folio_hasta=fila.folio_hasta,
        incorporado_en=fila.incorporado_en,
        tipo=documento.tipo.nombre,
        numero=documento.numero,
        fechado_el=documento.fechado_el,
        registrado_en=documento.registrado_en,
        origen=documento.origen,
        autor=documento.autor.nombre_completo if documento.autor else "",
        unidad=documento.unidad.nombre if documento.unidad else "",
        confidencialidad=documento.confidencialidad,
        base_legal_reserva=documento.base_legal_reserva,
        medio=documento.medio,
        idioma=documento.idioma,
        serie_documental=documento.serie_documental,
        version=documento.version,
        cvd=documento.cvd,
        verificable_desde=documento.verificable_desde,
        verificable_hasta=documento.verificable_hasta,
        anulado_en=documento.anulado_en,
        motivo_anulacion=documento.motivo_anulacion,
    )
    _hijo(nodo, "asunto", documento.asunto)
    for firma in puesto.firmas:
        _hijo(nodo, "firma", **vars(firma))
    _hijo(
        nodo,
        "informe",
        archivo=puesto.informe,
        sha256=puesto.huella_del_informe,
        veredicto=puesto.veredicto,
    )
    if puesto.prueba:
        _hijo(
            nodo,
            "prueba",
            archivo=puesto.archivo_de_prueba,
            sha256=puesto.huella_de_prueba,
            hoja=puesto.prueba.hoja,
        )
    else:
        _hijo(nodo, "prueba", falta=puesto.sin_prueba)
    for nota in notas(puesto.incluido):
        _hijo(nodo, "nota", nota)


def notas(incluido: Incluido) -> list[str]:
    """Lo que hay que saber de un documento además de sus datos: si se desglosó y si se anuló."""
    dichas = []
    if incluido.desglose:
        dichas.append(
            f"Desglosado el {incluido.desglose.desglosado_en.date()} y entregado a "
            f"{incluido.desglose.entregado_a}: queda copia autenticada."
        )
    if incluido.documento.anulado_en:
        dichas.append(f"Anulado: {incluido.documento.motivo_anulacion}.")
    return dichas


def _movimientos(raiz: etree._Element, contenido: Contenido) -> None:
    lista = _hijo(raiz, "movimientos")
    for movimiento in contenido.movimientos:
        _hijo(
            lista,
            "movimiento",
            movimiento.proveido,
            orden=movimiento.orden,
            clase=movimiento.get_clase_display(),
            de=movimiento.de_unidad.nombre,
            para=movimiento.para_unidad.nombre,
            motivo=movimiento.motivo,
            enviado_en=movimiento.enviado_en,
            recibido_en=movimiento.recibido_en,
        )


def _notificaciones(
    raiz: etree._Element, contenido: Contenido, constancias: Sequence[ConstanciaPuesta]
) -> None:
    lista = _hijo(raiz, "notificaciones")
    for notificacion in contenido.notificaciones:
        nodo = _hijo(lista, "notificacion", **_de_casilla(notificacion))
        for puesta in constancias:
            if puesta.constancia.notificacion_id == notificacion.pk:
                clase = puesta.constancia.get_clase_display()
                _hijo(nodo, "constancia", clase=clase, archivo=puesta.archivo, sha256=puesta.sha256)
    for diligencia in contenido.diligencias:
        _hijo(lista, "notificacion", **_de_diligencia(diligencia))


def _de_casilla(notificacion: Notificacion) -> dict[str, Any]:
    return {
        "medio": "Casilla electrónica",
        "codigo": notificacion.codigo,
        "estado": notificacion.get_estado_display(),
        "acto": notificacion.documento.numero or notificacion.asunto,
        "ordenada_en": notificacion.depositada_en,
        "leida_en": notificacion.leida_en,
        "efecto_el": notificacion.efecto_el,
        "regla": notificacion.regla_efecto,
    }


def _de_diligencia(diligencia: Diligencia) -> dict[str, Any]:
    return {
        "medio": diligencia.get_modalidad_display(),
        "codigo": diligencia.codigo,
        "estado": diligencia.get_estado_display(),
        "acto": diligencia.documento.numero or diligencia.asunto,
        "ordenada_en": diligencia.ordenada_en,
        "leida_en": diligencia.acuse_en,
        "efecto_el": diligencia.efecto_el,
    }


def _hijo(
    padre: etree._Element, nombre: str, texto: str | None = None, /, **atributos: Any
) -> etree._Element:
    nodo = etree.SubElement(padre, f"{{{NS}}}{nombre}", _atributos(**atributos))
    if texto:
        nodo.text = _limpio(texto)
    return nodo


def _atributos(**valores: Any) -> Mapping[str, str]:
    """Los que dicen algo, escritos como los pide XML."""
    return {nombre: _en_xml(valor) for nombre, valor in valores.items() if valor not in (None, "")}


def _en_xml(valor: Any) -> str:
    if isinstance(valor, datetime):
        return f"{valor.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(valor, date):
        return valor.isoformat()
    return _limpio(str(valor))


def _limpio(texto: str) -> str:
    """Sin los caracteres de control que XML no admite."""
    return _NO_ADMITE_XML.sub("", texto)
