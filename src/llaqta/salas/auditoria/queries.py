"""Lo que se puede preguntar al libro de los sucesos y al registro que lo guarda."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import NoEncontrado, NoProcede
from llaqta.cimientos.events import Evento
from llaqta.cimientos.models import Suceso
from llaqta.cimientos.web.paginas import paginar
from llaqta.salas.auditoria import atraso, directorio, pruebas, puntos
from llaqta.salas.auditoria.frases import NOMBRES_DE_OBJETO, frase
from llaqta.salas.auditoria.models import (
    Contradiccion,
    Hoja,
    MotivoDeBorrado,
    Punto,
    SecretoBorrado,
    Vecino,
    Verificacion,
)
from llaqta.salas.auditoria.policies import QuienPide, check_borrar_secreto, check_ver, check_ver_estado

DIAS_SIN_VERIFICAR = 2
_NUMEROS = ("numero", "codigo", "siglas", "numero_documento")
"""Los campos con que una persona nombra un objeto."""
_TROZO = 500


@dataclass(frozen=True)
class Filtros:
    """Qué parte del libro se mira; lo vacío no filtra."""

    quien: str = ""
    tipo: str = ""
    objeto: str = ""
    desde: date | None = None
    hasta: date | None = None

    @property
    def hay(self) -> bool:
        """Verdadero si filtra algo."""
        return bool(self.quien or self.tipo or self.objeto or self.desde or self.hasta)

    def como_textos(self) -> dict[str, str]:
        """Los filtros puestos, para dejar constancia de ellos."""
        return {nombre: str(valor) for nombre, valor in vars(self).items() if valor}


@dataclass(frozen=True)
class Renglon:
    """Un suceso dicho en castellano."""

    pk: int
    ocurrido_en: datetime
    registrado_en: datetime
    quien: str
    en_nombre_de: str
    que: str
    objeto: str
    llave_de_objeto: str
    tipo: str
    datos: dict[str, Any]


@dataclass(frozen=True)
class TipoDeSuceso:
    """Una clase de suceso, para elegirla en el filtro."""

    tipo: str
    palabras: str


@dataclass(frozen=True)
class PaginaDelLibro:
    """Un tramo del libro y cómo seguir."""

    filas: Sequence[Renglon]
    anterior: str
    siguiente: str


@dataclass(frozen=True)
class EstadoDelRegistro:
    """Cómo va el registro."""

    llave: str
    atraso: atraso.Atraso
    detenido: bool
    punto: Punto | None
    ancla: Punto | None
    testigos: Sequence[str]
    verificacion: Verificacion | None
    verificacion_vieja: bool
    vecinos: Sequence[Vecino] = ()
    """Los registros de otras entidades que esta vigila."""
    contradicciones: Sequence[Contradiccion] = ()
    """Los que firmaron dos cosas que no pueden ser ciertas a la vez: las últimas."""

    @property
    def en_orden(self) -> bool:
        """Verdadero si avanza y la última verificación no halló nada."""
        return not self.detenido and (self.verificacion is None or self.verificacion.intacto)


@dataclass(frozen=True)
class PruebaDeRenglon:
    """Un suceso dicho en castellano y su prueba, o por qué no la hay."""

    renglon: Renglon
    prueba: pruebas.Prueba | None
    punto: Punto | None
    por_que_no: str
    alterado: bool


@dataclass(frozen=True)
class PorBorrar:
    """Un suceso cuyo contenido se puede borrar: lo justo para reconocerlo, sin decir de quién es."""

    suceso: int
    que: str
    ocurrido_en: datetime
    hoja: int


@dataclass(frozen=True)
class Borrado:
    """Un contenido ya borrado: cuándo, por qué, y el suceso que lo hace constar."""

    suceso: int
    borrado_en: datetime
    motivo: str
    constancia: int


def get_por_borrar(*, para: QuienPide | None, suceso_id: int) -> PorBorrar:
    """El suceso que se quiere borrar, para reconocerlo antes.

    :raises Denegado: si ``para`` no es el oficial de datos personales ni administra
    :raises NoProcede: si no está en el registro, o si ya se borró
    """
    check_borrar_secreto(para)
    if SecretoBorrado.objects.filter(pk=suceso_id).exists():
        raise NoProcede("Lo que decía ese suceso ya se borró.")
    hoja = Hoja.objects.filter(suceso_id=suceso_id).first()
    suceso = Suceso.objects.filter(pk=suceso_id).first()
    if hoja is None or suceso is None:
        raise NoProcede("No hay en el registro un suceso con ese número, o ya se retiró al archivo.")
    return PorBorrar(suceso_id, frase(suceso.tipo), suceso.ocurrido_en, hoja.hoja)


def list_borrados(*, para: QuienPide | None) -> list[Borrado]:
    """Los últimos cien contenidos borrados, el más reciente primero.

    :raises Denegado: si ``para`` no es el oficial de datos personales ni administra
    """
    check_borrar_secreto(para)
    filas = list(SecretoBorrado.objects.order_by("-borrado_en")[:100])
    constancias = Suceso.objects.in_bulk([fila.constancia_id for fila in filas])
    motivos = dict(MotivoDeBorrado.choices)
    return [
        Borrado(
            fila.pk,
            fila.borrado_en,
            str(motivos.get(constancia.datos.get("motivo", ""), "")) if constancia else "",
            fila.constancia_id,
        )
        for fila in filas
        for constancia in [constancias.get(fila.constancia_id)]
    ]


def list_renglones(*, para: QuienPide | None, filtros: Filtros, cursor: str = "") -> PaginaDelLibro:
    """Una página del libro, del suceso más reciente al más antiguo.

    :raises NoEncontrado: si ``para`` no puede ver el libro
    """
    check_ver(para)
    pagina = paginar(_filtrar(filtros), orden=("-pk",), cursor=cursor)
    return PaginaDelLibro(_decir(pagina.filas), pagina.anterior, pagina.siguiente)


def iter_renglones(*, para: QuienPide | None, filtros: Filtros) -> Iterator[Renglon]:
    """Todo lo que pasa el filtro, del más antiguo al más reciente, sin cargarlo entero en memoria.

    :raises NoEncontrado: si ``para`` no puede ver el libro
    """
    check_ver(para)
    trozo: list[Suceso] = []
    for suceso in _filtrar(filtros).order_by("pk").iterator(chunk_size=_TROZO):
        trozo.append(suceso)
        if len(trozo) == _TROZO:
            yield from _decir(trozo)
            trozo = []
    yield from _decir(trozo)


def get_estado(*, para: QuienPide | None, ahora: datetime) -> EstadoDelRegistro:
    """Cómo va el registro: cuánto espera, lo último firmado, sellado y cofirmado, y la última verificación.

    :raises NoEncontrado: si ``para`` ni controla ni administra
    """
    check_ver_estado(para)
    pendiente = atraso.get_atraso(ahora=ahora)
    punto = Punto.objects.order_by("-tamano").first()
    verificacion = Verificacion.objects.order_by("-pk").first()
    testigos = Punto.objects.filter(cofirmas__isnull=False).order_by("-tamano").first()
    try:
        llave = str(puntos.llave_publica())
    except (FileNotFoundError, puntos.NotaInvalida):
        llave = ""
    return EstadoDelRegistro(
        llave=llave,
        atraso=pendiente,
        detenido=pendiente.segundos > atraso.SEGUNDOS_DE_ALARMA,
        punto=punto,
        ancla=Punto.objects.filter(ancla__isnull=False).order_by("-tamano").first(),
        testigos=list(testigos.cofirmas.values_list("testigo", flat=True)) if testigos else [],
        verificacion=verificacion,
        verificacion_vieja=verificacion is not None
        and ahora - verificacion.terminada_en > timedelta(days=DIAS_SIN_VERIFICAR),
        vecinos=list(Vecino.objects.order_by("nombre")),
        contradicciones=list(Contradiccion.objects.select_related("vecino").order_by("-pk")[:5]),
    )


def get_prueba_de_renglon(*, para: QuienPide | None, suceso_id: int) -> PruebaDeRenglon:
    """La prueba de un suceso del libro.

    :raises NoEncontrado: si ``para`` no puede ver el libro o el suceso no existe
    """
    check_ver(para)
    suceso = Suceso.objects.filter(pk=suceso_id).first()
    if suceso is None:
        raise NoEncontrado
    (renglon,) = _decir([suceso])
    try:
        prueba = pruebas.get_prueba(suceso_id)
    except (pruebas.TodaviaNo, pruebas.NoCoincide) as error:
        return PruebaDeRenglon(renglon, None, None, str(error), isinstance(error, pruebas.NoCoincide))
    return PruebaDeRenglon(renglon, prueba, Punto.objects.get(pk=prueba.tamano), "", alterado=False)


def list_tipos(*, para: QuienPide | None) -> list[TipoDeSuceso]:
    """Las clases de suceso que la casa anuncia, por orden alfabético de lo que dicen.

    :raises NoEncontrado: si ``para`` no puede ver el libro
    """
    check_ver(para)
    tipos = [TipoDeSuceso(tipo, frase(tipo)) for tipo in Evento.TIPOS]
    return sorted(tipos, key=lambda fila: fila.palabras)


def _filtrar(filtros: Filtros) -> QuerySet[Suceso]:
    sucesos = Suceso.objects.all()
    if filtros.quien:
        personas = directorio.buscar(filtros.quien)
        sucesos = sucesos.filter(actor_id__in=personas) | sucesos.filter(en_nombre_de_id__in=personas)
    if filtros.tipo:
        sucesos = sucesos.filter(tipo=filtros.tipo)
    if filtros.objeto:
        sucesos = _del_objeto(sucesos, filtros.objeto)
    if filtros.desde:
        sucesos = sucesos.filter(ocurrido_en__gte=_comienzo(filtros.desde))
    if filtros.hasta:
        sucesos = sucesos.filter(ocurrido_en__lt=_comienzo(filtros.hasta + timedelta(days=1)))
    return sucesos


def _comienzo(dia: date) -> datetime:
    return datetime.combine(dia, time.min, tzinfo=LIMA)


def _del_objeto(sucesos: QuerySet[Suceso], texto: str) -> QuerySet[Suceso]:
    """Los de un objeto: por su llave (``expedientes.Expediente:12``) o por el número con que la gente lo nombra."""
    clase, dos_puntos, pk = texto.rpartition(":")
    if dos_puntos and clase in NOMBRES_DE_OBJETO:
        return sucesos.filter(objeto_tipo=clase, objeto_id=pk)
    hallados = sucesos.none()
    for clase in NOMBRES_DE_OBJETO:
        for pk in _buscar_objetos(clase, texto):
            hallados = hallados | sucesos.filter(objeto_tipo=clase, objeto_id=str(pk))
    return hallados


def _buscar_objetos(clase: str, texto: str) -> Sequence[Any]:
    modelo = _modelo(clase)
    campo = _campo_con_numero(modelo) if modelo else ""
    if modelo is None or not campo:
        return []
    return list(
        modelo._default_manager.filter(**{f"{campo}__iexact": texto}).values_list("pk", flat=True)[:5]
    )


def _campo_con_numero(modelo: type[Model]) -> str:
    for nombre in _NUMEROS:
        try:
            modelo._meta.get_field(nombre)
        except FieldDoesNotExist:
            continue
        return nombre
    return ""


def _modelo(clase: str) -> type[Model] | None:
    try:
        return apps.get_model(clase)
    except (LookupError, ValueError):
        return None


def _decir(sucesos: Iterable[Suceso]) -> list[Renglon]:
    filas = list(sucesos)
    personas = {pk for fila in filas for pk in (fila.actor_id, fila.en_nombre_de_id) if pk is not None}
    nombres = directorio.nombres(personas)
    objetos = _nombrar_objetos(filas)
    return [_renglon(fila, nombres, objetos) for fila in filas]


def _renglon(fila: Suceso, nombres: Mapping[int, str], objetos: Mapping[tuple[str, str], str]) -> Renglon:
    sobre_si = fila.objeto_tipo == "cuentas.Persona" and fila.objeto_id == str(fila.actor_id)
    return Renglon(
        pk=fila.pk,
        ocurrido_en=fila.ocurrido_en,
        registrado_en=fila.registrado_en,
        quien=nombres.get(fila.actor_id, f"Persona {fila.actor_id}") if fila.actor_id else "El sistema",
        en_nombre_de=nombres.get(fila.en_nombre_de_id, "") if fila.en_nombre_de_id else "",
        que=frase(fila.tipo, sobre_si=sobre_si),
        objeto="" if sobre_si else objetos.get((fila.objeto_tipo, fila.objeto_id), ""),
        llave_de_objeto=_llave(fila) if not sobre_si and fila.objeto_tipo in NOMBRES_DE_OBJETO else "",
        tipo=fila.tipo,
        datos=fila.datos,
    )


def _llave(fila: Suceso) -> str:
    return f"{fila.objeto_tipo}:{fila.objeto_id}"


def _nombrar_objetos(filas: Sequence[Suceso]) -> dict[tuple[str, str], str]:
    """El nombre de cada objeto, con una consulta por clase."""
    por_clase: dict[str, set[str]] = {}
    for fila in filas:
        if fila.objeto_tipo:
            por_clase.setdefault(fila.objeto_tipo, set()).add(fila.objeto_id)
    nombrados: dict[tuple[str, str], str] = {}
    for clase, pks in por_clase.items():
        modelo = _modelo(clase)
        nombre = NOMBRES_DE_OBJETO.get(clase, clase.rpartition(".")[2])
        hallados = {} if modelo is None else {str(o.pk): str(o) for o in _traer(modelo, pks)}
        for pk in pks:
            nombrados[clase, pk] = f"{nombre} {hallados.get(pk, pk)}".strip()
    return nombrados


def _traer(modelo: type[Model], pks: set[str]) -> QuerySet[Model]:
    """Los objetos con lo que su nombre necesite de otras tablas."""
    propias = [campo.name for campo in modelo._meta.concrete_fields if campo.is_relation and not campo.null]
    return modelo._default_manager.filter(pk__in=pks).select_related(*propias)
