"""Lo que se puede preguntar a la casilla; ``para`` es la persona que pregunta."""

from __future__ import annotations

from datetime import date, datetime

from llaqta.cimientos.errors import NoEncontrado
from llaqta.salas.casilla.models import Adhesion, Notificacion, NotificacionQuerySet, ParametroDeCasilla
from llaqta.salas.cuentas.models import Persona


def get_casilla(*, para: Persona, al: date) -> NotificacionQuerySet:
    """Las notificaciones de ``para`` y de quienes representa ese día, de la más reciente a la más antigua."""
    return Notificacion.objects.visible_to(para, al=al).select_related("destinatario", "documento__tipo")


def count_sin_leer(*, para: Persona, al: date) -> int:
    """Cuántas tiene sin abrir."""
    return (
        Notificacion.objects.visible_to(para, al=al)
        .filter(estado="DEPOSITADA", leida_en__isnull=True)
        .count()
    )


def get_notificacion(codigo: str, *, para: Persona, al: date) -> Notificacion:
    """Una notificación de ``para``.

    :raises NoEncontrado: si no existe o es de otra persona
    """
    consulta = get_casilla(para=para, al=al).select_related("documento__archivo", "constancia", "adhesion")
    notificacion = consulta.filter(codigo=codigo).first()
    if notificacion is None:
        raise NoEncontrado("No encontramos esa notificación en su casilla.")
    return notificacion


def get_adhesion_vigente(*, para: Persona, en: datetime) -> Adhesion | None:
    """El consentimiento de ``para`` que vale en ese instante."""
    return Adhesion.objects.vigentes(en=en).filter(persona=para).select_related("texto").first()


def tiene_casilla(*, para: Persona, en: datetime) -> bool:
    """Verdadero si ``para`` puede ser notificada en su casilla en ese instante."""
    return Adhesion.objects.vigentes(en=en).filter(persona=para).exists()


def get_parametro(*, para: Persona | None = None, al: date) -> ParametroDeCasilla:
    """La regla de efecto que rige el día ``al``.

    :raises NoEncontrado: si la instalación no tiene ninguna (``cargar_catalogos`` pone la de la Ley 31736)
    """
    parametro = ParametroDeCasilla.objects.filter(desde__lte=al).order_by("-desde").first()
    if parametro is None:
        raise NoEncontrado("La casilla no tiene una regla de efecto vigente: regístrela en administración.")
    return parametro
