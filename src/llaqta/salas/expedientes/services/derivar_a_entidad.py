"""Enviar a otra entidad lo que no es de competencia de la municipalidad (art. 130; TUO, art. 141)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from stdnum.pe import ruc as stdnum_ruc

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import policies
from llaqta.salas.expedientes.events import DerivadoAOtraEntidad
from llaqta.salas.expedientes.models import DerivacionAEntidad, Expediente, Movimiento
from llaqta.salas.expedientes.services import reloj
from llaqta.salas.expedientes.services.acto import pasar, tomar

NORMA = "Ley 27444, art. 130"


@transaction.atomic
def derivar_a_otra_entidad(
    *,
    actor: Persona,
    expediente: Expediente,
    entidad: str,
    motivo: str,
    ruc: str = "",
    version: int | None = None,
    ahora: datetime,
) -> DerivacionAEntidad:
    """Envía la solicitud a la entidad competente y se lo dice al administrado; aquí deja de correr el plazo (130).

    El plazo vuelve a contarse, para la otra entidad, desde que ella lo recibe (130.2).

    :param ruc: el de la otra entidad, si se conoce: once dígitos
    :raises Denegado: si no es de la mesa de partes ni de la unidad a cargo
    :raises NoProcede: si está observado, o ya se decidió
    :raises EntradaInvalida: si falta la entidad o el motivo, o el RUC no existe
    """
    tomado = tomar(expediente, version=version)
    if tomado.unidad_responsable.es_mesa_de_partes:
        policies.check_mesa(actor, tomado)
    else:
        cuentas.exigir(actor, "expedientes.tramitar")
        policies.check_derivar(actor, tomado)
    _check_destino(entidad, motivo, ruc)
    reloj.parar(tomado)
    pasar(tomado, "derivar_a_otra_entidad", guardar=reloj.CAMPOS)
    Movimiento.objects.filter(expediente=tomado, atendido_en__isnull=True).update(atendido_en=ahora)
    derivacion = DerivacionAEntidad.objects.create(
        expediente=tomado,
        entidad=entidad.strip(),
        ruc=ruc.strip(),
        motivo=motivo.strip(),
        enviado_en=ahora,
        enviado_por=actor,
    )
    emit(
        DerivadoAOtraEntidad(expediente_id=tomado.pk, entidad=derivacion.entidad),
        actor_id=actor.pk, ahora=ahora, objeto=tomado,
    )  # fmt: skip
    expediente.estado, expediente.version = tomado.estado, tomado.version
    return derivacion


def _check_destino(entidad: str, motivo: str, ruc: str) -> None:
    if not entidad.strip():
        raise EntradaInvalida("Escriba el nombre de la entidad competente.", campo="entidad", norma=NORMA)
    if not motivo.strip():
        raise EntradaInvalida(
            "Diga por qué es de competencia de esa entidad: la norma que lo dispone.",
            campo="motivo",
            norma=NORMA,
        )
    if ruc.strip() and not stdnum_ruc.is_valid(ruc.strip()):
        raise EntradaInvalida("Ese RUC no existe: revise sus once dígitos o déjelo en blanco.", campo="ruc")
