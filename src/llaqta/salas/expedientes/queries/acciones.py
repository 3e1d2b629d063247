"""Qué puede hacer ahora una persona con un expediente; si un acto no procede, la frase y la norma que lo dicen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from llaqta.cimientos.errors import Negativa
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes.actos import POSIBLES, Posible, ofrecer, por_tabla
from llaqta.salas.expedientes.models import Expediente

__all__ = ["POSIBLES", "Accion", "Posible", "check_accion", "get_acciones", "ofrecer", "por_tabla"]


@dataclass(frozen=True)
class Accion:
    """Un acto sobre un expediente, mirado ahora: ``negado`` y ``norma`` dicen por qué no se puede."""

    acto: Posible
    negado: str = ""
    norma: str = ""
    resaltada: bool = False

    @property
    def nombre(self) -> str:
        """El verbo."""
        return self.acto.nombre

    @property
    def texto(self) -> str:
        """Lo que dice su botón."""
        return self.acto.texto

    @property
    def otros(self) -> bool:
        """Verdadero si va en «Otros actos»."""
        return self.acto.otros


def get_acciones(expediente: Expediente, *, para: Persona, ahora: datetime) -> list[Accion]:
    """Cada acto con su respuesta: se puede, o la frase y la norma de su política o de la tabla de estados."""
    return [_mirar(posible, expediente, para, ahora) for posible in POSIBLES]


def check_accion(nombre: str, expediente: Expediente, *, para: Persona, ahora: datetime) -> None:
    """Lo que el botón de ese acto comprueba; lo usa su pantalla para no mostrarse a quien no puede.

    :raises Denegado: si no le corresponde
    :raises NoProcede: si la ley no lo permite ahora
    """
    next(posible for posible in POSIBLES if posible.nombre == nombre).check(para, expediente, ahora)


def _mirar(posible: Posible, expediente: Expediente, para: Persona, ahora: datetime) -> Accion:
    try:
        posible.check(para, expediente, ahora)
    except Negativa as negativa:
        return Accion(posible, negativa.frase, negativa.norma)
    return Accion(posible, resaltada=expediente.estado in posible.resalta_en)
