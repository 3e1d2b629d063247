"""Notificar por correo: enviarlo, recibir su confirmación y, sin ella en su plazo, pasar a cédula (art. 20.4)."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from llaqta.cimientos.calendario import fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.events import diferir, emit
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.notificaciones import policies, queries, rules
from llaqta.salas.notificaciones.events import CorreoSinAcuse, ReciboConfirmado
from llaqta.salas.notificaciones.mensaje import Envio
from llaqta.salas.notificaciones.models import Diligencia, EnvioDeCorreo, OrigenDeDireccion
from llaqta.salas.notificaciones.services.ordenar import Encargo, anunciar, crear, ya_ordenada
from llaqta.salas.notificaciones.services.surtir import practicar
from llaqta.salas.plazos import queries as plazos

INTENTOS = 5
TAREA = "notificaciones.enviar_correo"


@transaction.atomic
def enviar_por_correo(*, actor: Persona, encargo: Encargo, ahora: datetime) -> Diligencia:
    """Notifica por el correo que la persona autorizó; el envío lo hace el trabajador. Pedirlo dos veces es una.

    :raises Denegado: si no tramita ni firma expedientes
    :raises CorreoSinAutorizacion: si la persona no autorizó expresamente su correo
    :raises NoProcede: si el documento no está firmado o fue anulado
    """
    policies.check_ordenar(actor, encargo.documento)
    autorizacion = policies.get_autorizacion(encargo.destinatario, en=ahora)
    if repetida := ya_ordenada(encargo, Diligencia.Modalidad.CORREO):
        return repetida
    diligencia = crear(
        encargo, Diligencia.Modalidad.CORREO, por=actor, ahora=ahora,
        estado=Diligencia.Estado.ENVIADA,
        direccion=autorizacion.correo, origen_de_direccion=OrigenDeDireccion.AUTORIZADO,
        llave=secrets.token_urlsafe(24), enviada_en=ahora,
        acusar_hasta=rules.ultimo_dia_para_acusar(
            hoy_en_lima(ahora), plazos.get_entero("CORREO_ACUSE", al=hoy_en_lima(ahora)), get_calendario()
        ),
    )  # fmt: skip
    diferir(TAREA, diligencia_id=diligencia.pk)
    anunciar(diligencia)
    return diligencia


@transaction.atomic
def anotar_envio(*, diligencia_id: int, envio: Envio, ahora: datetime) -> EnvioDeCorreo:
    """Guarda lo que respondió el servidor; si el mensaje salió otro día, los días para confirmar se cuentan desde él.

    Agotados los intentos, el correo no sirve y la notificación pasa a cédula.
    """
    diligencia = Diligencia.objects.select_for_update(no_key=True).get(pk=diligencia_id)
    intento = EnvioDeCorreo.objects.create(
        diligencia=diligencia,
        intento=diligencia.envios.count() + 1,
        entregado=envio.entregado,
        detalle=envio.detalle[:300],
        identificador=envio.identificador[:120],
        intentado_en=ahora,
    )
    if diligencia.estado != Diligencia.Estado.ENVIADA:
        return intento
    if envio.entregado:
        hoy = hoy_en_lima(ahora)
        diligencia.enviada_en = ahora
        diligencia.acusar_hasta = rules.ultimo_dia_para_acusar(
            hoy, plazos.get_entero("CORREO_ACUSE", al=hoy), get_calendario()
        )
        diligencia.save(update_fields=["enviada_en", "acusar_hasta"])
    elif intento.intento >= INTENTOS:
        _pasar_a_cedula(diligencia, f"El correo no se pudo entregar: {envio.detalle}", ahora)
    return intento


@transaction.atomic
def acusar_recibo(*, llave: str, ahora: datetime) -> Diligencia:
    """Confirma que se recibió el correo: surte efecto el día en que consta (arts. 20.4 y 25.2). Dos veces es una.

    No hace falta cuenta: la llave del enlace solo la tiene quien recibió el mensaje.

    :raises NoEncontrado: si la llave no es de ninguna
    :raises NoProcede: si el plazo para confirmar ya pasó
    """
    vista = queries.get_por_llave(llave)
    diligencia = Diligencia.objects.select_for_update(no_key=True).get(pk=vista.pk)
    if diligencia.acuse_en is not None:
        return diligencia
    hoy = hoy_en_lima(ahora)
    policies.check_acusar(diligencia, al=hoy)
    diligencia.acuse_en = ahora
    emit(
        ReciboConfirmado(diligencia_id=diligencia.pk),
        actor_id=diligencia.destinatario_id, ahora=ahora, objeto=diligencia,
    )  # fmt: skip
    practicar(diligencia, rules.efecto_de_correo(hoy, get_calendario()), ahora, guardar=("acuse_en",))
    documentos.dar_acceso(documentos=[diligencia.documento], personas=[diligencia.destinatario])
    return diligencia


def declarar_sin_acuse(*, ahora: datetime, hasta: int = 1000) -> int:
    """Pasa a cédula, uno por uno, los correos que nadie confirmó en su plazo; correrla dos veces no hace nada.

    :return: cuántos pasó
    """
    vencidos = Diligencia.objects.sin_acuse(al=hoy_en_lima(ahora)).order_by("acusar_hasta", "pk")
    return sum(_declarar(pk, ahora) for pk in list(vencidos.values_list("pk", flat=True)[:hasta]))


@transaction.atomic
def _declarar(pk: int, ahora: datetime) -> bool:
    vencidos = Diligencia.objects.select_for_update(no_key=True).sin_acuse(al=hoy_en_lima(ahora))
    diligencia = vencidos.filter(pk=pk).first()
    if diligencia is None:
        return False
    assert diligencia.acusar_hasta is not None
    _pasar_a_cedula(
        diligencia, f"Nadie confirmó el recibo hasta el {fecha_en_palabras(diligencia.acusar_hasta)}.", ahora
    )
    return True


def _pasar_a_cedula(diligencia: Diligencia, motivo: str, ahora: datetime) -> None:
    """El plazo para notificar se cuenta otra vez (art. 20.4), desde el día en que terminó el de confirmar.

    Si el trabajador estuvo apagado, las fechas son las de la ley, no las del día en que despertó.
    """
    calendario = get_calendario()
    hoy = hoy_en_lima(ahora)
    termino = min(diligencia.acusar_hasta or hoy, hoy)
    dias = plazos.get_entero("NOTIFICAR", al=termino)
    diligencia.estado, diligencia.motivo = Diligencia.Estado.SIN_ACUSE, motivo[:300]
    diligencia.renotificar_desde = rules.dia_siguiente_habil(termino, calendario)
    diligencia.renotificar_hasta = rules.limite_para_notificar(termino, dias, calendario)
    diligencia.explicacion = [
        motivo,
        f"Se notifica por cédula desde el {fecha_en_palabras(diligencia.renotificar_desde)}; el plazo para notificar "
        f"se cuenta otra vez y termina el {fecha_en_palabras(diligencia.renotificar_hasta)} "
        "(Ley 27444, arts. 20.4 y 24.1).",
    ]
    diligencia.save(
        update_fields=["estado", "motivo", "renotificar_desde", "renotificar_hasta", "explicacion"]
    )
    emit(CorreoSinAcuse(diligencia_id=diligencia.pk), actor_id=None, ahora=ahora, objeto=diligencia)
