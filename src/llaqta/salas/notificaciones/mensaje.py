"""El correo con que se notifica: lleva el acto completo y el enlace con que se confirma (arts. 20.4 y 24.1)."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import make_msgid
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from llaqta.cimientos import storage
from llaqta.cimientos.calendario import fecha_en_palabras
from llaqta.cimientos.models import Entidad
from llaqta.cimientos.web.palabras import con_articulo
from llaqta.salas.notificaciones.models import Diligencia

ADJUNTO_MAXIMO = 8_000_000
"""Más pesado que esto, muchos buzones lo devuelven: va el enlace, que lo entrega después de confirmar."""


@dataclass(frozen=True)
class Envio:
    """Qué pasó al entregar el mensaje al servidor de correo."""

    entregado: bool
    identificador: str
    detalle: str


def enviar(diligencia: Diligencia) -> Envio:
    """Conversa con el servidor SMTP configurado y dice qué respondió; no lanza por un fallo de correo."""
    identificador = make_msgid(domain="llaqta.pe")
    mensaje = EmailMessage(
        subject=f"Notificación {diligencia.codigo}: confirme que la recibió",
        body=cuerpo(diligencia),
        to=[diligencia.direccion],
        headers={"Message-ID": identificador, "Auto-Submitted": "auto-generated"},
    )
    archivo = diligencia.documento.archivo
    if archivo.bytes <= ADJUNTO_MAXIMO:
        with storage.abrir(archivo.sha256) as flujo:
            mensaje.attach(archivo.nombre, flujo.read(), archivo.mime)
    servidor = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        mensaje.send()
    except (SMTPException, OSError) as error:
        return Envio(False, identificador, f"{servidor}: {error}"[:300])
    return Envio(True, identificador, f"Aceptado por {servidor}")


def cuerpo(diligencia: Diligencia) -> str:
    """El texto del mensaje, con todo lo que la ley manda decir."""
    entidad = Entidad.actual()
    assert diligencia.acusar_hasta is not None
    enlace = settings.URL_PUBLICA + reverse("acuse_de_correo", args=[diligencia.llave])
    recursos = diligencia.recursos or "Los que el mismo documento indica."
    return (
        f"{diligencia.destinatario.nombre_completo}:\n\n"
        f"La {entidad.nombre} le notifica en este correo, que usted autorizó, el documento {diligencia.documento}, "
        f"del {fecha_en_palabras(diligencia.emitido_el)}, dictado por {con_articulo(diligencia.autoridad)} "
        f"en el procedimiento «{diligencia.procedimiento}», expediente {diligencia.expediente}.\n\n"
        f"Confirme que lo recibió, hasta el {fecha_en_palabras(diligencia.acusar_hasta)}:\n{enlace}\n\n"
        "La notificación surte efecto el día en que confirme. Si no confirma, no pierde ningún derecho: se la "
        "llevaremos en papel a su domicilio.\n\n"
        f"Si no está de acuerdo. {recursos}\n\n"
        + ("Este documento agota la vía administrativa.\n\n" if diligencia.agota_la_via else "")
        + f"{entidad.nombre}\n{entidad.direccion}\n{entidad.telefono}\n"
    )
