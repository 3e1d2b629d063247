"""Notificar fuera de la casilla: cédula en el domicilio, correo autorizado y, al final, publicación (arts. 20 a 23)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.events import emit
from llaqta.salas.casilla import services as casilla
from llaqta.salas.casilla.models import Notificacion
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Archivo, Documento
from llaqta.salas.expedientes import modalidades, policies, queries
from llaqta.salas.expedientes.events import NotificacionOrdenada
from llaqta.salas.expedientes.models import Expediente, NotificacionDelExpediente
from llaqta.salas.expedientes.queries.recursos import agota_la_via, decir_lo_que_cabe
from llaqta.salas.expedientes.services.acto import tomar
from llaqta.salas.expedientes.services.notificar import check_notificable, quedar_por_notificar
from llaqta.salas.notificaciones import services as notificaciones
from llaqta.salas.notificaciones.models import Diligencia


@transaction.atomic
def notificar_por_cedula(
    *,
    actor: Persona,
    expediente: Expediente,
    documento: Documento,
    origen: str,
    referencia: str = "",
    version: int | None = None,
    ahora: datetime,
) -> Diligencia:
    """Encarga llevar el acto al domicilio de la persona (arts. 20.1.1 y 21). Encargarlo dos veces es una.

    :param origen: cuál de los domicilios que la ley admite, por su ``OrigenDeDireccion``
    :param referencia: cómo llegar
    :raises Denegado: si el expediente no está a cargo de una unidad donde hoy trabaja
    :raises EntradaInvalida: si ese domicilio no se conoce
    :raises NoProcede: si tiene casilla y se le pudo avisar, si ya se notifica por otro medio, si el documento no es un
        acto de este expediente, o si otra persona acaba de actuar
    """
    tomado, hechas, repetida = _preparar(actor, expediente, documento, version, modalidades.CEDULA)
    if repetida is not None:
        return repetida
    modalidades.check_cedula(tomado, hechas, en=ahora)
    domicilios = {d.origen: d for d in modalidades.get_domicilios(tomado, al=hoy_en_lima(ahora))}
    if origen not in domicilios:
        raise EntradaInvalida(
            "Elija uno de los domicilios que la persona señaló, o el de su documento de identidad.",
            campo="origen",
            norma="Ley 27444, art. 21",
        )
    anteriores = [h.diligencia for h in hechas if h.diligencia is not None]
    diligencia = notificaciones.ordenar_cedula(
        actor=actor,
        encargo=_encargo(actor, tomado, documento, hechas, ahora),
        direccion=domicilios[origen].direccion,
        origen=origen,
        referencia=referencia,
        rehace=anteriores[-1] if anteriores else None,
        ahora=ahora,
    )
    _cerrar_la_casilla(actor, hechas, ahora)
    return _anotar(actor, tomado, expediente, documento, diligencia, ahora)


@transaction.atomic
def notificar_por_correo(
    *,
    actor: Persona,
    expediente: Expediente,
    documento: Documento,
    version: int | None = None,
    ahora: datetime,
) -> Diligencia:
    """Envía el acto al correo que la persona autorizó (art. 20.4). Enviarlo dos veces es una.

    :raises Denegado: si el expediente no está a cargo de una unidad donde hoy trabaja
    :raises CorreoSinAutorizacion: si la persona no autorizó expresamente su correo
    :raises NoProcede: si tiene casilla, si ya no confirmó un correo, si ya se notifica por otro medio, si el documento
        no es un acto de este expediente, o si otra persona acaba de actuar
    """
    tomado, hechas, repetida = _preparar(actor, expediente, documento, version, modalidades.CORREO)
    if repetida is not None:
        return repetida
    modalidades.check_correo(tomado, hechas, en=ahora)
    diligencia = notificaciones.enviar_por_correo(
        actor=actor, encargo=_encargo(actor, tomado, documento, hechas, ahora), ahora=ahora
    )
    return _anotar(actor, tomado, expediente, documento, diligencia, ahora)


@transaction.atomic
def notificar_por_publicacion(
    *,
    actor: Persona,
    expediente: Expediente,
    documento: Documento,
    causa: str,
    sustento: str,
    diario: str,
    publicado_el: date,
    recorte: Archivo | None = None,
    version: int | None = None,
    ahora: datetime,
) -> Diligencia:
    """Anota la publicación del acto en un diario y lo pone en el portal (arts. 20.1.3 y 23). Dos veces es una.

    :raises Denegado: si el expediente no está a cargo de una unidad donde hoy trabaja
    :raises EntradaInvalida: si falta la causa, el sustento, el diario o la fecha
    :raises NoProcede: si antes hay que buscarla en su domicilio (arts. 20.2 y 21.5), si tiene casilla, si ya se
        notifica por otro medio, si el documento no es un acto de este expediente, o si otra persona acaba de actuar
    """
    tomado, hechas, repetida = _preparar(actor, expediente, documento, version, modalidades.PUBLICACION)
    if repetida is not None:
        return repetida
    modalidades.check_publicacion(
        tomado, documento, hechas, en=ahora, al=hoy_en_lima(ahora), causa=causa, sustento=sustento
    )
    diligencia = notificaciones.publicar(
        actor=actor,
        encargo=_encargo(actor, tomado, documento, hechas, ahora),
        causa=causa,
        sustento=sustento,
        diario=diario,
        publicado_el=publicado_el,
        recorte=recorte,
        ahora=ahora,
    )
    return _anotar(actor, tomado, expediente, documento, diligencia, ahora)


def _preparar(
    actor: Persona, expediente: Expediente, documento: Documento, version: int | None, modalidad: str
) -> tuple[Expediente, list[NotificacionDelExpediente], Diligencia | None]:
    cuentas.exigir(actor, "expedientes.tramitar")
    tomado = tomar(expediente, version=version)
    policies.check_tramitar(actor, tomado)
    hechas = modalidades.get_notificaciones(tomado, documento)
    for hecha in hechas:
        if hecha.diligencia is not None and hecha.esta_viva and hecha.diligencia.modalidad == modalidad:
            return tomado, hechas, hecha.diligencia
    check_notificable(tomado, documento)
    modalidades.check_sin_otra_en_curso(hechas, modalidad)
    return tomado, hechas, None


def _encargo(
    actor: Persona,
    expediente: Expediente,
    documento: Documento,
    hechas: list[NotificacionDelExpediente],
    ahora: datetime,
) -> notificaciones.Encargo:
    hoy = hoy_en_lima(ahora)
    return notificaciones.Encargo(
        destinatario=expediente.administrado,
        documento=documento,
        expediente=expediente.numero,
        procedimiento=expediente.version_tramite.denominacion,
        asunto=documento.asunto,
        autoridad=str(documento.unidad or expediente.unidad_responsable),
        recursos=decir_lo_que_cabe(expediente, documento, para=actor, al=hoy),
        agota_la_via=agota_la_via(expediente, documento, para=actor, al=hoy),
        unidad=expediente.unidad_responsable,
        notificar_hasta=queries.get_limite(documento, hechas, para=actor),
    )


def _cerrar_la_casilla(actor: Persona, hechas: list[NotificacionDelExpediente], ahora: datetime) -> None:
    for hecha in hechas:
        if hecha.notificacion and hecha.notificacion.estado == Notificacion.Estado.REBOTADA_ALERTA:
            casilla.derivar_a_cedula(actor=actor, notificacion=hecha.notificacion, ahora=ahora)


def _anotar(
    actor: Persona,
    tomado: Expediente,
    expediente: Expediente,
    documento: Documento,
    diligencia: Diligencia,
    ahora: datetime,
) -> Diligencia:
    NotificacionDelExpediente.objects.create(expediente=tomado, diligencia=diligencia)
    quedar_por_notificar(tomado, documento)
    emit(
        NotificacionOrdenada(expediente_id=tomado.pk, diligencia_id=diligencia.pk),
        actor_id=actor.pk, ahora=ahora, objeto=tomado,
    )  # fmt: skip
    expediente.estado, expediente.version = tomado.estado, tomado.version
    return diligencia
