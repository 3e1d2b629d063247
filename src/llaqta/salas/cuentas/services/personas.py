"""Personas y cuentas: registrarlas, darles la llave con que entran y anotar que entraron."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas import policies, queries, rules
from llaqta.salas.cuentas.events import (
    ClaveCambiada,
    CuentaCreada,
    PersonaRegistrada,
    SesionIniciada,
)
from llaqta.salas.cuentas.models import Cuenta, Persona


@transaction.atomic
def registrar_persona(
    *,
    actor: Persona | None,
    clase: str,
    tipo_documento: str,
    numero_documento: str,
    nombres: str = "",
    apellido_paterno: str = "",
    apellido_materno: str = "",
    razon_social: str = "",
    correo: str = "",
    telefono: str = "",
    domicilio: str = "",
    ahora: datetime,
) -> Persona:
    """Anota a una persona natural o jurídica con su documento (art. 113.1 Ley 27444); los ceros a la izquierda cuentan.

    :param actor: quien la registra; ``None`` si es ella misma al crear su cuenta
    :raises Denegado: si la registra un ciudadano en lugar de otro
    :raises EntradaInvalida: si el documento no es válido o faltan sus nombres
    :raises NoProcede: si ese documento ya está registrado
    """
    policies.check_registrar_persona(actor)
    numero = rules.validar_documento(tipo_documento, numero_documento)
    natural = clase == Persona.Clase.NATURAL
    rules.validar_nombre(
        natural=natural, nombres=nombres, apellido_paterno=apellido_paterno, razon_social=razon_social
    )
    try:
        with transaction.atomic():
            persona = Persona.objects.create(
                clase=clase,
                tipo_documento=tipo_documento,
                numero_documento=numero,
                nombres=nombres.strip() if natural else "",
                apellido_paterno=apellido_paterno.strip() if natural else "",
                apellido_materno=apellido_materno.strip() if natural else "",
                razon_social="" if natural else razon_social.strip(),
                correo=correo.strip(),
                telefono=telefono.strip(),
                domicilio=domicilio.strip(),
                registrada_en=ahora,
            )
    except IntegrityError as error:
        raise NoProcede("Ya hay una persona registrada con ese documento.") from error
    emit(
        PersonaRegistrada(persona_id=persona.pk),
        actor_id=actor.pk if actor else persona.pk,
        ahora=ahora,
        objeto=persona,
    )
    return persona


@transaction.atomic
def crear_cuenta(*, actor: Persona | None, persona: Persona, clave: str | None, ahora: datetime) -> Cuenta:
    """Da a una persona natural la llave con que entra (Reglamento DL 1412, art. 14.1); su usuario es su documento.

    :param clave: su contraseña, ya comprobada por el formulario; ``None`` si entrará de otro modo
    :raises Denegado: si la pide otra persona que no administra las cuentas
    :raises NoProcede: si es una persona jurídica o ya tiene cuenta
    """
    policies.check_crear_cuenta(actor, persona)
    if persona.clase != Persona.Clase.NATURAL:
        raise NoProcede(
            "Las cuentas son de personas naturales: la empresa actúa por medio de su representante."
        )
    try:
        with transaction.atomic():
            cuenta = Cuenta.objects.create_user(
                persona=persona,
                password=clave,
                creada_en=ahora,
                clave_provisional=actor is not None and actor != persona,
            )
    except IntegrityError as error:
        raise NoProcede("Ese documento ya tiene una cuenta. Ingrese con su contraseña.") from error
    emit(
        CuentaCreada(cuenta_id=cuenta.pk),
        actor_id=actor.pk if actor else persona.pk,
        ahora=ahora,
        objeto=persona,
    )
    return cuenta


@transaction.atomic
def crear_mi_cuenta(
    *,
    numero_documento: str,
    nombres: str,
    apellido_paterno: str,
    apellido_materno: str = "",
    correo: str = "",
    telefono: str = "",
    clave: str,
    ahora: datetime,
) -> Cuenta:
    """Registra a un ciudadano con su DNI y le da su cuenta, en un solo acto.

    Quien ya figura en la municipalidad (presentó en ventanilla) y no tiene cuenta no puede tomarla por internet:
    cualquiera podría escribir un DNI ajeno y ver sus trámites. Se activa en ventanilla, con el documento a la vista.

    :raises EntradaInvalida: si el DNI no es válido o faltan los nombres
    :raises NoProcede: si ese DNI ya tiene cuenta o ya figura registrado
    """
    numero = rules.validar_documento(Persona.TipoDocumento.DNI, numero_documento)
    anterior = Persona.objects.filter(
        tipo_documento=Persona.TipoDocumento.DNI, numero_documento=numero
    ).first()
    if anterior is not None:
        raise NoProcede(policies.FRASE_DNI_YA_REGISTRADO)
    persona = registrar_persona(
        actor=None,
        clase=Persona.Clase.NATURAL,
        tipo_documento=Persona.TipoDocumento.DNI,
        numero_documento=numero,
        nombres=nombres,
        apellido_paterno=apellido_paterno,
        apellido_materno=apellido_materno,
        correo=correo,
        telefono=telefono,
        ahora=ahora,
    )
    return crear_cuenta(actor=None, persona=persona, clave=clave, ahora=ahora)


@transaction.atomic
def dar_clave_nueva(*, actor: Persona, persona: Persona, clave: str, ahora: datetime) -> Cuenta:
    """Pone otra contraseña a quien la olvidó y vino con su documento; sus sesiones abiertas dejan de valer.

    :param clave: la contraseña provisional, ya comprobada por el formulario; la cambia al entrar
    :raises Denegado: si no le corresponde a quien la da
    :raises NoProcede: si la persona no tiene cuenta, o la tiene desactivada
    """
    policies.check_cambiar_clave(actor, persona)
    cuenta = Cuenta.objects.select_for_update(of=("self",)).filter(persona=persona).first()
    if cuenta is None:
        raise NoProcede(f"{persona} no tiene cuenta todavía: désela primero.")
    if not cuenta.is_active:
        raise NoProcede(
            f"La cuenta de {persona} está desactivada; la administración del sistema puede reactivarla."
        )
    cuenta.set_password(clave)
    cuenta.clave_provisional = True
    cuenta.save(update_fields=["password", "clave_provisional"])
    emit(ClaveCambiada(cuenta_id=cuenta.pk), actor_id=actor.pk, ahora=ahora, objeto=persona)
    return cuenta


@transaction.atomic
def atender_cuenta(*, actor: Persona, documento: str, clave: str, ahora: datetime) -> Cuenta:
    """En ventanilla, con el documento a la vista: da cuenta a quien no la tiene, o contraseña nueva a quien la olvidó.

    :raises Denegado: si no le corresponde a quien atiende
    :raises NoEncontrado: si ese documento no está registrado todavía
    """
    ficha = queries.get_para_atender(documento, para=actor)
    if ficha.cuenta is None:
        return crear_cuenta(actor=actor, persona=ficha.persona, clave=clave, ahora=ahora)
    return dar_clave_nueva(actor=actor, persona=ficha.persona, clave=clave, ahora=ahora)


@transaction.atomic
def anotar_ingreso(*, cuenta: Cuenta, ahora: datetime) -> None:
    """Deja constancia de que una persona entró con su cuenta."""
    emit(SesionIniciada(cuenta_id=cuenta.pk), actor_id=cuenta.persona_id, ahora=ahora, objeto=cuenta.persona)
