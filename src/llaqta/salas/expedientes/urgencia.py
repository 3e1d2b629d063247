"""Lo que apura: en qué estados se espera la decisión, cuándo un silencio positivo está en riesgo y cómo se busca."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q

from llaqta.cimientos.calendario import Calendario, sumar_habiles
from llaqta.salas.expedientes import rules
from llaqta.salas.expedientes.models import CON_RELOJ, Estado, Expediente
from llaqta.salas.plazos.rules import POSITIVO

DECIDIENDO = (Estado.PRESENTADO, Estado.EN_TRAMITE, Estado.EN_INFORME, Estado.IMPUGNADO, Estado.SUSPENDIDO)
"""Estados en que todavía se espera la decisión."""

DIAS_PRONTO = 3
"""Vence pronto lo que vence hoy, ya venció, o vence dentro de estos días hábiles."""
DIAS_DE_RIESGO = 3
"""Un silencio positivo está en riesgo si el último depósito seguro es dentro de estos días hábiles, o ya pasó."""
_ATRAS = timedelta(days=60)


def en_riesgo(expediente: Expediente, hoy: date, calendario: Calendario) -> bool:
    """Verdadero si, con silencio positivo, ya no hay o casi no hay día seguro para depositar la decisión."""
    if rules.SILENCIOS.get(expediente.calificacion) != POSITIVO or expediente.silencio_operado_el:
        return False
    seguro = expediente.ultimo_deposito_seguro or expediente.vence_el
    return seguro is not None and seguro <= sumar_habiles(hoy, DIAS_DE_RIESGO, calendario).fecha


def por_plazo(vista: str, hoy: date, calendario: Calendario) -> Q:
    """La condición, sobre envíos, de cada vista de plazo; todas acotan ``urgencia_el``, que es como va el índice."""
    if vista == "riesgo":
        limite = sumar_habiles(hoy, DIAS_DE_RIESGO, calendario).fecha
        # El último depósito seguro es, a lo más, el día hábil anterior al vencimiento, y notificar cabe unos días más:
        # basta mirar ese tramo del índice, no todo lo que venció alguna vez.
        cerca = Q(urgencia_el__lte=sumar_habiles(limite, 2, calendario).fecha, urgencia_el__gt=hoy - _ATRAS)
        sin_dia_seguro = Q(expediente__ultimo_deposito_seguro__isnull=True)
        return (
            cerca
            & Q(expediente__estado__in=CON_RELOJ, expediente__silencio_operado_el__isnull=True)
            & Q(expediente__calificacion="SILENCIO_POSITIVO", expediente__limite_notificacion__gte=hoy)
            & (Q(expediente__ultimo_deposito_seguro__lte=limite) | sin_dia_seguro)
        )
    decidiendo = Q(expediente__estado__in=DECIDIENDO)
    if vista == "vence_hoy":
        return decidiendo & Q(urgencia_el=hoy)
    if vista == "vencidos":
        return decidiendo & Q(urgencia_el__lt=hoy)
    return decidiendo & Q(urgencia_el__lte=sumar_habiles(hoy, DIAS_PRONTO, calendario).fecha)
