"""El cargo de un escrito que llega a un expediente ya abierto: los mismos campos, sellado por la entidad."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from llaqta.cimientos import pdf, qr
from llaqta.cimientos.calendario import fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.models import Entidad
from llaqta.salas.auditoria.pruebas import TodaviaNo
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento
from llaqta.salas.documentos.verificacion import recuadro
from llaqta.salas.mesapartes import prueba
from llaqta.salas.mesapartes.events import EscritoPresentado
from llaqta.salas.mesapartes.models import EscritoPosterior
from llaqta.salas.mesapartes.services.cargo import (
    SIN_ESPERA,
    en_grupos,
    fila_de_anexo,
    persona_en_cargo,
)


@transaction.atomic
def sellar_cargo_de_escrito(
    *, escrito_id: int, ahora: datetime, paciencia: timedelta = SIN_ESPERA
) -> Documento:
    """Compone el cargo con los campos del artículo 117.2, lo sella y lo une al escrito; dos veces no hace nada.

    :param paciencia: como en ``sellar_cargo``
    :raises TodaviaNo: si el registro aún no le dio su lugar y todavía se espera
    """
    escrito = EscritoPosterior.objects.select_for_update(of=("self",)).get(pk=escrito_id)
    if escrito.cargo is not None:
        return escrito.cargo
    lugar = prueba.get_prueba_de(escrito.expediente, EscritoPresentado.tipo(), escrito_id=escrito.pk)
    if lugar is None and ahora < escrito.presentado_en + paciencia:
        raise TodaviaNo(f"El escrito {escrito.numero} todavía no está en el registro.")
    cvd = documentos.nuevo_cvd(hoy_en_lima(ahora), anios=documentos.ANIOS_DE_CONSTANCIA)
    titulo = f"Cargo de recepción {escrito.numero}"
    contenido = pdf.componer(
        "cargo",
        {**_datos(escrito), "prueba": prueba.prueba_en_cargo(lugar), "verificacion": recuadro(cvd)},
        titulo=titulo, ahora=ahora,
    )  # fmt: skip
    expediente = escrito.expediente
    escrito.cargo = documentos.guardar_sellado(
        pdf=contenido, motivo="Recepción por la mesa de partes", tipo="CARGO", asunto=titulo,
        nombre=f"cargo-{escrito.numero}.pdf", cvd=cvd, ahora=ahora,
        personas=[escrito.presentado_por, expediente.administrado], unidades=[expediente.unidad_responsable],
    )  # fmt: skip
    escrito.save(update_fields=["cargo"])
    return escrito.cargo


def avisar_escrito(*, escrito_id: int) -> bool:
    """Confirma por correo que llegó, con su número y el enlace al cargo; ``False`` si no dejó correo.

    :raises OSError: si el servidor de correo no atiende; el trabajo se reintenta
    """
    escrito = EscritoPosterior.objects.select_related("expediente", "presentado_por").get(pk=escrito_id)
    correo = escrito.correo or escrito.presentado_por.correo
    if not correo:
        return False
    contexto = {
        "escrito": escrito,
        "expediente": escrito.expediente,
        "entidad": Entidad.actual(),
        "enlace": settings.URL_PUBLICA + reverse("cargo_de_escrito", args=[escrito.numero]),
    }
    EmailMessage(
        subject=f"Recibimos su escrito: registro N° {escrito.numero}",
        body=render_to_string("mesapartes/correo/escrito.txt", contexto),
        to=[correo],
        headers={"Auto-Submitted": "auto-generated"},
    ).send()
    return True


def _datos(escrito: EscritoPosterior) -> dict[str, Any]:
    expediente, version = escrito.expediente, escrito.expediente.version_tramite
    anexos = [escrito.principal, *(a.documento for a in escrito.anexos.select_related("documento__archivo"))]
    enlace = settings.URL_PUBLICA + reverse("seguimiento_directo", args=[expediente.numero, expediente.clave])
    datos: dict[str, Any] = {
        "registro": escrito.numero,
        "expediente": expediente.numero,
        "enviado_en": escrito.presentado_en,
        "presentado_el": fecha_en_palabras(hoy_en_lima(escrito.presentado_en)),
        "canal": escrito.get_canal_display(),
        "lugar": Entidad.actual().lugar,
        "presentante": persona_en_cargo(escrito.presentado_por),
        "procedimiento": {"codigo": version.procedimiento.codigo, "nombre": version.denominacion},
        "asunto": expediente.asunto,
        "documento": {"tipo": escrito.get_clase_display(), "numero": ""},
        "folios": escrito.folios,
        "correo": escrito.correo,
        "receptor": escrito.registrado_por.nombre_completo
        if escrito.registrado_por
        else "Mesa de partes digital",
        "anexos": [fila_de_anexo(documento) for documento in anexos],
        "observaciones": [],
        "que_sigue": escrito.que_sigue,
        "clave": en_grupos(expediente.clave),
        "seguimiento": {"url": settings.URL_PUBLICA + reverse("seguimiento"), "qr": qr.svg(enlace, margen=1)},
    }
    if firma := prueba.firma_en_cargo(getattr(escrito, "firma", None)):
        datos["firma"] = firma
    if escrito.presentado_por_id != expediente.administrado_id:
        datos["representado"] = persona_en_cargo(expediente.administrado)
    return datos
