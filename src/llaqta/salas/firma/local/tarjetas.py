"""Las tarjetas de práctica «PERÚ PRUEBA»: las emite al momento la autoridad de demostración y no se guardan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec

from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma import sello
from llaqta.salas.firma.ca import Titular
from llaqta.salas.firma.llaves import LlaveDeSoftware

ORGANIZACION = "PERÚ PRUEBA"
VIGENCIA = timedelta(hours=12)
HOLGURA = timedelta(hours=1)


def hacer_tarjeta(dni: str, *, ahora: datetime) -> LlaveDeSoftware:
    """Una tarjeta con certificado ``FIR <DNI>``, SIN VALOR LEGAL, a nombre de esa persona.

    :raises LlaveNoDisponible: si este proceso no puede abrir la autoridad de demostración
    """
    persona = Persona.objects.filter(tipo_documento="DNI", numero_documento=dni).first()
    apellidos = f"{persona.apellido_paterno} {persona.apellido_materno}".strip() if persona else "DE PRÁCTICA"
    nombres = persona.nombres if persona else "Persona"
    autoridad = sello.autoridad()
    privada = ec.generate_private_key(ec.SECP256R1())
    desde = ahora.replace(microsecond=0) - HOLGURA
    certificado = autoridad.emitir(
        titular=Titular(
            f"{apellidos.upper()} {nombres}", f"FIR {dni}", f"PNOPE-{dni}", organizacion=ORGANIZACION
        ),
        publica=privada.public_key(),
        desde=desde,
        hasta=desde + VIGENCIA,
    )
    return LlaveDeSoftware(certificado, (autoridad.emisora.certificado,), privada)


def tarjetero(reloj: Callable[[], datetime]) -> Callable[[str], LlaveDeSoftware]:
    """Un cajón con la tarjeta de cada persona: la misma mientras dure el programa."""
    hechas: dict[str, LlaveDeSoftware] = {}

    def sacar(dni: str) -> LlaveDeSoftware:
        guardada = hechas.get(dni)
        if guardada is None or guardada.certificado.not_valid_after_utc <= reloj():
            hechas[dni] = guardada = hacer_tarjeta(dni, ahora=reloj())
        return guardada

    return sacar
