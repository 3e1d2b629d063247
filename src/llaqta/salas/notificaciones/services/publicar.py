"""Publicar un acto en un diario y en el portal, por las causas que la ley admite (arts. 20.1.3 y 23)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.events import emit
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Archivo, Documento
from llaqta.salas.notificaciones import policies, rules
from llaqta.salas.notificaciones.events import ActoPublicado
from llaqta.salas.notificaciones.models import Diligencia, OrigenDeDireccion, Publicacion
from llaqta.salas.notificaciones.services.ordenar import Encargo, anunciar, crear, ya_ordenada
from llaqta.salas.notificaciones.services.surtir import practicar


@transaction.atomic
def publicar(
    *,
    actor: Persona,
    encargo: Encargo,
    causa: str,
    sustento: str,
    diario: str,
    publicado_el: date,
    recorte: Archivo | None = None,
    ahora: datetime,
) -> Diligencia:
    """Anota la publicación en el diario y la pone desde ya en el portal; surte efecto con la última de las dos.

    :param causa: una de ``Publicacion.Causa``
    :param sustento: qué se hizo para ubicar a la persona, o qué ley exige publicar
    :param recorte: la página del diario, escaneada
    :raises Denegado: si no tramita ni firma expedientes
    :raises NoProcede: si antes hay que buscar a la persona en su domicilio (arts. 20.2 y 21.5)
    :raises EntradaInvalida: si falta la causa, el sustento, el diario o la fecha
    """
    policies.check_ordenar(actor, encargo.documento)
    if repetida := ya_ordenada(encargo, Diligencia.Modalidad.PUBLICACION):
        return repetida
    if not causa:
        raise EntradaInvalida("Elija la causa por la que se publica.", campo="causa")
    policies.check_publicar(encargo.destinatario, encargo.documento, causa=causa, sustento=sustento)
    hoy = hoy_en_lima(ahora)
    if not diario.strip():
        raise EntradaInvalida("Falta el nombre del diario.", campo="diario")
    if publicado_el > hoy:
        raise EntradaInvalida("Anote la publicación cuando ya salió en el diario.", campo="publicado_el")
    if publicado_el < encargo.documento.fechado_el:
        raise EntradaInvalida("El diario no pudo publicar el acto antes de su fecha.", campo="publicado_el")
    diligencia = crear(
        encargo,
        Diligencia.Modalidad.PUBLICACION,
        por=actor,
        ahora=ahora,
        origen_de_direccion=OrigenDeDireccion.NINGUNO,
    )
    Publicacion.objects.create(
        diligencia=diligencia,
        causa=causa,
        sustento=sustento.strip()[:600],
        diario=diario.strip()[:120],
        publicado_el=publicado_el,
        en_el_portal_desde=ahora,
        recorte=_guardar_recorte(actor, encargo, diligencia, recorte, ahora) if recorte else None,
    )
    anunciar(diligencia)
    emit(ActoPublicado(diligencia_id=diligencia.pk), actor_id=actor.pk, ahora=ahora, objeto=diligencia)
    practicar(diligencia, rules.efecto_de_publicacion(publicado_el, hoy, get_calendario()), ahora)
    return diligencia


def _guardar_recorte(
    actor: Persona, encargo: Encargo, diligencia: Diligencia, recorte: Archivo, ahora: datetime
) -> Documento:
    return documentos.guardar(
        actor=actor,
        tipo="EDICTO",
        asunto=f"Publicación {diligencia.codigo}",
        archivo=recorte,
        ahora=ahora,
        origen=Documento.Origen.INTERNO,
        medio=Documento.Medio.FISICO,
        autor=actor,
        unidades=[encargo.unidad] if encargo.unidad else [],
    )
