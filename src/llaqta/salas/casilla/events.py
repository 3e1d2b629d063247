"""Lo que anuncia la casilla."""

from __future__ import annotations

from dataclasses import dataclass

from llaqta.cimientos.events import Evento


@dataclass(frozen=True)
class CasillaAceptada(Evento):
    """Una persona consintió ser notificada en su casilla."""

    adhesion_id: int


@dataclass(frozen=True)
class CasillaRevocada(Evento):
    """Una persona retiró su consentimiento."""

    adhesion_id: int


@dataclass(frozen=True)
class NotificacionDepositada(Evento):
    """Un acto quedó depositado en la casilla."""

    notificacion_id: int


@dataclass(frozen=True)
class NotificacionLeida(Evento):
    """El destinatario abrió el documento: es su acuse."""

    notificacion_id: int


@dataclass(frozen=True)
class NotificacionVencida(Evento):
    """Pasaron los días para acusar recibo sin que nadie abriera el documento."""

    notificacion_id: int


@dataclass(frozen=True)
class NotificacionSurtioEfecto(Evento):
    """Llegó el día en que la notificación surte efecto."""

    notificacion_id: int


@dataclass(frozen=True)
class AlertaRebotada(Evento):
    """No se pudo avisar de un depósito por ningún medio: no surte efecto y se notifica por cédula."""

    notificacion_id: int


@dataclass(frozen=True)
class NotificacionAnulada(Evento):
    """Un depósito se anuló antes de surtir efecto."""

    notificacion_id: int


@dataclass(frozen=True)
class NotificacionDerivadaACedula(Evento):
    """Un depósito del que no se pudo avisar se notifica por cédula."""

    notificacion_id: int


@dataclass(frozen=True)
class NotificacionConvalidada(Evento):
    """La persona actuó en el procedimiento: conocía el acto, y desde ese día se la tiene por notificada."""

    notificacion_id: int


@dataclass(frozen=True)
class AlertaDevuelta(Evento):
    """Un aviso que se dio por enviado volvió: su destinatario no lo recibió."""

    alerta_id: int


@dataclass(frozen=True)
class PlazoDesdeElAviso(Evento):
    """El aviso se aceptó otro día que el depósito, y los días para acusar recibo corren desde el aviso."""

    notificacion_id: int


@dataclass(frozen=True)
class AlertaReintentada(Evento):
    """La administración mandó intentar otra vez un aviso."""

    alerta_id: int


@dataclass(frozen=True)
class DesajusteDetectado(Evento):
    """Algo que debía ocurrir en la casilla no ocurrió, y no se reparó solo."""

    desajuste_id: int


@dataclass(frozen=True)
class BalancePublicado(Evento):
    """Se publicó la cuenta de notificaciones de un día."""

    balance_id: int
    cuadra: bool
