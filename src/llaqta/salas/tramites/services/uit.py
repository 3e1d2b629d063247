"""El valor de la UIT de cada año: sin él no se puede decir qué porcentaje es un derecho de trámite (art. 45)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.tramites import policies
from llaqta.salas.tramites.events import UitRegistrada
from llaqta.salas.tramites.models import UnidadImpositiva, VersionProcedimiento
from llaqta.salas.tramites.rules import PRIMER_ANIO, ULTIMO_ANIO

MONTO_MAXIMO = 1_000_000


@transaction.atomic
def registrar_uit(
    *, actor: Persona, anio: int, monto: Decimal, norma: str, ahora: datetime
) -> UnidadImpositiva:
    """Anota cuánto vale la UIT de un año. Los montos del TUPA no cambian: lo avisa la revisión legal.

    :raises Denegado: si ``actor`` no administra el TUPA
    :raises EntradaInvalida: si el año o el monto no son posibles, o falta la norma
    :raises NoProcede: si ese año ya tiene otro valor y alguna versión lo usa: sus porcentajes se publicaron con él
    """
    policies.check_editar(actor)
    norma = norma.strip()
    if not PRIMER_ANIO <= anio <= ULTIMO_ANIO:
        raise EntradaInvalida(f"El año va de {PRIMER_ANIO} a {ULTIMO_ANIO}.", campo="anio")
    if not 0 < monto < MONTO_MAXIMO:
        raise EntradaInvalida("Escriba cuánto vale la UIT, en soles.", campo="monto")
    if not norma:
        raise EntradaInvalida("Escriba la norma que fija ese valor.", campo="norma")
    fila = UnidadImpositiva.objects.select_for_update().filter(anio=anio).first()
    if fila is not None and (fila.monto, fila.norma) == (monto, norma):
        return fila
    if fila is not None and fila.monto != monto and _la_usa_alguna(anio):
        raise NoProcede(
            f"Hay procedimientos publicados con la UIT de {anio} a S/ {fila.monto:,.2f}: ese valor ya no se cambia."
        )
    fila, _ = UnidadImpositiva.objects.update_or_create(anio=anio, defaults={"monto": monto, "norma": norma})
    emit(UitRegistrada(anio), actor_id=actor.pk, ahora=ahora)
    return fila


def _la_usa_alguna(anio: int) -> bool:
    cuestan = Q(monto__gt=0) | Q(modalidades__monto__gt=0)
    return VersionProcedimiento.objects.filter(cuestan, uit_anio=anio).exists()
