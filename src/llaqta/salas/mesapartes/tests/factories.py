"""Lo que las pruebas de la mesa de partes necesitan además del reparto: clases de documento y archivos de verdad."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pikepdf
from PIL import Image

from llaqta.salas.cuentas.models import Persona, TextoDeConsentimiento
from llaqta.salas.documentos.models import TipoDocumento
from llaqta.salas.documentos.services import ArchivoRecibido
from llaqta.salas.mesapartes import services
from llaqta.salas.mesapartes.models import Presentacion


def catalogos() -> None:
    """Las clases de documento que la mesa usa y el texto de la casilla."""
    for codigo, nombre in (
        ("SOLICITUD", "Solicitud"),
        ("ESCRITO", "Escrito"),
        ("CARGO", "Cargo de recepción"),
        ("CONSTANCIA", "Constancia"),
    ):
        TipoDocumento.objects.get_or_create(codigo=codigo, defaults={"nombre": nombre})
    TextoDeConsentimiento.objects.get_or_create(
        clave="casilla", version=1, defaults={"texto": "Acepto la casilla.", "vigente_desde": "2023-01-01"}
    )


def pdf(paginas: int = 1, *, marca: str = "") -> bytes:
    """Un PDF sano de ``paginas`` hojas; ``marca`` lo hace distinto de los demás."""
    documento = pikepdf.new()
    for _ in range(paginas):
        documento.add_blank_page(page_size=(595, 842))
    if marca:
        documento.docinfo["/Title"] = marca
    salida = io.BytesIO()
    documento.save(salida)
    return salida.getvalue()


def foto() -> bytes:
    """Una fotografía JPEG."""
    salida = io.BytesIO()
    Image.new("RGB", (640, 480), (120, 90, 60)).save(salida, "JPEG")
    return salida.getvalue()


def archivo(nombre: str = "solicitud firmada.pdf", contenido: bytes | None = None) -> ArchivoRecibido:
    """Un archivo tal como llega."""
    return ArchivoRecibido.de_bytes(nombre, pdf() if contenido is None else contenido)


def presentar(
    actor: Persona,
    *,
    ahora: datetime,
    archivos: Sequence[ArchivoRecibido] | None = None,
    envio: UUID | None = None,
    **mas: Any,
) -> Presentacion:
    """Una licencia presentada con un PDF de una hoja."""
    return services.presentar(
        actor=actor,
        tramite="PE-LIC-ALTO",
        asunto="Licencia para mi bodega del jirón Cusco 120",
        archivos=[archivo()] if archivos is None else archivos,
        envio=envio or uuid4(),
        ahora=ahora,
        **mas,
    )


def pdf_con_javascript() -> bytes:
    """Un PDF que intenta actuar al abrirse."""
    documento = pikepdf.new()
    documento.add_blank_page(page_size=(595, 842))
    documento.Root.OpenAction = pikepdf.Dictionary(
        S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")
    )
    salida = io.BytesIO()
    documento.save(salida)
    return salida.getvalue()


def subido(nombre: str = "solicitud.pdf", contenido: bytes | None = None) -> io.BytesIO:
    """Un archivo como lo envía un navegador."""
    flujo = io.BytesIO(pdf() if contenido is None else contenido)
    flujo.name = nombre
    return flujo
