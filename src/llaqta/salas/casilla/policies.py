"""Quién puede qué en la casilla, y la frase que dice por qué no."""

from __future__ import annotations

from datetime import datetime

from llaqta.cimientos.errors import Denegado, NoEncontrado, NoProcede
from llaqta.salas.casilla.models import Adhesion, Notificacion
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento


class SinCasilla(NoProcede):
    """La persona no consintió ser notificada en casilla, o retiró su consentimiento."""

    def __init__(self, persona: Persona) -> None:
        super().__init__(
            f"{persona.nombre_completo} no ha aceptado la casilla electrónica: notifique en su domicilio, con cédula.",
            norma="Ley 27444, arts. 20.1.1 y 20.4; Ley 31736",
        )


def check_depositar(actor: Persona, documento: Documento) -> None:
    """Deposita quien tramita o firma, y solo un documento firmado y vigente.

    :raises Denegado: si no tramita expedientes
    :raises NoProcede: si el documento no está firmado o fue anulado
    """
    if not (actor.puede("expedientes.tramitar") or actor.puede("expedientes.firmar")):
        raise Denegado("Solo el personal que tramita expedientes puede notificar.")
    if not documento.firmado:
        raise NoProcede("Solo se notifica un documento firmado digitalmente.", norma="Ley 27444, art. 24.1")
    if documento.anulado_en is not None:
        raise NoProcede("Este documento fue anulado: no se puede notificar.")


def get_adhesion(persona: Persona, *, en: datetime) -> Adhesion:
    """El consentimiento vigente de ``persona`` en ese instante.

    :raises SinCasilla: si no lo hay (art. 20.4: consentimiento expreso y previo)
    """
    adhesion = Adhesion.objects.vigentes(en=en).filter(persona=persona).first()
    if adhesion is None:
        raise SinCasilla(persona)
    return adhesion


def check_abrir(notificacion: Notificacion) -> None:
    """Se abre lo que no fue anulado; de quién es lo decide la consulta, que a los ajenos les dice que no existe.

    :raises NoEncontrado: si fue anulada
    """
    if notificacion.estado == Notificacion.Estado.ANULADA:
        raise NoEncontrado("Esta notificación fue anulada antes de surtir efecto.")
