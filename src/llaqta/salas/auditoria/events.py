"""Lo que anuncia la auditoría: mirar el libro no deja rastro; llevárselo, alterarlo o borrar un secreto, sí."""

from __future__ import annotations

from dataclasses import dataclass

from llaqta.cimientos.events import Evento


@dataclass(frozen=True)
class LibroExportado(Evento):
    """Alguien se llevó una copia del libro de sucesos, filtrada por esos campos.

    Lo que escribió en ellos no se guarda: puede ser el nombre de una persona, y un suceso no los lleva.
    """

    filtros: list[str]


@dataclass(frozen=True)
class SecretoDeSucesoBorrado(Evento):
    """Se borró el secreto de un suceso: su hoja sigue probando que existió, y ya nadie puede abrir qué decía."""

    suceso_borrado_id: int
    motivo: str
    """Uno de ``models.MotivoDeBorrado``: un texto libre acabaría diciendo lo que se quiso borrar."""


@dataclass(frozen=True)
class RegistroAlteradoHallado(Evento):
    """Una verificación halló que el registro no coincide."""

    verificacion_id: int
    hallazgos: int


@dataclass(frozen=True)
class VecinoAgregado(Evento):
    """Esta instalación comenzó a vigilar el registro de otra entidad."""

    vecino_id: int


@dataclass(frozen=True)
class TestigoAutorizado(Evento):
    """Se comenzó a aceptar la firma de un testigo sobre nuestros puntos de control."""

    __test__ = False  # no es una prueba: se llama así por lo que es
    testigo_id: int


@dataclass(frozen=True)
class ContradiccionHallada(Evento):
    """El registro de una entidad vecina firmó dos cosas que no pueden ser ciertas a la vez."""

    vecino_id: int
    contradiccion_id: int


@dataclass(frozen=True)
class MesArchivado(Evento):
    """Los sucesos de un mes se llevaron a un archivo y se retiraron de la base; sus hojas se quedan."""

    mes: str
    """``2025-01``."""
    hoja_desde: int
    hoja_hasta: int
    filas: int
    retirado: bool
    manifiesto: str
    """SHA-256 del manifiesto del archivo: quien lo traiga alterado no lo puede negar."""
