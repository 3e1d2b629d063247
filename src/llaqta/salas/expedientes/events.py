"""Lo que anuncian los expedientes."""

from __future__ import annotations

from dataclasses import dataclass

from llaqta.cimientos.events import Evento


@dataclass(frozen=True)
class ExpedienteAbierto(Evento):
    """Se abrió un expediente."""

    expediente_id: int


@dataclass(frozen=True)
class DocumentosIncorporados(Evento):
    """Se agregaron documentos al expediente, foliados a continuación."""

    expediente_id: int
    documentos: list[int]


@dataclass(frozen=True)
class ExpedienteObservado(Evento):
    """El expediente espera una corrección: su reloj no corre."""

    expediente_id: int


@dataclass(frozen=True)
class ExpedienteSubsanado(Evento):
    """Llegó la corrección: el reloj de la entidad empieza (art. 131.1)."""

    expediente_id: int


@dataclass(frozen=True)
class ExpedienteDerivado(Evento):
    """El expediente tiene otra unidad responsable."""

    expediente_id: int
    movimiento_id: int


@dataclass(frozen=True)
class CopiaEnviada(Evento):
    """Otra unidad recibió copia, sin responsabilidad."""

    expediente_id: int
    movimiento_id: int


@dataclass(frozen=True)
class MovimientoRecibido(Evento):
    """La unidad de destino lo recibió."""

    expediente_id: int
    movimiento_id: int


@dataclass(frozen=True)
class InformePedido(Evento):
    """Se pidió informe u opinión a otra unidad."""

    expediente_id: int
    movimiento_id: int


@dataclass(frozen=True)
class InformeRendido(Evento):
    """La otra unidad devolvió su informe u opinión."""

    expediente_id: int
    movimiento_id: int


@dataclass(frozen=True)
class InformePrescindido(Evento):
    """La unidad responsable decidió seguir sin el informe que pidió."""

    expediente_id: int
    movimiento_id: int


@dataclass(frozen=True)
class ProyectoRedactado(Evento):
    """Hay un proyecto de documento."""

    expediente_id: int
    proyecto_id: int


@dataclass(frozen=True)
class ProyectoEditado(Evento):
    """Cambió el proyecto: los vistos buenos anteriores ya no valen."""

    expediente_id: int
    proyecto_id: int
    version: int


@dataclass(frozen=True)
class ProyectoEnviado(Evento):
    """El proyecto pasó a visto bueno o a firma."""

    expediente_id: int
    proyecto_id: int


@dataclass(frozen=True)
class ProyectoVisado(Evento):
    """Alguien dio su visto bueno."""

    expediente_id: int
    proyecto_id: int


@dataclass(frozen=True)
class ProyectoDevuelto(Evento):
    """Alguien devolvió el proyecto con un motivo."""

    expediente_id: int
    proyecto_id: int


@dataclass(frozen=True)
class DocumentoEmitido(Evento):
    """Un documento tiene número, fecha y firma."""

    expediente_id: int
    documento_id: int


@dataclass(frozen=True)
class ExpedienteResuelto(Evento):
    """Hay decisión."""

    expediente_id: int
    documento_id: int


@dataclass(frozen=True)
class DecisionDepositada(Evento):
    """La decisión está en la casilla del administrado."""

    expediente_id: int
    notificacion_id: int


@dataclass(frozen=True)
class ExpedienteNotificado(Evento):
    """El administrado tomó conocimiento, o el plazo lo da por notificado."""

    expediente_id: int
    notificacion_id: int


@dataclass(frozen=True)
class ExpedienteArchivado(Evento):
    """El expediente terminó."""

    expediente_id: int
