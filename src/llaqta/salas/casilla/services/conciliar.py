"""El conciliador: cada minuto busca lo que debía ocurrir y no ocurrió, lo repara si puede, y si no, avisa."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from llaqta.cimientos import alarmas
from llaqta.cimientos.errors import NoEncontrado
from llaqta.cimientos.events import diferir, emit
from llaqta.salas.casilla import faltas, policies
from llaqta.salas.casilla.events import DesajusteDetectado
from llaqta.salas.casilla.faltas import Falta
from llaqta.salas.casilla.models import Desajuste
from llaqta.salas.casilla.services.alertar import TAREA, abrir_alertas, reintentar_alerta
from llaqta.salas.casilla.services.surtir import declarar_eficacia
from llaqta.salas.cuentas.models import Persona

DESAJUSTES = alarmas.declarar("casilla.desajustes")
VECES_PARA_AVISAR = 3
"""Un desajuste visto en tres vueltas no se reparó solo: lo ve la administración."""


def conciliar(*, ahora: datetime) -> int:
    """Hace una vuelta: halla, repara y anota; devuelve cuántos desajustes quedan abiertos.

    Lo que no se repara se anota una vez por vuelta; a la tercera se anuncia. Lo que ya no falta se da por resuelto.
    """
    halladas = faltas.buscar(ahora=ahora)
    for falta in halladas:
        _reparar(falta, ahora)
    return _anotar(halladas, ahora)


@transaction.atomic
def reintentar_desajuste(*, actor: Persona, desajuste_id: int, ahora: datetime) -> Desajuste:
    """Vuelve a intentar, por orden de la administración, lo que no se completó.

    :raises Denegado: si no administra el sistema
    :raises NoEncontrado: si ya no está abierto: se resolvió antes
    """
    policies.check_conciliar(actor)
    abiertos = Desajuste.objects.select_for_update(of=("self",)).filter(resuelto_en=None)
    desajuste = abiertos.select_related("alerta").filter(pk=desajuste_id).first()
    if desajuste is None:
        raise NoEncontrado("Eso ya se resolvió.")
    if desajuste.clase == Desajuste.Clase.ALERTA_INCIERTA and desajuste.alerta is not None:
        reintentar_alerta(actor=actor, alerta=desajuste.alerta, ahora=ahora)
        desajuste.resuelto_en = ahora
    else:
        falta = Falta(desajuste.clase, desajuste.notificacion_id, desajuste.alerta_id, desajuste.que)
        _reparar(falta, ahora)
        desajuste.veces = 1
    desajuste.save(update_fields=["resuelto_en", "veces"])
    return desajuste


def _reparar(falta: Falta, ahora: datetime) -> None:
    """Deja en la cola lo que falta; lo que no se puede reparar así, se queda para una persona."""
    clase = Desajuste.Clase
    if falta.clase == clase.SIN_CONSTANCIA and falta.notificacion_id is not None:
        with transaction.atomic():
            diferir("casilla.sellar", notificacion_id=falta.notificacion_id, clase=falta.que)
    elif falta.clase == clase.SIN_ALERTA and falta.notificacion_id is not None:
        abrir_alertas(notificacion_id=falta.notificacion_id, ahora=ahora)
    elif falta.clase == clase.ALERTA_DETENIDA and falta.alerta_id is not None:
        with transaction.atomic():
            diferir(TAREA, alerta_id=falta.alerta_id)
    elif falta.clase == clase.SIN_DECLARAR:
        declarar_eficacia(ahora=ahora)


@transaction.atomic
def _anotar(halladas: Iterable[Falta], ahora: datetime) -> int:
    abiertos = {
        (uno.clase, uno.notificacion_id, uno.alerta_id, uno.que): uno
        for uno in Desajuste.objects.select_for_update().filter(resuelto_en=None)
    }
    siguen: set[int] = set()
    for falta in halladas:
        ya = abiertos.get(falta.llave)
        if ya is None:
            Desajuste.objects.create(
                clase=falta.clase, notificacion_id=falta.notificacion_id, alerta_id=falta.alerta_id,
                que=falta.que, detalle=falta.detalle[:300], visto_en=ahora, ultimo_en=ahora,
            )  # fmt: skip
            continue
        siguen.add(ya.pk)
        if ya.veces + 1 == VECES_PARA_AVISAR:
            emit(DesajusteDetectado(desajuste_id=ya.pk), actor_id=None, ahora=ahora, objeto=ya.notificacion)
    Desajuste.objects.filter(pk__in=siguen).update(veces=F("veces") + 1, ultimo_en=ahora)
    resueltos = [uno.pk for uno in abiertos.values() if uno.pk not in siguen]
    Desajuste.objects.filter(pk__in=resueltos).update(resuelto_en=ahora)
    _alarmar()
    return Desajuste.objects.filter(resuelto_en=None).count()


def _alarmar() -> None:
    """Lo que no se reparó solo se ve en cualquier pantalla de quien administra, hasta que se resuelva."""
    tercos = Desajuste.objects.filter(resuelto_en=None, veces__gte=VECES_PARA_AVISAR).count()
    if tercos:
        que = "algo que no completó" if tercos == 1 else f"{tercos} cosas que no completó"
        alarmas.poner(DESAJUSTES, f"La casilla tiene {que}.", "casilla_conciliacion", segundos=600)
    else:
        alarmas.quitar(DESAJUSTES)
