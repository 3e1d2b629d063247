"""Lo que se puede hacer con los recursos y las quejas."""

from llaqta.salas.recursos.services.decidir import (
    Anulacion,
    anotar_informacion_erronea,
    anotar_resuelto,
    fijar_sentido,
)
from llaqta.salas.recursos.services.interponer import encauzar_recurso, interponer
from llaqta.salas.recursos.services.quejas import (
    contestar_queja,
    presentar_queja,
    resolver_queja,
    sellar_queja_resuelta,
)

__all__ = [
    "Anulacion",
    "anotar_informacion_erronea",
    "anotar_resuelto",
    "contestar_queja",
    "encauzar_recurso",
    "fijar_sentido",
    "interponer",
    "presentar_queja",
    "resolver_queja",
    "sellar_queja_resuelta",
]
