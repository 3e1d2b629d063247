"""Cargar el TUPA de un archivo: al instalar, de golpe; después, mirando antes qué cambia y aplicándolo de una vez."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.tramites import lectura, policies, queries
from llaqta.salas.tramites.events import TupaCargado, VersionPublicada
from llaqta.salas.tramites.models import CargaDeTupa, Procedimiento, Sinonimo, Tema, UnidadImpositiva
from llaqta.salas.tramites.rules import FilaDeProcedimiento, Tupa
from llaqta.salas.tramites.rules.diferencias import CAMBIA, NUEVO, Diferencia
from llaqta.salas.tramites.services.escribir import check_contra_la_norma, escribir
from llaqta.salas.tramites.services.publicar import cambiar_palabras, publicar_version

_DE_LA_FICHA = {"palabras", "tema", "es_frecuente", "codigo_sut"}
"""Lo que no es de una versión: cambia sin publicar otra."""


@transaction.atomic
def cargar_tupa(*, actor: Persona | None, ruta: Path, ahora: datetime) -> int:
    """Carga los procedimientos nuevos de un archivo YAML o XLSX (el modelo: ``datos/tupa_demo.yaml``).

    Los que ya están no se tocan, de modo que repetirla no duplica.

    :param actor: quien administra el TUPA; ``None`` solo al instalar
    :returns: cuántos procedimientos nuevos entraron
    :raises Denegado: si ``actor`` no administra el TUPA
    :raises EntradaInvalida: si el archivo no se entiende, nombra una unidad que no existe o va contra la norma
    """
    if actor is not None:
        policies.check_editar(actor)
    tupa = lectura.leer_tupa(ruta, unidades=queries.get_siglas(para=actor))
    _cargar_lo_comun(tupa)
    ya_estan = set(Procedimiento.objects.values_list("codigo", flat=True))
    nuevos = [fila for fila in tupa.procedimientos if fila.codigo not in ya_estan]
    temas, uit = _temas(), _uit()
    for fila in nuevos:
        _abrir(fila, temas=temas, uit=uit, actor=actor, ahora=ahora)
    if nuevos:
        emit(TupaCargado(len(nuevos)), actor_id=actor.pk if actor else None, ahora=ahora)
    return len(nuevos)


def preparar_carga(
    *, actor: Persona, nombre: str, contenido: bytes, desde: date | None = None, ahora: datetime
) -> CargaDeTupa:
    """Guarda un archivo YAML o XLSX que se entiende, para ver qué cambiaría; el TUPA sigue igual.

    :param desde: fecha desde la que regirá lo nuevo y lo que cambia, si se quiere una sola para todo
    :raises Denegado: si ``actor`` no administra el TUPA
    :raises ArchivoConErrores: si el archivo no se puede leer; trae cada problema con su hoja, fila y columna
    """
    policies.check_editar(actor)
    lectura.leer_contenido(nombre, contenido, unidades=queries.get_siglas(para=actor))
    return CargaDeTupa.objects.create(
        nombre=Path(nombre).name[:120],
        contenido=contenido,
        huella=hashlib.sha256(contenido).hexdigest(),
        desde=desde,
        subida_por=actor,
        subida_en=ahora,
    )


@transaction.atomic
def aplicar_carga(*, actor: Persona, carga: CargaDeTupa, ahora: datetime) -> int:
    """Publica lo nuevo y lo que cambia de un archivo ya mirado: todo o nada. Aplicarla dos veces es aplicarla una.

    :returns: cuántos procedimientos se abrieron o cambiaron
    :raises Denegado: si ``actor`` no administra el TUPA
    :raises NoProcede: si algún procedimiento del archivo va contra la norma o ya rige en la fecha que dice
    """
    policies.check_editar(actor)
    bloqueada = CargaDeTupa.objects.select_for_update().get(pk=carga.pk)
    if bloqueada.aplicada_en is not None:
        return bloqueada.cambios
    hoy = hoy_en_lima(ahora)
    tupa, diferencias = queries.get_diferencias(bloqueada, para=actor, al=hoy)
    if diferencias.con_faltas:
        raise NoProcede(
            "El archivo todavía tiene problemas: corríjalos y vuelva a subirlo. No se cambió nada."
        )
    _cargar_lo_comun(tupa)
    for diferencia in [*diferencias.nuevos, *diferencias.cambiados]:
        _aplicar(diferencia, actor=actor, ahora=ahora)
    bloqueada.aplicada_en = ahora
    bloqueada.cambios = len(diferencias.nuevos) + len(diferencias.cambiados)
    bloqueada.save(update_fields=["aplicada_en", "cambios"])
    if bloqueada.cambios:
        emit(TupaCargado(bloqueada.cambios), actor_id=actor.pk, ahora=ahora)
    return bloqueada.cambios


def _aplicar(diferencia: Diferencia, *, actor: Persona, ahora: datetime) -> None:
    fila = diferencia.fila
    if diferencia.situacion == NUEVO:
        _abrir(fila, temas=_temas(), uit=_uit(), actor=actor, ahora=ahora)
        return
    assert diferencia.situacion == CAMBIA
    procedimiento = Procedimiento.objects.get(codigo=fila.codigo)
    campos = {cambio.campo for cambio in diferencia.cambios}
    if campos & _DE_LA_FICHA:
        Procedimiento.objects.filter(pk=procedimiento.pk).update(codigo_sut=fila.codigo_sut)
        cambiar_palabras(
            actor=actor, procedimiento=procedimiento, tema=_tema(fila, _temas()), palabras=fila.palabras,
            es_frecuente=fila.es_frecuente, ahora=ahora,
        )  # fmt: skip
    if campos - _DE_LA_FICHA:
        publicar_version(
            actor=actor, procedimiento=procedimiento, datos=fila.datos, desde=fila.desde, ahora=ahora
        )


def _abrir(
    fila: FilaDeProcedimiento,
    *,
    temas: Mapping[str, Tema],
    uit: Mapping[int, Decimal],
    actor: Persona | None,
    ahora: datetime,
) -> None:
    """Abre un procedimiento con su primera versión, que puede regir desde antes: la ordenanza ya estaba publicada."""
    tema = _tema(fila, temas)
    check_contra_la_norma(
        fila.datos, uit.get(fila.datos.uit_anio or 0), al=fila.desde, prefijo=f"{fila.codigo}: "
    )
    procedimiento = Procedimiento.objects.create(
        codigo=fila.codigo,
        codigo_sut=fila.codigo_sut,
        tema=tema,
        palabras=fila.palabras,
        es_frecuente=fila.es_frecuente,
    )
    version = escribir(procedimiento, fila.datos, desde=fila.desde, actor=actor, uits=uit)
    emit(
        VersionPublicada(version.pk),
        actor_id=actor.pk if actor else None,
        ahora=ahora,
        objeto=procedimiento,
    )


def _cargar_lo_comun(tupa: Tupa) -> None:
    """Los temas, el valor de la UIT y las maneras de hablar que falten; lo que ya estaba no se cambia."""
    UnidadImpositiva.objects.bulk_create(
        [UnidadImpositiva(anio=anio, monto=monto, norma=norma) for anio, monto, norma in tupa.uit],
        ignore_conflicts=True,
    )
    Sinonimo.objects.bulk_create(
        [Sinonimo(dice=dice, quiere_decir=quiere) for dice, quiere in tupa.sinonimos], ignore_conflicts=True
    )
    Tema.objects.bulk_create(
        [Tema(codigo=fila.codigo, nombre=fila.nombre, orden=fila.orden) for fila in tupa.temas],
        ignore_conflicts=True,
    )


def _tema(fila: FilaDeProcedimiento, temas: Mapping[str, Tema]) -> Tema:
    if fila.tema not in temas:
        raise EntradaInvalida(f"{fila.codigo}: el tema «{fila.tema}» no existe.")
    return temas[fila.tema]


def _temas() -> dict[str, Tema]:
    return {tema.codigo: tema for tema in Tema.objects.all()}


def _uit() -> dict[int, Decimal]:
    return {fila.anio: fila.monto for fila in UnidadImpositiva.objects.all()}
