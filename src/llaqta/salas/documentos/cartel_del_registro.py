"""El punto de control en papel: cada día, una hoja sellada para el tablero de anuncios.

Lo que se pegó en la pared y alguien fotografió no se puede retirar de la memoria de nadie: es el ancla que no necesita
internet ni autoridad. La misma hoja se manda por correo a quien la municipalidad haya dicho (el OCI, por ejemplo).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse

from llaqta.cimientos import pdf, storage
from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.events import diferir
from llaqta.cimientos.models import Entidad
from llaqta.salas.auditoria.models import Punto
from llaqta.salas.auditoria.puntos import leer_nota, llave_publica
from llaqta.salas.documentos.models import Documento
from llaqta.salas.documentos.rules import nuevo_cvd
from llaqta.salas.documentos.services.sellar import ANIOS_DE_CONSTANCIA, guardar_sellado
from llaqta.salas.documentos.verificacion import recuadro

MARCA = "punto_de_control_del"


@transaction.atomic
def emitir(*, ahora: datetime) -> Documento | None:
    """Compone, sella y guarda la hoja de hoy, pública; si ya se hizo, o no hay registro, no hace nada.

    :raises NoProcede: si el sello de la entidad no se puede usar
    """
    hoy = hoy_en_lima(ahora)
    punto = Punto.objects.order_by("-tamano").first()
    if punto is None or Documento.objects.filter(metadatos__contains={MARCA: hoy.isoformat()}).exists():
        return None
    cvd = nuevo_cvd(hoy, anios=ANIOS_DE_CONSTANCIA)
    titulo = f"Punto de control del registro, {pdf.fecha_larga(hoy)}"
    datos = _datos(punto) | {"verificacion": recuadro(cvd)}
    documento = guardar_sellado(
        pdf=pdf.componer("punto_de_control", datos, titulo=titulo, ahora=ahora),
        motivo="Punto de control del registro",
        tipo="CONSTANCIA",
        asunto=titulo,
        nombre=f"punto-de-control-{hoy:%Y-%m-%d}.pdf",
        cvd=cvd,
        ahora=ahora,
        caja=pdf.caja_de_firma(0),
        confidencialidad=Documento.Confidencialidad.PUBLICO,
        metadatos={MARCA: hoy.isoformat(), "hojas": punto.tamano, "raiz": bytes(punto.raiz).hex()},
    )
    if settings.REGISTRO_CORREOS:
        diferir("documentos.enviar_cartel", documento_id=documento.pk, tamano=punto.tamano)
    return documento


def enviar(*, documento_id: int, tamano: int) -> int:
    """Manda la hoja y el punto de control a los correos configurados; devuelve a cuántos."""
    documento = Documento.objects.select_related("archivo").get(pk=documento_id)
    nota = Punto.objects.get(pk=tamano).nota
    for correo in settings.REGISTRO_CORREOS:
        mensaje = EmailMessage(
            documento.asunto,
            "Guarde este mensaje: si alguien reescribiera el registro, este punto de control lo probaría.\n"
            f"Cómo comprobarlo: {_direccion()}\n\n{nota}",
            to=[correo],
        )
        with storage.abrir(documento.archivo.sha256) as flujo:
            mensaje.attach(documento.archivo.nombre, flujo.read(), "application/pdf")
        mensaje.attach("checkpoint.txt", nota, "text/plain")
        mensaje.send()
    return len(settings.REGISTRO_CORREOS)


def _datos(punto: Punto) -> dict[str, Any]:
    nota = leer_nota(punto.nota)
    anclado = Punto.objects.filter(ancla__isnull=False).order_by("-tamano").first()
    sello = "Todavía ninguno"
    if anclado is not None and anclado.anclado_en is not None:
        sello = f"{pdf.fecha_hora(anclado.anclado_en)}, con {anclado.tamano} anotaciones"
    return {
        "origen": nota.origen,
        "tamano": str(punto.tamano),
        "raiz": nota.raiz.hex(),
        "firmado_en": pdf.fecha_hora(punto.firmado_en),
        "llave": str(llave_publica()),
        "nota": punto.nota.rstrip("\n"),
        "qr": pdf.qr_para_papel(punto.nota),
        "sello": sello,
        "direccion": _direccion(),
        "lugar": Entidad.actual().lugar,
    }


def _direccion() -> str:
    return f"{settings.URL_PUBLICA}{reverse('registro')}"
