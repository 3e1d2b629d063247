"""El sentido de la decisión de un recurso, su cierre al notificarse, y los días que una notificación hizo perder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import policies as expedientes_policies
from llaqta.salas.expedientes.models import ActoNulo, EfectoDeActo, Expediente, Proyecto
from llaqta.salas.expedientes.services import anular
from llaqta.salas.expedientes.services.acto import tomar
from llaqta.salas.recursos import policies, queries, rules
from llaqta.salas.recursos.events import InformacionErroneaAnotada, RecursoResuelto, SentidoAnotado
from llaqta.salas.recursos.models import InformacionErronea, Recurso

NULIDAD = Recurso.Sentido.NULIDAD
_AGOTAN = (Recurso.Clase.APELACION, Recurso.Clase.REVISION)


@dataclass(frozen=True)
class Anulacion:
    """Qué sigue a la nulidad: se decide lo pedido (``FONDO``), o se vuelve al momento del vicio (``REPONE``)."""

    despues: str = ""
    vicio_el: date | None = None
    momento: str = ""


@transaction.atomic
def fijar_sentido(
    *, actor: Persona, recurso: Recurso, sentido: str, anulacion: Anulacion | None = None, ahora: datetime
) -> Recurso:
    """Anota cómo se resuelve el recurso, antes de firmar su decisión; después de firmada solo si faltaba.

    Si anula, dice también qué sigue: quien anula decide lo pedido cuando tiene con qué; si no, al notificarse su
    decisión el procedimiento vuelve al momento del vicio (217.2).

    :raises Denegado: si no es de la unidad que hoy tiene el expediente, o si es parte
    :raises NoProcede: si ya hay una decisión firmada con otro sentido, o si se anula sin haber decisión
    :raises EntradaInvalida: si el sentido no existe, o si falta decir qué sigue a la nulidad
    """
    expediente = tomar(Expediente(pk=recurso.expediente_id), version=None)
    actual = (
        Recurso.objects.select_for_update(of=("self",))
        .select_related("expediente__unidad_responsable", "acto")
        .get(pk=recurso.pk)
    )
    policies.check_resolver(actor, actual)
    if sentido not in Recurso.Sentido.values:
        raise EntradaInvalida("Elija cómo se resuelve el recurso.", campo="sentido")
    sigue = _check_anulacion(actual, anulacion or Anulacion()) if sentido == NULIDAD else Anulacion()
    if (actual.sentido, _anulacion_de(actual)) == (sentido, sigue):
        return actual
    if actual.sentido and _decision(actual) is not None:
        raise NoProcede(
            "La decisión ya está firmada: su sentido no se cambia.",
            norma="Ley 27444, art. 201 (TUO, art. 212)",
        )
    actual.sentido, actual.despues_de_anular = sentido, sigue.despues
    actual.vicio_el, actual.momento_del_vicio = sigue.vicio_el, sigue.momento
    actual.save(update_fields=["sentido", "despues_de_anular", "vicio_el", "momento_del_vicio"])
    emit(
        SentidoAnotado(expediente_id=actual.expediente_id, recurso_id=actual.pk, sentido=sentido),
        actor_id=actor.pk, ahora=ahora, objeto=actual.expediente,
    )  # fmt: skip
    if actual.estado == Recurso.Estado.RESUELTO:
        _anular(actual, expediente, ahora)
    return actual


@transaction.atomic
def anotar_resuelto(*, expediente_id: int, ahora: datetime) -> Recurso | None:
    """Cierra el recurso cuya decisión acaba de surtir efecto; ``None`` si ese expediente no tiene uno en curso.

    Con la apelación resuelta termina la vía administrativa (Ley 27444, art. 218.2), salvo que anule y el procedimiento
    vuelva atrás: entonces lo pedido se decide otra vez (217.2). Hacerlo dos veces no hace nada.
    """
    expediente = tomar(Expediente(pk=expediente_id), version=None)
    vivo = (
        Recurso.objects.vivos()
        .select_for_update(of=("self",))
        .filter(expediente=expediente, etapa=expediente.etapa)
        .first()
    )
    decision = _decision(vivo) if vivo else None
    if vivo is None or decision is None:
        return None
    vivo.decision, vivo.resuelto_en = decision.documento, ahora
    desistido = decision.efecto == EfectoDeActo.DESISTIMIENTO
    vivo.estado = Recurso.Estado.DESISTIDO if desistido else Recurso.Estado.RESUELTO
    vivo.agota_la_via = (
        not desistido
        and vivo.despues_de_anular != ActoNulo.Despues.REPONE
        and (vivo.clase in _AGOTAN or decision.firmante.unidad.padre_id is None)
    )
    vivo.save(update_fields=["decision", "resuelto_en", "estado", "agota_la_via"])
    emit(
        RecursoResuelto(expediente_id=expediente.pk, recurso_id=vivo.pk),
        actor_id=None, ahora=ahora, objeto=expediente,
    )  # fmt: skip
    if not desistido:
        _anular(vivo, expediente, ahora)
    return vivo


def _check_anulacion(recurso: Recurso, pedida: Anulacion) -> Anulacion:
    policies.check_anular(recurso, despues=pedida.despues)
    if pedida.despues != ActoNulo.Despues.REPONE:
        return Anulacion(pedida.despues)
    if pedida.vicio_el is None:
        raise EntradaInvalida("Diga qué día se produjo el vicio.", campo="vicio_el", norma=rules.ART_NULIDAD)
    acto = recurso.acto
    anular.check_vicio(
        recurso.expediente,
        anular.Vicio(pedida.vicio_el, pedida.momento),
        decidido_el=acto.fechado_el if acto else None,
    )
    return Anulacion(pedida.despues, pedida.vicio_el, pedida.momento.strip()[:200])


def _anulacion_de(recurso: Recurso) -> Anulacion:
    return Anulacion(recurso.despues_de_anular, recurso.vicio_el, recurso.momento_del_vicio)


def _anular(recurso: Recurso, expediente: Expediente, ahora: datetime) -> None:
    """Si el recurso se resolvió con la nulidad, anota qué quedó nulo y, si corresponde, repone el procedimiento."""
    if recurso.sentido != NULIDAD or not recurso.despues_de_anular or recurso.decision is None:
        return
    repone = recurso.despues_de_anular == ActoNulo.Despues.REPONE and recurso.vicio_el is not None
    anular.declarar_nulo(
        expediente=expediente,
        etapa=recurso.etapa_impugnada,
        declarado_por=recurso.decision,
        efecto_el=anular.get_efecto(recurso.decision, expediente, ahora=ahora),
        despues=recurso.despues_de_anular,
        vicio=anular.Vicio(recurso.vicio_el, recurso.momento_del_vicio)
        if repone and recurso.vicio_el
        else None,
        ahora=ahora,
    )


@transaction.atomic
def anotar_informacion_erronea(
    *, actor: Persona, expediente: Expediente, que_decia: str, desde: date, hasta: date, ahora: datetime
) -> InformacionErronea:
    """Anota que la notificación informó mal y por eso se rechazó lo que alguien hizo: esos días no cuentan (24.2).

    Si ya hay un recurso contra esa decisión, se vuelve a mirar si llegó a tiempo.

    :param desde: primer día perdido; ``hasta``: el día en que se rechazó lo actuado, inclusive
    :raises Denegado: si no es de la unidad que hoy tiene el expediente
    :raises NoProcede: si la decisión no se notificó todavía, o si ya se anotó
    :raises EntradaInvalida: si no dice en qué, o si las fechas no tocan el plazo
    """
    tomado = tomar(expediente, version=None)
    expedientes_policies.check_tramitar(actor, tomado)
    if not que_decia.strip():
        raise EntradaInvalida("Diga qué informaba mal la notificación.", campo="que_decia")
    if hasta < desde:
        raise EntradaInvalida("El último día no puede ser anterior al primero.", campo="hasta")
    recurso = Recurso.objects.filter(expediente=tomado, contra=Recurso.Contra.ACTO).order_by("-pk").first()
    etapa = recurso.etapa_impugnada if recurso else tomado.etapa
    if InformacionErronea.objects.filter(expediente=tomado, etapa=etapa).exists():
        raise NoProcede("Ya se anotó el error de esa notificación.", norma=rules.ART_INFORMACION)
    anotada = InformacionErronea.objects.create(
        expediente=tomado, etapa=etapa, que_decia=que_decia.strip()[:300], desde=desde, hasta=hasta,
        anotada_en=ahora, anotada_por=actor,
    )  # fmt: skip
    # Contar el plazo con esos días comprueba que lo tocan; si no, aquí se niega y no queda nada.
    if recurso is not None:
        _volver_a_mirar(recurso)
    else:
        queries.get_impugnable(tomado, al=hasta)
    emit(
        InformacionErroneaAnotada(
            expediente_id=tomado.pk, desde=desde.isoformat(), hasta=hasta.isoformat()
        ),
        actor_id=actor.pk, ahora=ahora, objeto=tomado,
    )  # fmt: skip
    return anotada


def _volver_a_mirar(recurso: Recurso) -> None:
    limite = queries.get_limite_de(recurso, para=recurso.presentado_por)
    recurso.en_plazo = limite.en_plazo(queries.presentado_el(recurso, para=recurso.presentado_por))
    recurso.presentable_hasta, recurso.explicacion = limite.hasta, limite.en_json()
    recurso.save(update_fields=["en_plazo", "presentable_hasta", "explicacion"])


def _decision(recurso: Recurso) -> Proyecto | None:
    """La decisión firmada de la etapa que el recurso abrió."""
    return (
        Proyecto.objects.filter(
            expediente=recurso.expediente_id,
            etapa=recurso.etapa,
            pone_fin=True,
            estado=Proyecto.Estado.EMITIDO,
        )
        .select_related("documento", "firmante__unidad")
        .first()
    )
