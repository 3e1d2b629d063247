"""Los trabajos que fallaron después de todos sus reintentos: verlos y volver a intentarlos."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from llaqta.cimientos.administracion import Administrador, exigir_administrador
from llaqta.cimientos.errors import NoEncontrado, NoProcede
from llaqta.cimientos.events import Evento, emit
from llaqta.cimientos.models import FalloDeOyente, Suceso
from llaqta.cimientos.web.paginas import Pagina, paginar


@dataclass(frozen=True)
class TrabajoReintentado(Evento):
    """La administración pidió que un trabajo fallido se intente otra vez."""

    trabajo_id: int


@dataclass(frozen=True)
class TrabajoFallido:
    """Un trabajo fallido con el suceso que lo causó."""

    id: int
    oyente: str
    suceso: Suceso | None
    intentos: int
    fallo_en: datetime | None
    error: str
    datos: Mapping[str, object]


def check_administrar(actor: Administrador | None) -> Administrador:
    """Solo la administración del sistema.

    :raises Denegado: si ``actor`` no tiene el permiso
    """
    return exigir_administrador(actor, "ver y reintentar los trabajos fallidos")


def list_trabajos_fallidos(*, para: Administrador | None, cursor: str = "") -> Pagina[ProcrastinateJob]:
    """Los trabajos fallidos, el último primero.

    :raises Denegado: si ``para`` no administra el sistema
    """
    check_administrar(para)
    return paginar(ProcrastinateJob.objects.filter(status="failed"), orden=("-id",), cursor=cursor)


def detallar(trabajos: Pagina[ProcrastinateJob]) -> list[TrabajoFallido]:
    """Une a cada trabajo el suceso que lo causó, cuándo falló y por qué, en tres consultas."""
    sucesos = Suceso.objects.in_bulk([t.args["suceso_id"] for t in trabajos if "suceso_id" in t.args])
    fallas = dict(
        ProcrastinateEvent.objects.filter(job_id__in=[t.id for t in trabajos], type="failed")
        .order_by("at")
        .values_list("job_id", "at")
    )
    errores = {(f.suceso_id, f.oyente): f.error for f in FalloDeOyente.objects.filter(suceso_id__in=sucesos)}
    return [
        TrabajoFallido(
            id=t.id,
            oyente=t.task_name,
            suceso=sucesos.get(t.args.get("suceso_id", 0)),
            intentos=t.attempts,
            fallo_en=fallas.get(t.id),
            error=errores.get((t.args.get("suceso_id", 0), t.task_name), ""),
            datos=t.args,
        )
        for t in trabajos
    ]


@transaction.atomic
def reintentar_trabajo(*, actor: Administrador | None, trabajo_id: int, ahora: datetime) -> None:
    """Vuelve a poner en la cola un trabajo fallido.

    :raises Denegado: si ``actor`` no administra el sistema
    :raises NoEncontrado: si ese trabajo no existe
    :raises NoProcede: si el trabajo no está fallido (otra persona ya lo reintentó)
    """
    administrador = check_administrar(actor)
    trabajo = ProcrastinateJob.objects.select_for_update().filter(pk=trabajo_id).first()
    if trabajo is None:
        raise NoEncontrado("Ese trabajo ya no existe.")
    if trabajo.status != "failed":
        raise NoProcede("Ese trabajo ya no está fallido: alguien lo reintentó antes.")
    app.job_manager.retry_job_by_id(trabajo_id, retry_at=ahora)
    emit(TrabajoReintentado(trabajo_id=trabajo_id), actor_id=administrador.pk, ahora=ahora)
