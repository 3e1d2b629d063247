"""La cuenta de los PIN fallados: cinco seguidos bloquean el certificado quince minutos.

Todo aquí ocurre en otra conexión y se confirma al instante. Quien firma suele estar dentro de la transacción de un acto
(numerar, firmar, fechar) que se deshace si el PIN está mal; si la cuenta se deshiciera con ella, se probaría sin fin.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection, transaction

from llaqta.cimientos.events import emit
from llaqta.salas.firma.events import PinBloqueado
from llaqta.salas.firma.models import Certificado, IntentosDePin
from llaqta.salas.firma.policies import FALLOS_PERMITIDOS, CertificadoBloqueado

BLOQUEO = timedelta(minutes=15)
T = TypeVar("T")


def cobrar(certificado: Certificado, *, ahora: datetime) -> int:
    """Cuenta un intento antes de probar el PIN y dice cuántos quedarían si está mal.

    Contar antes, y perdonar después, impide que mil peticiones a la vez prueben mil PIN.

    :raises CertificadoBloqueado: si ya se agotaron; no se cuenta otro
    """
    hasta, fallidos = _aparte(lambda: _cobrar(certificado.numero_de_serie, ahora))
    if hasta:
        raise CertificadoBloqueado(hasta)
    return FALLOS_PERMITIDOS - fallidos


def perdonar(certificado: Certificado) -> None:
    """El PIN era correcto: la cuenta vuelve a cero."""
    _aparte(
        lambda: IntentosDePin.objects.filter(pk=certificado.numero_de_serie).update(
            fallidos=0, bloqueado_hasta=None
        )
    )


def anunciar_bloqueo(certificado: Certificado, *, ahora: datetime) -> CertificadoBloqueado:
    """Anuncia que el último intento también falló y devuelve la negativa que corresponde."""
    _aparte(lambda: _anunciar(certificado, ahora))
    return CertificadoBloqueado(ahora + BLOQUEO)


def _cobrar(serie: str, ahora: datetime) -> tuple[datetime | None, int]:
    with transaction.atomic():
        IntentosDePin.objects.bulk_create([IntentosDePin(numero_de_serie=serie)], ignore_conflicts=True)
        intentos = IntentosDePin.objects.select_for_update().get(pk=serie)
        if intentos.bloqueado_hasta and intentos.bloqueado_hasta > ahora:
            return intentos.bloqueado_hasta, intentos.fallidos
        if intentos.bloqueado_hasta:
            intentos.fallidos, intentos.bloqueado_hasta = 0, None
        intentos.fallidos += 1
        if intentos.fallidos == FALLOS_PERMITIDOS:
            # El último intento deja el bloqueo puesto; si acierta, lo quita.
            intentos.bloqueado_hasta = ahora + BLOQUEO
        intentos.save()
        return None, intentos.fallidos


def _anunciar(certificado: Certificado, ahora: datetime) -> None:
    with transaction.atomic():
        emit(
            PinBloqueado(certificado_id=certificado.pk),
            actor_id=certificado.persona_id,
            ahora=ahora,
            objeto=certificado,
        )


def _aparte(funcion: Callable[[], T]) -> T:
    """Corre ``funcion`` en otro hilo, que tiene su propia conexión a la base, y espera su resultado."""
    resultado: list[T] = []
    fallo: list[BaseException] = []

    def correr() -> None:
        try:
            resultado.append(funcion())
        except BaseException as error:  # noqa: BLE001 (se vuelve a lanzar en el hilo de quien llama)
            fallo.append(error)
        finally:
            connection.close()

    hilo = threading.Thread(target=copy_context().run, args=(correr,), name="firma-intentos")
    hilo.start()
    hilo.join()
    if fallo:
        raise fallo[0]
    return resultado[0]
