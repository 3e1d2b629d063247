"""El sello de tiempo de los puntos de control: cuál espera el suyo, y dejarlo puesto.

Quien pide el sello es ``firma``, que conoce a la autoridad; aquí solo se guarda. Sin sello, la hora de un punto la dice
la propia municipalidad; con él, la dice una autoridad que no es ella.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from llaqta.salas.auditoria import puntos
from llaqta.salas.auditoria.models import Punto

CADA = timedelta(hours=1)
"""Cada cuánto se sella el registro, si creció."""


@dataclass(frozen=True)
class PorAnclar:
    """Un punto de control que espera su sello de tiempo."""

    tamano: int
    cuerpo: bytes
    """Lo que se sella: el texto de la nota hasta su línea en blanco, con su salto final."""


def get_por_anclar(*, ahora: datetime) -> PorAnclar | None:
    """El último punto, si no tiene sello y ya pasó una hora desde el sello anterior."""
    punto = Punto.objects.order_by("-tamano").first()
    if punto is None or punto.ancla is not None:
        return None
    anterior = Punto.objects.filter(ancla__isnull=False).order_by("-tamano").first()
    if anterior is not None and anterior.anclado_en is not None and ahora - anterior.anclado_en < CADA:
        return None
    return PorAnclar(punto.tamano, puntos.leer_nota(punto.nota).cuerpo.encode())


@transaction.atomic
def anotar_ancla(*, tamano: int, token: bytes, anclado_en: datetime) -> bool:
    """Deja puesto el sello de un punto; si otro proceso lo puso antes, se queda el primero.

    :param token: el ``TimeStampToken`` en DER, ya comprobado
    :param anclado_en: la hora que afirma la autoridad, nunca la de esta máquina
    :return: si se puso
    """
    sin_sello = Punto.objects.filter(pk=tamano, ancla__isnull=True)
    return bool(sin_sello.update(ancla=token, anclado_en=anclado_en))
