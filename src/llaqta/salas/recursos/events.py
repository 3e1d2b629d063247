"""Lo que anuncian los recursos y las quejas."""

from __future__ import annotations

from dataclasses import dataclass

from llaqta.cimientos.events import Evento


@dataclass(frozen=True)
class RecursoInterpuesto(Evento):
    """Alguien impugnó una decisión, o el silencio."""

    expediente_id: int
    recurso_id: int
    clase: str
    en_plazo: bool


@dataclass(frozen=True)
class RecursoEncauzado(Evento):
    """Un escrito mal nombrado se tramita como el recurso que es (art. 213)."""

    expediente_id: int
    recurso_id: int
    clase: str


@dataclass(frozen=True)
class SentidoAnotado(Evento):
    """Quien resuelve anotó en qué sentido decide el recurso."""

    expediente_id: int
    recurso_id: int
    sentido: str


@dataclass(frozen=True)
class RecursoResuelto(Evento):
    """La decisión del recurso fue notificada."""

    expediente_id: int
    recurso_id: int


@dataclass(frozen=True)
class InformacionErroneaAnotada(Evento):
    """La notificación informó mal y los días perdidos no cuentan (art. 24.2)."""

    expediente_id: int
    desde: str
    hasta: str


@dataclass(frozen=True)
class QuejaPresentada(Evento):
    """Alguien reclamó por un defecto de tramitación."""

    expediente_id: int
    queja_id: int


@dataclass(frozen=True)
class QuejaContestada(Evento):
    """El quejado informó al superior."""

    expediente_id: int
    queja_id: int


@dataclass(frozen=True)
class QuejaResuelta(Evento):
    """El superior resolvió la queja."""

    expediente_id: int
    queja_id: int
