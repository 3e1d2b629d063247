"""La verificación pública: qué documento lleva un código, qué dicen sus firmas y dónde está en el registro.

Con un código que no existe se hace el mismo trabajo, sobre un señuelo que nadie ve: lo que tarda la respuesta no dice
si existía.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.cache import caches

from llaqta.cimientos import storage
from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import NoEncontrado, NoProcede
from llaqta.cimientos.web.palabras import fecha_sin_dia
from llaqta.salas.auditoria.pruebas import NoCoincide, Prueba, TodaviaNo
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import queries as documentos
from llaqta.salas.documentos.models import Documento, VersionAnterior, Vista
from llaqta.salas.expedientes import queries as expedientes
from llaqta.salas.expedientes import rules as numeros
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.firma import queries as firma
from llaqta.salas.firma.models import Certificado
from llaqta.salas.sede import leyendas, rules
from llaqta.salas.sede.queries.seguimiento import get_documento_seguido
from llaqta.salas.sede.rules import Dictamen

if TYPE_CHECKING:
    from llaqta.salas.firma.verificacion import Informe

NO_HAY = (
    "Ningún documento vigente tiene ese código. Revise que lo haya copiado completo: "
    "son cuatro grupos de cuatro letras y números."
)
NO_ABRE = (
    "Esa clave no abre este documento. Cópiela del cargo del trámite al que pertenece, o ingrese a su cuenta."
)
_LO_QUE_DURA_UN_INFORME = 300


class CodigoSinDocumento(NoEncontrado):
    """Ningún documento lleva ese código; trae lo que se miró en su lugar, que se descarta."""

    def __init__(self, senuelo: Verificacion | None) -> None:
        super().__init__(NO_HAY)
        self.senuelo = senuelo


@dataclass(frozen=True)
class Verificacion:
    """Un documento registrado, lo que dicen sus firmas y lo que ``para`` puede ver de él.

    :ivar acceso: ``publico``, lo lee cualquiera; ``propio``, quien pregunta puede verlo; ``con_clave``, lo abre la
        clave del expediente; ``cerrado``, es reservado: solo se dicen sus datos y su veredicto
    :ivar fuera: lo que se dice si hoy está fuera de su ventana: entonces no se muestra nada más
    :ivar prueba: dónde está en el registro; si no se puede mostrar, ``sin_prueba`` dice por qué
    """

    documento: Documento
    dictamen: Dictamen
    informe: Informe
    acceso: str
    paginas: Sequence[Vista]
    fuera: Dictamen | None
    prueba: Prueba | None
    sin_prueba: str
    leyenda: leyendas.Leyenda | None
    comprobado_en: datetime

    @property
    def se_lee(self) -> bool:
        """Verdadero si quien pregunta puede leer el contenido."""
        return self.acceso in ("publico", "propio")


@dataclass(frozen=True)
class Comparacion:
    """Lo que se dice de la copia que alguien trae."""

    dictamen: Dictamen
    informe: Informe
    huella: str
    documento: Documento | None = None


def get_verificacion(cvd: str, *, para: Persona | None, ahora: datetime) -> Verificacion:
    """El documento que lleva ese código y el resultado de comprobar sus firmas, de hace cinco minutos a lo más.

    :raises CodigoSinDocumento: si ningún documento lo lleva
    """
    buscado = documentos.buscar_por_cvd(cvd, para=para)
    elegido = buscado.documento or buscado.senuelo
    mirado = _mirar(elegido, para, ahora) if elegido else None
    if mirado is None or buscado.documento is None:
        raise CodigoSinDocumento(mirado)
    return mirado


def get_documento_verificado(cvd: str, *, para: Persona | None, ahora: datetime) -> Documento:
    """El documento que lleva ese código, para leerlo.

    :raises NoEncontrado: si ninguno lo lleva, hoy no se puede verificar o ``para`` no puede leerlo
    """
    buscado = documentos.buscar_por_cvd(cvd, para=para)
    elegido = buscado.documento or buscado.senuelo
    se_lee = elegido is not None and documentos.puede_ver(elegido, para=para)
    documento = _en_su_ventana(buscado.documento, ahora)
    if not se_lee:
        raise NoEncontrado
    return documento


def get_documento_con_clave(
    cvd: str, clave: str, *, para: Persona | None, ahora: datetime
) -> tuple[Expediente, Documento]:
    """El documento que lleva ese código, para quien además trae la clave del expediente en que está.

    Son dos secretos que no están en el mismo papel: el código va en el documento y la clave, en el cargo. Lo reservado
    no se abre así.

    :raises NoEncontrado: si el código no existe, la clave no es la de su expediente o el documento no se le abrió; no
        se dice cuál
    """
    buscado = documentos.buscar_por_cvd(cvd, para=para)
    escrita = numeros.normalizar_clave(clave)
    expediente = Expediente.objects.filter(clave=escrita).first() if escrita else None
    guardada = expediente.clave if expediente else "-" * 16
    if not hmac.compare_digest(escrita.encode(), guardada.encode()) or expediente is None:
        raise NoEncontrado(NO_ABRE)
    documento = buscado.documento
    if documento is None or _esta_fuera(documento, ahora) or _es_reservado(documento):
        raise NoEncontrado(NO_ABRE)
    try:
        return expediente, get_documento_seguido(expediente, documento.pk)
    except NoEncontrado as error:
        raise NoEncontrado(NO_ABRE) from error


def get_prueba_descargable(cvd: str, *, para: Persona | None, ahora: datetime) -> tuple[Documento, Prueba]:
    """La prueba de registro del documento que lleva ese código; la puede llevar cualquiera que tenga el código.

    :raises NoEncontrado: si ninguno lo lleva o hoy no se puede verificar
    :raises NoProcede: si todavía no está, o si el registro no coincide
    """
    documento = _en_su_ventana(documentos.buscar_por_cvd(cvd, para=para).documento, ahora)
    prueba, sin_prueba = _prueba(documento, para)
    if prueba is None:
        raise NoProcede(sin_prueba)
    return documento, prueba


def get_informe(cvd: str, *, para: Persona | None, ahora: datetime) -> tuple[Documento, Informe]:
    """El informe de verificación de las firmas del documento que lleva ese código.

    :raises NoEncontrado: si ningún documento lo lleva o hoy no se puede verificar
    """
    documento = _en_su_ventana(documentos.buscar_por_cvd(cvd, para=para).documento, ahora)
    return documento, _informe(documento, ahora)


def get_informe_json(cvd: str, *, para: Persona | None, ahora: datetime) -> dict[str, Any]:
    """El mismo informe, para programas.

    :raises NoEncontrado: si ningún documento lo lleva o hoy no se puede verificar
    """
    # pyHanko ocupa unos 40 MB: solo los paga el proceso que verifica.
    from llaqta.salas.firma.informe_json import informe_json  # noqa: PLC0415

    documento, informe = get_informe(cvd, para=para, ahora=ahora)
    archivo = documento.archivo
    return informe_json(
        informe,
        nombre=documento.numero or documento.tipo.nombre,
        huella=archivo.sha256,
        tamano=archivo.bytes,
    )


def comparar_copia(cvd: str, copia: bytes, *, para: Persona | None, ahora: datetime) -> Comparacion:
    """Compara una copia con el documento que lleva ese código; primero la lee, exista o no el código.

    :raises NoEncontrado: si ningún documento lo lleva o hoy no se puede verificar
    """
    huella = hashlib.sha256(copia).hexdigest()
    informe = firma.verificar(copia, ahora=ahora)
    documento = _en_su_ventana(documentos.buscar_por_cvd(cvd, para=para).documento, ahora)
    anterior = (
        VersionAnterior.objects.filter(documento=documento, archivo__sha256=huella)
        .order_by("-version")
        .first()
    )
    dictamen = rules.dictamen_de_la_copia(
        igual=huella == documento.archivo.sha256,
        anterior_el=hoy_en_lima(anterior.reemplazada_en) if anterior else None,
        es_comienzo=anterior is not None and _es_comienzo(copia, documento),
        veredicto=informe.veredicto.value,
        motivos=informe.motivos,
    )
    return Comparacion(dictamen, informe, huella, documento)


def comprobar_suelto(copia: bytes, *, para: Persona | None, ahora: datetime) -> Comparacion:
    """Comprueba las firmas de un PDF que alguien trae sin código, y dice si es un documento registrado aquí."""
    huella = hashlib.sha256(copia).hexdigest()
    informe = firma.verificar(copia, ahora=ahora)
    documento = _registrado(huella, copia, ahora)
    dictamen = rules.dictamen_del_suelto(
        registrado=documento is not None,
        veredicto=informe.veredicto.value,
        motivos=informe.motivos,
        con_firmas=bool(informe.firmas),
    )
    if documento is not None and (sin_efecto := _get_sin_efecto(documento, para)):
        dictamen = rules.dictamen_del_registrado(veredicto="", motivos=(), **sin_efecto)
    return Comparacion(dictamen, informe, huella, documento)


def _registrado(huella: str, copia: bytes, ahora: datetime) -> Documento | None:
    """El documento con código que hoy tiene ese archivo, o que lo tuvo y solo recibió otra firma o sello de tiempo."""
    verificables = Documento.objects.filter(
        cvd__isnull=False, verificable_hasta__gte=hoy_en_lima(ahora)
    ).select_related("tipo", "archivo", "unidad")
    if documento := verificables.filter(archivo__sha256=huella).first():
        return documento
    antes = VersionAnterior.objects.filter(archivo__sha256=huella).values("documento")
    documento = verificables.filter(pk__in=antes).first()
    return documento if documento is not None and _es_comienzo(copia, documento) else None


def _es_comienzo(copia: bytes, documento: Documento) -> bool:
    """Verdadero si el archivo actual es esa copia con algo añadido al final, como un PDF que se firma otra vez."""
    with storage.abrir(documento.archivo.sha256) as actual:
        return actual.read(len(copia)) == copia


def _mirar(documento: Documento, para: Persona | None, ahora: datetime) -> Verificacion:
    """Todo lo que la página puede decir de un documento."""
    informe = _informe(documento, ahora)
    acceso = _acceso(documento, para)
    prueba, sin_prueba = _prueba(documento, para)
    dictamen = rules.dictamen_del_registrado(
        veredicto=informe.veredicto.value,
        motivos=informe.motivos,
        **_get_sin_efecto(documento, para),
    )
    se_lee = acceso in ("publico", "propio")
    return Verificacion(
        documento=documento,
        dictamen=dictamen,
        informe=informe,
        acceso=acceso,
        paginas=list(documento.archivo.vistas.all()) if se_lee else [],
        fuera=_esta_fuera(documento, ahora),
        prueba=prueba,
        sin_prueba=sin_prueba,
        leyenda=leyendas.get_leyenda(
            documento, se_lee=se_lee, autentico=dictamen.tono == "hecho", al=hoy_en_lima(ahora)
        ),
        comprobado_en=informe.verificado_en or ahora,
    )


def _get_sin_efecto(documento: Documento, para: Persona | None) -> dict[str, str]:
    """Por qué ya no tiene efecto, aunque su firma siga siendo buena; vacío si lo tiene."""
    nulidad = expedientes.get_nulidad(documento, para=para)
    if documento.anulado_en:
        return {"anulado": documento.motivo_anulacion}
    return {"nulo": str(nulidad.declarado_por)} if nulidad else {}


def _informe(documento: Documento, ahora: datetime) -> Informe:
    """El informe de sus firmas; vale cinco minutos, y menos si entretanto se revocó un certificado."""
    revocados = Certificado.objects.filter(revocado_en__isnull=False).count()
    clave = f"sede.informe.{documento.archivo.sha256}.{documento.registrado_en.timestamp()}.{revocados}"
    informe: Informe | None = caches["memoria"].get(clave)
    if informe is None:
        with storage.como_ruta(documento.archivo.sha256) as ruta:
            informe = firma.verificar(ruta, ahora=ahora, existia_el=documento.registrado_en)
        caches["memoria"].set(clave, informe, _LO_QUE_DURA_UN_INFORME)
    return informe


def _prueba(documento: Documento, para: Persona | None) -> tuple[Prueba | None, str]:
    try:
        return documentos.get_prueba(documento, para=para), ""
    except documentos.SinHuellaEnElRegistro as negativa:
        return None, negativa.frase
    except TodaviaNo:
        return None, "Se está anotando en el registro: estará en unos segundos. Vuelva a cargar esta página."
    except NoCoincide:
        return None, (
            "Lo que el registro dice de este documento no coincide con lo que se anotó. Avise al Órgano de Control "
            "Institucional: alguien pudo alterarlo."
        )


def _acceso(documento: Documento, para: Persona | None) -> str:
    if documento.confidencialidad == Documento.Confidencialidad.PUBLICO:
        lo_ve = documentos.puede_ver(documento, para=para)
        return "publico" if lo_ve else "cerrado"
    if documentos.puede_ver(documento, para=para):
        return "propio"
    return "cerrado" if _es_reservado(documento) else "con_clave"


def _es_reservado(documento: Documento) -> bool:
    return documento.confidencialidad not in (
        Documento.Confidencialidad.PUBLICO,
        Documento.Confidencialidad.PARTES,
    )


def _esta_fuera(documento: Documento, ahora: datetime) -> Dictamen | None:
    desde, hasta = documento.verificable_desde, documento.verificable_hasta
    return rules.dictamen_de_la_ventana(
        desde=desde,
        hasta=hasta,
        al=hoy_en_lima(ahora),
        dicho_desde=fecha_sin_dia(desde) if desde else "",
        dicho_hasta=fecha_sin_dia(hasta) if hasta else "",
    )


def _en_su_ventana(documento: Documento | None, ahora: datetime) -> Documento:
    """El documento hallado, si hoy se puede verificar.

    :raises NoEncontrado: si no se halló o está fuera de su ventana
    """
    if documento is None:
        raise NoEncontrado(NO_HAY)
    if fuera := _esta_fuera(documento, ahora):
        raise NoEncontrado(f"{fuera.titulo}. {fuera.explicacion}")
    return documento
