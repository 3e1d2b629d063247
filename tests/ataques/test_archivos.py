"""Archivos hostiles y cómo se entregan."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from llaqta.cimientos.testing import archivos
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.mesapartes import services as mesapartes
from llaqta.salas.mesapartes.models import Presentacion
from llaqta.salas.tramites.models import VersionProcedimiento

pytestmark = pytest.mark.django_db


def _subido(contenido: bytes, nombre: str = "a.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(nombre, contenido, "application/pdf")


@pytest.mark.parametrize(
    "rango",
    ["bytes=" + "9" * 5000 + "-", "bytes=-" + "9" * 5000, "bytes=0-" + "9" * 4400, "bytes=5-2", "bytes=a-b",
     "lineas=1-2", "bytes=0-1,3-4", "bytes=--1", "bytes=²-³"],
)  # fmt: skip
def test_un_rango_imposible_no_rompe_la_entrega(
    rango: str, presentada: Presentacion, ciudadana: Persona, cliente: Callable[..., Client]
) -> None:
    documento = presentada.anexos.order_by("-pk")[0].documento

    respuesta = cliente(ciudadana).get(
        reverse("documento_pdf", args=[documento.pk]), headers={"range": rango}
    )

    assert respuesta.status_code in (200, 206, 416)


@pytest.mark.parametrize(
    "nombre",
    ["../../etc/passwd.pdf", 'a"; filename="b.exe.pdf', "a\r\nSet-Cookie: x=y.pdf", "fdp\u202eexe.pdf", "ñandú 😀.pdf",
     "x" * 4000 + ".pdf", "a\x00b.pdf", "C:\\a\\b.pdf", "CON.pdf"],
)  # fmt: skip
def test_un_nombre_de_archivo_hostil_sale_limpio(
    nombre: str,
    ciudadana: Persona,
    licencia: VersionProcedimiento,
    cliente: Callable[..., Client],
    ahora: datetime,
) -> None:
    presentacion = mesapartes.presentar(
        actor=ciudadana, tramite="PE-LIC-ALTO", asunto="Licencia", envio=uuid4(), ahora=ahora,
        archivos=[documentos.ArchivoRecibido.de_bytes(nombre, archivos.pdf(1))],
    )  # fmt: skip
    documento = presentacion.anexos.order_by("-pk")[0].documento

    respuesta = cliente(ciudadana).get(reverse("documento_descarga", args=[documento.pk]))

    disposicion = respuesta["Content-Disposition"]
    assert re.fullmatch(
        r'attachment; filename="[A-Za-z0-9._ ()-]+"; filename\*=UTF-8\'\'[A-Za-z0-9._~%-]+', disposicion
    )
    assert "Set-Cookie" not in respuesta.headers
    assert not {"..", "/", "\\", "\u202e", "\r", "\n", "\x00"} & set(documento.archivo.nombre.split())
    assert "/" not in documento.archivo.nombre
    assert len(documento.archivo.nombre) <= 150


def test_lo_que_manda_un_extrano_se_sirve_encerrado(
    presentada: Presentacion, ciudadana: Persona, cliente: Callable[..., Client]
) -> None:
    documento = presentada.anexos.order_by("-pk")[0].documento

    respuesta = cliente(ciudadana).get(reverse("documento_pdf", args=[documento.pk]))

    assert "sandbox" in respuesta["Content-Security-Policy"]
    assert respuesta["X-Content-Type-Options"] == "nosniff"
    assert respuesta["Content-Type"] == "application/pdf"


_HTML = b"<html><script>alert(document.domain)</script></html>"


@pytest.mark.parametrize(
    ("nombre", "contenido"),
    [
        ("pagina.pdf", _HTML),
        ("html-y-pdf.pdf", _HTML + archivos.pdf(1)),
        ("zip.pdf", b"PK\x03\x04" + archivos.pdf(1)),
        ("gif.jpg", b"GIF89a" + _HTML),
        ("svg.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("exe.pdf", b"MZ" + b"\0" * 400 + archivos.pdf(1)),
    ],
)
def test_un_archivo_que_es_dos_cosas_no_se_recibe(
    nombre: str,
    contenido: bytes,
    ciudadana: Persona,
    licencia: VersionProcedimiento,
    cliente: Callable[..., Client],
) -> None:
    respuesta = cliente(ciudadana).post(
        reverse("api:presentaciones"),
        {"tramite": "PE-LIC-ALTO", "asunto": "Licencia", "envio": str(uuid4()), "archivos": _subido(contenido, nombre)},
    )  # fmt: skip

    assert respuesta.status_code == 422
    assert not Presentacion.objects.exists()
    assert not Documento.objects.exists()


def test_lo_que_sigue_al_final_de_un_pdf_no_se_ejecuta_ni_cambia_su_tipo(
    ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    """Un PDF con HTML pegado detrás es un PDF: se sirve como PDF, encerrado y sin adivinar."""
    navegador = cliente(ciudadana)
    respuesta = navegador.post(
        reverse("api:presentaciones"),
        {"tramite": "PE-LIC-ALTO", "asunto": "x", "envio": str(uuid4()), "archivos": _subido(archivos.pdf(1) + _HTML)},
    )  # fmt: skip
    if respuesta.status_code == 201:
        documento = (
            Documento.objects.exclude(tipo__codigo="SOLICITUD", origen="SISTEMA").order_by("pk").last()
        )
        assert documento is not None
        servido = navegador.get(reverse("documento_pdf", args=[documento.pk]))
        assert servido["Content-Type"] == "application/pdf"
        assert "sandbox" in servido["Content-Security-Policy"]
    else:
        assert respuesta.status_code == 422
