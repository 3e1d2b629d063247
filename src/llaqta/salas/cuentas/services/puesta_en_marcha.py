"""La primera persona que administra una instalación nueva."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from llaqta.salas.cuentas import enlaces
from llaqta.salas.cuentas.models import Cuenta, Rol
from llaqta.salas.cuentas.services.personas import crear_mi_cuenta
from llaqta.salas.cuentas.services.roles import ADMINISTRADOR, dar_rol_de_administracion


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
