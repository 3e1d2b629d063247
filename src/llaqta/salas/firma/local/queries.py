"""Lo que se puede preguntar de una sesión de firma."""

from __future__ import annotations

from uuid import UUID

from llaqta.cimientos.errors import NoEncontrado
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma.local import policies
from llaqta.salas.firma.local.modelos import SesionDeFirma

RECIENTES = 50


def list_recientes(*, para: Persona) -> list[SesionDeFirma]:
    """Los últimos pedidos de firma de ``para``, del más nuevo al más viejo, con sus documentos."""
    return list(SesionDeFirma.objects.filter(persona=para).prefetch_related("documentos")[:RECIENTES])


def get_ultima_practica(*, para: Persona) -> SesionDeFirma | None:
    """La última vez que ``para`` practicó la firma; ``None`` si no lo hizo."""
    return SesionDeFirma.objects.filter(persona=para, destino="firma.Practica").first()


def get_sesion(referencia: UUID, *, para: Persona) -> SesionDeFirma:
    """La sesión de ``para``.

    :raises NoEncontrado: si no existe o es de otra persona
    """
    sesion = SesionDeFirma.objects.filter(referencia=referencia).prefetch_related("documentos").first()
    if sesion is None:
        raise NoEncontrado
    policies.check_es_suya(para, sesion)
    return sesion
