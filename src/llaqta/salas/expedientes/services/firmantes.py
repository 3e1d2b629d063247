"""Por quién se firma un documento y quiénes más lo firman: se elige al redactar y se comprueba al firmar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona, Puesto
from llaqta.salas.documentos import queries as documentos
from llaqta.salas.documentos.models import Delegacion
from llaqta.salas.expedientes import policies, rules
from llaqta.salas.expedientes.events import FirmantesElegidos
from llaqta.salas.expedientes.models import Proyecto
from llaqta.salas.expedientes.services.acto import pasar_proyecto, tomar_proyecto
from llaqta.salas.expedientes.services.firmas_conjuntas import check_sin_firmas

FIRMAN_A_LO_MAS = 5
"""Cuántos puestos firman un documento conjunto: los que caben en su primera página sin tapar nada."""


@transaction.atomic
def elegir_firmantes(
    *,
    actor: Persona,
    proyecto: Proyecto,
    delegacion: Delegacion | None = None,
    firmantes: Sequence[Puesto] = (),
    version: int | None = None,
    ahora: datetime,
) -> Proyecto:
    """Dice si se firma por delegación, o qué otros puestos firman después, en orden; el proyecto vuelve a ser borrador.

    El primero que firma sigue siendo ``proyecto.firmante``. Elegir lo mismo no cambia nada.

    :param firmantes: los que firman después del primero; sus siglas van en el número
    :raises Denegado: si hoy no trabaja en la unidad que lo redactó
    :raises NoProcede: si ya lleva una firma, o si otra persona acaba de cambiarlo
    :raises EntradaInvalida: si la delegación no es de quien firma, o los puestos no sirven
    """
    cuentas.exigir(actor, "expedientes.tramitar")
    tomado = tomar_proyecto(proyecto, version=version)
    policies.check_editar(actor, tomado)
    rules.get_transicion("editar", tomado.estado, tabla=rules.TRANSICIONES_DE_PROYECTO)
    check_sin_firmas(tomado)
    ids = [puesto.pk for puesto in dict.fromkeys(firmantes)]
    if (tomado.delegacion_id, tomado.firmantes_conjuntos) == (delegacion.pk if delegacion else None, ids):
        return tomado
    _check_eleccion(tomado, delegacion, firmantes, hoy_en_lima(ahora))
    tomado.delegacion, tomado.firmantes_conjuntos = delegacion, ids
    tomado.version, tomado.cambiado_en = tomado.version + 1, ahora
    pasar_proyecto(tomado, "editar", guardar=("delegacion", "firmantes_conjuntos", "version", "cambiado_en"))
    emit(
        FirmantesElegidos(expediente_id=tomado.expediente_id, proyecto_id=tomado.pk),
        actor_id=actor.pk, ahora=ahora, objeto=tomado.expediente,
    )  # fmt: skip
    return tomado


def check_delegacion(proyecto: Proyecto, *, al: date) -> Delegacion | None:
    """La delegación con que se firma hoy, si el proyecto lleva una.

    :raises NoProcede: si ya no rige para este puesto y esta clase de documento
    """
    if proyecto.delegacion_id is None:
        return None
    for delegacion in documentos.get_delegaciones_para_firmar(
        proyecto.firmante, proyecto.tipo, al=al, para=None
    ):
        if delegacion.pk == proyecto.delegacion_id:
            return delegacion
    raise NoProcede(
        "La delegación con que se iba a firmar no rige hoy para este puesto y esta clase de documento: elija otra, o "
        "que firme quien tiene la competencia.",
        norma="Ley 27444, art. 67",
    )


def check_firmantes(proyecto: Proyecto) -> list[Puesto]:
    """Los puestos que firman después del primero, en su orden; vacía si no es conjunto.

    :raises NoProcede: si quien firma primero figura otra vez, o además visa
    """
    if not proyecto.firmantes_conjuntos:
        return []
    if set(proyecto.firmantes_conjuntos) & {proyecto.firmante_id, *proyecto.visadores}:
        raise NoProcede(
            "Un mismo puesto figura dos veces entre quienes firman y visan: corrija quiénes firman este documento."
        )
    puestos = Puesto.objects.select_related("unidad").in_bulk(proyecto.firmantes_conjuntos)
    return [puestos[pk] for pk in proyecto.firmantes_conjuntos]


def _check_eleccion(
    proyecto: Proyecto, delegacion: Delegacion | None, firmantes: Sequence[Puesto], hoy: date
) -> None:
    if delegacion is not None and firmantes:
        raise EntradaInvalida(
            "Un documento conjunto lo firma cada quien por sí: elija la delegación o los otros firmantes, no ambos.",
            campo="delegacion",
        )
    if delegacion is not None and delegacion not in documentos.get_delegaciones_para_firmar(
        proyecto.firmante, proyecto.tipo, al=hoy, para=None
    ):
        raise EntradaInvalida(
            f"Esa delegación no es de {proyecto.firmante} para este documento, o hoy no rige.",
            campo="delegacion",
        )
    if len(firmantes) >= FIRMAN_A_LO_MAS:
        raise EntradaInvalida(
            f"Un documento lo firman {FIRMAN_A_LO_MAS} puestos a lo más.", campo="firmantes"
        )
    for puesto in firmantes:
        if not puesto.es_jefatura:
            raise EntradaInvalida(f"{puesto} no firma documentos: elija una jefatura.", campo="firmantes")
        if puesto.pk == proyecto.firmante_id or puesto.pk in proyecto.visadores:
            raise EntradaInvalida(
                f"{puesto} ya firma o visa este documento: quítelo de uno de los dos.", campo="firmantes"
            )
