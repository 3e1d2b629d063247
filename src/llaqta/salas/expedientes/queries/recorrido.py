"""La hoja de ruta: los movimientos de un expediente y a dónde suele derivar una unidad."""

from __future__ import annotations

from collections import Counter
from datetime import date

from llaqta.cimientos.errors import NoEncontrado
from llaqta.salas.cuentas import queries as organigrama
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.expedientes.models import Acumulacion, Expediente, Movimiento


def get_movimientos(expediente: Expediente, *, para: Persona) -> list[Movimiento]:
    """Los movimientos, en orden, con sus unidades y personas; quien llama ya obtuvo el expediente."""
    return list(
        expediente.movimientos.select_related(
            "de_unidad", "de_persona", "para_unidad", "para_persona", "recibido_por", "responde_a"
        ).order_by("orden")
    )


def get_movimiento(pk: int, *, para: Persona) -> Movimiento:
    """Un movimiento de un expediente que ``para`` puede ver.

    :raises NoEncontrado: si no existe o no le corresponde
    """
    movimiento = (
        Movimiento.objects.select_related("expediente", "de_unidad", "para_unidad")
        .filter(pk=pk, expediente__in=Expediente.objects.visible_to(para))
        .first()
    )
    if movimiento is None:
        raise NoEncontrado
    return movimiento


def get_destinos(
    expediente: Expediente, *, para: Persona, al: date, favoritos: int = 5
) -> tuple[list[UnidadOrganica], list[UnidadOrganica]]:
    """A dónde se puede derivar: primero las unidades a las que más envía la responsable, luego todas por nombre."""
    todas = [unidad for unidad in organigrama.get_unidades(para, al=al) if not unidad.es_mesa_de_partes]
    recientes = (
        Movimiento.objects.filter(de_unidad=expediente.unidad_responsable_id, clase=Movimiento.Clase.ORIGINAL)
        .order_by("-id")
        .values_list("para_unidad_id", flat=True)[:200]
    )
    veces = Counter(recientes)
    veces[expediente.version_tramite.unidad_aprobacion_id] += 1
    veces.pop(expediente.unidad_responsable_id, None)
    por_id = {unidad.pk: unidad for unidad in todas}
    preferidas = [por_id[pk] for pk, _ in veces.most_common(favoritos) if pk in por_id]
    return preferidas, todas


def get_acumulacion(expediente: Expediente, *, para: Persona) -> Acumulacion:
    """En qué expediente está acumulado; quien llama ya obtuvo el expediente.

    :raises NoEncontrado: si no está acumulado
    """
    acumulacion = (
        expediente.fue_acumulado.filter(separado_en__isnull=True)
        .select_related("principal", "acumulado")
        .first()
    )
    if acumulacion is None:
        raise NoEncontrado
    return acumulacion
