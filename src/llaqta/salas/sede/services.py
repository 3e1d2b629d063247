"""Lo que se hace en la sede: contar los intentos. Lo demás es leer."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from llaqta.salas.sede import rules
from llaqta.salas.sede.models import Intento

_SUMAR = """
    INSERT INTO sede_intento AS i (puerta, lugar, tramo, cuantos) VALUES (%s, %s, %s, 1)
    ON CONFLICT (puerta, lugar, tramo) DO UPDATE SET cuantos = i.cuantos + 1
    RETURNING cuantos
"""


@transaction.atomic
def anotar_intento(*, puerta: str, lugar: str, ahora: datetime) -> int:
    """Cuenta un uso de una puerta pública; acierto y error cuestan lo mismo.

    :param puerta: una de ``rules.LIMITES``
    :param lugar: la huella que da ``rules.lugar_de``
    :returns: cuántos van en este tramo
    """
    tramo = rules.tramo_de(ahora)
    with connection.cursor() as cursor:
        cursor.execute(_SUMAR, [puerta, lugar, tramo])
        cuantos = int(cursor.fetchone()[0])
    if cuantos == 1:  # el primero de cada tramo barre lo que ya no sirve para contar
        Intento.objects.filter(tramo__lt=tramo - timedelta(hours=1)).delete()
    return cuantos


def check_intento(*, puerta: str, lugar: str, ahora: datetime) -> None:
    """Cuenta un uso y pide esperar a quien ya probó demasiado.

    :raises DemasiadosIntentos: pasado el límite de la puerta; el intento queda contado
    """
    if anotar_intento(puerta=puerta, lugar=lugar, ahora=ahora) > rules.LIMITES[puerta]:
        raise rules.DemasiadosIntentos(
            "Desde su conexión se hicieron demasiados intentos seguidos. Espere diez minutos y vuelva a probar; "
            "si es urgente, llame a la mesa de partes."
        )
