"""``./llaqta testigo …``: vigilar el registro de otra entidad, y aceptar a quien vigila el nuestro."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from llaqta.cimientos.errors import NoProcede
from llaqta.salas.auditoria import llave_de_testigo, testigo
from llaqta.salas.auditoria.models import TestigoAceptado, Vecino


class Command(BaseCommand):
    """Modo de testigo. Sale con 1 si un vecino se contradice y con 2 si alguno no se pudo revisar."""

    help = "Vigila los registros de entidades vecinas y firma lo que ve."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Las cinco órdenes."""
        ordenes = parser.add_subparsers(dest="orden", required=True)
        agregar = ordenes.add_parser("agregar", help="comienza a vigilar un registro")
        agregar.add_argument("url", help="su dirección pública: https://servidor/registro")
        agregar.add_argument("llave", help="su llave pública, conseguida por un oficio o convenio")
        ordenes.add_parser("revisar", help="revisa ahora a todos los vecinos")
        ordenes.add_parser("llave", help="muestra nuestra llave de testigo, para darla al vecino")
        aceptar = ordenes.add_parser("aceptar", help="acepta la firma de un testigo sobre nuestro registro")
        aceptar.add_argument("llave", help="la llave de testigo que nos dieron")
        ordenes.add_parser("lista", help="a quién vigilamos y quién nos vigila")

    def handle(self, *args: Any, orden: str, **opciones: Any) -> None:
        """Hace la orden."""
        try:
            getattr(self, f"_{orden}")(**opciones)
        except NoProcede as negativa:
            raise CommandError(str(negativa)) from negativa

    def _agregar(self, *, url: str, llave: str, **_: Any) -> None:
        vecino = testigo.agregar(url=url, llave=llave, ahora=timezone.now())
        self.stdout.write(f"Se vigila {vecino.nombre} en {vecino.url}.")

    def _aceptar(self, *, llave: str, **_: Any) -> None:
        aceptado = testigo.aceptar(llave=llave, ahora=timezone.now())
        self.stdout.write(f"Se acepta la firma de {aceptado.nombre}.")

    def _llave(self, **_: Any) -> None:
        self.stdout.write(str(llave_de_testigo.llave_publica()))

    def _revisar(self, **_: Any) -> None:
        vecinos = testigo.revisar_a_todos(ahora=timezone.now())
        self._mostrar(vecinos)
        estados = {vecino.estado for vecino in vecinos}
        if Vecino.Estado.CONTRADICE in estados:
            sys.exit(1)
        if Vecino.Estado.NO_RESPONDE in estados:
            sys.exit(2)

    def _lista(self, **_: Any) -> None:
        self._mostrar(Vecino.objects.order_by("pk"))
        for aceptado in TestigoAceptado.objects.order_by("pk"):
            self.stdout.write(f"Nos vigila {aceptado.nombre}.")

    def _mostrar(self, vecinos: Any) -> None:
        for vecino in vecinos:
            detalle = f" {vecino.detalle}" if vecino.detalle else ""
            dicho = f"{vecino.nombre}: {vecino.get_estado_display()} ({vecino.tamano} hojas).{detalle}"
            self.stdout.write(dicho)
        if not vecinos:
            self.stdout.write("No se vigila a nadie: ./llaqta testigo agregar URL LLAVE")
