"""Lo que se hace con el TUPA: registrar procedimientos y publicar versiones. Lo que ya rigió no se corrige."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import ProtectedError

from llaqta.cimientos.calendario import fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.tramites import policies, queries
from llaqta.salas.tramites.events import (
    PalabrasCambiadas,
    ProcedimientoRegistrado,
    VersionPublicada,
    VersionRetirada,
)
from llaqta.salas.tramites.models import (
    Procedimiento,
    Tema,
    VersionProcedimiento,
)
from llaqta.salas.tramites.rules import NuevaVersion
from llaqta.salas.tramites.services.escribir import check_contra_la_norma, escribir, indexar

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
    check_datos(datos, al=desde)
    bloqueado = Procedimiento.objects.select_for_update().get(pk=procedimiento.pk)
    hoy = hoy_en_lima(ahora)
    anterior = _cerrar_anterior(bloqueado, desde=desde, hoy=hoy)
    version = escribir(bloqueado, datos, desde=desde, actor=actor)
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
    procedimiento.versiones.filter(hasta=desde - _UN_DIA, derogada_por="").update(hasta=None)
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
        indexar(
            version, procedimiento, requisitos=[requisito.texto for requisito in version.requisitos.all()]
        )
    emit(PalabrasCambiadas(procedimiento.pk), actor_id=actor.pk, ahora=ahora, objeto=procedimiento)
    return procedimiento


def check_datos(datos: NuevaVersion, *, al: date) -> None:
    """Comprueba que una versión se pueda publicar para regir ``al``; la usa también la vista previa.

    :raises EntradaInvalida: con la primera razón por la que no
    """
    check_contra_la_norma(datos, queries.get_uit(datos.uit_anio), al=al)


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
        se_retira_antes = vigente.derogada_por and vigente.hasta and vigente.hasta < desde - _UN_DIA
        if not se_retira_antes:
            # La nueva la reemplaza sin dejar ni un día en medio: ya no termina porque una norma la retire.
            vigente.hasta, vigente.derogada_por = desde - _UN_DIA, ""
            vigente.save(update_fields=["hasta", "derogada_por"])
    return retirada


def _borrar(version: VersionProcedimiento) -> None:
    try:
        version.delete()
    except ProtectedError:
        raise NoProcede("Esa versión ya tiene expedientes: no se puede retirar.") from None
