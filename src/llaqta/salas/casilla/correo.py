"""El aviso por correo de un depósito: dice que hay algo en la casilla, nunca qué dice el acto."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import make_msgid
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from llaqta.cimientos.models import Entidad
from llaqta.salas.casilla.models import Alerta, Notificacion, ReglaDeEfecto


@dataclass(frozen=True)
class Envio:
    """Qué pasó al entregar el mensaje al servidor de correo."""

    entregado: bool
    identificador: str
    detalle: str


def _desde_cuando(notificacion: Notificacion) -> str:
    """Lo que la regla congelada en la notificación le da a la persona; prometer días que no tiene la haría perder."""
    match notificacion.regla_efecto:
        case ReglaDeEfecto.LEY31736_5DIAS:
            dias = notificacion.dias_para_acusar
            return (
                "La notificación surte efecto según la ley, la abra o no: "
                f"tiene {dias} días hábiles para abrirla."
            )
        case ReglaDeEfecto.DEPOSITO:
            return (
                "La notificación surte efecto el día en que se depositó, la abra o no: ábrala cuanto antes."
            )
        case _:
            return "La notificación surte efecto el día en que la abra."


def enviar_aviso(alerta: Alerta) -> Envio:
    """Conversa con el servidor SMTP configurado y dice qué respondió; no lanza por un fallo de correo."""
    notificacion, entidad = alerta.notificacion, Entidad.actual()
    identificador = make_msgid(domain="llaqta.pe")
    enlace = settings.URL_PUBLICA + reverse("notificacion", args=[notificacion.codigo])
    mensaje = EmailMessage(
        subject=f"Tiene una notificación en su casilla electrónica: {notificacion.expediente}",
        body=(
            f"{notificacion.destinatario.nombre_completo}:\n\n"
            f"La {entidad.nombre} depositó en su casilla electrónica una notificación del expediente "
            f"{notificacion.expediente}.\n\n"
            f"Ábrala aquí, con su cuenta: {enlace}\n\n"
            f"Este correo solo le avisa. {_desde_cuando(notificacion)}\n\n"
            f"{entidad.nombre}\n{entidad.direccion}\n{entidad.telefono}\n"
        ),
        to=[alerta.direccion],
        headers={"Message-ID": identificador, "Auto-Submitted": "auto-generated"},
    )
    servidor = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        mensaje.send()
    except (SMTPException, OSError) as error:
        return Envio(False, identificador, f"{servidor}: {error}"[:300])
    return Envio(True, identificador, f"Aceptado por {servidor}")
