"""Enciende el llavero, que sella por la web; en la demostración, también la TSA de mentira. Lo usa ``./llaqta up``."""

from __future__ import annotations

import signal
import socket
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections
from django.utils import timezone

from llaqta.salas.firma import llavero, sello, services
from llaqta.salas.firma.llaves import Llave, LlaveNoDisponible


class Command(BaseCommand):
    """``llavero [--tsa DESCRIPTOR]``; atiende hasta que le piden parar."""

    help = "Tiene abierta la llave del sello y firma por el proceso que atiende páginas."
    # Revisar el programa carga todas las páginas, que este proceso no atiende: veinticinco megas.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declara ``--tsa`` y ``--componente``: los puertos, ya abiertos, de la TSA y la tarjeta de demostración."""
        parser.add_argument("--tsa", type=int, help="descriptor del puerto de la TSA de demostración")
        parser.add_argument("--componente", type=int, help="descriptor del puerto del componente de práctica")

    def handle(self, *args: Any, **options: Any) -> None:
        """Atiende.

        :raises CommandError: si las llaves no abren
        """
        try:
            _abrir()
            # La demostración se carga con fechas pasadas: sus listas de revocación nacerían vencidas.
            services.publicar_listas(ahora=timezone.now())
            if options["tsa"] is not None:
                _encender_tsa(options["tsa"])
            if options["componente"] is not None:
                _encender_componente(options["componente"])
        except LlaveNoDisponible as error:
            raise CommandError(str(error)) from error
        zocalo = sello.ruta_del_llavero()
        servidor = llavero.Llavero(zocalo, _abrir)
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=servidor.shutdown).start())
        try:
            servidor.serve_forever(poll_interval=0.2)
        finally:
            servidor.server_close()
            zocalo.unlink(missing_ok=True)


def _abrir() -> Llave:
    close_old_connections()
    return sello.get_sello(ahora=timezone.now())


def _encender_tsa(descriptor: int) -> None:
    from llaqta.salas.firma.emulador_tsa import EmuladorTsa, llave_de_la_tsa  # noqa: PLC0415

    puerta = socket.socket(fileno=descriptor)
    emulador = EmuladorTsa(puerta, llave_de_la_tsa(ahora=timezone.now()))
    threading.Thread(target=emulador.serve_forever, daemon=True).start()


def _encender_componente(descriptor: int) -> None:
    """El componente de práctica de Firma Perú: el mismo que ``firma_emulada``, sin gastar otro proceso."""
    from llaqta.salas.firma.local.emulador import Componente, Emulador  # noqa: PLC0415
    from llaqta.salas.firma.local.tarjetas import tarjetero  # noqa: PLC0415

    componente = Componente(settings.URL_PUBLICA, tarjetero(timezone.now), timezone.now)
    emulador = Emulador(componente, puerta=socket.socket(fileno=descriptor))
    threading.Thread(target=emulador.serve_forever, daemon=True).start()
