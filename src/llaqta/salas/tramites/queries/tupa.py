"""El TUPA entero: para exportarlo, para compararlo con un archivo, para publicarlo y para que otros lo lean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from llaqta.cimientos.errors import NoEncontrado
from llaqta.salas.cuentas import queries as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.tramites import lectura, policies
from llaqta.salas.tramites.models import CargaDeTupa, Tema, UnidadImpositiva, VersionProcedimiento
from llaqta.salas.tramites.queries.catalogo import FichaDeTramite, componer_ficha, versiones_completas
from llaqta.salas.tramites.rules import (
    FilaDeProcedimiento,
    FilaDeTema,
    NuevaBaseLegal,
    NuevaModalidad,
    NuevaTarifa,
    NuevaVersion,
    NuevoRecurso,
    NuevoRequisito,
    Tupa,
)
from llaqta.salas.tramites.rules.diferencias import Diferencias, comparar


def get_siglas(*, para: Persona | None = None) -> Mapping[str, int]:
    """Las unidades por sus siglas, como las nombra un archivo; ``MESA`` es siempre la mesa de partes."""
    unidades = {unidad.siglas: unidad.pk for unidad in cuentas.get_unidades(para)}
    return unidades | {"MESA": cuentas.get_unidad_de_mesa().pk}


def get_nombres_de_unidades(*, para: Persona | None = None) -> Mapping[int, str]:
    """Las siglas de cada unidad por su identificador."""
    return {unidad.pk: unidad.siglas for unidad in cuentas.get_unidades(para)}


def get_tupa(*, para: Persona | None = None, al: date) -> Tupa:
    """Todo lo que rige el día ``al`` como datos, con los temas y las UIT que nombra; ordenado por código."""
    versiones = versiones_completas(para=para).vigentes(al=al).order_by("procedimiento__codigo")
    return Tupa(
        temas=_temas(),
        uit=[(fila.anio, fila.monto, fila.norma) for fila in UnidadImpositiva.objects.order_by("anio")],
        sinonimos=[],
        procedimientos=[a_fila(version, para=para) for version in versiones],
    )


def get_ultimas(*, para: Persona) -> dict[str, FilaDeProcedimiento]:
    """Lo último que el TUPA dice de cada código: lo que está por regir o, si nada lo está, lo que rige.

    :raises Denegado: si ``para`` no administra el TUPA
    """
    policies.check_editar(para)
    ultimas = (
        versiones_completas(para=para).order_by("procedimiento_id", "-desde").distinct("procedimiento_id")
    )
    return {version.procedimiento.codigo: a_fila(version, para=para) for version in ultimas}


def get_carga(pk: int, *, para: Persona) -> CargaDeTupa:
    """Un archivo subido.

    :raises Denegado: si ``para`` no administra el TUPA
    :raises NoEncontrado: si no existe
    """
    policies.check_editar(para)
    carga = CargaDeTupa.objects.select_related("subida_por").filter(pk=pk).first()
    if carga is None:
        raise NoEncontrado("No encontramos ese archivo.")
    return carga


def get_cargas(*, para: Persona, limite: int = 10) -> list[CargaDeTupa]:
    """Los últimos archivos subidos, sin su contenido.

    :raises Denegado: si ``para`` no administra el TUPA
    """
    policies.check_editar(para)
    return list(CargaDeTupa.objects.defer("contenido").select_related("subida_por")[:limite])


def get_diferencias(carga: CargaDeTupa, *, para: Persona, al: date) -> tuple[Tupa, Diferencias]:
    """Lo que trae un archivo y qué cambiaría si se aplicara el día ``al``.

    :raises Denegado: si ``para`` no administra el TUPA
    """
    tupa = lectura.leer_contenido(carga.nombre, bytes(carga.contenido), unidades=get_siglas(para=para))
    return tupa, get_comparacion(tupa, para=para, al=al, desde=carga.desde)


def get_comparacion(tupa: Tupa, *, para: Persona, al: date, desde: date | None = None) -> Diferencias:
    """Qué cambiaría en el TUPA si se aplicara lo que dice ``tupa``.

    :raises Denegado: si ``para`` no administra el TUPA
    """
    propias = {fila.anio: fila.monto for fila in UnidadImpositiva.objects.all()}
    suyos = _temas()
    conocidos, con_nombre = {tema.codigo for tema in suyos}, {tema.nombre: tema.codigo for tema in suyos}
    nuevos = [tema for tema in tupa.temas if tema.codigo not in conocidos and tema.nombre not in con_nombre]
    diferencias = comparar(
        Tupa([*suyos, *nuevos], tupa.uit, tupa.sinonimos, tupa.procedimientos),
        get_ultimas(para=para),
        uit={anio: monto for anio, monto, _ in tupa.uit} | propias,
        siglas=get_nombres_de_unidades(para=para),
        al=al,
        desde=desde,
        maximo=plazos.get_entero("EVALUACION_PREVIA_MAXIMO", al=al),
        vigentes={fila.codigo: fila for fila in get_tupa(para=para, al=al).procedimientos},
    )
    return replace(
        diferencias,
        comunes=(
            *(f"UIT de {anio}: S/ {monto:,.2f}" for anio, monto, _ in tupa.uit if anio not in propias),
            *(f"Tema «{tema.nombre}»" for tema in nuevos),
        ),
        avisos=(
            *(
                f"La UIT de {anio} está registrada con S/ {propias[anio]:,.2f} y el archivo dice S/ {monto:,.2f}: "
                "no se cambia desde un archivo."
                for anio, monto, _ in tupa.uit
                if propias.get(anio, monto) != monto
            ),
            *(
                f"El tema «{tema.nombre}» ya existe con el código «{con_nombre[tema.nombre]}»: use ese."
                for tema in tupa.temas
                if tema.codigo not in conocidos and tema.nombre in con_nombre
            ),
        ),
    )


def a_fila(version: VersionProcedimiento, *, para: Persona | None = None) -> FilaDeProcedimiento:
    """Una versión guardada como los datos que la publicarían otra vez."""
    procedimiento = version.procedimiento
    return FilaDeProcedimiento(
        codigo=procedimiento.codigo,
        codigo_sut=procedimiento.codigo_sut,
        tema=procedimiento.tema.codigo,
        palabras=procedimiento.palabras,
        es_frecuente=procedimiento.es_frecuente,
        desde=version.desde,
        datos=_a_datos(version),
        porcentaje=version.porcentaje_uit if version.monto else None,
    )


_IGUALES = (
    "tipo", "denominacion", "titulo", "descripcion", "calificacion", "plazo", "plazo_unidad", "norma_del_plazo",
    "bien_protegido", "es_gratuito", "monto", "uit_anio", "autorizacion_uit", "nota_de_pago", "sede", "horario",
    "consulta", "vigencia", "ordenanza", "publicada_el", "ratificacion", "unidad_presentacion_id",
    "unidad_aprobacion_id",
)  # fmt: skip
_DE_MODALIDAD = (
    "codigo", "nombre", "calificacion", "plazo", "plazo_unidad", "norma_del_plazo", "es_gratuito", "monto",
    "autorizacion_uit", "nota_de_pago",
)  # fmt: skip


def _a_datos(version: VersionProcedimiento) -> NuevaVersion:
    codigos = {fila.pk: fila.codigo for fila in version.modalidades_en_orden}
    return NuevaVersion(
        **{nombre: getattr(version, nombre) for nombre in _IGUALES},
        formas_de_pago=tuple(version.formas_de_pago),
        canales=tuple(version.canales),
        ten_en_cuenta=tuple(version.ten_en_cuenta),
        requisitos=[
            NuevoRequisito(
                fila.texto, fila.clase, fila.es_opcional, fila.formato, fila.nota,
                codigos.get(fila.modalidad_id or 0, ""),
            )
            for fila in version.requisitos_en_orden
        ],
        bases_legales=[
            NuevaBaseLegal(
                fila.tipo, fila.numero, fila.denominacion, fila.articulos, fila.publicada_el, fila.verificada
            )
            for fila in version.bases_legales.all()
        ],
        recursos=[
            NuevoRecurso(fila.clase, fila.autoridad_id, fila.dias_resolucion, fila.dias_presentacion)
            for fila in version.recursos.all()
        ],
        modalidades=[
            NuevaModalidad(**{nombre: getattr(fila, nombre) for nombre in _DE_MODALIDAD})
            for fila in version.modalidades_en_orden
        ],
        tarifas=[NuevaTarifa(fila.medio, fila.nombre, fila.precio) for fila in version.tarifas.all()],
    )  # fmt: skip


def _temas() -> list[FilaDeTema]:
    return [FilaDeTema(tema.codigo, tema.nombre, tema.orden) for tema in Tema.objects.all()]


@dataclass(frozen=True)
class Ordenanza:
    """Una ordenanza que aprueba procedimientos vigentes, con su publicación y su ratificación."""

    nombre: str
    publicada_el: date | None
    ratificacion: str
    cuantos: int


@dataclass(frozen=True)
class TupaPublicado:
    """Lo que se publica: las fichas por tema, y las ordenanzas que las aprueban."""

    al: date
    grupos: Sequence[tuple[str, Sequence[FichaDeTramite]]]
    ordenanzas: Sequence[Ordenanza]
    cuantos: int


def get_publicado(*, para: Persona | None = None, al: date) -> TupaPublicado:
    """Todo el TUPA que rige el día ``al``, como lo pide el artículo 37, por temas y en orden alfabético."""
    versiones = list(versiones_completas(para=para).vigentes(al=al))
    versiones.sort(
        key=lambda v: (v.procedimiento.tema.orden, v.procedimiento.tema.nombre, v.denominacion.casefold())
    )
    grupos = [
        (tema, [componer_ficha(version, relacionados_al=None) for version in suyas])
        for tema, suyas in groupby(versiones, key=lambda v: v.procedimiento.tema.nombre)
    ]
    cuentas_por_norma = Counter((v.ordenanza, v.publicada_el, v.ratificacion) for v in versiones)
    ordenanzas = [Ordenanza(*clave, cuantos) for clave, cuantos in cuentas_por_norma.most_common()]
    return TupaPublicado(al, grupos, ordenanzas, len(versiones))
