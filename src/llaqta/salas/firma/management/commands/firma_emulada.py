"""``./llaqta firma_emulada``: el componente de práctica de Firma Perú, en esta máquina."""

from __future__ import annotations

import errno
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from llaqta.salas.firma.local.emulador import Componente, Emulador
from llaqta.salas.firma.local.tarjetas import tarjetero


class Command(BaseCommand):
    """``firma_emulada [--puerto 48596]``; se apaga con Ctrl-C."""

    help = "Enciende el componente de práctica de Firma Perú (SIN VALOR LEGAL)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declara ``--puerto``; con ``--si-se-puede``, si está ocupado termina sin quejarse."""
        parser.add_argument("--puerto", type=int, default=settings.FIRMAPERU_PUERTO)
        parser.add_argument(
            "--si-se-puede", action="store_true", help="si el puerto está ocupado, espera sin fallar"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Atiende hasta que lo apaguen.

        :raises CommandError: fuera del modo de entrenamiento, o si el puerto está ocupado
        """
        if not settings.FIRMA_ENTRENAMIENTO:
            raise CommandError("Esta instalación no está en modo de entrenamiento (LLAQTA_ENTRENAMIENTO).")
        fin = threading.Event()
        for senal in (signal.SIGTERM, signal.SIGINT):
            signal.signal(senal, lambda *_: fin.set())
        componente = Componente(settings.URL_PUBLICA, tarjetero(timezone.now), timezone.now)
        try:
            emulador = Emulador(componente, options["puerto"])
        except OSError as error:
            if error.errno == errno.EADDRINUSE and options["si_se_puede"]:
                self.stdout.write("Otro componente ya atiende en ese puerto.")
                fin.wait()
                return
            raise CommandError(
                f"No se pudo atender en el puerto {options['puerto']}: {error.strerror}."
            ) from error
        with emulador:
            self.stdout.write(f"Componente de práctica en 127.0.0.1:{emulador.puerto}. SIN VALOR LEGAL.")
            fin.wait()
