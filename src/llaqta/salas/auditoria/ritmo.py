"""El ritmo del secuenciador: dentro del trabajador, cada dos segundos, sin ocupar un lugar de la cola.

Una fila en la cola cada dos segundos serían 43 000 al día para casi nada. En su lugar, el trabajador pone su latido al
encenderse, en un hilo propio; si el hilo se cayera, una tarea por minuto lo repone. Con varios trabajadores laten todos
y uno solo escribe: los demás hallan el cerrojo tomado, y el que quede sigue a los dos segundos de que el otro muera.
"""

from __future__ import annotations

import atexit
import logging
import sys
import threading
from collections.abc import Sequence

from django.apps import apps
from django.db import close_old_connections
from django.utils import timezone

from llaqta.cimientos import alarmas
from llaqta.cimientos.models import Entidad
from llaqta.salas.auditoria import atraso, services

SEGUNDOS = 2.0
SEGUNDOS_PARA_PARAR = 5.0
DETENIDO = alarmas.declarar("registro.detenido")
_DURA_LA_ALARMA = 120

registro = logging.getLogger(__name__)
_parar = threading.Event()
_hilo: threading.Thread | None = None
_alarmado = True  # al encender, la primera vuelta sana apaga la alarma que dejó otro


def es_trabajador(orden: Sequence[str]) -> bool:
    """Verdadero si el proceso que se encendió con esa orden es el que hace las tareas."""
    return "procrastinate" in orden and "worker" in orden[orden.index("procrastinate") :]


def asegurar() -> None:
    """Pone el latido en este proceso, si es un trabajador y no lo tenía ya."""
    global _hilo  # noqa: PLW0603 — un latido por proceso
    if not es_trabajador(sys.argv):
        return
    if _hilo is None:
        atexit.register(_detener)
    if _hilo is None or not _hilo.is_alive():
        _hilo = threading.Thread(target=latir, name="secuenciador", daemon=True)
        _hilo.start()


def latir() -> None:
    """Late hasta que se le pida parar; espera a que Django esté listo para dar el primero."""
    apps.ready_event.wait()
    while not _parar.is_set():
        try:
            latir_una_vez()
        except Exception:  # con la base caída tampoco se puede poner la alarma; el latido no muere por eso
            registro.exception("Un latido del registro no se pudo dar")
        _parar.wait(SEGUNDOS)


def _detener() -> None:
    """Al apagarse el proceso deja terminar el latido que esté en curso."""
    _parar.set()
    if _hilo is not None:
        _hilo.join(SEGUNDOS_PARA_PARAR)


def latir_una_vez() -> int:
    """Secuencia lo que haya y mira si se atrasa; un fallo se anuncia y se vuelve a intentar en el latido siguiente.

    Antes de la puesta en marcha no hace nada: el origen del registro lleva el ubigeo de la municipalidad.
    """
    close_old_connections()
    ahora = timezone.now()
    try:
        if not Entidad.actual().ubigeo:
            return 0
        dados = services.secuenciar_ahora(ahora=ahora)
        retraso = atraso.get_atraso(ahora=ahora)
    except Exception as error:
        registro.exception("El registro no avanza")
        _alarmar(f"El registro de sucesos está detenido: {error}"[:400])
        return 0
    if retraso.segundos > atraso.SEGUNDOS_DE_ALARMA:
        _alarmar(
            f"El registro de sucesos lleva {retraso.segundos} segundos de atraso: "
            f"{retraso.sucesos} sucesos esperan su hoja."
        )
    elif _alarmado:
        _calmar()
    return dados


def _alarmar(frase: str) -> None:
    global _alarmado  # noqa: PLW0603 — lo que sabe este proceso
    _alarmado = True
    alarmas.poner(DETENIDO, frase, "estado_del_registro", segundos=_DURA_LA_ALARMA)


def _calmar() -> None:
    global _alarmado  # noqa: PLW0603
    _alarmado = False
    alarmas.quitar(DETENIDO)
