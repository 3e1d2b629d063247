"""El plazo que una persona tiene para corregir, cuando cambia el calendario o cuando no hubo servicio su último día.

A nadie se le acorta el plazo que ya se le dijo: si el cambio lo haría vencer antes, su fecha no se mueve.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction

from llaqta.cimientos.calendario import Calendario, Computo, fecha_en_palabras, hoy_en_lima, sumar_habiles
from llaqta.cimientos.events import emit
from llaqta.cimientos.prevision import PRIMERAS, Cambio, FechaQueCambia, Prevision, preve
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.expedientes.events import PlazoCambiado
from llaqta.salas.expedientes.models import SIN_RELOJ, CambioDePlazo, Emplazamiento, Estado, Expediente
from llaqta.salas.expedientes.services.acto import tomar
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.plazos.models import Interrupcion


def hasta_cuando_corrige(desde: date, dias: int, calendario: Calendario) -> Computo:
    """El último día para corregir: los días hábiles y, si ese día no hubo servicio, el primero que lo hubo."""
    computo = sumar_habiles(desde, dias, calendario)
    corrido = plazos.correr_por_interrupcion(
        computo.fecha, calendario=calendario, servicio=Interrupcion.Servicio.MESA_DIGITAL, al=desde
    )
    return Computo(corrido.fecha, (*computo.pasos, *corrido.pasos))


@transaction.atomic
def correr_correccion(
    *,
    expediente: Expediente,
    hasta: date,
    causa: str,
    motivo: str,
    explicacion: dict[str, Any],
    ahora: datetime,
) -> CambioDePlazo | None:
    """Lleva a otra fecha el plazo que la persona tiene para corregir; guarda la de antes y lo anuncia.

    Devuelve ``None``, y no cambia nada, si ya no se espera su corrección o si la fecha no sería posterior.

    :param motivo: por qué, como se lee en la historia
    """
    tomado = tomar(expediente, version=None)
    antes = tomado.corregir_hasta
    if tomado.estado not in SIN_RELOJ or antes is None or hasta <= antes:
        return None
    tomado.corregir_hasta = hasta
    tomado.save(update_fields=["corregir_hasta"])
    cambio = CambioDePlazo.objects.create(
        expediente=tomado,
        etapa=tomado.etapa,
        causa=causa,
        motivo=f"{motivo[:200]} El plazo para corregir vencía el {fecha_en_palabras(antes)}."[:300],
        antes=antes,
        despues=hasta,
        explicacion={"de": "CORREGIR", **explicacion},
        cambiado_en=ahora,
    )
    emit(
        PlazoCambiado(expediente_id=tomado.pk, cambio_id=cambio.pk),
        actor_id=None, ahora=ahora, objeto=tomado,
    )  # fmt: skip
    expediente.corregir_hasta = hasta
    return cambio


@preve
def prever_emplazamientos(cambio: Cambio) -> Prevision:
    """Las correcciones pedidas en un emplazamiento cuyo último día cambiaría."""
    por_unidad, todas = Counter[str](), []
    for emplazamiento, computo in _corridos(cambio.despues):
        expediente = emplazamiento.expediente
        por_unidad[str(expediente.unidad_responsable)] += 1
        todas.append(
            FechaQueCambia(
                str(expediente.administrado), str(expediente.unidad_responsable), emplazamiento.corregir_hasta,
                computo.fecha, expediente.numero,
            )
        )  # fmt: skip
    return Prevision(
        "Plazos de las personas emplazadas para corregir", len(todas), dict(por_unidad), todas[:PRIMERAS]
    )


def correr_emplazamientos(*, causa: str, motivo: str, ahora: datetime) -> int:
    """Vuelve a contar el plazo de quienes fueron emplazados y no han corregido; dice cuántos cambiaron."""
    cambiados = 0
    for emplazamiento, computo in _corridos(get_calendario()):
        with transaction.atomic():
            cambio = correr_correccion(
                expediente=emplazamiento.expediente, hasta=computo.fecha, causa=causa, motivo=motivo,
                explicacion={"pasos": decir_pasos(computo)}, ahora=ahora,
            )  # fmt: skip
            if cambio is not None:
                emplazamiento.corregir_hasta = computo.fecha
                emplazamiento.save(update_fields=["corregir_hasta"])
                cambiados += 1
    return cambiados


def decir_pasos(computo: Computo) -> list[dict[str, Any]]:
    """Los días mirados, como se guardan en una explicación."""
    return [{"fecha": p.fecha.isoformat(), "cuenta": p.cuenta, "motivo": p.motivo} for p in computo.pasos]


def _corridos(calendario: Calendario) -> Iterator[tuple[Emplazamiento, Computo]]:
    abiertos = Emplazamiento.objects.filter(corregido_en__isnull=True, expediente__estado=Estado.EMPLAZADO)
    for emplazamiento in abiertos.select_related(
        "expediente__administrado", "expediente__unidad_responsable"
    ):
        desde = hoy_en_lima(emplazamiento.emplazado_en)
        computo = hasta_cuando_corrige(desde, plazos.get_entero("EMPLAZAMIENTO", al=desde), calendario)
        if computo.fecha > emplazamiento.corregir_hasta:
            yield emplazamiento, computo
