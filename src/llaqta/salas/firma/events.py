"""Lo que anuncia la firma."""

from __future__ import annotations

from dataclasses import dataclass

from llaqta.cimientos.events import Evento


@dataclass(frozen=True)
class CertificadoEmitido(Evento):
    """Una persona tiene un certificado nuevo con que firmar."""

    certificado_id: int


@dataclass(frozen=True)
class CertificadoRevocado(Evento):
    """Un certificado dejó de servir."""

    certificado_id: int


@dataclass(frozen=True)
class PinBloqueado(Evento):
    """Se falló el PIN de un certificado demasiadas veces seguidas: quizá no era su titular."""

    certificado_id: int


@dataclass(frozen=True)
class FirmaLocalPedida(Evento):
    """Se pidió a una persona que firme en su equipo."""

    sesion_id: int


@dataclass(frozen=True)
class FirmaLocalEntregada(Evento):
    """El componente de firma del equipo de la persona recibió el pedido."""

    sesion_id: int


@dataclass(frozen=True)
class FirmaLocalAceptada(Evento):
    """Lo que volvió firmado del equipo de la persona se comprobó y se aceptó."""

    sesion_id: int
    huellas: list[str]


@dataclass(frozen=True)
class FirmaDePracticaAceptada(Evento):
    """La persona practicó la firma con una tarjeta sin valor legal: para la ley, no firmó nada."""

    sesion_id: int
    huellas: list[str]


@dataclass(frozen=True)
class FirmaLocalRechazada(Evento):
    """Un documento que volvió del equipo de la persona no era lo entregado más su firma, o ya no procedía.

    ``documento`` es su lugar en la sesión: de un lote, cada uno que no se acepta deja su suceso.
    """

    sesion_id: int
    codigo: str
    documento: int = 1


@dataclass(frozen=True)
class FirmaLocalCancelada(Evento):
    """La persona dejó sin efecto su pedido de firma."""

    sesion_id: int


@dataclass(frozen=True)
class FirmaLocalVencida(Evento):
    """Un pedido de firma venció sin que se firmara."""

    sesion_id: int
