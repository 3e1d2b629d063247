"""Lo que se escribe en un sitio y se lee en otro, y lo que se intenta adivinar."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from llaqta.cimientos.testing import archivos
from llaqta.salas.auditoria import planilla
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.mesapartes import services as mesapartes
from llaqta.salas.mesapartes.models import Presentacion
from llaqta.salas.mesapartes.services import DatosDelEscrito
from llaqta.salas.tramites.models import VersionProcedimiento

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "texto", ['=HYPERLINK("http://malo.pe")', "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"]
)
def test_la_copia_del_libro_no_lleva_formulas(texto: str) -> None:
    assert planilla.celda(texto)[0] not in "=+-@\t\r＝"
    assert not planilla.celda(texto).lstrip().startswith(("=", "+", "-", "@", "＝"))


def test_un_asunto_con_saltos_de_linea_no_agrega_cabeceras_al_correo(
    ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Persona.objects.filter(pk=ciudadana.pk).update(nombres="Rosa\r\nBcc: malo@malo.pe")
    presentacion = mesapartes.presentar(
        actor=Persona.objects.get(pk=ciudadana.pk), tramite="PE-LIC-ALTO", asunto="Licencia\r\nBcc: malo@malo.pe",
        archivos=[documentos.ArchivoRecibido.de_bytes("a.pdf", archivos.pdf(1))], envio=uuid4(), ahora=ahora,
        datos=DatosDelEscrito(correo="rosa@ejemplo.pe"),
    )  # fmt: skip

    mesapartes.avisar_presentacion(presentacion_id=presentacion.pk)

    [mensaje] = mail.outbox
    cabeceras = mensaje.message().as_bytes().split(b"\n\n")[0]
    assert b"Bcc" not in cabeceras
    assert mensaje.recipients() == ["rosa@ejemplo.pe"]


@pytest.mark.parametrize(
    "texto",
    [
        '#read("/etc/passwd")',
        "$ x^2 $ #sys.inputs",
        "*negrita* _cursiva_ `codigo`",
        '#import "a"',
        "<etiqueta> @cita",
    ],
)
def test_lo_escrito_no_es_codigo_en_el_cargo(
    texto: str, ciudadana: Persona, licencia: VersionProcedimiento, ahora: datetime
) -> None:
    """La plantilla del cargo recibe datos, no código: lo escrito se imprime tal cual."""
    import pypdfium2  # noqa: PLC0415

    from llaqta.cimientos import storage  # noqa: PLC0415

    presentacion = mesapartes.presentar(
        actor=ciudadana, tramite="PE-LIC-ALTO", asunto=texto,
        archivos=[documentos.ArchivoRecibido.de_bytes(f"{texto}.pdf", archivos.pdf(1))], envio=uuid4(), ahora=ahora,
    )  # fmt: skip

    mesapartes.sellar_cargo(presentacion_id=presentacion.pk, ahora=ahora)

    presentacion.refresh_from_db()
    assert presentacion.cargo is not None
    pdf = pypdfium2.PdfDocument(storage.leer(presentacion.cargo.archivo.sha256))
    dicho = "".join("".join(pagina.get_textpage().get_text_range().split()) for pagina in pdf)
    assert "root:" not in dicho
    assert "".join(texto.split())[:12] in dicho


# --- Adivinar -------------------------------------------------------------------------------------------------------
def test_el_seguimiento_contesta_lo_mismo_exista_o_no_el_expediente(presentada: Presentacion) -> None:
    def pedir(numero: str) -> tuple[int, str]:
        respuesta = Client().post(reverse("seguimiento"), {"numero": numero, "clave": "0" * 16})
        texto = re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", respuesta.content.decode())
        return respuesta.status_code, texto.replace(numero, "NUMERO")

    numero = presentada.expediente.numero
    otro = f"{numero[:-3]}9{numero[-2:]}"

    assert pedir(numero) == pedir(otro) == pedir("EXP-2026-999999-1")


def test_la_galleta_del_seguimiento_no_se_fabrica_ni_se_presta(
    presentada: Presentacion, entidad: Any
) -> None:
    numero, clave = presentada.expediente.numero, presentada.expediente.clave
    bueno = Client()
    bueno.post(reverse("seguimiento"), {"numero": numero, "clave": clave})
    pagina = reverse("seguimiento_expediente", args=[numero])
    assert bueno.get(pagina).status_code == 200

    malo = Client()
    malo.cookies["seguimiento"] = bueno.cookies["seguimiento"].value[:-3] + "abc"

    assert malo.get(pagina).status_code == 302
    galleta = bueno.cookies["seguimiento"]
    assert (bool(galleta["httponly"]), galleta["samesite"], galleta["path"]) == (True, "Lax", "/seguimiento/")


def test_la_clave_no_queda_en_ninguna_direccion(presentada: Presentacion) -> None:
    numero, clave = presentada.expediente.numero, presentada.expediente.clave

    respuesta = Client().get(reverse("seguimiento_directo", args=[numero, clave]))

    assert clave not in urlsplit(respuesta["Location"]).geturl()
    assert "no-store" in respuesta["Cache-Control"]
