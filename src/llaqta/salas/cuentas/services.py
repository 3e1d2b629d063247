"""Lo que se puede hacer con las cuentas: registrar personas, darles cuenta, puestos y roles, y quitárselos."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas import enlaces, policies, rules
from llaqta.salas.cuentas.events import (
    AsignacionTerminada,
    CuentaCreada,
    PersonaRegistrada,
    PuestoAsignado,
    PuestoCreado,
    RolDado,
    RolEditado,
    RolRetirado,
    SesionIniciada,
    UnidadCreada,
    UnidadTerminada,
)
from llaqta.salas.cuentas.models import Asignacion, Cuenta, Persona, Puesto, Rol, RolDePersona, UnidadOrganica

ADMINISTRADOR = "ADMINISTRADOR"
"""Código del rol con que se administra el sistema."""


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
            cuenta = Cuenta.objects.create_user(persona=persona, password=clave, creada_en=ahora)
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
def anotar_ingreso(*, cuenta: Cuenta, ahora: datetime) -> None:
    """Deja constancia de que una persona entró con su cuenta."""
    emit(SesionIniciada(cuenta_id=cuenta.pk), actor_id=cuenta.persona_id, ahora=ahora, objeto=cuenta.persona)


@transaction.atomic
def crear_unidad(
    *,
    actor: Persona,
    nombre: str,
    siglas: str,
    padre: UnidadOrganica | None = None,
    es_mesa_de_partes: bool = False,
    desde: date,
    ahora: datetime,
) -> UnidadOrganica:
    """Añade una unidad al organigrama.

    :raises Denegado: si no administra las cuentas
    :raises NoProcede: si sus siglas ya existen, o si ya hay otra mesa de partes
    """
    policies.exigir(actor, "cuentas.administrar")
    if UnidadOrganica.objects.filter(siglas=siglas).exists():
        raise NoProcede(f"Ya hay una unidad con las siglas «{siglas}».")
    if es_mesa_de_partes and UnidadOrganica.objects.filter(es_mesa_de_partes=True).exists():
        raise NoProcede(
            "Ya hay una unidad señalada como mesa de partes; solo puede haber una.",
            norma="Ley 27444, art. 117.1",
        )
    unidad = UnidadOrganica.objects.create(
        nombre=nombre, siglas=siglas, padre=padre, es_mesa_de_partes=es_mesa_de_partes, vigente_desde=desde
    )
    emit(UnidadCreada(unidad_id=unidad.pk), actor_id=actor.pk, ahora=ahora, objeto=unidad)
    return unidad


@transaction.atomic
def terminar_unidad(
    *, actor: Persona, unidad: UnidadOrganica, hasta: date, ahora: datetime
) -> UnidadOrganica:
    """Cierra una unidad: deja de ofrecerse desde el día siguiente, y su historia queda.

    :raises Denegado: si no administra las cuentas
    :raises EntradaInvalida: si la fecha es anterior a su comienzo
    :raises NoProcede: si es la mesa de partes, o si otra unidad vigente o una persona depende de ella
    """
    policies.exigir(actor, "cuentas.administrar")
    rules.check_fechas(unidad.vigente_desde, hasta)
    if unidad.es_mesa_de_partes:
        raise NoProcede("La mesa de partes no puede cerrarse.", norma="Ley 27444, art. 117.1")
    if unidad.dependencias.filter(vigente_hasta__isnull=True).exists():
        raise NoProcede(f"De «{unidad}» dependen otras unidades; ciérrelas o trasládelas primero.")
    if Asignacion.objects.vigentes(al=hasta).filter(puesto__unidad=unidad).exclude(hasta=hasta).exists():
        raise NoProcede(
            f"En «{unidad}» hay puestos ocupados después de esa fecha; termine primero esas asignaciones."
        )
    unidad.vigente_hasta = hasta
    unidad.save(update_fields=["vigente_hasta"])
    emit(UnidadTerminada(unidad_id=unidad.pk), actor_id=actor.pk, ahora=ahora, objeto=unidad)
    return unidad


@transaction.atomic
def crear_puesto(
    *, actor: Persona, nombre: str, unidad: UnidadOrganica, es_jefatura: bool = False, ahora: datetime
) -> Puesto:
    """Crea un puesto en una unidad; lo ocupa quien tenga la asignación.

    :raises Denegado: si no administra las cuentas
    """
    policies.exigir(actor, "cuentas.administrar")
    puesto = Puesto.objects.create(nombre=nombre, unidad=unidad, es_jefatura=es_jefatura)
    emit(PuestoCreado(puesto_id=puesto.pk), actor_id=actor.pk, ahora=ahora, objeto=puesto)
    return puesto


@transaction.atomic
def asignar_puesto(
    *,
    actor: Persona,
    persona: Persona,
    puesto: Puesto,
    desde: date,
    hasta: date | None = None,
    ahora: datetime,
) -> Asignacion:
    """Pone a una persona en un puesto entre dos fechas.

    :raises Denegado: si no administra las cuentas
    :raises EntradaInvalida: si las fechas están al revés
    :raises NoProcede: si es persona jurídica, o si ya ocupa ese puesto en esas fechas
    """
    policies.exigir(actor, "cuentas.administrar")
    rules.check_fechas(desde, hasta)
    if persona.clase != Persona.Clase.NATURAL:
        raise NoProcede("Solo una persona natural puede ocupar un puesto.")
    if rules.se_cruzan(
        desde, hasta, [(a.desde, a.hasta) for a in Asignacion.objects.filter(persona=persona, puesto=puesto)]
    ):
        raise NoProcede(f"{persona} ya ocupa ese puesto en esas fechas.")
    asignacion = Asignacion.objects.create(persona=persona, puesto=puesto, desde=desde, hasta=hasta)
    emit(PuestoAsignado(asignacion_id=asignacion.pk), actor_id=actor.pk, ahora=ahora, objeto=persona)
    return asignacion


@transaction.atomic
def terminar_asignacion(
    *, actor: Persona, asignacion: Asignacion, hasta: date, ahora: datetime
) -> Asignacion:
    """Pone fecha final a una asignación: al día siguiente la persona ya no actúa por ese puesto.

    :raises Denegado: si no administra las cuentas
    :raises EntradaInvalida: si la fecha es anterior a su comienzo
    """
    policies.exigir(actor, "cuentas.administrar")
    rules.check_fechas(asignacion.desde, hasta)
    asignacion.hasta = hasta
    asignacion.save(update_fields=["hasta"])
    emit(
        AsignacionTerminada(asignacion_id=asignacion.pk),
        actor_id=actor.pk,
        ahora=ahora,
        objeto=asignacion.persona,
    )
    return asignacion


@transaction.atomic
def dar_rol(
    *, actor: Persona, persona: Persona, rol: Rol, desde: date, hasta: date | None = None, ahora: datetime
) -> RolDePersona:
    """Da a una persona los permisos de un rol entre dos fechas.

    :raises Denegado: si no administra las cuentas
    :raises EntradaInvalida: si las fechas están al revés
    :raises NoProcede: si ya tiene ese rol en esas fechas
    """
    policies.exigir(actor, "cuentas.administrar")
    rules.check_fechas(desde, hasta)
    if rules.se_cruzan(
        desde, hasta, [(r.desde, r.hasta) for r in RolDePersona.objects.filter(persona=persona, rol=rol)]
    ):
        raise NoProcede(f"{persona} ya tiene el rol «{rol}» en esas fechas.")
    dado = RolDePersona.objects.create(persona=persona, rol=rol, desde=desde, hasta=hasta)
    emit(RolDado(rol_de_persona_id=dado.pk), actor_id=actor.pk, ahora=ahora, objeto=persona)
    return dado


@transaction.atomic
def retirar_rol(
    *, actor: Persona, rol_de_persona: RolDePersona, hasta: date, ahora: datetime
) -> RolDePersona:
    """Pone fecha final a un rol.

    :raises Denegado: si no administra las cuentas
    :raises EntradaInvalida: si la fecha es anterior a su comienzo
    :raises NoProcede: si con ello nadie quedaría administrando el sistema
    """
    policies.exigir(actor, "cuentas.administrar")
    rules.check_fechas(rol_de_persona.desde, hasta)
    if "cuentas.administrar" in rol_de_persona.rol.permisos and not _queda_quien_administre(rol_de_persona):
        raise NoProcede("Es la única persona que administra el sistema; dé antes el rol a otra.")
    rol_de_persona.hasta = hasta
    rol_de_persona.save(update_fields=["hasta"])
    emit(
        RolRetirado(rol_de_persona_id=rol_de_persona.pk),
        actor_id=actor.pk,
        ahora=ahora,
        objeto=rol_de_persona.persona,
    )
    return rol_de_persona


def _queda_quien_administre(quitado: RolDePersona) -> bool:
    return (
        RolDePersona.objects.filter(rol__permisos__contains=["cuentas.administrar"], hasta__isnull=True)
        .exclude(pk=quitado.pk)
        .exists()
    )


@transaction.atomic
def editar_rol(*, actor: Persona, codigo: str, nombre: str, permisos: Sequence[str], ahora: datetime) -> Rol:
    """Crea un rol, o cambia el nombre y los permisos del que tiene ese código.

    :raises Denegado: si no administra las cuentas
    :raises EntradaInvalida: si nombra un permiso que no existe
    :raises NoProcede: si con ello nadie quedaría administrando el sistema
    """
    policies.exigir(actor, "cuentas.administrar")
    if desconocidos := sorted(set(permisos) - set(policies.PERMISOS)):
        raise EntradaInvalida(f"No existe el permiso «{desconocidos[0]}».", campo="permisos")
    anterior = Rol.objects.select_for_update().filter(codigo=codigo).first()
    if anterior and "cuentas.administrar" in anterior.permisos and "cuentas.administrar" not in permisos:
        otros = RolDePersona.objects.filter(
            rol__permisos__contains=["cuentas.administrar"], hasta__isnull=True
        )
        if not otros.exclude(rol=anterior).exists():
            raise NoProcede("Es el único rol con que se administra el sistema; no puede perder ese permiso.")
    rol, _ = Rol.objects.update_or_create(
        codigo=codigo, defaults={"nombre": nombre, "permisos": sorted(set(permisos))}
    )
    emit(RolEditado(rol_id=rol.pk), actor_id=actor.pk, ahora=ahora, objeto=rol)
    return rol


@transaction.atomic
def crear_primer_administrador(
    *,
    llave: str,
    numero_documento: str,
    nombres: str,
    apellido_paterno: str,
    apellido_materno: str = "",
    correo: str = "",
    telefono: str = "",
    clave: str,
    ahora: datetime,
) -> Cuenta:
    """Gasta el enlace de la puesta en marcha y crea con él a la primera persona que administra.

    :param llave: la parte secreta del enlace que imprimió ``enlace_primer_administrador``
    :raises Denegado: si el enlace no vale, venció o ya se usó
    :raises EntradaInvalida: si el DNI no es válido o faltan los nombres
    """
    Rol.objects.select_for_update().filter(
        codigo=ADMINISTRADOR
    ).first()  # dos usos a la vez: el segundo espera y no vale
    enlaces.check_enlace(llave)
    cuenta = crear_mi_cuenta(
        numero_documento=numero_documento,
        nombres=nombres,
        apellido_paterno=apellido_paterno,
        apellido_materno=apellido_materno,
        correo=correo,
        telefono=telefono,
        clave=clave,
        ahora=ahora,
    )
    dar_rol_de_administracion(persona=cuenta.persona, ahora=ahora)
    return cuenta


@transaction.atomic
def dar_rol_de_administracion(*, persona: Persona, ahora: datetime) -> RolDePersona:
    """Da la administración a la primera persona, cuando nadie la tiene todavía; es un acto del sistema.

    :raises NoProcede: si alguien ya administra: entonces la da esa persona
    """
    rol = Rol.objects.select_for_update().get(codigo=ADMINISTRADOR)
    if policies.hay_quien_administre(al=hoy_en_lima(ahora)):
        raise NoProcede("El sistema ya tiene quien lo administre; pídale que le dé el rol.")
    dado = RolDePersona.objects.create(persona=persona, rol=rol, desde=hoy_en_lima(ahora))
    emit(RolDado(rol_de_persona_id=dado.pk), actor_id=None, ahora=ahora, objeto=persona)
    return dado
