"""Desistirse: el administrado se aparta del procedimiento o de lo que pedía; la unidad lo acepta con una resolución."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import Denegado, EntradaInvalida
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona, Representacion
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import oportunidad, policies
from llaqta.salas.expedientes.events import DesistimientoPresentado
from llaqta.salas.expedientes.models import Desistimiento, Expediente
from llaqta.salas.expedientes.services.acto import tomar


@transaction.atomic
def anotar_desistimiento(
    *,
    actor: Persona,
    expediente: Expediente,
    clase: str = Desistimiento.Clase.PROCEDIMIENTO,
    documento: Documento | None = None,
    ahora: datetime,
) -> Desistimiento:
    """Anota que el administrado se desiste; el procedimiento termina cuando se le notifica la aceptación (189).

    Si no dice de qué, es del procedimiento, y puede volver a pedir lo mismo (189.4). Desistirse dos veces es una.

    :raises Denegado: si no es el administrado ni su representante, o si desiste de la pretensión sin poder especial
    :raises NoProcede: si la decisión ya se notificó
    :raises EntradaInvalida: si la clase no existe
    """
    tomado = tomar(expediente, version=None)
    hoy = hoy_en_lima(ahora)
    policies.check_administrado(actor, tomado, al=hoy)
    if ya := Desistimiento.objects.filter(expediente=tomado, etapa=tomado.etapa).first():
        return ya
    if clase not in Desistimiento.Clase.values:
        raise EntradaInvalida("Diga si se desiste del procedimiento o de la pretensión.", campo="clase")
    oportunidad.check_desistirse(tomado)
    if clase == Desistimiento.Clase.PRETENSION:
        _check_poder_especial(actor, tomado, ahora)
    desistimiento = Desistimiento.objects.create(
        expediente=tomado,
        etapa=tomado.etapa,
        clase=clase,
        persona=actor,
        documento=documento,
        presentado_en=ahora,
    )
    emit(
        DesistimientoPresentado(expediente_id=tomado.pk, desistimiento_id=desistimiento.pk),
        actor_id=actor.pk, ahora=ahora, objeto=tomado,
    )  # fmt: skip
    return desistimiento


def _check_poder_especial(actor: Persona, expediente: Expediente, ahora: datetime) -> None:
    """Por otro, de la pretensión solo se desiste quien tiene poder formal para hacerlo (115.2)."""
    if actor.pk == expediente.administrado_id:
        return
    vigentes = Representacion.objects.vigentes(al=hoy_en_lima(ahora))
    if not vigentes.filter(
        representante=actor, representado=expediente.administrado_id, es_especial=True
    ).exists():
        raise Denegado(
            "Para desistirse de la pretensión por otra persona hace falta un poder formal que lo diga. Con su poder "
            "simple puede desistirse del procedimiento.",
            norma="Ley 27444, art. 115.2",
        )
