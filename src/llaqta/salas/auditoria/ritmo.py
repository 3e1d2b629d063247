"""El ritmo del secuenciador: dentro del trabajador, cada dos segundos, sin ocupar un lugar de la cola.

Una fila en la cola cada dos segundos serían 43 000 al día para casi nada. En su lugar, una tarea por minuto se asegura
de que este trabajador tenga su latido; el latido llama al secuenciador en un hilo propio. Con varios trabajadores
laten todos y uno solo escribe: los demás encuentran el cerrojo tomado.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from django.core.cache import caches
from django.db import close_old_connections
from django.utils import timezone

from llaqta.cimientos.models import Entidad
from llaqta.salas.auditoria import services

SEGUNDOS = 2.0
FALLO = "auditoria.secuenciador.fallo"
"""Dónde queda, para las pantallas, por qué no avanza el registro."""
_DURA_EL_FALLO = 600

registro = logging.getLogger(__name__)
_mano = ThreadPoolExecutor(max_workers=1, thread_name_prefix="secuenciador")
_latido: asyncio.Task[None] | None = None


def asegurar() -> None:
    """Pone el latido en el bucle que está corriendo, si no lo tenía ya."""
    global _latido  # noqa: PLW0603 — un latido por proceso
    if _latido is None or _latido.done() or _latido.get_loop() is not asyncio.get_running_loop():
        _latido = asyncio.get_running_loop().create_task(_latir(), name="secuenciador")


async def _latir() -> None:
    while True:
        await asyncio.get_running_loop().run_in_executor(_mano, latir_una_vez)
        await asyncio.sleep(SEGUNDOS)


def latir_una_vez() -> int:
    """Secuencia lo que haya; un fallo se anota y se vuelve a intentar en el latido siguiente.

    Antes de la puesta en marcha no hace nada: el origen del registro lleva el ubigeo de la municipalidad.
    """
    close_old_connections()
    memoria = caches["default"]
    try:
        if not Entidad.actual().ubigeo:
            return 0
        dados = services.secuenciar_ahora(ahora=timezone.now())
    except Exception as error:
        registro.exception("El registro no avanza")
        memoria.set(FALLO, f"{error}"[:500], _DURA_EL_FALLO)
        return 0
    if dados and memoria.get(FALLO):
        memoria.delete(FALLO)
    return dados
