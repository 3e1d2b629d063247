"""Suspender a pedido del administrado, y continuar antes de lo pedido (art. 136.4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from llaqta.cimientos.calendario import fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import policies
from llaqta.salas.expedientes.events import ExpedienteReanudado, ExpedienteSuspendido
from llaqta.salas.expedientes.models import CambioDePlazo, Estado, Expediente, Suspension
from llaqta.salas.expedientes.services import reloj
from llaqta.salas.expedientes.services.acto import pasar, tomar
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.plazos.cuenta import check_pausas
from llaqta.salas.plazos.rules import Pausa

NORMA = policies.ART_SUSPENSION
_UN_DIA = timedelta(days=1)
_REFLEJADOS = ("estado", "estado_previo", "version", *reloj.CAMPOS)


@transaction.atomic
def suspender(
    *, actor: Persona, expediente: Expediente, desde: date, hasta: date, motivo: str = "", ahora: datetime
) -> Suspension:
    """Detiene el procedimiento a pedido de quien lo inició: los días hábiles de ese lapso no se cuentan (136.4).

    La fecha de vencimiento cambia en el acto. El lapso termina solo; pedirlo dos veces igual es pedirlo una.

    :param desde: el primer día que no se cuenta, hoy o después; ``hasta``, el último
    :raises Denegado: si no lo pide el administrado o su representante (la ventanilla, a su pedido)
    :raises NoProcede: si el procedimiento no tiene silencio positivo, si pasa de los días que da la ley, si ya venció
        el plazo, o si el estado no lo admite
    :raises EntradaInvalida: si las fechas no sirven o el lapso se encima con otro
    """
    tomado = tomar(expediente, version=None)
    hoy = hoy_en_lima(ahora)
    policies.check_administrado(actor, tomado, al=hoy)
    if repetida := _misma(tomado, desde, hasta):
        return repetida
    policies.check_suspender(actor, tomado, al=hoy)
    check_lapso(tomado, desde=desde, hasta=hasta, al=hoy)
    suspension = Suspension.objects.create(
        expediente=tomado,
        etapa=tomado.etapa,
        clase=Suspension.Clase.A_PEDIDO,
        desde=desde,
        hasta=hasta,
        motivo=motivo.strip()[:300],
        pedida_por=actor,
        anotada_en=ahora,
    )
    reloj.mover(
        tomado, causa=CambioDePlazo.Causa.SUSPENSION, ahora=ahora,
        motivo=f"El administrado pidió suspender del {desde:%d/%m/%Y} al {hasta:%d/%m/%Y}: esos días no se cuentan "
        "(art. 136.4).",
    )  # fmt: skip
    if desde <= hoy:
        pausar(tomado)
    else:
        tomado.version += 1
        tomado.save(update_fields=["version"])
    tomado.save(update_fields=[*reloj.CAMPOS])
    emit(
        ExpedienteSuspendido(expediente_id=tomado.pk, suspension_id=suspension.pk),
        actor_id=actor.pk, ahora=ahora, objeto=tomado,
    )  # fmt: skip
    _reflejar(tomado, expediente)
    return suspension


@transaction.atomic
def reanudar(*, actor: Persona, expediente: Expediente, ahora: datetime) -> Expediente:
    """Termina la suspensión antes de lo pedido, a pedido de la misma persona: el plazo vuelve a correr desde hoy.

    El último día que no se cuenta es ayer; si empezaba hoy, es hoy; si todavía no empezaba, no hubo suspensión.

    :raises Denegado: si no lo pide el administrado o su representante (la ventanilla, a su pedido)
    :raises NoProcede: si no hay una suspensión en curso o pendiente
    """
    tomado = tomar(expediente, version=None)
    hoy = hoy_en_lima(ahora)
    policies.check_administrado(actor, tomado, al=hoy)
    suspension = get_en_curso(tomado, al=hoy)
    if suspension is None:
        raise NoProcede("Este expediente no está suspendido a su pedido.", norma=NORMA)
    numero = suspension.pk
    if suspension.desde > hoy:
        suspension.delete()
    else:
        suspension.hasta = max(suspension.desde, hoy - _UN_DIA)
        suspension.save(update_fields=["hasta"])
    if tomado.estado == Estado.SUSPENDIDO:
        continuar(tomado)
    else:
        tomado.version += 1
        tomado.save(update_fields=["version"])
    reloj.mover(
        tomado, causa=CambioDePlazo.Causa.REANUDACION, ahora=ahora,
        motivo="El administrado pidió continuar antes de que terminara la suspensión (art. 136.4).",
    )  # fmt: skip
    tomado.save(update_fields=[*reloj.CAMPOS])
    emit(
        ExpedienteReanudado(expediente_id=tomado.pk, suspension_id=numero),
        actor_id=actor.pk, ahora=ahora, objeto=tomado,
    )  # fmt: skip
    return _reflejar(tomado, expediente)


def pausar(expediente: Expediente) -> None:
    """Deja suspendido un expediente ya tomado y recuerda a qué estado vuelve."""
    expediente.estado_previo = expediente.estado
    pasar(expediente, "suspender", guardar=("estado_previo",))


def continuar(expediente: Expediente) -> None:
    """Devuelve un expediente suspendido y ya tomado al estado en que estaba."""
    hacia, expediente.estado_previo = expediente.estado_previo or Estado.EN_TRAMITE, ""
    pasar(expediente, "reanudar", hacia, guardar=("estado_previo",))


def get_en_curso(expediente: Expediente, *, al: date) -> Suspension | None:
    """La suspensión a pedido que corre ese día, o la próxima que está por empezar."""
    return expediente.suspensiones.filter(
        etapa=expediente.etapa, clase=Suspension.Clase.A_PEDIDO, hasta__gte=al
    ).first()


def get_dias_por_suspender(expediente: Expediente, *, al: date) -> int:
    """Cuántos días hábiles le quedan al administrado para suspender en esta etapa (136.4)."""
    calendario = get_calendario()
    usados = sum(
        sum(calendario.es_habil(s.desde + n * _UN_DIA) for n in range((s.hasta - s.desde).days + 1))
        for s in expediente.suspensiones.filter(etapa=expediente.etapa, clase=Suspension.Clase.A_PEDIDO)
        if s.hasta
    )
    return max(0, plazos.get_entero("SUSPENSION_A_PEDIDO", al=al) - usados)


def check_lapso(expediente: Expediente, *, desde: date, hasta: date, al: date) -> None:
    """El lapso empieza hoy o después y dentro del plazo, no se encima con otro y no pasa de los días de la ley.

    :raises EntradaInvalida: si las fechas no sirven
    :raises NoProcede: si el plazo ya venció, o si pasa del máximo
    """
    assert expediente.vence_el is not None
    assert expediente.inicio_computo is not None
    if hasta < desde:
        raise EntradaInvalida("El último día no puede ser anterior al primero.", campo="hasta")
    if desde < al:
        raise EntradaInvalida("La suspensión empieza hoy o después: lo pasado ya se contó.", campo="desde")
    if desde > expediente.vence_el:
        raise EntradaInvalida(
            f"La suspensión debe empezar antes de que venza el plazo, el {fecha_en_palabras(expediente.vence_el)}.",
            campo="desde",
        )
    otras = [
        Pausa(s.desde, s.hasta or date.max, a_pedido=s.clase == Suspension.Clase.A_PEDIDO)
        for s in expediente.suspensiones.filter(etapa=expediente.etapa)
    ]
    if any(otra.desde <= hasta and desde <= otra.hasta for otra in otras):
        raise EntradaInvalida(
            "Esas fechas se enciman con otro lapso en que el plazo ya estaba detenido.", campo="desde"
        )
    calendario = get_calendario()
    if not any(calendario.es_habil(desde + n * _UN_DIA) for n in range((hasta - desde).days + 1)):
        raise EntradaInvalida("Entre esas fechas no hay ningún día hábil que suspender.", campo="desde")
    pedidas = [otra for otra in otras if otra.a_pedido]
    primera = min([desde, *(otra.desde for otra in pedidas)])
    maximo = plazos.get_entero("SUSPENSION_A_PEDIDO", al=al)
    check_pausas([*pedidas, Pausa(desde, hasta)], min(primera, expediente.inicio_computo), calendario, maximo)


def _misma(expediente: Expediente, desde: date, hasta: date) -> Suspension | None:
    return expediente.suspensiones.filter(
        etapa=expediente.etapa, clase=Suspension.Clase.A_PEDIDO, desde=desde, hasta=hasta
    ).first()


def _reflejar(tomado: Expediente, expediente: Expediente) -> Expediente:
    """Pone en el objeto de quien llama lo que cambió, para que no siga con datos viejos."""
    for campo in _REFLEJADOS:
        setattr(expediente, campo, getattr(tomado, campo))
    return expediente
