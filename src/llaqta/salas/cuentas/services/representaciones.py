"""Representaciones: quién actúa por quién, con qué documento, y hasta cuándo (art. 115 Ley 27444)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas import policies, rules
from llaqta.salas.cuentas.events import RepresentacionRegistrada, RepresentacionTerminada
from llaqta.salas.cuentas.models import Persona, Representacion


@transaction.atomic
def registrar_representacion(
    *,
    actor: Persona,
    representado: Persona,
    representante: Persona,
    sustento: str,
    desde: date,
    hasta: date | None = None,
    es_especial: bool = False,
    ahora: datetime,
) -> Representacion:
    """Anota que una persona natural actúa por otra, con el documento que lo acredita (art. 115 Ley 27444).

    :param sustento: por ejemplo ``Carta poder simple del 2 de enero de 2026``
    :param es_especial: el poder es formal y permite desistirse de la pretensión, cobrar o terminar por convenio (115.2)
    :raises Denegado: si no es personal de la municipalidad, o si lo anota quien va a representar
    :raises EntradaInvalida: si las fechas están al revés o falta el sustento
    :raises NoProcede: si se representa a sí misma, si quien representa es una persona jurídica, o si ya la representa
    """
    policies.check_registrar_representacion(actor, representante=representante)
    rules.check_fechas(desde, hasta)
    if not sustento.strip():
        raise EntradaInvalida(
            "Falta decir con qué documento se acredita la representación.", campo="sustento"
        )
    if representado == representante:
        raise NoProcede("Una persona no se representa a sí misma.")
    if representante.clase != Persona.Clase.NATURAL:
        raise NoProcede("Quien representa es siempre una persona natural.", norma="Ley 27444, art. 115")
    # Dos ventanillas a la vez: la segunda espera, y encuentra la de la primera.
    Persona.objects.select_for_update().get(pk=representado.pk)
    otras = Representacion.objects.filter(representado=representado, representante=representante)
    if rules.se_cruzan(desde, hasta, [(r.desde, r.hasta) for r in otras]):
        raise NoProcede(f"{representante} ya representa a {representado} en esas fechas.")
    hecha = Representacion.objects.create(
        representado=representado,
        representante=representante,
        sustento=sustento.strip(),
        desde=desde,
        hasta=hasta,
        es_especial=es_especial,
    )
    emit(
        RepresentacionRegistrada(representacion_id=hecha.pk),
        actor_id=actor.pk,
        ahora=ahora,
        objeto=representado,
    )
    return hecha


@transaction.atomic
def anotar_representacion(
    *,
    actor: Persona,
    tipo_representado: str,
    numero_representado: str,
    tipo_representante: str,
    numero_representante: str,
    sustento: str,
    desde: date,
    hasta: date | None = None,
    es_especial: bool = False,
    ahora: datetime,
) -> Representacion:
    """Lo mismo que ``registrar_representacion``, con los documentos de las dos personas, como se atiende en ventanilla.

    :raises Denegado: si no es personal de la municipalidad, o si lo anota quien va a representar
    :raises EntradaInvalida: si un documento no vale o su persona no está registrada todavía
    """
    policies.check_registrar_representacion(actor)
    return registrar_representacion(
        actor=actor,
        representado=_persona(tipo_representado, numero_representado, campo="numero_representado"),
        representante=_persona(tipo_representante, numero_representante, campo="numero_representante"),
        sustento=sustento,
        desde=desde,
        hasta=hasta,
        es_especial=es_especial,
        ahora=ahora,
    )


@transaction.atomic
def terminar_representacion(
    *, actor: Persona, representacion: Representacion, hasta: date, ahora: datetime
) -> Representacion:
    """Pone el último día en que vale una representación; lo hecho hasta entonces con ella sigue valiendo.

    :param hasta: hoy o después; ayer, para que deje de valer ahora mismo
    :raises Denegado: si no es personal de la municipalidad
    :raises EntradaInvalida: si es una fecha pasada, o si con ella se prolongaría
    :raises NoProcede: si ya había terminado
    """
    policies.check_registrar_representacion(actor)
    ayer = hoy_en_lima(ahora) - timedelta(days=1)
    representacion = Representacion.objects.select_for_update().get(pk=representacion.pk)
    if representacion.hasta is not None and representacion.hasta <= ayer:
        raise NoProcede(f"Esa representación ya terminó el {representacion.hasta:%d/%m/%Y}.")
    if hasta < ayer:
        raise EntradaInvalida(
            "No puede terminar en el pasado: lo que ya se hizo con ella sigue valiendo.", campo="hasta"
        )
    if representacion.hasta is not None and hasta > representacion.hasta:
        raise EntradaInvalida(
            f"Ya termina el {representacion.hasta:%d/%m/%Y}; para prolongarla, anote otra con su documento.",
            campo="hasta",
        )
    representacion.hasta = hasta
    representacion.save(update_fields=["hasta"])
    emit(
        RepresentacionTerminada(representacion_id=representacion.pk),
        actor_id=actor.pk,
        ahora=ahora,
        objeto=representacion.representado,
    )
    return representacion


def _persona(tipo: str, numero: str, *, campo: str) -> Persona:
    try:
        limpio = rules.validar_documento(tipo, numero)
    except EntradaInvalida as error:
        raise EntradaInvalida(error.frase, campo=campo) from error
    persona = Persona.objects.filter(tipo_documento=tipo, numero_documento=limpio).first()
    if persona is None:
        nombre = Persona.TipoDocumento(tipo).label
        raise EntradaInvalida(
            f"{nombre} {limpio} no está registrado todavía: registre primero a la persona.", campo=campo
        )
    return persona
