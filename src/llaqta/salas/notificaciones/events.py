"""Lo que anuncian las notificaciones."""

from __future__ import annotations

from dataclasses import dataclass

from llaqta.cimientos.events import Evento


@dataclass(frozen=True)
class DiligenciaOrdenada(Evento):
    """Se encargó notificar un acto por cédula, correo o publicación."""

    diligencia_id: int


@dataclass(frozen=True)
class VisitaAnotada(Evento):
    """Se dejó constancia de lo que pasó en una visita."""

    diligencia_id: int
    visita_id: int


@dataclass(frozen=True)
class ActaAdjuntada(Evento):
    """Se adjuntó el acta firmada de una visita."""

    diligencia_id: int
    visita_id: int


@dataclass(frozen=True)
class CorreoAutorizado(Evento):
    """Una persona autorizó que se le notifique en su correo."""

    autorizacion_id: int


@dataclass(frozen=True)
class AutorizacionDeCorreoRevocada(Evento):
    """Una persona retiró la autorización de su correo."""

    autorizacion_id: int


@dataclass(frozen=True)
class ReciboConfirmado(Evento):
    """El destinatario confirmó que recibió el correo."""

    diligencia_id: int


@dataclass(frozen=True)
class CorreoSinAcuse(Evento):
    """Pasaron los días sin que confirmara, o el correo no se pudo entregar: se notifica por cédula."""

    diligencia_id: int


@dataclass(frozen=True)
class ActoPublicado(Evento):
    """Un acto se publicó en un diario y en el portal."""

    diligencia_id: int


@dataclass(frozen=True)
class DiligenciaSurtioEfecto(Evento):
    """Desde su fecha, la notificación surte efecto."""

    diligencia_id: int


@dataclass(frozen=True)
class DiligenciaNoPracticada(Evento):
    """La diligencia terminó sin notificar: el domicilio no existe o no es de la persona."""

    diligencia_id: int


@dataclass(frozen=True)
class DiligenciaAnulada(Evento):
    """Se anuló una diligencia defectuosa antes de que surtiera efecto."""

    diligencia_id: int


@dataclass(frozen=True)
class DiligenciaConvalidada(Evento):
    """La persona actuó en el procedimiento: conocía el acto, y desde ese día se la tiene por notificada."""

    diligencia_id: int
