"""Desde cuándo vale: fijar la fecha de efecto de lo practicado y declararla cuando llega."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.events import emit
from llaqta.salas.notificaciones.events import DiligenciaSurtioEfecto
from llaqta.salas.notificaciones.models import Diligencia
from llaqta.salas.notificaciones.rules import Efecto

CAMPOS_DE_EFECTO = ("estado", "efecto_el", "explicacion")


def practicar(
    diligencia: Diligencia, efecto: Efecto, ahora: datetime, *, guardar: tuple[str, ...] = ()
) -> None:
    """Anota la fecha de efecto de lo que se acaba de practicar y, si ya llegó, lo declara."""
    diligencia.estado = Diligencia.Estado.PRACTICADA
    diligencia.efecto_el, diligencia.explicacion = efecto.fecha, list(efecto.explicacion)
    if efecto.fecha <= hoy_en_lima(ahora):
        diligencia.estado = Diligencia.Estado.EFECTIVA
    diligencia.save(update_fields=[*CAMPOS_DE_EFECTO, *guardar])
    if diligencia.estado == Diligencia.Estado.EFECTIVA:
        _anunciar(diligencia, ahora)


def declarar_eficacia(*, ahora: datetime, hasta: int = 1000) -> int:
    """Declara, una por una, las practicadas cuya fecha de efecto llegó; correrla dos veces no hace nada.

    :param hasta: cuántas a lo más en esta vuelta
    :return: cuántas declaró
    """
    pendientes = Diligencia.objects.por_surtir_efecto(al=hoy_en_lima(ahora)).order_by("efecto_el", "pk")
    return sum(_declarar(pk, ahora) for pk in list(pendientes.values_list("pk", flat=True)[:hasta]))


@transaction.atomic
def _declarar(pk: int, ahora: datetime) -> bool:
    pendientes = Diligencia.objects.select_for_update(no_key=True).por_surtir_efecto(al=hoy_en_lima(ahora))
    diligencia = pendientes.filter(pk=pk).first()
    if diligencia is None:
        return False
    diligencia.estado = Diligencia.Estado.EFECTIVA
    diligencia.save(update_fields=["estado"])
    _anunciar(diligencia, ahora)
    return True


def _anunciar(diligencia: Diligencia, ahora: datetime) -> None:
    emit(DiligenciaSurtioEfecto(diligencia_id=diligencia.pk), actor_id=None, ahora=ahora, objeto=diligencia)
