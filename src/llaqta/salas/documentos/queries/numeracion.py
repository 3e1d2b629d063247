"""Cómo se numera hoy cada clase de documento, hasta dónde llegó cada cuenta y qué números se anularon."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from llaqta.cimientos.errors import NoEncontrado
from llaqta.cimientos.models import Entidad, Serie
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos import numeros, policies
from llaqta.salas.documentos.models import (
    Documento,
    DocumentoQuerySet,
    FormatoDeNumero,
    InicioDeSerie,
    TipoDocumento,
)

ANULADOS_A_LA_VISTA = 200


@dataclass(frozen=True)
class Numerador:
    """Con qué formato y en qué cuenta se numera una clase de documento en una unidad, un día dado."""

    tipo: TipoDocumento
    unidad: UnidadOrganica
    formato: str
    contador: str

    @property
    def serie(self) -> str:
        """El nombre de la cuenta, junto con el año."""
        return numeros.nombre_de_serie(
            tipo=self.tipo.codigo, siglas=self.unidad.siglas, contador=self.contador
        )

    def escribir(
        self,
        numero: int,
        anio: int,
        *,
        firmante: Persona | None = None,
        conjuntas: Sequence[UnidadOrganica] = (),
    ) -> str:
        """El número como se imprime.

        :param conjuntas: las otras unidades que firman un documento conjunto; sus siglas van unidas a la primera
        """
        siglas = dict.fromkeys((self.unidad.siglas, *(unidad.siglas for unidad in conjuntas)))
        datos = numeros.Datos(
            tipo=self.tipo.nombre.upper(),
            numero=numero,
            anio=anio,
            entidad=Entidad.actual().siglas,
            unidades=tuple(siglas),
            padre=self.unidad.padre.siglas if self.unidad.padre else "",
            iniciales=_iniciales(firmante),
        )
        return numeros.escribir_numero(self.formato, datos)


@dataclass(frozen=True)
class Cuenta:
    """Una serie en un año: hasta qué número llegó y cómo se vería el siguiente.

    :ivar unidad: ``None`` si la cuenta es de toda la municipalidad
    :ivar chocaria: verdadero si el siguiente ya lo lleva otro documento: hay que fijar desde dónde continúa
    """

    unidad: UnidadOrganica | None
    ultimo: int
    siguiente: str
    anulados: int
    inicio: InicioDeSerie | None
    chocaria: bool = False


@dataclass(frozen=True)
class CuentaContinuada:
    """Una cuenta que continuó del papel, dicha con el nombre de su clase y su unidad."""

    cuenta: str
    inicio: InicioDeSerie


@dataclass(frozen=True)
class ClaseNumerada:
    """Una clase de documento: el formato que rige, los que vendrán, y sus cuentas del año."""

    tipo: TipoDocumento
    formato: str
    contador: str
    muestra: str
    de_unidades: Sequence[FormatoDeNumero]
    futuros: Sequence[FormatoDeNumero]
    cuentas: Sequence[Cuenta]


def get_numerador(
    tipo: TipoDocumento, unidad: UnidadOrganica, *, al: date, para: Persona | None = None
) -> Numerador:
    """Cómo se numera hoy un documento de esa clase en esa unidad; lo usa el acto de firmar, sea quien sea."""
    filas = FormatoDeNumero.objects.filter(Q(unidad=unidad) | Q(unidad__isnull=True), tipo=tipo)
    return _numerador(tipo, unidad, list(filas.order_by("desde", "pk")), al)


def get_tipo_numerado(codigo: str, *, para: Persona | None) -> TipoDocumento:
    """Una clase de documento que numera la municipalidad.

    :raises Denegado: si ``para`` no administra la numeración
    :raises NoEncontrado: si no existe, o la presentan los administrados
    """
    policies.check_administrar_numeracion(para)
    tipo = TipoDocumento.objects.filter(codigo=codigo, es_externo=False).first()
    if tipo is None:
        raise NoEncontrado
    return tipo


def get_clases_numeradas(*, para: Persona | None, anio: int, al: date) -> list[ClaseNumerada]:
    """Cada clase de documento que numera la municipalidad, con sus cuentas del año.

    :raises Denegado: si ``para`` no administra la numeración
    """
    policies.check_administrar_numeracion(para)
    unidades = {u.siglas: u for u in UnidadOrganica.objects.select_related("padre")}
    series = dict(
        Serie.objects.filter(
            Q(nombre="documento") | Q(nombre__startswith="documento."), anio=anio
        ).values_list("nombre", "ultimo")
    )
    formatos = defaultdict(list)
    for fila in FormatoDeNumero.objects.select_related("unidad").order_by("desde", "pk"):
        formatos[fila.tipo_id].append(fila)
    inicios = {
        inicio.serie: inicio for inicio in InicioDeSerie.objects.filter(anio=anio).order_by("fijado_en")
    }
    anulados = _anulados_por_serie(anio)
    clases = [
        _clase(tipo, formatos[tipo.pk], unidades, series, inicios, anulados, anio, al)
        for tipo in TipoDocumento.objects.filter(es_externo=False)
    ]
    return _marcar_choques(clases)


def get_formatos(tipo: TipoDocumento, *, para: Persona | None) -> list[FormatoDeNumero]:
    """Los formatos que tuvo y tendrá una clase de documento, del más reciente al más antiguo.

    :raises Denegado: si ``para`` no administra la numeración
    """
    policies.check_administrar_numeracion(para)
    return list(tipo.formatos.select_related("unidad", "registrado_por").order_by("-desde", "-pk"))


def probar_formato(
    tipo: TipoDocumento,
    unidad: UnidadOrganica | None,
    formato: str,
    contador: str,
    *,
    para: Persona | None,
    al: date,
) -> str:
    """Cómo se vería un número con ese formato, sin guardar nada.

    :raises Denegado: si ``para`` no administra la numeración
    :raises EntradaInvalida: si el formato daría números repetidos o no se entiende
    """
    policies.check_administrar_numeracion(para)
    numeros.comprobar_formato(formato, contador=contador)
    de_muestra = unidad or UnidadOrganica.objects.filter(padre__isnull=False).select_related("padre").first()
    numerador = Numerador(tipo, de_muestra or UnidadOrganica(siglas="UNIDAD"), formato, contador)
    return numerador.escribir(124, al.year, firmante=para)


def probar_inicio(
    tipo: TipoDocumento, unidad: UnidadOrganica, ultimo: int, *, para: Persona | None, al: date
) -> str:
    """Cómo se vería el número que sigue a ``ultimo`` en la cuenta de esa unidad, sin guardar nada.

    :raises Denegado: si ``para`` no administra la numeración
    """
    policies.check_administrar_numeracion(para)
    return get_numerador(tipo, unidad, al=al).escribir(ultimo + 1, al.year)


def get_anulados(*, para: Persona | None, anio: int) -> list[Documento]:
    """Los números anulados de un año, con su motivo, del más reciente al más antiguo; cada uno conserva su documento.

    :raises Denegado: si ``para`` no administra la numeración ni controla
    """
    policies.check_ver_numeracion(para)
    return list(
        _anulados(anio).select_related("tipo", "unidad").order_by("-anulado_en", "-pk")[:ANULADOS_A_LA_VISTA]
    )


def get_inicios(*, para: Persona | None, anio: int) -> list[CuentaContinuada]:
    """Las veces que en un año se fijó desde qué número continúa una cuenta.

    :raises Denegado: si ``para`` no administra la numeración ni controla
    """
    policies.check_ver_numeracion(para)
    inicios = list(InicioDeSerie.objects.filter(anio=anio).select_related("fijado_por"))
    if not inicios:
        return []
    tipos = dict(TipoDocumento.objects.values_list("codigo", "nombre"))
    unidades = dict(UnidadOrganica.objects.values_list("siglas", "nombre"))
    return [CuentaContinuada(_decir_serie(inicio.serie, tipos, unidades), inicio) for inicio in inicios]


def _decir_serie(serie: str, tipos: Mapping[str, str], unidades: Mapping[str, str]) -> str:
    """«Informe, Subgerencia de Licencias»; sin unidad, la cuenta es de toda la municipalidad."""
    _, _, resto = serie.partition(".")
    codigo, _, siglas = resto.partition(".")
    if not codigo:
        return "Cuenta general de la municipalidad"
    de_quien = unidades.get(siglas, siglas) if siglas else "toda la municipalidad"
    return f"{tipos.get(codigo, codigo)}, {de_quien}"


def _numerador(
    tipo: TipoDocumento, unidad: UnidadOrganica, filas: Sequence[FormatoDeNumero], al: date
) -> Numerador:
    formato, contador = numeros.elegir_formato(
        [
            (fila.desde, fila.unidad_id is not None, fila.formato, fila.contador)
            for fila in filas
            if fila.unidad_id in (None, unidad.pk)
        ],
        al=al,
        de_fabrica=(tipo.formato, numeros.TIPO if tipo.numera_la_entidad else numeros.UNIDAD),
    )
    return Numerador(tipo, unidad, formato, contador)


def _clase(
    tipo: TipoDocumento,
    filas: Sequence[FormatoDeNumero],
    unidades: Mapping[str, UnidadOrganica],
    series: Mapping[str, int],
    inicios: Mapping[str, InicioDeSerie],
    anulados: Mapping[str, int],
    anio: int,
    al: date,
) -> ClaseNumerada:
    """Arma la ficha de una clase: la cuenta de toda la entidad y, de las de cada unidad, las que ya dieron números."""
    generales = [fila for fila in filas if fila.unidad_id is None]
    # Una unidad que depende de otra enseña la forma entera del número.
    muestra_de = next((u for u in unidades.values() if u.padre_id), UnidadOrganica(siglas="UNIDAD"))
    general = _numerador(tipo, muestra_de, generales, al)
    cuentas = []
    if general.contador != numeros.UNIDAD:
        cuentas.append(_cuenta(general, None, series, inicios, anulados, anio))
    propias = {fila.unidad_id for fila in filas if fila.desde <= al} - {None}
    for unidad in unidades.values():
        numerador = _numerador(tipo, unidad, filas, al)
        suya = numerador.contador == numeros.UNIDAD and numerador.serie in series
        if suya or unidad.pk in propias:
            cuentas.append(_cuenta(numerador, unidad, series, inicios, anulados, anio))
    return ClaseNumerada(
        tipo=tipo,
        formato=general.formato,
        contador=general.contador,
        muestra=general.escribir(1, anio),
        de_unidades=[fila for fila in filas if fila.unidad_id is not None and fila.desde <= al],
        futuros=[fila for fila in filas if fila.desde > al],
        cuentas=cuentas,
    )


def _cuenta(
    numerador: Numerador,
    unidad: UnidadOrganica | None,
    series: Mapping[str, int],
    inicios: Mapping[str, InicioDeSerie],
    anulados: Mapping[str, int],
    anio: int,
) -> Cuenta:
    ultimo = series.get(numerador.serie, 0)
    return Cuenta(
        unidad=unidad,
        ultimo=ultimo,
        siguiente=numerador.escribir(ultimo + 1, anio),
        anulados=anulados.get(numerador.serie, 0),
        inicio=inicios.get(numerador.serie),
    )


def _marcar_choques(clases: Sequence[ClaseNumerada]) -> list[ClaseNumerada]:
    """Señala las cuentas cuyo número siguiente ya lleva un documento, con una sola consulta."""
    siguientes = [cuenta.siguiente for clase in clases for cuenta in clase.cuentas]
    usados = set(Documento.objects.numerados().filter(numero__in=siguientes).values_list("numero", flat=True))
    if not usados:
        return list(clases)
    return [
        ClaseNumerada(
            **{
                **vars(clase),
                "cuentas": [Cuenta(**{**vars(c), "chocaria": c.siguiente in usados}) for c in clase.cuentas],
            }
        )
        for clase in clases
    ]


def _anulados(anio: int) -> DocumentoQuerySet:
    return Documento.objects.numerados().filter(anulado_en__isnull=False, fechado_el__year=anio)


def _anulados_por_serie(anio: int) -> Counter[str]:
    """Cuántos números se anularon en cada serie; la serie en que se numeró cada documento quedó en sus metadatos."""
    return Counter(
        str(metadatos.get("serie", "")) for metadatos in _anulados(anio).values_list("metadatos", flat=True)
    )


def _iniciales(persona: Persona | None) -> str:
    if persona is None:
        return ""
    return numeros.iniciales_de(persona.nombres, persona.apellido_paterno, persona.apellido_materno)
