"""Lo que anuncian las cuentas."""

from __future__ import annotations

from dataclasses import dataclass

from llaqta.cimientos.events import Evento


@dataclass(frozen=True)
class CuentaCreada(Evento):
    """Una persona tiene cuenta."""

    cuenta_id: int


@dataclass(frozen=True)
class SesionIniciada(Evento):
    """Una persona entró."""

    cuenta_id: int


@dataclass(frozen=True)
class RolDado(Evento):
    """Una persona recibió un rol."""

    rol_de_persona_id: int


@dataclass(frozen=True)
class PuestoAsignado(Evento):
    """Una persona ocupa un puesto."""

    asignacion_id: int
