"""Quién ve las reglas, quién las cambia y quién responde por ellas."""

from __future__ import annotations

from llaqta.cimientos.errors import Denegado
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.cuentas.policies import exigir, exigir_persona
from llaqta.salas.plazos.models import Interrupcion

CONFIRMAR = "plazos.confirmar"
ADMINISTRAR = "cimientos.administrar"


def check_ver_reglas(persona: Persona | None) -> Persona:
    """Las ve todo el personal: con ellas trabaja.

    :raises Denegado: si no es del personal
    """
    quien = exigir_persona(persona)
    if not quien.es_del_personal:
        raise Denegado("Las reglas de los plazos las ve el personal de la municipalidad.")
    return quien


def check_confirmar(actor: Persona | None) -> Persona:
    """Verificar una regla o certificar una interrupción es de quien ejerce la asesoría jurídica.

    :raises Denegado: si no tiene el permiso
    """
    exigir(actor, CONFIRMAR)
    return exigir_persona(actor)


def check_cambiar(actor: Persona | None) -> Persona:
    """Cambiar una regla o una distancia es de la asesoría jurídica o de la administración del sistema.

    :raises Denegado: si no tiene ninguno de los dos permisos
    """
    quien = exigir_persona(actor)
    if not (quien.puede(CONFIRMAR) or quien.puede(ADMINISTRAR)):
        raise Denegado(
            "Solo la asesoría jurídica o la administración del sistema puede cambiar las reglas de los plazos."
        )
    return quien


def check_registrar_interrupcion(actor: Persona | None) -> Persona:
    """Registra una interrupción quien administra la plataforma; certificarla es de otra persona.

    :raises Denegado: si no administra el sistema
    """
    exigir(actor, ADMINISTRAR)
    return exigir_persona(actor)


def check_otra_persona(actor: Persona, interrupcion: Interrupcion) -> None:
    """Quien registró una interrupción no la certifica.

    :raises Denegado: si es la misma persona
    """
    if interrupcion.registrada_por_id == actor.pk:
        raise Denegado("Usted registró esta interrupción: la certifica otra persona.")
