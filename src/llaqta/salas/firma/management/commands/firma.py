"""``./llaqta firma …``: la ceremonia de la llave del sello, su certificado, su renovación y qué vence cuándo."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from llaqta.cimientos.errors import Negativa
from llaqta.cimientos.models import Entidad
from llaqta.salas.firma import ceremonia, sello, services
from llaqta.salas.firma.llaves import LlaveNoDisponible
from llaqta.salas.firma.models import Certificado

PRONTO = timedelta(days=90)


class Command(BaseCommand):
    """``firma ceremonia|instalar|renovar|estado``."""

    help = "La llave del sello: ceremonia, instalar su certificado, renovarla, y estado de lo que vence."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declara las cuatro palabras."""
        palabras = parser.add_subparsers(dest="palabra", required=True)
        for nombre, ayuda in (
            ("ceremonia", "crea una llave nueva y su pedido de certificado"),
            ("renovar", "lo mismo, a nombre de quien tiene el certificado de ahora"),
        ):
            nueva = palabras.add_parser(nombre, help=ayuda)
            nueva.add_argument("--quien", required=True, help="quién la celebra: nombre y cargo")
            nueva.add_argument("--testigo", action="append", default=[], help="nombre y cargo; se repite")
            nueva.add_argument("--clase", default=settings.FIRMA_LLAVES, choices=["P-256", "RSA-3072"])
            nueva.add_argument(
                "--salida", type=Path, required=True, help="carpeta para el pedido (CSR) y el acta"
            )
        instalar = palabras.add_parser(
            "instalar", help="pone en uso el certificado recibido (PEM, CRT o P12)"
        )
        instalar.add_argument("archivo", type=Path)
        instalar.add_argument("--clave", type=Path, help="archivo con la clave del P12; sin él, se pregunta")
        palabras.add_parser("estado", help="qué vence y cuándo")

    def handle(self, *args: Any, **options: Any) -> None:
        """Hace lo que la palabra dice.

        :raises CommandError: si no se puede, con la razón
        """
        try:
            getattr(self, f"_{options['palabra']}")(options, timezone.now())
        except LlaveNoDisponible as error:
            raise CommandError(str(error)) from error
        except Negativa as error:
            raise CommandError(error.frase) from error
        except OSError as error:
            raise CommandError(f"No se pudo leer o escribir {error.filename}: {error.strerror}.") from error

    def _ceremonia(self, opciones: dict[str, Any], ahora: datetime) -> None:
        entidad = Entidad.actual()
        if not entidad.ruc:
            raise CommandError("Primero anote el RUC de la municipalidad en «La municipalidad».")
        sujeto = ceremonia.sujeto_de_la_entidad(nombre=entidad.nombre, ruc=entidad.ruc)
        self._celebrar(opciones, sujeto, ahora)

    def _renovar(self, opciones: dict[str, Any], ahora: datetime) -> None:
        actual = sello.get_sello(ahora=ahora).certificado
        if sello.es_de_demostracion(actual):
            self._ceremonia(opciones, ahora)
            return
        self.stdout.write(f"El certificado de ahora vale hasta el {_dia(actual.not_valid_after_utc)}.")
        self._celebrar(opciones, actual.subject, ahora)

    def _celebrar(self, opciones: dict[str, Any], sujeto: x509.Name, ahora: datetime) -> None:
        salida: Path = opciones["salida"]
        salida.mkdir(parents=True, exist_ok=True)
        acta = ceremonia.celebrar(
            sujeto=sujeto, quien=opciones["quien"], testigos=opciones["testigo"], clase=opciones["clase"],
            ahora=ahora,
        )  # fmt: skip
        pedido = x509.load_der_x509_csr(acta.csr).public_bytes(serialization.Encoding.PEM)
        (salida / "sello.csr").write_bytes(pedido)
        (salida / "acta.txt").write_text(acta.texto, encoding="utf-8")
        self.stdout.write(acta.texto)
        self.stdout.write(
            f"Envíe {salida / 'sello.csr'} a su entidad de certificación acreditada, e imprima y firme "
            f"{salida / 'acta.txt'}. Cuando llegue el certificado:  ./llaqta firma instalar CERTIFICADO"
        )

    def _instalar(self, opciones: dict[str, Any], ahora: datetime) -> None:
        archivo: Path = opciones["archivo"]
        contenido = archivo.read_bytes()
        if archivo.suffix.lower() in {".p12", ".pfx"}:
            ruta: Path | None = opciones["clave"]
            clave = (
                ruta.read_text(encoding="utf-8").strip() if ruta else getpass.getpass("Clave del archivo: ")
            )
            registrado = services.instalar_sello(p12=contenido, clave=clave)
        else:
            registrado = services.instalar_certificado(certificados=_leer(contenido), ahora=ahora)
        self.stdout.write(f"Se sella con {registrado.titular}, hasta el {_dia(registrado.valido_hasta)}.")
        self.stdout.write("Reinicie Llaqta para que todos los procesos tomen el certificado nuevo.")

    def _estado(self, _opciones: dict[str, Any], ahora: datetime) -> None:
        propio = sello.get_sello(ahora=ahora).certificado
        demo = " (de demostración, SIN VALOR LEGAL)" if sello.es_de_demostracion(propio) else ""
        self._fila("Sello", f"{services.nombre_comun(propio)}{demo}", propio.not_valid_after_utc, ahora)
        self.stdout.write(f"{'':<27}huella {propio.fingerprint(hashes.SHA256()).hex()[:32]}…")
        donde = (
            f"ficha PKCS#11 «{settings.FIRMA_PKCS11_FICHA}»" if settings.FIRMA_PKCS11 else "archivo cifrado"
        )
        self.stdout.write(f"{'Llave del sello':<27}{donde}")
        raiz = sello.raiz_de_demostracion()
        if raiz is not None:
            self._fila("Autoridad de demostración", "SIN VALOR LEGAL", raiz.not_valid_after_utc, ahora)
        vigentes = Certificado.objects.filter(clase=Certificado.Clase.FIRMA).vigentes(al=ahora)
        por_vencer = vigentes.filter(valido_hasta__lt=ahora + PRONTO).order_by("valido_hasta")
        self.stdout.write(f"{'Certificados de personas':<27}{vigentes.count()} vigentes")
        for fila in por_vencer:
            self._fila("", fila.titular, fila.valido_hasta, ahora)
        self.stdout.write(f"{'Sellado de tiempo':<27}{'configurado' if settings.TSA_URL else 'no hay TSA'}")
        if (sello.carpeta() / ceremonia.LLAVE_NUEVA).exists():
            self.stdout.write(f"{'Ceremonia':<27}hay una llave nueva que espera su certificado")

    def _fila(self, que: str, quien: str, hasta: datetime, ahora: datetime) -> None:
        dias = (hasta - ahora).days
        aviso = "  VENCIDO" if dias < 0 else f"  vence en {dias} días" if hasta < ahora + PRONTO else ""
        self.stdout.write(f"{que:<27}{quien}, hasta el {_dia(hasta)}{aviso}")


def _leer(contenido: bytes) -> list[x509.Certificate]:
    try:
        if b"-----BEGIN" in contenido:
            return x509.load_pem_x509_certificates(contenido)
        return [x509.load_der_x509_certificate(contenido)]
    except ValueError as error:
        raise CommandError("El archivo no es un certificado.") from error


def _dia(instante: datetime) -> str:
    return f"{timezone.localtime(instante):%d/%m/%Y}"
