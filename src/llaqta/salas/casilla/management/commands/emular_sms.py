"""``./llaqta gestion emular_sms pasarela|modem``: una pasarela o un módem de mentira, para practicar sin gastar."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand

from llaqta.salas.casilla.mensajeria.emulador import ModemDePrueba, PasarelaDePrueba


class Command(BaseCommand):
    """Emula la vía elegida hasta Ctrl-C y escribe cada mensaje que le llega: nadie lo recibe."""

    help = "Enciende una pasarela o un módem de mentira y dice con qué ajustes usarlo."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Cuál de los dos."""
        parser.add_argument("cual", choices=["pasarela", "modem"])

    def handle(self, *args: Any, **opciones: Any) -> None:
        """Atiende hasta que la detengan."""
        emulado: PasarelaDePrueba | ModemDePrueba
        if opciones["cual"] == "pasarela":
            emulado = PasarelaDePrueba().encender()
            ajustes = ["LLAQTA_SMS=pasarela", f"LLAQTA_SMS_URL={emulado.url}"]
        else:
            emulado = ModemDePrueba().encender()
            ajustes = ["LLAQTA_SMS=modem", f"LLAQTA_SMS_PUERTO={emulado.puerto}"]
        self.stdout.write("Sin valor: nadie recibe estos mensajes. En otra consola:\n")
        self.stdout.write(f"  {' '.join(ajustes)} ./llaqta gestion probar_sms 987654321\n")
        self.stdout.flush()
        with suppress(KeyboardInterrupt):
            self._contar(emulado)
        emulado.apagar()

    def _contar(self, emulado: PasarelaDePrueba | ModemDePrueba) -> None:
        dichos = 0
        while True:
            for mensaje in emulado.mensajes[dichos:]:
                dichos += 1
                self.stdout.write(" · ".join(f"{clave}: {valor}" for clave, valor in mensaje.items()))
                self.stdout.flush()
            time.sleep(0.2)
