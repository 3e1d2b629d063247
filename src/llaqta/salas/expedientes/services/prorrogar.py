"""Prorrogar un informe: una sola vez, pedida antes de que venza, y solo para pruebas e informes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima, sumar_habiles
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.events import emit
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import oportunidad, policies, rules
from llaqta.salas.expedientes.events import InformeProrrogado
from llaqta.salas.expedientes.models import Expediente, Movimiento
from llaqta.salas.expedientes.services.acto import tomar
from llaqta.salas.plazos import queries as plazos

NORMA = "Ley 27444, arts. 132.3 y 136.2"


@transaction.atomic
def prorrogar_informe(*, actor: Persona, movimiento: Movimiento, motivo: str, ahora: datetime) -> Movimiento:
    """Da a la unidad consultada unos días más para informar: una sola vez y antes de que venza (136.2, 136.3).

    Los días son los de la regla ``INFORME_AMPLIACION``: por viaje, o porque hace falta algo de terceros (132.3).

    :raises Denegado: si hoy no trabaja en la unidad a la que se pidió
    :raises NoProcede: si ya se prorrogó, si ya venció o si ya se rindió
    :raises EntradaInvalida: si no se dice por qué
    """
    cuentas.exigir(actor, "expedientes.tramitar")
    expediente = tomar(Expediente(pk=movimiento.expediente_id), version=None)
    pedido = Movimiento.objects.select_related("para_unidad").get(pk=movimiento.pk)
    policies.check_rendir(actor, pedido)
    rules.get_transicion("prorrogar_informe", expediente.estado)
    hoy = hoy_en_lima(ahora)
    oportunidad.check_prorrogar(pedido, al=hoy)
    if not motivo.strip():
        raise EntradaInvalida(
            "Diga por qué necesita más días: un viaje, o algo que deben dar terceros.",
            campo="motivo",
            norma=NORMA,
        )
    assert pedido.vence_el is not None
    dias = plazos.get_entero("INFORME_AMPLIACION", al=hoy)
    pedido.vencia_el, pedido.motivo_de_prorroga = pedido.vence_el, motivo.strip()[:200]
    pedido.vence_el = sumar_habiles(pedido.vence_el, dias, get_calendario()).fecha
    pedido.save(update_fields=["vence_el", "vencia_el", "motivo_de_prorroga"])
    emit(
        InformeProrrogado(expediente_id=expediente.pk, movimiento_id=pedido.pk),
        actor_id=actor.pk, ahora=ahora, objeto=expediente,
    )  # fmt: skip
    return pedido
