"""La cuenta que se publica: lo depositado es igual a la suma de en qué quedó. Si no, algo se perdió."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.events import emit
from llaqta.salas.casilla import queries
from llaqta.salas.casilla.events import BalancePublicado
from llaqta.salas.casilla.models import Balance


@transaction.atomic
def publicar_balance(*, ahora: datetime) -> Balance:
    """Cuenta todo lo depositado hasta ahora y publica la cuenta del día; otra vez el mismo día, la reemplaza.

    Las depositadas se cuentan aparte de las demás, y además en el libro de sucesos y en la serie de números: si falta
    una fila, un suceso o un número, no cuadra.
    """
    cuenta = queries.get_cuenta()
    balance, _ = Balance.objects.update_or_create(
        dia=hoy_en_lima(ahora),
        defaults={**cuenta.como_datos(), "cuadra": cuenta.cuadra, "calculado_en": ahora},
    )
    emit(
        BalancePublicado(balance_id=balance.pk, cuadra=balance.cuadra),
        actor_id=None, ahora=ahora, objeto=balance,
    )  # fmt: skip
    return balance
