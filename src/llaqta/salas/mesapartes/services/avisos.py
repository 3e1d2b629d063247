"""Los avisos por correo a quien dejó el suyo: texto corriente, corto, y nunca en lugar de una notificación legal."""

from __future__ import annotations

from email.utils import make_msgid

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from llaqta.cimientos.models import Entidad
from llaqta.salas.expedientes import queries as expedientes
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.expedientes.policies import SIN_DECISION
from llaqta.salas.mesapartes.models import Observacion, Presentacion
from llaqta.salas.mesapartes.services.cargo import en_grupos


def avisar_presentacion(*, presentacion_id: int) -> bool:
    """Confirma por correo que llegó, con su número, su clave y el enlace al cargo; ``False`` si no dejó correo.

    :raises OSError: si el servidor de correo no atiende; el trabajo se reintenta
    """
    presentacion = _get(presentacion_id)
    return _enviar(
        presentacion,
        asunto=f"Recibimos su solicitud: registro N° {presentacion.numero}",
        plantilla="presentacion",
        enlace=reverse("cargo", args=[presentacion.numero]),
    )


def avisar_observacion(*, observacion_id: int) -> bool:
    """Dice por correo qué falta y hasta cuándo se corrige; ``False`` si no dejó correo.

    :raises OSError: si el servidor de correo no atiende; el trabajo se reintenta
    """
    observacion = Observacion.objects.select_related("presentacion").get(pk=observacion_id)
    presentacion = _get(observacion.presentacion_id)
    return _enviar(
        presentacion,
        asunto=f"Falta corregir algo en su solicitud {presentacion.numero}",
        plantilla="observacion",
        enlace=reverse("subsanar", args=[presentacion.numero]),
        observacion=observacion,
        items=list(observacion.items.select_related("requisito")),
    )


def avisar_emplazamiento(*, expediente_id: int) -> bool:
    """Dice por correo qué pide el requerimiento y hasta cuándo se corrige; ``False`` si no dejó correo.

    :raises OSError: si el servidor de correo no atiende; el trabajo se reintenta
    """
    return _avisar_de_expediente(
        expediente_id, asunto="Le pedimos corregir algo en su solicitud", plantilla="emplazamiento"
    )


def avisar_aprobacion_ficta(*, expediente_id: int) -> bool:
    """Dice por correo que lo pedido quedó aprobado por silencio y desde cuándo; ``False`` si no dejó correo.

    :raises OSError: si el servidor de correo no atiende; el trabajo se reintenta
    """
    return _avisar_de_expediente(
        expediente_id, asunto="Su solicitud quedó aprobada por silencio", plantilla="aprobacion_ficta"
    )


def avisar_silencio_negativo(*, expediente_id: int) -> bool:
    """Dice por correo que el plazo venció sin respuesta y qué puede elegir; ``False`` si no dejó correo.

    No es una respuesta ni empieza ningún plazo (188.3 a 188.5). Si ya se decidió, o ya se impugnó, no se envía.

    :raises OSError: si el servidor de correo no atiende; el trabajo se reintenta
    """
    expediente = Expediente.objects.get(pk=expediente_id)
    desde = expediente.silencio_operado_el
    if desde is None or expediente.estado not in SIN_DECISION:
        return False
    posibles = expedientes.get_recursos_posibles(expediente, al=desde, silencio=True)
    return _avisar_de_expediente(
        expediente_id,
        asunto="Venció el plazo para responderle",
        plantilla="silencio_negativo",
        recurso=next(iter(posibles), None),
    )


def avisar_no_presentada(*, expediente_id: int) -> bool:
    """Dice por correo que no se corrigió a tiempo y qué puede recoger; ``False`` si no dejó correo.

    :raises OSError: si el servidor de correo no atiende; el trabajo se reintenta
    """
    return _avisar_de_expediente(
        expediente_id, asunto="Su solicitud se tiene por no presentada", plantilla="no_presentada"
    )


def avisar_envio_a_entidad(*, expediente_id: int) -> bool:
    """Dice por correo a qué entidad se envió su solicitud; ``False`` si no dejó correo.

    :raises OSError: si el servidor de correo no atiende; el trabajo se reintenta
    """
    return _avisar_de_expediente(
        expediente_id, asunto="Enviamos su solicitud a la entidad competente", plantilla="otra_entidad"
    )


def avisar_revision_de_oficio(*, expediente_id: int) -> bool:
    """Dice por correo que se revisa lo decidido y cuándo puede dar sus razones; ``False`` si no dejó correo.

    :raises OSError: si el servidor de correo no atiende; el trabajo se reintenta
    """
    return _avisar_de_expediente(
        expediente_id, asunto="Se revisa lo decidido en su expediente", plantilla="revision_de_oficio"
    )


def _avisar_de_expediente(expediente_id: int, *, asunto: str, plantilla: str, **datos: object) -> bool:
    suya = Presentacion.objects.filter(expediente=expediente_id).values_list("pk", flat=True).first()
    if suya is None:
        return False
    presentacion = _get(suya)
    return _enviar(
        presentacion,
        asunto=f"{asunto}: registro N° {presentacion.numero}",
        plantilla=plantilla,
        enlace=reverse("mi_tramite", args=[presentacion.numero]),
        emplazamiento=getattr(presentacion.expediente, "emplazamiento", None),
        devolucion=getattr(presentacion, "devolucion", None),
        derivacion=getattr(presentacion.expediente, "derivacion_externa", None),
        revision=presentacion.expediente.revisiones_de_oficio.last(),
        **datos,
    )


def _get(presentacion_id: int) -> Presentacion:
    return Presentacion.objects.select_related(
        "expediente__version_tramite", "presentada_por", "administrado"
    ).get(pk=presentacion_id)


def _enviar(presentacion: Presentacion, *, asunto: str, plantilla: str, enlace: str, **datos: object) -> bool:
    if not presentacion.correo:
        return False
    contexto = {
        "presentacion": presentacion, "expediente": presentacion.expediente, "entidad": Entidad.actual(),
        "clave": en_grupos(presentacion.expediente.clave), "enlace": settings.URL_PUBLICA + enlace,
        "seguimiento": settings.URL_PUBLICA + reverse("seguimiento"), **datos,
    }  # fmt: skip
    mensaje = EmailMessage(
        subject=asunto,
        body=render_to_string(f"mesapartes/correo/{plantilla}.txt", contexto),
        to=[presentacion.correo],
        headers={
            "Message-ID": make_msgid(idstring=f"{plantilla}-{presentacion.pk}", domain="llaqta.pe"),
            "Auto-Submitted": "auto-generated",
        },
    )
    mensaje.send()
    return True
