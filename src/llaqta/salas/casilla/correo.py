"""El aviso por correo de un depósito: dice que hay algo en la casilla, nunca qué dice el acto."""

from __future__ import annotations

from email.utils import parseaddr
from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from llaqta.cimientos.models import Entidad
from llaqta.salas.casilla.mensajeria import Despacho
from llaqta.salas.casilla.models import Alerta, Notificacion, ReglaDeEfecto
from llaqta.salas.casilla.rebotes import direccion_de_rebote


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


def enviar_aviso(alerta: Alerta) -> Despacho:
    """Conversa con el servidor SMTP configurado y dice qué respondió; no lanza por un fallo de correo.

    El ``Message-ID`` y el remitente de sobre llevan el uuid del intento: si se envía otra vez, es el mismo mensaje, y
    lo que rebote dice por sí solo de qué intento es.
    """
    notificacion, entidad = alerta.notificacion, Entidad.actual()
    remitente = settings.DEFAULT_FROM_EMAIL
    dominio = parseaddr(remitente)[1].rpartition("@")[2] or "llaqta.pe"
    identificador = f"<{alerta.token}@{dominio}>"
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
        from_email=direccion_de_rebote(settings.REBOTES, alerta.token) if settings.REBOTES else remitente,
        to=[alerta.direccion],
        headers={"Message-ID": identificador, "Auto-Submitted": "auto-generated", "From": remitente},
    )
    servidor = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        mensaje.send()
    except SMTPRecipientsRefused as error:
        # 5xx al nombrar al destinatario: la dirección no existe, e insistir no la crea.
        codigo, dicho = next(iter(error.recipients.values()), (0, b""))
        return Despacho(
            False, identificador, f"{servidor}: {codigo} {_texto(dicho)}"[:300], definitivo=codigo >= 500
        )
    except (SMTPException, OSError) as error:
        return Despacho(False, identificador, f"{servidor}: {error}"[:300])
    return Despacho(True, identificador, f"Aceptado por {servidor}")


def _texto(dicho: bytes | str) -> str:
    return dicho.decode(errors="replace") if isinstance(dicho, bytes) else str(dicho)
