"""Cómo atiende gunicorn: pocos procesos con hilos, que comparten la memoria de lo ya cargado.

Sirve igual para `./llaqta up` y para la unidad de systemd de docs/operacion/.
"""

from __future__ import annotations

import ctypes
import os
import signal
from typing import Any

wsgi_app = "llaqta.config.wsgi:application"
bind = os.environ.get("LLAQTA_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("LLAQTA_WEB_PROCESOS", "2"))
threads = int(os.environ.get("LLAQTA_WEB_HILOS", "4"))
worker_class = "gthread"
preload_app = True
timeout = 60
graceful_timeout = 3
keepalive = 15
max_requests = 20_000
max_requests_jitter = 2_000
limit_request_line = 8190
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - el latido no debe esperar al disco
control_socket_disable = True
errorlog = "-"
loglevel = "warning"


def when_ready(_servidor: Any) -> None:
    """Carga todas las páginas antes de repartirse y congela lo cargado: así los procesos comparten esa memoria."""
    import gc

    from django.template import engines
    from django.urls import get_resolver

    get_resolver()._populate()
    engines.all()
    gc.collect()
    gc.freeze()


def post_fork(_servidor: Any, _trabajador: Any) -> None:
    """Cada proceso web muere con el principal, y no hereda de él conexiones a la base."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM, 0, 0, 0)
    from django.db import connections

    for conexion in connections.all(initialized_only=True):
        conexion.connection = None
