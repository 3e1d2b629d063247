"""El ritmo del secuenciador: dentro del trabajador, cada dos segundos, sin ocupar un lugar de la cola.

Una fila en la cola cada dos segundos serían 43 000 al día para casi nada. En su lugar, una tarea por minuto se asegura
de que este trabajador tenga su latido; el latido llama al secuenciador en un hilo propio. Con varios trabajadores
laten todos y uno solo escribe: los demás encuentran el cerrojo tomado.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections
from django.utils import timezone

from llaqta.cimientos import alarmas
from llaqta.cimientos.models import Entidad
from llaqta.salas.auditoria import atraso, services

SEGUNDOS = 2.0
DETENIDO = alarmas.declarar("registro.detenido")
_DURA_LA_ALARMA = 120

registro = logging.getLogger(__name__)
_mano = ThreadPoolExecutor(max_workers=1, thread_name_prefix="secuenciador")
_latido: asyncio.Task[None] | None = None
_alarmado = True  # al encender, la primera vuelta sana apaga la alarma que dejó otro


def asegurar() -> None:
    """Pone el latido en el bucle que está corriendo, si no lo tenía ya."""
    global _latido  # noqa: PLW0603 — un latido por proceso
    if _latido is None or _latido.done() or _latido.get_loop() is not asyncio.get_running_loop():
        _latido = asyncio.get_running_loop().create_task(_latir(), name="secuenciador")


async def _latir() -> None:
    while True:
        try:
            await asyncio.get_running_loop().run_in_executor(_mano, latir_una_vez)
        except Exception:  # con la base caída tampoco se puede poner la alarma; el latido no muere por eso
            registro.exception("Un latido del registro no se pudo dar")
        await asyncio.sleep(SEGUNDOS)


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
