"""``./llaqta gestion probar_sms NUMERO``: manda un mensaje de prueba por la vía configurada y dice qué contestó."""

from __future__ import annotations

import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from llaqta.salas.casilla.mensajeria import abrir_mensajeria, es_celular, normalizar_celular

TEXTO = "Prueba de Llaqta: si lee esto, los mensajes de texto funcionan."


class Command(BaseCommand):
    """Envía un mensaje de texto de prueba; no notifica nada a nadie."""

    help = "Manda un mensaje de texto de prueba por la vía de LLAQTA_SMS y dice qué contestó."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A qué celular."""
        parser.add_argument("numero", help="un celular del Perú: nueve cifras que empiezan con 9")

    def handle(self, *args: Any, **opciones: Any) -> None:
        """Envía y cuenta.

        :raises CommandError: si el número no es de un celular, falta LLAQTA_SMS o el mensaje no salió
        """
        if not es_celular(opciones["numero"]):
            raise CommandError("Escriba un celular del Perú: nueve cifras que empiezan con 9.")
        try:
            mensajeria = abrir_mensajeria()
        except LookupError as error:
            raise CommandError(str(error)) from error
        despacho = mensajeria.enviar(
            numero=normalizar_celular(opciones["numero"]), texto=TEXTO, llave=str(uuid.uuid4())
        )
        if not despacho.entregado:
            raise CommandError(f"No salió: {despacho.detalle}")
        self.stdout.write(f"Salió. {despacho.detalle}. Identificador: {despacho.identificador or 'ninguno'}.")
        if despacho.llego:
            self.stdout.write("La red confirmó que llegó.")
