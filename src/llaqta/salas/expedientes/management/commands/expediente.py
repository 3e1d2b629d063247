"""``./llaqta expediente exportar|importar``: el expediente completo, de una entidad a otra, desde la consola."""

from __future__ import annotations

import zipfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from llaqta.cimientos.errors import Negativa
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import queries, services
from llaqta.salas.expedientes.exportacion.leer import leer_certificados


class Command(BaseCommand):
    """Exporta o importa un expediente."""

    help = "Exporta un expediente completo (BagIt), o recibe el de otra entidad."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Las dos palabras y sus datos."""
        palabras = parser.add_subparsers(dest="palabra", required=True)
        exportar = palabras.add_parser("exportar", help="escribe el paquete de un expediente en una carpeta")
        exportar.add_argument("numero", help="por ejemplo EXP-2026-000123-7")
        exportar.add_argument("--en", required=True, type=Path, help="la carpeta donde se escribe")
        exportar.add_argument("--abierto", action="store_true", help="como carpeta, además del ZIP")
        importar = palabras.add_parser("importar", help="comprueba y recibe el paquete de otra entidad")
        importar.add_argument("archivo", type=Path, help="el ZIP")
        importar.add_argument(
            "--como", required=True, help="documento de identidad de quien lo recibe, de la mesa de partes"
        )
        importar.add_argument(
            "--certificado",
            type=Path,
            action="append",
            default=[],
            help="certificado del sello de la otra entidad (PEM o DER), conseguido por otra vía",
        )

    def handle(self, *args: Any, **opciones: Any) -> None:
        """Escribe lo que hizo; sale con error si no se pudo, con la frase que lo explica."""
        try:
            if opciones["palabra"] == "exportar":
                self._exportar(opciones["numero"], opciones["en"], abierto=opciones["abierto"])
            else:
                self._importar(opciones["archivo"], opciones["como"], opciones["certificado"])
        except Negativa as negativa:
            raise CommandError(negativa.frase) from negativa

    def _exportar(self, numero: str, carpeta: Path, *, abierto: bool) -> None:
        expediente = queries.get_por_consola(numero, para=None)
        carpeta.mkdir(parents=True, exist_ok=True)
        final = carpeta / f"{expediente.numero}.zip"
        parcial = final.with_suffix(".zip.parcial")

        def avance(hechos: int) -> None:
            if hechos and hechos % 20 == 0:
                self.stdout.write(f"  {hechos} documentos…")

        with parcial.open("w+b") as destino:
            armado = services.exportar_a(
                expediente=expediente, destino=cast(BinaryIO, destino), ahora=timezone.now(), avance=avance
            )
        parcial.replace(final)
        self.stdout.write(
            f"{final}: {armado.documentos} documentos, {armado.excluidos} excluidos. "
            f"Huella del paquete: {armado.huella}"
        )
        if abierto:
            with zipfile.ZipFile(final) as archivo:
                archivo.extractall(carpeta)
            self.stdout.write(f"{carpeta / expediente.numero}")
        self.stdout.write(f"Compruébelo con: python llaqta_verificador.py paquete {final}")

    def _importar(self, archivo: Path, documento: str, certificados: list[Path]) -> None:
        if not archivo.is_file():
            raise CommandError(f"No existe {archivo}.")
        persona = Persona.objects.filter(cuenta__isnull=False, numero_documento=documento).first()
        if persona is None:
            raise CommandError(f"Nadie con el documento {documento} tiene cuenta aquí.")
        conocidos = [uno for ruta in certificados for uno in leer_certificados(ruta.read_bytes())]
        recibido = services.importar_expediente(
            actor=persona, ruta=archivo, conocidos=conocidos, ahora=timezone.now()
        )
        self.stdout.write(f"Recibido: {recibido.numero}, de {recibido.entidad_nombre}.")
        for dicho in recibido.comprobaciones:
            self.stdout.write(f"  {dicho}")
