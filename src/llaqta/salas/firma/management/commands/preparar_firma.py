"""Deja lista la firma: autoridad de demostración y sello, o el certificado verdadero de la entidad."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from llaqta.cimientos.errors import Negativa
from llaqta.salas.firma import services


class Command(BaseCommand):
    """``preparar_firma [--sello ARCHIVO.p12]``; repetirlo no cambia nada."""

    help = "Crea la autoridad y el sello de demostración, o instala el certificado de la entidad (--sello ARCHIVO.p12)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declara ``--sello`` y ``--clave``; la clave se lee de un archivo o se pregunta: nunca va en la orden."""
        parser.add_argument(
            "--sello", type=Path, help="PKCS#12 con el certificado FAU de la entidad y su llave"
        )
        parser.add_argument(
            "--clave", type=Path, help="archivo con la clave del PKCS#12; sin él, se pregunta"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepara la firma y dice con qué certificado se sellará.

        :raises CommandError: si el archivo no sirve o las llaves no abren
        """
        try:
            if options["sello"]:
                clave = _leer_clave(options["clave"])
                certificado = services.instalar_sello(p12=options["sello"].read_bytes(), clave=clave)
            else:
                certificado = services.crear_autoridad_de_demostracion(ahora=timezone.now())
        except Negativa as error:
            raise CommandError(error.frase) from error
        except OSError as error:
            raise CommandError(f"No se pudo leer o escribir {error.filename}: {error.strerror}.") from error
        marca = " (de demostración, SIN VALOR LEGAL)" if certificado.de_demostracion else ""
        self.stdout.write(
            f"Sello: {certificado.titular}{marca}, válido hasta {certificado.valido_hasta:%d/%m/%Y}."
        )


def _leer_clave(archivo: Path | None) -> str:
    return archivo.read_text(encoding="utf-8").strip() if archivo else getpass.getpass("Clave del archivo: ")
