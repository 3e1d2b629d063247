"""Numeración sin huecos ni repetidos: una fila por serie y año, bloqueada hasta que la transacción termina.

``MAX(numero) + 1`` se equivoca en cuanto dos personas escriben a la vez; la fila bloqueada, nunca. Como el bloqueo
dura hasta el final de la transacción, el número se toma lo más tarde posible.
"""

from __future__ import annotations

from django.db import connection

from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.models import Serie

_TOMAR = """
    INSERT INTO cimientos_serie AS s (nombre, anio, ultimo) VALUES (%s, %s, 1)
    ON CONFLICT (nombre, anio) DO UPDATE SET ultimo = s.ultimo + 1
    RETURNING s.ultimo
"""


def next_number(serie: str, anio: int) -> int:
    """Toma el número siguiente de ``serie`` en ``anio`` (el año en América/Lima) y bloquea la serie hasta el final.

    :param serie: por ejemplo ``"mesapartes.registro"`` o ``"documento.RESOLUCION.GM"``
    :raises RuntimeError: si se llama fuera de una transacción: el número se quemaría aunque el acto fracase
    """
    if not connection.in_atomic_block:
        raise RuntimeError("next_number debe llamarse dentro de una transacción.")
    with connection.cursor() as cursor:
        cursor.execute(_TOMAR, [serie, anio])
        fila = cursor.fetchone()
    return int(fila[0])


def continue_from(serie: str, anio: int, ultimo: int) -> int:
    """Hace que la serie continúe después de ``ultimo`` (los anteriores se dieron en papel) y la bloquea hasta el final.

    :return: el último número que la serie tenía antes
    :raises RuntimeError: si se llama fuera de una transacción
    :raises NoProcede: si la serie ya llegó a ese número: una cuenta solo avanza
    """
    if not connection.in_atomic_block:
        raise RuntimeError("continue_from debe llamarse dentro de una transacción.")
    Serie.objects.get_or_create(nombre=serie, anio=anio, defaults={"ultimo": 0})
    fila = Serie.objects.select_for_update().get(nombre=serie, anio=anio)
    habia = fila.ultimo
    if ultimo <= habia:
        raise NoProcede(
            f"Esta serie ya llegó al número {habia} en {anio}: solo continúa desde uno mayor, nunca vuelve atrás."
        )
    fila.ultimo = ultimo
    fila.save(update_fields=["ultimo"])
    return habia


def check_digit(numero: int, anio: int) -> str:
    """Dígito de control de un número de expediente: descubre un dígito errado y dos vecinos cambiados de lugar.

    Es el ISO 7064 MOD 11-2 sobre año y número; el valor diez se escribe ``X``.
    """
    suma = 0
    for digito in f"{anio:04d}{numero:06d}":
        suma = (suma + int(digito)) * 2
    control = (12 - suma % 11) % 11
    return "X" if control == 10 else str(control)
