"""Enviar el expediente a otra unidad por mandato de la ley: no lo elige nadie y no hace falta haberlo recibido."""

from __future__ import annotations

from datetime import date, datetime

from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.expedientes.models import Expediente, Movimiento
from llaqta.salas.expedientes.services.acto import get_original, proximo_orden
from llaqta.salas.expedientes.services.foliar import abrir_todo_a


def elevar(
    expediente: Expediente,
    *,
    a: UnidadOrganica,
    por: Persona | None,
    motivo: str,
    proveido: str,
    vence_el: date | None,
    ahora: datetime,
) -> Movimiento | None:
    """Pone el expediente, ya tomado, a cargo de ``a``; quien llama guarda ``unidad_responsable`` y ``responsable``.

    Si ya lo tiene no lo mueve y devuelve ``None``; lo archivado vuelve a su bandeja.
    """
    anterior = get_original(expediente)
    if anterior is not None:
        if expediente.unidad_responsable_id == a.pk:
            return None
        anterior.atendido_en = ahora
        anterior.save(update_fields=["atendido_en"])
    movimiento = Movimiento.objects.create(
        expediente=expediente,
        orden=proximo_orden(expediente),
        clase=Movimiento.Clase.ORIGINAL,
        de_unidad=expediente.unidad_responsable,
        de_persona=por,
        para_unidad=a,
        motivo=motivo,
        proveido=proveido,
        folios=expediente.folios,
        enviado_en=ahora,
        vence_el=vence_el,
    )
    expediente.unidad_responsable, expediente.responsable = a, None
    abrir_todo_a(expediente, [a])
    return movimiento
