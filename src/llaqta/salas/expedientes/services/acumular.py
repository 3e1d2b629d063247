"""Acumular y desacumular: dos expedientes conexos siguen como uno, y pueden volver a separarse (arts. 116 y 149)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from llaqta.cimientos.calendario import fecha_en_palabras
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import oportunidad, policies, rules
from llaqta.salas.expedientes.events import ExpedienteAcumulado, ExpedienteSeparado
from llaqta.salas.expedientes.models import Acumulacion, CambioDePlazo, Expediente, Movimiento
from llaqta.salas.expedientes.services import reloj
from llaqta.salas.expedientes.services.acto import pasar, proximo_orden, tomar

NORMA = "Ley 27444, arts. 116 y 149"


@transaction.atomic
def acumular(
    *,
    actor: Persona,
    principal: Expediente,
    acumulado: Expediente,
    motivo: str,
    version: int | None = None,
    ahora: datetime,
) -> Acumulacion:
    """Sigue ``acumulado`` dentro de ``principal``, porque guardan conexión; nadie puede impugnarlo (149).

    El principal se queda con el plazo que venza antes: acumular no hace esperar más a nadie. Los folios del acumulado
    no continúan la foliación: solo se anota cuántos son (152.2).

    :param version: la del principal que tenía a la vista quien actúa
    :raises Denegado: si alguno no está a cargo de una unidad donde hoy trabaja
    :raises NoProcede: si son de unidades o calificaciones distintas, o alguno no está en trámite
    :raises EntradaInvalida: si es el mismo, o no se dice qué conexión guardan
    """
    cuentas.exigir(actor, "expedientes.tramitar")
    if principal.pk == acumulado.pk:
        raise EntradaInvalida("Un expediente no se acumula a sí mismo.", campo="acumulado")
    # Siempre en el mismo orden: dos personas que acumulan al revés no se bloquean una a otra.
    tomados = {
        e.pk: tomar(e, version=version if e is principal else None)
        for e in sorted((principal, acumulado), key=lambda e: e.pk)
    }
    uno, otro = tomados[principal.pk], tomados[acumulado.pk]
    policies.check_derivar(actor, uno)
    policies.check_derivar(actor, otro)
    rules.get_transicion("acumular", otro.estado)
    _check_conexos(uno, otro)
    if not motivo.strip():
        raise EntradaInvalida("Diga qué conexión guardan los dos.", campo="motivo", norma=NORMA)
    acumulacion = Acumulacion.objects.create(
        principal=uno,
        acumulado=otro,
        motivo=motivo.strip(),
        folios=otro.folios,
        acumulado_en=ahora,
        acumulado_por=actor,
    )
    otro.acumulado_en = uno
    pasar(otro, "acumular", guardar=("acumulado_en",))
    Movimiento.objects.filter(expediente=otro, atendido_en__isnull=True).update(atendido_en=ahora)
    _quedarse_con_el_que_vence_antes(acumulacion, uno, otro, ahora)
    uno.version += 1
    uno.save(
        update_fields=[
            "inicio_computo",
            "dias_plazo",
            "plazo_unidad",
            "dias_distancia",
            "version",
            *reloj.CAMPOS,
        ]
    )
    for de_cual in (uno, otro):
        emit(
            ExpedienteAcumulado(expediente_id=de_cual.pk, acumulacion_id=acumulacion.pk),
            actor_id=actor.pk, ahora=ahora, objeto=de_cual,
        )  # fmt: skip
    principal.version, acumulado.version, acumulado.estado = uno.version, otro.version, otro.estado
    return acumulacion


@transaction.atomic
def desacumular(*, actor: Persona, acumulacion: Acumulacion, motivo: str, ahora: datetime) -> Acumulacion:
    """Separa un expediente que estaba acumulado: sigue por su cuenta, con el plazo que tenía.

    Los días que pasó acumulado cuentan: separarlo tampoco hace esperar más al administrado. Separar dos veces es una.

    :raises Denegado: si el principal no está a cargo de una unidad donde hoy trabaja
    :raises EntradaInvalida: si no se dice por qué
    """
    cuentas.exigir(actor, "expedientes.tramitar")
    ids = sorted((acumulacion.principal_id, acumulacion.acumulado_id))
    tomados = {pk: tomar(Expediente(pk=pk), version=None) for pk in ids}
    uno, otro = tomados[acumulacion.principal_id], tomados[acumulacion.acumulado_id]
    policies.check_derivar(actor, uno)
    actual = Acumulacion.objects.select_for_update(no_key=True).get(pk=acumulacion.pk)
    if actual.separado_en is not None:
        return actual
    if not motivo.strip():
        raise EntradaInvalida("Diga por qué se separan.", campo="motivo", norma=NORMA)
    actual.separado_en, actual.separado_por, actual.motivo_de_separacion = ahora, actor, motivo.strip()
    actual.save(update_fields=["separado_en", "separado_por", "motivo_de_separacion"])
    otro.acumulado_en = None
    otro.unidad_responsable, otro.responsable = uno.unidad_responsable, uno.responsable
    Movimiento.objects.create(
        expediente=otro, orden=proximo_orden(otro), clase=Movimiento.Clase.ORIGINAL, de_unidad=uno.unidad_responsable,
        de_persona=actor, para_unidad=uno.unidad_responsable, motivo="se separa del acumulado",
        proveido=f"Se separa del {uno.numero}: {motivo.strip()}", folios=otro.folios, enviado_en=ahora,
        recibido_en=ahora, recibido_por=actor, vence_el=otro.vence_el,
    )  # fmt: skip
    pasar(otro, "desacumular", guardar=("acumulado_en", "unidad_responsable", "responsable"))
    for de_cual in (uno, otro):
        emit(
            ExpedienteSeparado(expediente_id=de_cual.pk, acumulacion_id=actual.pk),
            actor_id=actor.pk, ahora=ahora, objeto=de_cual,
        )  # fmt: skip
    return actual


def _check_conexos(principal: Expediente, acumulado: Expediente) -> None:
    oportunidad.check_principal(principal)
    if principal.unidad_responsable_id != acumulado.unidad_responsable_id:
        raise NoProcede(
            "Los dos expedientes deben estar a cargo de la misma unidad: derive primero uno de ellos.",
            norma=NORMA,
        )
    if (principal.calificacion, principal.etapa) != (acumulado.calificacion, acumulado.etapa):
        raise NoProcede(
            "No se acumulan procedimientos que terminan distinto si nadie contesta: el silencio de uno no puede "
            "valer para el otro.",
            norma=NORMA,
        )


def _quedarse_con_el_que_vence_antes(
    acumulacion: Acumulacion, principal: Expediente, acumulado: Expediente, ahora: datetime
) -> None:
    vence, otro_vence = principal.vence_el, acumulado.vence_el
    if otro_vence is None or (vence is not None and vence <= otro_vence):
        return
    acumulacion.hereda_reloj = True
    acumulacion.save(update_fields=["hereda_reloj"])
    explicacion_anterior = principal.explicacion
    principal.inicio_computo = acumulado.inicio_computo
    principal.dias_plazo, principal.plazo_unidad = acumulado.dias_plazo, acumulado.plazo_unidad
    # También su distancia: si no, volver a contar el plazo heredado daría otra fecha.
    principal.dias_distancia = acumulado.dias_distancia
    for campo in reloj.CAMPOS:
        setattr(principal, campo, getattr(acumulado, campo))
    reloj.anotar_cambio(
        principal,
        causa=CambioDePlazo.Causa.ACUMULACION,
        motivo=f"Se acumuló el {acumulado.numero}, que vence antes: el {fecha_en_palabras(otro_vence)}.",
        antes=vence,
        explicacion_anterior=explicacion_anterior,
        ahora=ahora,
    )
