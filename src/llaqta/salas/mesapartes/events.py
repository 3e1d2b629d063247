"""Lo que anuncia la mesa de partes."""

from __future__ import annotations

from dataclasses import dataclass

from llaqta.cimientos.events import Evento


@dataclass(frozen=True)
class DocumentoPresentado(Evento):
    """Llegó un escrito: tiene número, expediente y cargo.

    ``huella_del_acto`` es la de su firma electrónica, si se presentó con una cuenta; vacía en ventanilla.
    """

    presentacion_id: int
    huella_del_acto: str = ""


@dataclass(frozen=True)
class PresentacionObservada(Evento):
    """La mesa observó, una sola vez, lo que falta."""

    presentacion_id: int
    observacion_id: int


@dataclass(frozen=True)
class ObservacionSubsanada(Evento):
    """El administrado corrigió lo observado; ``huella_del_acto``, como en ``DocumentoPresentado``."""

    presentacion_id: int
    observacion_id: int
    huella_del_acto: str = ""


@dataclass(frozen=True)
class PresentacionRecibida(Evento):
    """La mesa recibió y derivó."""

    presentacion_id: int


@dataclass(frozen=True)
class EscritoPresentado(Evento):
    """Llegó un escrito a un expediente que ya existía: tiene número y cargo.

    ``huella_del_acto``, como en ``DocumentoPresentado``.
    """

    escrito_id: int
    clase: str
    huella_del_acto: str = ""


@dataclass(frozen=True)
class EscritoEncauzado(Evento):
    """Un escrito mal nombrado se tramita como lo que es; conserva la fecha en que llegó (art. 213)."""

    escrito_id: int
    clase: str


@dataclass(frozen=True)
class DevolucionOrdenada(Evento):
    """Se ordenó devolver lo pagado por una solicitud que se tiene por no presentada (art. 125.4)."""

    orden_id: int


@dataclass(frozen=True)
class DevolucionHecha(Evento):
    """Se devolvió lo pagado."""

    orden_id: int
