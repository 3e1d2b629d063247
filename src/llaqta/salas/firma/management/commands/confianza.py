"""``./llaqta confianza``: la lista de confianza con que se juzgan las firmas que llegan de fuera."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from llaqta.salas.firma import lista_guardada
from llaqta.salas.firma.lista_de_confianza import ListaIlicita
from llaqta.salas.firma.sello import carpeta


class Command(BaseCommand):
    """``confianza actualizar|mostrar|importar ARCHIVO.xml``."""

    help = "Trae (actualizar), muestra (mostrar) o carga de un archivo (importar) la lista de confianza."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declara qué se hace y, al importar, con qué archivo."""
        parser.add_argument("accion", choices=("actualizar", "mostrar", "importar"))
        parser.add_argument("archivo", nargs="?", type=Path, help="la lista, al importar")
        parser.add_argument("--url", default=settings.FIRMA_TSL_URL, help="de dónde se trae")

    def handle(self, *args: Any, **options: Any) -> None:
        """Hace lo pedido y dice cómo quedó.

        :raises CommandError: si la lista no se acepta; la que regía sigue rigiendo
        """
        lugar, ahora = carpeta() / "tsl", timezone.now()
        try:
            if options["accion"] == "actualizar":
                url = options["url"] or lista_guardada.DIRECCION_DEL_PERU
                hecha = lista_guardada.actualizar(
                    carpeta=lugar, url=url, ahora=ahora, permitidas=settings.FIRMA_REDES_INTERNAS
                )
                self.stdout.write("Lista nueva." if hecha.es_nueva else "Ya estaba al día.")
            elif options["accion"] == "importar":
                if options["archivo"] is None:
                    raise CommandError("Falta decir qué archivo se importa.")
                contenido = options["archivo"].read_bytes()
                origen = str(options["archivo"])
                hecha = lista_guardada.aceptar(contenido, carpeta=lugar, ahora=ahora, origen=origen)
                self.stdout.write("Lista nueva." if hecha.es_nueva else "Ya estaba al día.")
        except ListaIlicita as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"No se pudo leer {error.filename}: {error.strerror}.") from error
        self._mostrar(lugar)

    def _mostrar(self, lugar: Path) -> None:
        ahora = timezone.now()
        lista = lista_guardada.vigente(lugar)
        if lista is None:
            self.stdout.write("No hay lista de confianza.")
            return
        self.stdout.write(
            f"Lista N.º {lista.secuencia}, emitida el {lista.emitida:%d/%m/%Y}, {lista.vigencia(ahora)} "
            f"(próxima: {lista.proxima:%d/%m/%Y})."
        )
        for servicio in lista.servicios:
            self.stdout.write(
                f"  {servicio.tipo or 'otro':<10} {servicio.en_palabras(ahora):<32} "
                f"{servicio.nombre} ({servicio.prestador})"
            )
