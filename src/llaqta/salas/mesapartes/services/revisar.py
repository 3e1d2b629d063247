"""Lo que hace la mesa con lo que llegó: revisar requisitos, observar una sola vez, y recibir y derivar.

No existe el acto de rechazar: la unidad de recepción está obligada a recibir (art. 124.1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.events import emit
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.mesapartes import policies, queries, rules
from llaqta.salas.mesapartes.events import PresentacionObservada, PresentacionRecibida
from llaqta.salas.mesapartes.models import ItemObservado, Observacion, Presentacion, RevisionDeRequisito
from llaqta.salas.tramites.models import Requisito


@dataclass(frozen=True)
class Marca:
    """Lo que la mesa marcó en un requisito: CUMPLE, FALTA (con qué falta) o NO_APLICA."""

    resultado: str
    nota: str = ""


@dataclass(frozen=True)
class ItemPorObservar:
    """Un requisito que se observa y qué debe corregir la persona."""

    requisito_id: int
    texto: str


@transaction.atomic
def revisar_requisitos(
    *, actor: Persona, presentacion: Presentacion, marcas: Mapping[int, Marca], ahora: datetime
) -> None:
    """Guarda lo que la mesa vio de cada requisito; se puede cambiar hasta observar o derivar.

    :param marcas: por identificador del requisito
    :raises Denegado: si no es de la mesa de partes
    :raises NoProcede: si ya se derivó o ya se observó
    :raises EntradaInvalida: si un requisito marcado «Falta» no dice qué falta, o es de otro trámite
    """
    policies.check_recibir(actor)
    if not marcas:
        return  # sin marcas no hay nada que cambiar: así se deriva lo ya subsanado
    tomada = tomar(presentacion)
    policies.check_revisar(tomada, queries.get_observacion(tomada, para=actor))
    requisitos = {r.pk: r for r in _requisitos_de(tomada)}
    for requisito_id, marca in marcas.items():
        _check_marca(requisitos.get(requisito_id), marca)
    RevisionDeRequisito.objects.bulk_create(
        [
            RevisionDeRequisito(
                presentacion=tomada, requisito_id=requisito_id, resultado=marca.resultado,
                nota=marca.nota.strip() if marca.resultado == RevisionDeRequisito.Resultado.FALTA else "",
                revisado_por=actor, revisado_en=ahora,
            )
            for requisito_id, marca in marcas.items()
        ],
        update_conflicts=True,
        unique_fields=["presentacion", "requisito"],
        update_fields=["resultado", "nota", "revisado_por", "revisado_en"],
    )  # fmt: skip


@transaction.atomic
def observar(
    *, actor: Persona, presentacion: Presentacion, items: Sequence[ItemPorObservar], ahora: datetime
) -> Observacion:
    """Observa, en un solo acto y por única vez, lo que falta, y da dos días hábiles para subsanar (art. 125).

    Mientras tanto el expediente no se deriva ni corre su plazo (125.3).

    :raises Denegado: si no es de la mesa de partes
    :raises NoProcede: si ya se observó (126.2), si ya se derivó o si pasó el plazo de la entidad (125.1, 125.6)
    :raises EntradaInvalida: si no hay ítems, o uno no dice qué corregir
    """
    policies.check_recibir(actor)  # política
    tomada = tomar(presentacion)
    calendario = get_calendario()
    hasta = queries.get_plazo_para_observar(tomada, para=actor, calendario=calendario)
    policies.check_observar(
        tomada, queries.get_observacion(tomada, para=actor), hasta=hasta, ahora=ahora
    )  # y repetición
    _check_items(items, tomada)  # leer y decidir
    plazo = queries.get_plazo_para_subsanar(ahora, para=actor, calendario=calendario)
    observacion = Observacion.objects.create(  # escribir
        presentacion=tomada, observada_en=ahora, observada_por=actor, subsanar_hasta=plazo.fecha,
        explicacion=rules.explicar(plazo),
    )  # fmt: skip
    ItemObservado.objects.bulk_create(
        ItemObservado(observacion=observacion, requisito_id=item.requisito_id, texto=item.texto.strip())
        for item in items
    )
    expedientes.observar(actor=actor, expediente=tomada.expediente, corregir_hasta=plazo.fecha, ahora=ahora)
    emit(  # anunciar
        PresentacionObservada(presentacion_id=tomada.pk, observacion_id=observacion.pk),
        actor_id=actor.pk, ahora=ahora, objeto=tomada.expediente,
    )  # fmt: skip
    return observacion


@transaction.atomic
def recibir_y_derivar(
    *,
    actor: Persona,
    presentacion: Presentacion,
    para_unidad: UnidadOrganica,
    motivo: str,
    proveido: str,
    ahora: datetime,
) -> Presentacion:
    """Recibe el escrito y lo deriva, el mismo día, a la unidad que debe tramitarlo (arts. 117.2 y 132.1).

    :raises Denegado: si no es de la mesa de partes
    :raises NoProcede: si otra persona ya lo derivó, o si está observado y espera la subsanación (125.3)
    """
    policies.check_recibir(actor)
    tomada = tomar(presentacion)
    policies.check_derivar(tomada, queries.get_observacion(tomada, para=actor))
    tomada.recibida_en, tomada.recibida_por = ahora, actor
    tomada.save(update_fields=["recibida_en", "recibida_por"])
    expedientes.derivar(
        actor=actor, expediente=tomada.expediente, para_unidad=para_unidad, motivo=motivo, proveido=proveido,
        desde_mesa=True, ahora=ahora,
    )  # fmt: skip
    emit(
        PresentacionRecibida(presentacion_id=tomada.pk),
        actor_id=actor.pk,
        ahora=ahora,
        objeto=tomada.expediente,
    )
    return tomada


def tomar(presentacion: Presentacion) -> Presentacion:
    """La presentación, bloqueada hasta el final: dos personas de la mesa no actúan a la vez sobre el mismo escrito."""
    return (
        Presentacion.objects.select_for_update(of=("self",))
        .select_related("expediente")
        .get(pk=presentacion.pk)
    )


def _check_marca(requisito: Requisito | None, marca: Marca) -> None:
    if requisito is None or marca.resultado not in RevisionDeRequisito.Resultado.values:
        raise EntradaInvalida(
            "Uno de los requisitos marcados no es de este trámite. Vuelva a cargar la página."
        )
    if marca.resultado == RevisionDeRequisito.Resultado.FALTA and not marca.nota.strip():
        raise EntradaInvalida(f"Diga qué falta en «{requisito.texto}».", campo=f"nota_{requisito.pk}")


def _requisitos_de(presentacion: Presentacion) -> list[Requisito]:
    """Los que el TUPA con que se presentó pide para su modalidad."""
    expediente = presentacion.expediente
    return expediente.version_tramite.requisitos_de(expediente.modalidad)


def _check_items(items: Sequence[ItemPorObservar], presentacion: Presentacion) -> None:
    if not items:
        raise EntradaInvalida(
            "Para observar, marque al menos un requisito como «Falta» y diga qué debe corregirse."
        )
    propios = {requisito.pk for requisito in _requisitos_de(presentacion)}
    vistos: set[int] = set()
    for item in items:
        if item.requisito_id not in propios or item.requisito_id in vistos:
            raise EntradaInvalida(
                "Solo se observan requisitos que el TUPA pide para este trámite, y cada uno una vez.",
                norma="Ley 27444, art. 40.1 (TUO, art. 48.1)",
            )
        if not item.texto.strip():
            raise EntradaInvalida("Diga qué debe corregir la persona en cada requisito observado.")
        vistos.add(item.requisito_id)
