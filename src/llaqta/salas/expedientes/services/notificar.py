"""Notificar la decisión en la casilla, y anotar cuándo surte efecto."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.casilla import services as casilla
from llaqta.salas.casilla.models import Notificacion
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import policies, queries, rules
from llaqta.salas.expedientes.events import DecisionDepositada, ExpedienteNotificado
from llaqta.salas.expedientes.models import (
    EfectoDeActo,
    Estado,
    Expediente,
    NotificacionDelExpediente,
    Proyecto,
)
from llaqta.salas.expedientes.services.acto import pasar, tomar
from llaqta.salas.expedientes.services.foliar import abrir_a


@transaction.atomic
def notificar_decision(
    *,
    actor: Persona,
    expediente: Expediente,
    documento: Documento,
    version: int | None = None,
    ahora: datetime,
) -> Notificacion:
    """Deposita en la casilla del administrado la decisión firmada, con los recursos que proceden (arts. 20.4 y 24.1).

    Depositarla dos veces es depositarla una.

    :raises Denegado: si el expediente no está a cargo de una unidad donde hoy trabaja
    :raises SinCasilla: si el administrado no aceptó la casilla: se notifica con cédula
    :raises NoProcede: si el documento no es la decisión de este expediente, o si otra persona acaba de actuar
    """
    cuentas.exigir(actor, "expedientes.tramitar")
    tomado = tomar(expediente, version=version)
    policies.check_tramitar(actor, tomado)
    if repetida := Notificacion.objects.filter(
        del_expediente__expediente=tomado, documento=documento
    ).first():
        return repetida
    if not Proyecto.objects.filter(expediente=tomado, documento=documento, pone_fin=True).exists():
        raise NoProcede(
            "Se notifica la decisión firmada que resuelve este expediente; ese documento no lo es.",
            norma="Ley 27444, art. 24.1",
        )
    rules.get_transicion("notificar", tomado.estado)
    notificacion = casilla.depositar(
        actor=actor,
        destinatario=tomado.administrado,
        documento=documento,
        expediente=tomado.numero,
        asunto=documento.asunto,
        recursos=queries.decir_recursos(tomado, para=actor),
        ahora=ahora,
    )
    NotificacionDelExpediente.objects.create(expediente=tomado, notificacion=notificacion)
    pasar(tomado, "notificar")
    emit(
        DecisionDepositada(expediente_id=tomado.pk, notificacion_id=notificacion.pk),
        actor_id=actor.pk, ahora=ahora, objeto=tomado,
    )  # fmt: skip
    expediente.estado, expediente.version = tomado.estado, tomado.version
    return notificacion


@transaction.atomic
def tomar_conocimiento(*, notificacion_id: int, ahora: datetime) -> Expediente | None:
    """Anota que la decisión surtió efecto: el administrado la abrió o venció el plazo para hacerlo (art. 16.1).

    Desde ahora la ve en su expediente. Devuelve ``None`` si la notificación no es de un expediente.
    """
    vinculo = NotificacionDelExpediente.objects.select_related("notificacion").filter(
        notificacion=notificacion_id
    ).first()  # fmt: skip
    if vinculo is None:
        return None
    tomado = tomar(Expediente(pk=vinculo.expediente_id), version=None)
    if tomado.estado != Estado.POR_NOTIFICAR:
        return tomado
    documento = vinculo.notificacion.documento
    tomado.incorporados.filter(documento=documento).update(visible_para_administrado=True)
    abrir_a(tomado, [documento], a_las_partes=True, unidades=[])
    pasar(tomado, "tomar_conocimiento", _adonde_lleva(tomado, documento))
    emit(
        ExpedienteNotificado(expediente_id=tomado.pk, notificacion_id=notificacion_id),
        actor_id=None, ahora=ahora, objeto=tomado,
    )  # fmt: skip
    return tomado


_ADONDE: dict[str, str] = {
    EfectoDeActo.ABANDONO: Estado.ABANDONADO,
    EfectoDeActo.DESISTIMIENTO: Estado.DESISTIDO,
    EfectoDeActo.NULIDAD: Estado.ANULADO,
}


def _adonde_lleva(expediente: Expediente, documento: Documento) -> str:
    """El estado al que pasa cuando el acto surte efecto: abandono, desistimiento y nulidad tienen el suyo."""
    acto = Proyecto.objects.filter(expediente=expediente, documento=documento).first()
    return _ADONDE.get(acto.efecto if acto else "", Estado.NOTIFICADO)
