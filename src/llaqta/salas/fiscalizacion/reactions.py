"""Lo que la fiscalización hace después de sortear: sellar el acta."""

from __future__ import annotations

from datetime import datetime

from llaqta.cimientos.events import listens
from llaqta.salas.fiscalizacion import services
from llaqta.salas.fiscalizacion.events import SorteoHecho


@listens(SorteoHecho)
def sellar_acta(evento: SorteoHecho, *, ahora: datetime) -> None:
    """El acta, sellada por la entidad y pública."""
    services.sellar_acta(sorteo_id=evento.sorteo_id, ahora=ahora)
