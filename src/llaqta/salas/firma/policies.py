"""Quién puede firmar, con qué y cuándo, y la frase que dice por qué no."""

from __future__ import annotations

import re
from datetime import datetime

from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma.bloque import LIMA
from llaqta.salas.firma.models import Certificado

FALLOS_PERMITIDOS = 5
_PIN = re.compile(r"\S{6,64}")


class SinCertificado(NoProcede):
    """La persona no tiene un certificado que sirva para firmar ahora."""


class PinEquivocado(Denegado):
    """El PIN no abre la llave del certificado."""

    def __init__(self, quedan: int) -> None:
        intentos = "Le queda 1 intento" if quedan == 1 else f"Le quedan {quedan} intentos"
        super().__init__(
            f"El PIN no es correcto. {intentos} antes de que su certificado se bloquee 15 minutos."
        )
        self.quedan = quedan


class CertificadoBloqueado(Denegado):
    """Se falló el PIN demasiadas veces seguidas."""

    def __init__(self, hasta: datetime) -> None:
        super().__init__(
            f"Escribió mal su PIN {FALLOS_PERMITIDOS} veces seguidas. Por seguridad, su certificado está bloqueado "
            f"hasta las {hasta.astimezone(LIMA):%H:%M}. Espere y vuelva a intentarlo."
        )
        self.hasta = hasta


def check_certificado(certificado: Certificado | None, *, ahora: datetime) -> Certificado:
    """Comprueba que el certificado existe, está vigente y no fue revocado, y lo devuelve (Ley 27269, arts. 9 y 10).

    :raises SinCertificado: si no, con la fecha en que dejó de servir
    """
    if certificado is None:
        raise SinCertificado(
            "Usted no tiene un certificado digital para firmar. Pídalo a la unidad de informática.",
            norma="Ley 27269, art. 6",
        )
    if certificado.revocado_en and certificado.revocado_en <= ahora:
        raise SinCertificado(
            f"Su certificado digital fue revocado el {_dia(certificado.revocado_en)} y ya no puede firmar con él.",
            norma="Ley 27269, art. 10",
        )
    if certificado.valido_hasta <= ahora:
        raise SinCertificado(
            f"Su certificado digital venció el {_dia(certificado.valido_hasta)}. Pida uno nuevo para firmar.",
            norma="Ley 27269, art. 9",
        )
    if certificado.valido_desde > ahora:
        raise SinCertificado(f"Su certificado digital recién vale desde el {_dia(certificado.valido_desde)}.")
    return certificado


def check_pin_nuevo(pin: str) -> None:
    """Comprueba la forma de un PIN que se elige.

    :raises EntradaInvalida: si tiene menos de 6 caracteres, más de 64 o espacios
    """
    if not _PIN.fullmatch(pin):
        raise EntradaInvalida("El PIN debe tener entre 6 y 64 caracteres, sin espacios.", campo="pin")


def check_titular(persona: Persona) -> None:
    """Firma una persona natural; una jurídica lo hace por su representante.

    :raises NoProcede: si es una persona jurídica
    """
    if persona.clase != Persona.Clase.NATURAL:
        raise NoProcede(
            "Solo una persona natural puede tener certificado de firma: la empresa firma por su representante."
        )


def _dia(instante: datetime) -> str:
    return f"{instante.astimezone(LIMA):%d/%m/%Y}"


def check_revocar(actor: Persona | None, certificado: Certificado) -> None:
    """Comprueba que quien revoca es el titular, o el sistema.

    :raises Denegado: si es otra persona
    """
    if actor is not None and certificado.persona_id != actor.pk:
        raise Denegado(
            "Solo el titular puede pedir que se revoque su certificado.", norma="Ley 27269, art. 10"
        )


def check_administrar(actor: Persona | None) -> Persona:
    """En quién se confía lo mira quien administra el sistema.

    :raises Denegado: si no le corresponde
    """
    cuentas.exigir(actor, "cimientos.administrar")
    return cuentas.exigir_persona(actor)
