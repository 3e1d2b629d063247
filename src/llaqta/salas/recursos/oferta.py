"""Los actos de esta sala que se ofrecen en la página de un expediente."""

from __future__ import annotations

from datetime import datetime

from llaqta.cimientos.errors import NoProcede
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import policies as expedientes
from llaqta.salas.expedientes.models import Estado, Expediente
from llaqta.salas.expedientes.queries import Posible, ofrecer
from llaqta.salas.recursos import queries, rules


def ofrecer_actos() -> None:
    """Pone en la página del expediente los actos sobre sus recursos; llamarlo dos veces no los repite."""
    ofrecer(
        Posible(
            "resolver_recurso",
            "Recurso: sentido de la decisión",
            "recurso_del_expediente",
            _check_resolver,
            resalta_en=(Estado.IMPUGNADO,),
        ),
        Posible(
            "informacion_erronea",
            "Anotar que la notificación informó mal",
            "informacion_erronea",
            _check_informacion,
            otros=True,
        ),
    )


def _check_resolver(actor: Persona, expediente: Expediente, ahora: datetime) -> None:
    expedientes.check_tramitar(actor, expediente)
    if queries.get_vivo(expediente, para=actor) is None:
        raise NoProcede("No hay un recurso en curso en este expediente.", norma=rules.ART_CLASES)


def _check_informacion(actor: Persona, expediente: Expediente, ahora: datetime) -> None:
    expedientes.check_tramitar(actor, expediente)
    if expediente.decide_lo_pedido and expediente.estado not in (Estado.NOTIFICADO, Estado.ABANDONADO):
        raise NoProcede("Todavía no hay una decisión notificada.", norma=rules.ART_INFORMACION)
