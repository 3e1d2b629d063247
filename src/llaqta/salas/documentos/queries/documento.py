"""Lo que se puede preguntar a los documentos; cada función sabe para quién pregunta."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from llaqta.cimientos.errors import NoEncontrado
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import rules
from llaqta.salas.documentos.models import Archivo, Documento, TipoDocumento, VersionAnterior, Vista


@dataclass(frozen=True)
class Ficha:
    """Un documento, las vistas ya hechas de sus páginas, y los archivos que tuvo antes, primero el más reciente."""

    documento: Documento
    paginas: list[Vista]
    versiones: list[VersionAnterior]


def get_documento(documento_id: int, *, para: Persona | None) -> Documento:
    """El documento, con su tipo y su archivo.

    :raises NoEncontrado: si no existe o ``para`` no puede verlo: la misma respuesta para ambas cosas
    """
    visibles = Documento.objects.visible_to(para).select_related("tipo", "archivo__firmas", "unidad", "autor")
    documento = visibles.filter(pk=documento_id, archivo__estado=Archivo.Estado.ADMITIDO).first()
    if documento is None:
        raise NoEncontrado
    return documento


def get_por_cvd(cvd: str, *, para: Persona | None, al: date) -> Documento:
    """El documento que lleva ese código, si la fecha está en su ventana; lo puede preguntar cualquiera.

    Devuelve también los que no son públicos (y los anulados): quien verifica ve firmas, fecha y huella. El contenido
    solo se entrega si ``puede_ver``.

    :raises NoEncontrado: si el código no existe, está mal escrito o su ventana ya pasó
    """
    codigo = rules.normalizar_cvd(cvd)
    documento = (
        Documento.objects.filter(cvd=codigo).select_related("tipo", "archivo", "unidad").first()
        if codigo
        else None
    )
    if documento is None or not _en_su_ventana(documento, al):
        raise NoEncontrado(
            "Ningún documento vigente tiene ese código. Revise que lo haya copiado completo: "
            "son cuatro grupos de cuatro signos."
        )
    return documento


@dataclass(frozen=True)
class Buscado:
    """Lo que se halló con un código: su documento, si existe, y otro cualquiera con que hacer el mismo trabajo."""

    documento: Documento | None
    senuelo: Documento | None


def buscar_por_cvd(cvd: str, *, para: Persona | None) -> Buscado:
    """El documento que lleva ese código, aunque hoy esté fuera de su ventana, y un señuelo.

    El señuelo es un documento registrado que se elige solo por el código preguntado: quien contesta hace con él el
    mismo trabajo cuando el código no existe, y así lo que tarda la respuesta no dice si existía. Las sentencias son
    las mismas se halle o no.
    """
    codigo = rules.normalizar_cvd(cvd)
    con_datos = Documento.objects.select_related("tipo", "archivo", "unidad")
    hallado = con_datos.filter(cvd=codigo or "-").first()
    resumen = hmac.new(settings.SECRET_KEY.encode(), b"senuelo" + codigo.encode(), hashlib.sha256).digest()
    lugar = "".join(rules.ALFABETO_CVD[octeto % 32] for octeto in resumen[:4])
    senuelo = con_datos.filter(cvd__gte=lugar).order_by("cvd").first()
    if senuelo is None:
        senuelo = con_datos.filter(cvd__isnull=False).order_by("cvd").first()
    return Buscado(hallado, senuelo)


def puede_ver(documento: Documento, *, para: Persona | None) -> bool:
    """Verdadero si ``para`` puede abrir el documento."""
    return Documento.objects.visible_to(para).filter(pk=documento.pk).exists()


def get_vista(documento_id: int, pagina: int, *, para: Persona | None) -> Vista:
    """La imagen de una página (desde 1) de un documento que ``para`` puede ver.

    :raises NoEncontrado: si no puede, no existe, o el trabajador todavía no la hizo
    """
    vista = Vista.objects.filter(
        archivo=get_documento(documento_id, para=para).archivo_id, pagina=pagina
    ).first()
    if vista is None:
        raise NoEncontrado(
            "La vista de esta página todavía se está preparando. Abra el PDF, o vuelva en unos segundos."
        )
    return vista


def get_ficha(documento_id: int, *, para: Persona | None) -> Ficha:
    """Lo que muestra la ficha de un documento; las versiones anteriores solo las ve el personal.

    :raises NoEncontrado: si no existe o ``para`` no puede verlo
    """
    documento = get_documento(documento_id, para=para)
    versiones: list[VersionAnterior] = []
    if para is not None and para.es_del_personal:
        versiones = list(documento.versiones_anteriores.select_related("archivo").order_by("-version"))
    return Ficha(documento=documento, paginas=list(documento.archivo.vistas.all()), versiones=versiones)


def get_tipos(*, para: Persona | None, externos: bool | None = None) -> list[TipoDocumento]:
    """Las clases de documento, por nombre; con ``externos``, solo las que presentan (o no) los administrados."""
    tipos = TipoDocumento.objects.all()
    return list(tipos if externos is None else tipos.filter(es_externo=externos))


def _en_su_ventana(documento: Documento, al: date) -> bool:
    desde, hasta = documento.verificable_desde, documento.verificable_hasta
    return (desde is None or desde <= al) and (hasta is None or al <= hasta)
