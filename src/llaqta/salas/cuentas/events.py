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


@dataclass(frozen=True)
class ClaveCambiada(Evento):
    """Otra persona, con el documento a la vista, le dio una contraseña nueva; sus sesiones abiertas se cerraron."""

    cuenta_id: int


@dataclass(frozen=True)
class PersonaRegistrada(Evento):
    """Una persona quedó anotada con su documento."""

    persona_id: int


@dataclass(frozen=True)
class AsignacionTerminada(Evento):
    """Una persona deja un puesto."""

    asignacion_id: int


@dataclass(frozen=True)
class RolRetirado(Evento):
    """Una persona deja de tener un rol."""

    rol_de_persona_id: int


@dataclass(frozen=True)
class RolEditado(Evento):
    """Un rol es nuevo o cambió de permisos."""

    rol_id: int


@dataclass(frozen=True)
class UnidadCreada(Evento):
    """El organigrama tiene una unidad más."""

    unidad_id: int


@dataclass(frozen=True)
class UnidadTerminada(Evento):
    """Una unidad tiene fecha final."""

    unidad_id: int


@dataclass(frozen=True)
class PuestoCreado(Evento):
    """Una unidad tiene un puesto más."""

    puesto_id: int


@dataclass(frozen=True)
class RepresentacionRegistrada(Evento):
    """Una persona natural actúa por otra."""

    representacion_id: int


@dataclass(frozen=True)
class RepresentacionTerminada(Evento):
    """Una representación tiene último día."""

    representacion_id: int


@dataclass(frozen=True)
class CuentaDesactivada(Evento):
    """Una persona ya no puede entrar con su cuenta."""

    cuenta_id: int


@dataclass(frozen=True)
class SegundoPasoQuitado(Evento):
    """A quien perdió su teléfono se le quitó el segundo paso, en persona."""

    cuenta_id: int


@dataclass(frozen=True)
class SesionesCerradas(Evento):
    """Se cerraron sesiones abiertas de una cuenta: la persona vuelve a entrar donde quiera seguir."""

    cuenta_id: int
    cuantas: int


@dataclass(frozen=True)
class CuentaReactivada(Evento):
    """Una persona puede entrar otra vez con su cuenta."""

    cuenta_id: int


@dataclass(frozen=True)
class ClavePropiaCambiada(Evento):
    """La dueña de la cuenta puso otra contraseña."""

    cuenta_id: int
