"""Encauzar: un escrito que llegó con otro nombre se tramita como el recurso que es, con la fecha en que llegó (213)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.mesapartes import policies
from llaqta.salas.mesapartes.events import EscritoEncauzado
from llaqta.salas.mesapartes.models import EscritoPosterior, Presentacion
from llaqta.salas.mesapartes.services.escritos import RECURSOS, decir_recurso
from llaqta.salas.recursos import queries as consultas_de_recursos
from llaqta.salas.recursos import services as recursos


@transaction.atomic
def encauzar_escrito(
    *, actor: Persona, escrito: EscritoPosterior, clase: str, ahora: datetime
) -> EscritoPosterior:
    """Tramita como ``clase`` un escrito mal nombrado: el error de quien lo presentó no le hace perder su recurso.

    Vale el día en que llegó, no el día en que se encauza. Encauzarlo dos veces a lo mismo no hace nada.

    :param clase: ``RECONSIDERACION``, ``APELACION`` o ``REVISION``
    :raises Denegado: si no es de la unidad que tiene el expediente
    :raises NoProcede: si ese recurso no correspondía el día en que llegó
    :raises EntradaInvalida: si no es un recurso
    """
    actual = (
        EscritoPosterior.objects.select_for_update(of=("self",))
        .select_related("expediente", "principal", "presentado_por")
        .get(pk=escrito.pk)
    )
    policies.check_encauzar(actor, actual)
    if clase not in RECURSOS:
        raise EntradaInvalida("Elija el recurso que en verdad es.", campo="clase")
    if (actual.encauzado_a or actual.clase) == clase:
        return actual
    recurso = consultas_de_recursos.get_por_escrito(actual.principal_id, para=actor)
    if recurso is not None:
        recurso = recursos.encauzar_recurso(actor=actor, recurso=recurso, clase=clase, ahora=ahora)
    else:
        recurso = recursos.interponer(
            actor=actor, expediente=actual.expediente, clase=clase, escrito=actual.principal,
            presentado_por=actual.presentado_por, presentado_en=actual.presentado_en,
            nueva_prueba=str(actual.datos.get("nueva_prueba", "")), trae_archivos=actual.anexos.exists(),
            en_papel=actual.canal == Presentacion.Canal.VENTANILLA,
            presentado_como=actual.get_clase_display().lower(), ahora=ahora,
        )  # fmt: skip
    actual.encauzado_a, actual.encauzado_en = clase, ahora
    actual.que_sigue = decir_recurso(recurso)
    actual.save(update_fields=["encauzado_a", "encauzado_en", "que_sigue"])
    emit(
        EscritoEncauzado(escrito_id=actual.pk, clase=clase),
        actor_id=actor.pk, ahora=ahora, objeto=actual.expediente,
    )  # fmt: skip
    return actual
