"""Derivar, recibir y archivar: por dónde anda el expediente y quién responde por él."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.expedientes import oportunidad, policies, rules
from llaqta.salas.expedientes.events import (
    CopiaEnviada,
    ExpedienteArchivado,
    ExpedienteDerivado,
    MovimientoRecibido,
)
from llaqta.salas.expedientes.models import Expediente, Movimiento
from llaqta.salas.expedientes.services.acto import get_original, pasar, proximo_orden, tomar
from llaqta.salas.expedientes.services.foliar import abrir_todo_a


@transaction.atomic
def derivar(
    *,
    actor: Persona,
    expediente: Expediente,
    para_unidad: UnidadOrganica,
    motivo: str,
    proveido: str,
    copias: Sequence[UnidadOrganica] = (),
    para_persona: Persona | None = None,
    desde_mesa: bool = False,
    version: int | None = None,
    ahora: datetime,
) -> Movimiento:
    """Envía el expediente a otra unidad, que desde ahora responde por él; las copias no hacen responsable a nadie.

    :param desde_mesa: lo envía por primera vez la mesa de partes (art. 117.2: el mismo día)
    :param version: la que tenía a la vista quien deriva
    :raises Denegado: si el expediente no está a cargo de una unidad donde hoy trabaja
    :raises NoProcede: si falta recibirlo, si está observado (125.3), o si otra persona acaba de actuar
    :raises EntradaInvalida: si el destino o el motivo no sirven
    """
    cuentas.exigir(actor, "mesapartes.recibir" if desde_mesa else "expedientes.tramitar")
    tomado = tomar(expediente, version=version)
    (policies.check_mesa if desde_mesa else policies.check_derivar)(actor, tomado)
    rules.get_transicion("derivar", tomado.estado)
    _check_envio(tomado, para_unidad, para_persona, motivo, ahora)
    anterior = get_original(tomado)
    if anterior is not None:
        anterior.atendido_en = ahora
        anterior.save(update_fields=["atendido_en"])
    de_unidad, orden = tomado.unidad_responsable, proximo_orden(tomado)
    comun = {
        "expediente": tomado, "de_unidad": de_unidad, "de_persona": actor, "motivo": motivo.strip(),
        "proveido": proveido.strip(), "folios": tomado.folios, "enviado_en": ahora,
    }  # fmt: skip
    movimiento = Movimiento.objects.create(
        **comun,
        orden=orden,
        clase=Movimiento.Clase.ORIGINAL,
        para_unidad=para_unidad,
        para_persona=para_persona,
        vence_el=tomado.vence_el or rules.documento_hasta(tomado.explicacion),
    )
    otras = [unidad for unidad in dict.fromkeys(copias) if unidad not in (para_unidad, de_unidad)]
    enviadas = [
        Movimiento.objects.create(**comun, orden=orden + n, clase=Movimiento.Clase.COPIA, para_unidad=unidad)
        for n, unidad in enumerate(otras, start=1)
    ]
    tomado.unidad_responsable, tomado.responsable = para_unidad, para_persona
    pasar(tomado, "derivar", guardar=("unidad_responsable", "responsable"))
    abrir_todo_a(tomado, [para_unidad, *otras])
    emit(
        ExpedienteDerivado(expediente_id=tomado.pk, movimiento_id=movimiento.pk),
        actor_id=actor.pk, ahora=ahora, objeto=tomado,
    )  # fmt: skip
    for copia in enviadas:
        emit(
            CopiaEnviada(expediente_id=tomado.pk, movimiento_id=copia.pk),
            actor_id=actor.pk,
            ahora=ahora,
            objeto=tomado,
        )
    for campo in ("estado", "version", "unidad_responsable", "responsable"):
        setattr(expediente, campo, getattr(tomado, campo))
    return movimiento


@transaction.atomic
def recibir_movimiento(*, actor: Persona, movimiento: Movimiento, ahora: datetime) -> Movimiento:
    """Anota que la unidad recibió lo enviado; quien recibe el original responde por él si no venía a nombre de alguien.

    La copia y el informe que vuelve quedan atendidos al recibirlos: no piden nada más. Recibir dos veces no hace nada.

    :raises Denegado: si hoy no trabaja en la unidad de destino
    """
    expediente = tomar(Expediente(pk=movimiento.expediente_id), version=None)
    actual = Movimiento.objects.select_related("para_unidad", "para_persona").get(pk=movimiento.pk)
    policies.check_recibir(actor, actual)
    if actual.recibido_en is not None:
        return actual
    actual.recibido_en, actual.recibido_por = ahora, actor
    if actual.clase == Movimiento.Clase.COPIA or actual.responde_a_id:
        actual.atendido_en = ahora
    actual.save(update_fields=["recibido_en", "recibido_por", "atendido_en"])
    if actual.clase == Movimiento.Clase.ORIGINAL:
        expediente.responsable = actual.para_persona or actor
        expediente.save(update_fields=["responsable"])
    emit(
        MovimientoRecibido(expediente_id=expediente.pk, movimiento_id=actual.pk),
        actor_id=actor.pk, ahora=ahora, objeto=expediente,
    )  # fmt: skip
    return actual


@transaction.atomic
def archivar(
    *, actor: Persona, expediente: Expediente, version: int | None = None, ahora: datetime
) -> Expediente:
    """Termina el expediente: ya se notificó la decisión, o fue de aprobación automática.

    :raises Denegado: si no está a cargo de una unidad donde hoy trabaja
    :raises NoProcede: si la decisión todavía no se notificó, si aún corre el plazo para impugnarla, si quedó un número
        reservado sin usar, o si otra persona acaba de actuar
    """
    cuentas.exigir(actor, "expedientes.tramitar")
    tomado = tomar(expediente, version=version)
    policies.check_derivar(actor, tomado)
    rules.get_transicion("archivar", tomado.estado)
    oportunidad.check_firme(tomado, al=hoy_en_lima(ahora))
    oportunidad.check_sin_numero_reservado(tomado)
    pasar(tomado, "archivar")
    Movimiento.objects.filter(expediente=tomado, atendido_en__isnull=True).update(atendido_en=ahora)
    emit(ExpedienteArchivado(expediente_id=tomado.pk), actor_id=actor.pk, ahora=ahora, objeto=tomado)
    expediente.estado, expediente.version = tomado.estado, tomado.version
    return expediente


def _check_envio(
    expediente: Expediente,
    para_unidad: UnidadOrganica,
    para_persona: Persona | None,
    motivo: str,
    ahora: datetime,
) -> None:
    policies.check_destino(para_unidad, al=hoy_en_lima(ahora))
    policies.check_persona_de_unidad(para_persona, para_unidad)
    if not motivo.strip():
        raise EntradaInvalida("Diga para qué lo deriva.", campo="motivo")
    if para_unidad == expediente.unidad_responsable and para_persona is None:
        raise EntradaInvalida(
            f"El expediente ya está en {para_unidad}; elija otra unidad, o a la persona de ella que se hará cargo.",
            campo="para_unidad",
        )
