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
