"""Pedir y rendir informes: otra unidad opina dentro de su propio plazo, y el expediente no cambia de responsable."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from llaqta.cimientos.calendario import hoy_en_lima, sumar_habiles
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.expedientes import policies, rules
from llaqta.salas.expedientes.events import InformePedido, InformePrescindido, InformeRendido
from llaqta.salas.expedientes.models import Estado, Expediente, Movimiento, Proyecto
from llaqta.salas.expedientes.services.acto import pasar, proximo_orden, tomar
from llaqta.salas.expedientes.services.foliar import abrir_todo_a
from llaqta.salas.plazos import queries as plazos


@transaction.atomic
def pedir_informe(
    *,
    actor: Persona,
    expediente: Expediente,
    para_unidad: UnidadOrganica,
    motivo: str,
    proveido: str,
    version: int | None = None,
    ahora: datetime,
) -> Movimiento:
    """Pide informe u opinión a otra unidad, que tiene siete días hábiles (art. 132.3).

    :raises Denegado: si el expediente no está a cargo de una unidad donde hoy trabaja
    :raises NoProcede: si está observado o ya se decidió, si esa unidad ya debe uno, o si otra persona acaba de actuar
    :raises EntradaInvalida: si no se pregunta nada o es a la misma unidad
    """
    cuentas.exigir(actor, "expedientes.tramitar")
    tomado = tomar(expediente, version=version)
    policies.check_derivar(actor, tomado)
    rules.get_transicion("pedir_informe", tomado.estado)
    hoy = hoy_en_lima(ahora)
    policies.check_destino(para_unidad, al=hoy)
    if para_unidad == tomado.unidad_responsable:
        raise EntradaInvalida("Elija otra unidad: esta ya es la responsable.", campo="para_unidad")
    if not proveido.strip():
        raise EntradaInvalida("Escriba qué necesita que le informen.", campo="proveido")
    if _pendientes(tomado).filter(para_unidad=para_unidad).exists():
        raise NoProcede(f"{para_unidad} ya tiene un pedido de informe pendiente en este expediente.")
    movimiento = Movimiento.objects.create(
        expediente=tomado,
        orden=proximo_orden(tomado),
        clase=Movimiento.Clase.INFORME,
        de_unidad=tomado.unidad_responsable,
        de_persona=actor,
        para_unidad=para_unidad,
        motivo=motivo.strip() or "para informe",
        proveido=proveido.strip(),
        folios=tomado.folios,
        enviado_en=ahora,
        vence_el=sumar_habiles(hoy, plazos.get_entero("INFORME", al=hoy), get_calendario()).fecha,
    )
    pasar(tomado, "pedir_informe")
    abrir_todo_a(tomado, [para_unidad])
    emit(
        InformePedido(expediente_id=tomado.pk, movimiento_id=movimiento.pk),
        actor_id=actor.pk, ahora=ahora, objeto=tomado,
    )  # fmt: skip
    expediente.estado, expediente.version = tomado.estado, tomado.version
    return movimiento


@transaction.atomic
def rendir_informe(*, actor: Persona, movimiento: Movimiento, nota: str, ahora: datetime) -> Movimiento:
    """Devuelve el informe a la unidad responsable, que lo verá en su bandeja; rendirlo dos veces es rendirlo una.

    :param nota: lo que se responde; puede estar vacía si hay un documento firmado que lo dice
    :raises Denegado: si hoy no trabaja en la unidad a la que se pidió
    :raises NoProcede: si no es un pedido, o falta recibirlo
    :raises EntradaInvalida: si no trae ni documento firmado ni nota
    """
    cuentas.exigir(actor, "expedientes.tramitar")
    expediente = tomar(Expediente(pk=movimiento.expediente_id), version=None)
    pedido = Movimiento.objects.select_related("para_unidad", "de_unidad").get(pk=movimiento.pk)
    policies.check_rendir(actor, pedido)
    if pedido.atendido_en is not None:
        return pedido
    firmados = Proyecto.objects.filter(movimiento=pedido, estado=Proyecto.Estado.EMITIDO).select_related(
        "documento"
    )
    numeros = [proyecto.documento.numero for proyecto in firmados if proyecto.documento]
    if not numeros and not nota.strip():
        raise EntradaInvalida("Firme su informe, o escriba aquí su respuesta.", campo="nota")
    pedido.atendido_en = ahora
    pedido.save(update_fields=["atendido_en"])
    Movimiento.objects.create(
        expediente=expediente,
        orden=proximo_orden(expediente),
        clase=Movimiento.Clase.INFORME,
        de_unidad=pedido.para_unidad,
        de_persona=actor,
        para_unidad=expediente.unidad_responsable,
        responde_a=pedido,
        motivo="informe que vuelve",
        proveido="\n".join(parte for parte in ("; ".join(numeros), nota.strip()) if parte),
        folios=expediente.folios,
        enviado_en=ahora,
    )
    pasar(expediente, "rendir_informe", _que_sigue(expediente))
    emit(
        InformeRendido(expediente_id=expediente.pk, movimiento_id=pedido.pk),
        actor_id=actor.pk, ahora=ahora, objeto=expediente,
    )  # fmt: skip
    return pedido


@transaction.atomic
def prescindir_informe(*, actor: Persona, movimiento: Movimiento, ahora: datetime) -> Movimiento:
    """La unidad responsable deja de esperar un informe que no llegó dentro de su plazo, y continúa sin él.

    :raises Denegado: si el expediente no está a cargo de una unidad donde hoy trabaja
    :raises NoProcede: si el plazo del informe todavía no vence, o si ya se rindió
    """
    cuentas.exigir(actor, "expedientes.tramitar")
    expediente = tomar(Expediente(pk=movimiento.expediente_id), version=None)
    policies.check_tramitar(actor, expediente)
    pedido = Movimiento.objects.select_related("para_unidad").get(pk=movimiento.pk)
    if pedido.clase != Movimiento.Clase.INFORME or pedido.responde_a_id or pedido.atendido_en is not None:
        raise NoProcede("Ese informe ya no se espera.")
    if pedido.vence_el is not None and hoy_en_lima(ahora) <= pedido.vence_el:
        raise NoProcede(
            f"{pedido.para_unidad} tiene hasta el {pedido.vence_el:%d/%m/%Y} para dar su informe.",
            norma="Ley 27444, art. 132.3",
        )
    pedido.atendido_en = ahora
    pedido.save(update_fields=["atendido_en"])
    pasar(expediente, "prescindir_informe", _que_sigue(expediente))
    emit(
        InformePrescindido(expediente_id=expediente.pk, movimiento_id=pedido.pk),
        actor_id=actor.pk, ahora=ahora, objeto=expediente,
    )  # fmt: skip
    return pedido


def _pendientes(expediente: Expediente) -> QuerySet[Movimiento]:
    """Los informes que todavía se esperan."""
    return Movimiento.objects.filter(
        expediente=expediente,
        clase=Movimiento.Clase.INFORME,
        responde_a__isnull=True,
        atendido_en__isnull=True,
    )


def _que_sigue(expediente: Expediente) -> str:
    if _pendientes(expediente).exists():
        return Estado.EN_INFORME
    return Estado.EN_TRAMITE if expediente.decide_lo_pedido else Estado.IMPUGNADO
