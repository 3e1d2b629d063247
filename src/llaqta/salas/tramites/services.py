"""Lo que se hace con el TUPA: registrar procedimientos y publicar versiones. Lo que ya rigió no se corrige."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.db.models import ProtectedError

from llaqta.cimientos.calendario import fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas import queries as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.tramites import lectura, policies, queries, rules
from llaqta.salas.tramites.events import (
    PalabrasCambiadas,
    ProcedimientoRegistrado,
    TupaCargado,
    VersionPublicada,
    VersionRetirada,
)
from llaqta.salas.tramites.models import (
    BaseLegal,
    Procedimiento,
    RecursoAdministrativo,
    Requisito,
    Sinonimo,
    Tema,
    TextoDeBusqueda,
    UnidadImpositiva,
    VersionProcedimiento,
)
from llaqta.salas.tramites.rules import NuevaVersion

_UN_DIA = timedelta(days=1)


@transaction.atomic
def registrar_procedimiento(
    *,
    actor: Persona,
    codigo: str,
    tema: Tema,
    palabras: str = "",
    es_frecuente: bool = False,
    ahora: datetime,
) -> Procedimiento:
    """Abre un procedimiento en el TUPA; empieza a regir con su primera versión.

    :raises Denegado: si ``actor`` no administra el TUPA
    :raises EntradaInvalida: si el código ya se usa
    """
    policies.check_editar(actor)
    codigo = codigo.strip().upper()
    if Procedimiento.objects.filter(codigo=codigo).exists():
        raise EntradaInvalida(f"El código {codigo} ya pertenece a otro procedimiento.", campo="codigo")
    procedimiento = Procedimiento.objects.create(
        codigo=codigo, tema=tema, palabras=palabras, es_frecuente=es_frecuente
    )
    emit(ProcedimientoRegistrado(procedimiento.pk), actor_id=actor.pk, ahora=ahora, objeto=procedimiento)
    return procedimiento


@transaction.atomic
def publicar_version(
    *, actor: Persona, procedimiento: Procedimiento, datos: NuevaVersion, desde: date, ahora: datetime
) -> VersionProcedimiento:
    """Publica lo que el TUPA dirá de un procedimiento a partir de ``desde`` y cierra la versión anterior el día previo.

    Una versión que ya rige no se toca: los expedientes conservan la suya. Si había otra por regir, esta la reemplaza.

    :raises Denegado: si ``actor`` no administra el TUPA
    :raises EntradaInvalida: si a la versión le falta algo o la norma no lo permite (arts. 31, 35, 37 y 45 Ley 27444)
    :raises NoProcede: si ``desde`` no es un día futuro y ya hay una versión vigente
    """
    policies.check_editar(actor)
    check_datos(datos)
    bloqueado = Procedimiento.objects.select_for_update().get(pk=procedimiento.pk)
    hoy = hoy_en_lima(ahora)
    anterior = _cerrar_anterior(bloqueado, desde=desde, hoy=hoy)
    version = _escribir(bloqueado, datos, desde=desde, actor=actor)
    emit(VersionPublicada(version.pk), actor_id=actor.pk, ahora=ahora, objeto=bloqueado)
    if anterior is not None:
        emit(VersionRetirada(bloqueado.pk, anterior), actor_id=actor.pk, ahora=ahora, objeto=bloqueado)
    return version


def previsualizar_version(
    *, actor: Persona, procedimiento: Procedimiento, datos: NuevaVersion, desde: date, ahora: datetime
) -> queries.FichaDeTramite:
    """La ficha tal como quedaría: la publica de verdad y lo deshace, y así las negativas son las mismas.

    :raises Denegado: si ``actor`` no administra el TUPA
    :raises EntradaInvalida: si a la versión le falta algo o la norma no lo permite
    :raises NoProcede: si ``desde`` no es un día futuro y ya hay una versión vigente
    """
    with transaction.atomic():
        version = publicar_version(
            actor=actor, procedimiento=procedimiento, datos=datos, desde=desde, ahora=ahora
        )
        completa = queries.get_version(version.pk, para=actor)
        ficha = queries.componer_ficha(completa, relacionados_al=desde)
        transaction.set_rollback(True)
    return ficha


@transaction.atomic
def retirar_version(*, actor: Persona, version: VersionProcedimiento, ahora: datetime) -> None:
    """Retira una versión que todavía no rige; la anterior sigue rigiendo sin fecha de término.

    :raises Denegado: si ``actor`` no administra el TUPA
    :raises NoProcede: si ya empezó a regir
    """
    policies.check_editar(actor)
    procedimiento = Procedimiento.objects.select_for_update().get(pk=version.procedimiento_id)
    if version.desde <= hoy_en_lima(ahora):
        raise NoProcede("Esa versión ya rige o rigió: no se puede retirar. Publique otra que la reemplace.")
    pk, desde = version.pk, version.desde
    _borrar(version)
    procedimiento.versiones.filter(hasta=desde - _UN_DIA).update(hasta=None)
    emit(VersionRetirada(procedimiento.pk, pk), actor_id=actor.pk, ahora=ahora, objeto=procedimiento)


@transaction.atomic
def cambiar_palabras(
    *,
    actor: Persona,
    procedimiento: Procedimiento,
    tema: Tema,
    palabras: str,
    es_frecuente: bool,
    ahora: datetime,
) -> Procedimiento:
    """Cambia cómo se encuentra un procedimiento; no toca lo que se exige.

    :raises Denegado: si ``actor`` no administra el TUPA
    """
    policies.check_editar(actor)
    procedimiento.tema, procedimiento.palabras, procedimiento.es_frecuente = tema, palabras, es_frecuente
    procedimiento.save(update_fields=["tema", "palabras", "es_frecuente"])
    for version in procedimiento.versiones.prefetch_related("requisitos"):
        _indexar(
            version, procedimiento, requisitos=[requisito.texto for requisito in version.requisitos.all()]
        )
    emit(PalabrasCambiadas(procedimiento.pk), actor_id=actor.pk, ahora=ahora, objeto=procedimiento)
    return procedimiento


@transaction.atomic
def cargar_tupa(*, actor: Persona | None, ruta: Path, ahora: datetime) -> int:
    """Carga los procedimientos de un archivo YAML (el modelo: ``datos/tupa_demo.yaml``); repetirla no duplica.

    :param actor: quien administra el TUPA; ``None`` solo al instalar
    :returns: cuántos procedimientos nuevos entraron
    :raises Denegado: si ``actor`` no administra el TUPA
    :raises EntradaInvalida: si el archivo no se entiende, nombra una unidad que no existe o va contra la norma
    """
    if actor is not None:
        policies.check_editar(actor)
    tupa = lectura.leer_tupa(ruta, unidades=_unidades(actor))
    UnidadImpositiva.objects.bulk_create(
        [UnidadImpositiva(anio=anio, monto=monto, norma=norma) for anio, monto, norma in tupa.uit],
        ignore_conflicts=True,
    )
    Sinonimo.objects.bulk_create(
        [Sinonimo(dice=dice, quiere_decir=quiere) for dice, quiere in tupa.sinonimos], ignore_conflicts=True
    )
    for fila_de_tema in tupa.temas:
        Tema.objects.get_or_create(
            codigo=fila_de_tema.codigo, defaults={"nombre": fila_de_tema.nombre, "orden": fila_de_tema.orden}
        )
    temas = {tema.codigo: tema for tema in Tema.objects.all()}
    ya_estan = set(Procedimiento.objects.values_list("codigo", flat=True))
    uit = {fila.anio: fila.monto for fila in UnidadImpositiva.objects.all()}
    nuevos = [fila for fila in tupa.procedimientos if fila.codigo not in ya_estan]
    for fila in nuevos:
        if fila.tema not in temas:
            raise EntradaInvalida(f"{fila.codigo}: el tema «{fila.tema}» no existe.")
        _check_contra_la_norma(fila.datos, uit.get(fila.datos.uit_anio or 0), prefijo=f"{fila.codigo}: ")
        procedimiento = Procedimiento.objects.create(
            codigo=fila.codigo, tema=temas[fila.tema], palabras=fila.palabras, es_frecuente=fila.es_frecuente
        )
        version = _escribir(procedimiento, fila.datos, desde=fila.desde, actor=actor, uits=uit)
        emit(
            VersionPublicada(version.pk),
            actor_id=actor.pk if actor else None,
            ahora=ahora,
            objeto=procedimiento,
        )
    if nuevos:
        emit(TupaCargado(len(nuevos)), actor_id=actor.pk if actor else None, ahora=ahora)
    return len(nuevos)


def check_datos(datos: NuevaVersion) -> None:
    """Comprueba que una versión se pueda publicar; la usa también la vista previa.

    :raises EntradaInvalida: con la primera razón por la que no
    """
    _check_contra_la_norma(datos, queries.get_uit(datos.uit_anio))


def _check_contra_la_norma(datos: NuevaVersion, uit: Decimal | None, *, prefijo: str = "") -> None:
    for campo, frase in rules.revisar(datos, uit=uit):
        raise EntradaInvalida(prefijo + frase, campo=campo, norma="Ley 27444, art. 37")


def _unidades(actor: Persona | None) -> Mapping[str, int]:
    """Las unidades por sus siglas; ``MESA`` nombra siempre a la mesa de partes."""
    unidades = {unidad.siglas: unidad.pk for unidad in cuentas.get_unidades(actor)}
    return unidades | {"MESA": cuentas.get_unidad_de_mesa().pk}


def _cerrar_anterior(procedimiento: Procedimiento, *, desde: date, hoy: date) -> int | None:
    """Cierra la versión que rige y quita la que estaba por regir; devuelve el identificador de la quitada."""
    retirada: int | None = None
    for pendiente in procedimiento.versiones.filter(desde__gt=hoy):
        retirada = pendiente.pk
        _borrar(pendiente)
    vigente = procedimiento.versiones.filter(desde__lte=hoy).order_by("-desde").first()
    if vigente is not None:
        if desde <= hoy:
            raise NoProcede(
                f"La versión vigente rige desde el {fecha_en_palabras(vigente.desde)} y puede tener expedientes: "
                "la nueva debe empezar a regir mañana o después.",
                norma="Ley 27444, art. 38",
            )
        vigente.hasta = desde - _UN_DIA
        vigente.save(update_fields=["hasta"])
    return retirada


def _borrar(version: VersionProcedimiento) -> None:
    try:
        version.delete()
    except ProtectedError:
        raise NoProcede("Esa versión ya tiene expedientes: no se puede retirar.") from None


_DE_OTRA_TABLA = {"requisitos", "bases_legales", "recursos"}


def _escribir(
    procedimiento: Procedimiento,
    datos: NuevaVersion,
    *,
    desde: date,
    actor: Persona | None,
    uits: Mapping[int, Decimal] | None = None,
) -> VersionProcedimiento:
    campos = {nombre: valor for nombre, valor in vars(datos).items() if nombre not in _DE_OTRA_TABLA}
    campos |= {nombre: list(campos[nombre]) for nombre in ("canales", "formas_de_pago", "ten_en_cuenta")}
    uit = (uits or {}).get(datos.uit_anio or 0) or queries.get_uit(datos.uit_anio) if datos.monto else None
    porcentaje = rules.porcentaje_de_uit(datos.monto, uit) if uit else Decimal(0)
    version = VersionProcedimiento.objects.create(
        **campos, procedimiento=procedimiento, desde=desde, creada_por=actor, porcentaje_uit=porcentaje
    )
    Requisito.objects.bulk_create(
        [
            Requisito(version=version, orden=n, **asdict(requisito))
            for n, requisito in enumerate(datos.requisitos, 1)
        ]
    )
    BaseLegal.objects.bulk_create(
        [BaseLegal(version=version, **asdict(base)) for base in datos.bases_legales]
    )
    RecursoAdministrativo.objects.bulk_create(
        [RecursoAdministrativo(version=version, **asdict(recurso)) for recurso in datos.recursos]
    )
    _indexar(version, procedimiento, requisitos=[requisito.texto for requisito in datos.requisitos])
    return version


def _indexar(
    version: VersionProcedimiento, procedimiento: Procedimiento, *, requisitos: Sequence[str]
) -> None:
    """Guarda el texto por el que se encuentra la versión; de él la base calcula raíces y sonidos."""
    TextoDeBusqueda.objects.bulk_create(
        [
            TextoDeBusqueda(
                version=version,
                titulo=f"{version.denominacion} {version.titulo} {procedimiento.codigo}",
                palabras=f"{procedimiento.palabras} {procedimiento.tema.nombre}",
                descripcion=version.descripcion,
                requisitos=" ".join(requisitos),
            )
        ],
        update_conflicts=True,
        unique_fields=["version"],
        update_fields=["titulo", "palabras", "descripcion", "requisitos"],
    )
