"""El abandono: el expediente está detenido por causa del administrado. Solo lo declara una resolución notificada."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import oportunidad, policies
from llaqta.salas.expedientes.events import ParalizacionAnotada
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.expedientes.services.acto import tomar

NORMA = "Ley 27444, art. 191"


@transaction.atomic
def anotar_paralizacion(
    *,
    actor: Persona,
    expediente: Expediente,
    desde: date,
    motivo: str,
    version: int | None = None,
    ahora: datetime,
) -> Expediente:
    """Anota desde cuándo el expediente está detenido porque el administrado no hizo lo que se le pidió (191).

    Anotarla no lo termina: pasados los días de la regla ``ABANDONO`` se puede resolver que está en abandono.

    :param desde: el día en que quedó detenido; ni antes de presentarse ni después de hoy
    :raises Denegado: si el expediente no está a cargo de una unidad donde hoy trabaja
    :raises NoProcede: si no está en trámite, o si ya estaba anotado
    :raises EntradaInvalida: si la fecha o el motivo no sirven
    """
    cuentas.exigir(actor, "expedientes.tramitar")
    tomado = tomar(expediente, version=version)
    policies.check_derivar(actor, tomado)
    oportunidad.check_paralizar(tomado)
    if not motivo.strip():
        raise EntradaInvalida("Diga qué debía hacer el administrado y no hizo.", campo="motivo", norma=NORMA)
    if not tomado.fecha_presentacion <= desde <= hoy_en_lima(ahora):
        raise EntradaInvalida(
            "La fecha va desde el día en que se presentó hasta hoy.", campo="desde", norma=NORMA
        )
    _guardar(tomado, desde)
    emit(
        ParalizacionAnotada(expediente_id=tomado.pk, desde=desde.isoformat()),
        actor_id=actor.pk, ahora=ahora, objeto=tomado,
    )  # fmt: skip
    expediente.paralizado_desde, expediente.version = tomado.paralizado_desde, tomado.version
    return expediente


@transaction.atomic
def levantar_paralizacion(*, expediente: Expediente) -> None:
    """El administrado actuó: ya no está detenido por su causa. Lo llaman los actos que reciben un escrito suyo."""
    tomado = tomar(expediente, version=None)
    if tomado.paralizado_desde is not None:
        _guardar(tomado, None)
    expediente.paralizado_desde, expediente.version = None, tomado.version


def _guardar(expediente: Expediente, desde: date | None) -> None:
    expediente.paralizado_desde = desde
    expediente.version += 1
    expediente.save(update_fields=["paralizado_desde", "version"])
