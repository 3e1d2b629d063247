"""Abrir la etapa de un recurso: el expediente pasa a quien debe resolverlo, con su propio plazo.

Qué recurso procede y por qué lo decide la sala ``recursos``; aquí solo se mueve el expediente.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from llaqta.cimientos.calendario import fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.expedientes import policies, rules
from llaqta.salas.expedientes.events import ExpedienteDerivado, ExpedienteImpugnado
from llaqta.salas.expedientes.models import CambioDePlazo, Estado, Expediente, Movimiento, Proyecto
from llaqta.salas.expedientes.services import reloj
from llaqta.salas.expedientes.services.acto import pasar, tomar
from llaqta.salas.expedientes.services.elevar import elevar

_EN_PALABRAS = {"RECONSIDERACION": "reconsideración", "APELACION": "apelación", "REVISION": "revisión"}
_DE_LA_ETAPA = (
    "etapa", "calificacion", "dias_plazo", "plazo_unidad", "inicio_computo", "silencio_operado_el", "estado_previo",
    "paralizado_desde", "unidad_responsable", "responsable", *reloj.CAMPOS,
)  # fmt: skip


@transaction.atomic
def abrir_etapa(
    *,
    actor: Persona,
    expediente: Expediente,
    clase: str,
    autoridad: UnidadOrganica,
    dias: int,
    calificacion: str,
    presentado_en: datetime,
    ahora: datetime,
) -> Expediente:
    """Empieza la etapa de un recurso: se eleva lo actuado a ``autoridad`` y corre su plazo para resolver.

    Lo llama la sala de recursos dentro de su propio acto; ahí se decidió que el recurso procede.

    :param clase: el recurso: ``RECONSIDERACION``, ``APELACION`` o ``REVISION``
    :param dias: días hábiles para resolver desde que se presentó (art. 207.2)
    :param presentado_en: cuándo se presentó el escrito, que puede ser anterior a ``ahora`` si se encauzó (art. 213)
    :raises NoProcede: si el estado no lo permite, o si no hay decisión y el silencio negativo no ha operado (188.3)
    """
    tomado = tomar(expediente, version=None)
    rules.get_transicion("impugnar", tomado.estado)
    policies.check_sin_decision(tomado, al=hoy_en_lima(ahora))
    antes = (tomado.vence_el, tomado.explicacion)
    tomado.etapa += 1
    tomado.silencio_operado_el, tomado.estado_previo, tomado.paralizado_desde = None, "", None
    _cerrar_informes(tomado, ahora)
    _contar(tomado, clase, dias, calificacion, presentado_en, antes, ahora)
    _elevar(tomado, actor, clase, autoridad, presentado_en, ahora)
    pasar(tomado, "impugnar", guardar=_DE_LA_ETAPA)
    emit(
        ExpedienteImpugnado(expediente_id=tomado.pk, etapa=tomado.etapa),
        actor_id=actor.pk, ahora=ahora, objeto=tomado,
    )  # fmt: skip
    return _reflejar(tomado, expediente)


@transaction.atomic
def recalificar_etapa(
    *,
    actor: Persona,
    expediente: Expediente,
    clase: str,
    autoridad: UnidadOrganica,
    dias: int,
    calificacion: str,
    presentado_en: datetime,
    ahora: datetime,
) -> Expediente:
    """Cambia la etapa abierta por la del recurso que en verdad se presentó: otra autoridad y otro plazo (art. 213).

    El plazo corre desde el día en que se presentó el escrito, no desde que se corrigió su nombre.

    :raises NoProcede: si no hay un recurso en curso, o si ya se firmó su decisión
    """
    tomado = tomar(expediente, version=None)
    if tomado.estado not in (Estado.IMPUGNADO, Estado.EN_INFORME) or not tomado.etapa:
        raise NoProcede("Ese recurso ya no está en curso.", norma="Ley 27444, art. 213")
    firmada = Proyecto.objects.filter(
        expediente=tomado, etapa=tomado.etapa, pone_fin=True, estado=Proyecto.Estado.EMITIDO
    )
    if firmada.exists():
        raise NoProcede("Ese recurso ya tiene una decisión firmada.", norma="Ley 27444, art. 150")
    antes = (tomado.vence_el, tomado.explicacion)
    _cerrar_informes(tomado, ahora)
    tomado.estado = Estado.IMPUGNADO
    _contar(tomado, clase, dias, calificacion, presentado_en, antes, ahora)
    _elevar(tomado, actor, clase, autoridad, presentado_en, ahora)
    tomado.version += 1
    tomado.save(update_fields=["estado", "version", *_DE_LA_ETAPA])
    return _reflejar(tomado, expediente)


def _contar(
    expediente: Expediente,
    clase: str,
    dias: int,
    calificacion: str,
    presentado_en: datetime,
    antes: tuple[date | None, dict[str, Any]],
    ahora: datetime,
) -> None:
    """El plazo del recurso, desde que se presentó; la fecha anterior queda en la historia."""
    expediente.calificacion, expediente.dias_plazo, expediente.plazo_unidad = calificacion, dias, "HABILES"
    dicho = _EN_PALABRAS[clase]
    cambio = reloj.mover(
        expediente, causa=CambioDePlazo.Causa.RECURSO, inicio=hoy_en_lima(presentado_en), antes=antes, ahora=ahora,
        hecho=f"Se presentó el recurso de {dicho}",
        motivo=f"Se presentó el recurso de {dicho}: corre su propio plazo, de {dias} días hábiles (art. 207.2).",
    )  # fmt: skip
    assert cambio is not None  # con la fecha de antes a la vista, siempre se anota
    cambio.explicacion = {**cambio.explicacion, "recurso": clase}
    cambio.save(update_fields=["explicacion"])


def _cerrar_informes(expediente: Expediente, ahora: datetime) -> None:
    """Los informes que se esperaban para la etapa anterior ya no se esperan."""
    Movimiento.objects.filter(
        expediente=expediente,
        clase=Movimiento.Clase.INFORME,
        responde_a__isnull=True,
        atendido_en__isnull=True,
    ).update(atendido_en=ahora)


def _elevar(
    expediente: Expediente,
    actor: Persona,
    clase: str,
    autoridad: UnidadOrganica,
    presentado_en: datetime,
    ahora: datetime,
) -> None:
    """Envía el original a quien debe resolver (art. 209), le abre lo actuado y lo anuncia; nada, si ya lo tiene."""
    es_parte = policies.es_parte(actor, expediente)
    movimiento = elevar(
        expediente,
        a=autoridad,
        # Lo envía el sistema al presentarse el recurso: quien lo presentó no es quien lo deriva.
        por=None if es_parte else actor,
        motivo="para resolver el recurso",
        proveido=f"Recurso de {_EN_PALABRAS[clase]} presentado el "
        f"{fecha_en_palabras(hoy_en_lima(presentado_en))}: se eleva lo actuado (art. 209).",
        vence_el=expediente.vence_el,
        ahora=ahora,
    )
    if movimiento is not None:
        emit(
            ExpedienteDerivado(expediente_id=expediente.pk, movimiento_id=movimiento.pk),
            actor_id=actor.pk, ahora=ahora, objeto=expediente,
        )  # fmt: skip


def _reflejar(tomado: Expediente, expediente: Expediente) -> Expediente:
    """Pone en el objeto de quien llama lo que cambió, para que no siga con datos viejos."""
    for campo in ("estado", "version", *_DE_LA_ETAPA):
        setattr(expediente, campo, getattr(tomado, campo))
    return expediente
