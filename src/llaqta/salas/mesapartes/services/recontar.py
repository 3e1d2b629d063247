"""El plazo para subsanar, cuando cambia el calendario o cuando no hubo servicio el último día. Nunca se acorta."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from llaqta.cimientos.calendario import Calendario, Computo, hoy_en_lima
from llaqta.cimientos.prevision import PRIMERAS, Cambio, FechaQueCambia, Prevision, preve
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.mesapartes import rules
from llaqta.salas.mesapartes.models import Observacion
from llaqta.salas.plazos import queries as plazos


@preve
def prever_observaciones(cambio: Cambio) -> Prevision:
    """Las correcciones que se esperan y cuyo último día cambiaría."""
    por_unidad, todas = Counter[str](), list[FechaQueCambia]()
    for observacion, computo in _corridas(cambio.despues):
        expediente = observacion.presentacion.expediente
        unidad = str(expediente.unidad_responsable)
        por_unidad[unidad] += 1
        if len(todas) < PRIMERAS:
            todas.append(
                FechaQueCambia(
                    str(expediente.administrado),
                    unidad,
                    observacion.subsanar_hasta,
                    computo.fecha,
                    expediente.numero,
                )
            )
    return Prevision("Plazos de las personas para subsanar", por_unidad.total(), dict(por_unidad), todas)


def correr_observaciones(*, causa: str, motivo: str, ahora: datetime) -> int:
    """Vuelve a contar el plazo para subsanar de lo observado y no corregido; dice cuántos cambiaron.

    :param causa: una de ``CambioDePlazo.Causa``; ``motivo``, por qué, como se lee en la historia
    """
    cambiadas = 0
    for observacion, computo in _corridas(get_calendario()):
        with transaction.atomic():
            cambio = expedientes.correr_correccion(
                expediente=observacion.presentacion.expediente, hasta=computo.fecha, causa=causa, motivo=motivo,
                explicacion={"pasos": expedientes.decir_pasos(computo)}, ahora=ahora,
            )  # fmt: skip
            if cambio is not None:
                observacion.subsanar_hasta, observacion.explicacion = computo.fecha, rules.explicar(computo)
                observacion.save(update_fields=["subsanar_hasta", "explicacion"])
                cambiadas += 1
    return cambiadas


def _corridas(calendario: Calendario) -> Iterator[tuple[Observacion, Computo]]:
    abiertas = Observacion.objects.filter(
        subsanada_en__isnull=True, presentacion__expediente__estado="OBSERVADO"
    ).select_related("presentacion__expediente__administrado", "presentacion__expediente__unidad_responsable")
    for observacion in abiertas:
        desde = hoy_en_lima(observacion.observada_en)
        dias = plazos.get_entero("SUBSANAR", al=desde)
        computo = expedientes.hasta_cuando_corrige(desde, dias, calendario)
        if computo.fecha > observacion.subsanar_hasta:
            yield observacion, computo
