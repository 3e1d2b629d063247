"""Lo que se hace con el libro: llevarse una copia, y que conste."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from llaqta.cimientos.events import emit
from llaqta.salas.auditoria import policies, queries
from llaqta.salas.auditoria.events import LibroExportado
from llaqta.salas.auditoria.policies import QuienPide
from llaqta.salas.auditoria.queries import Filtros, Renglon


@transaction.atomic
def exportar(*, actor: QuienPide | None, filtros: Filtros, ahora: datetime) -> Iterator[Renglon]:
    """Deja constancia de la exportación y entrega los renglones que pasan el filtro.

    :raises NoEncontrado: si ``actor`` no puede ver el libro
    """
    quien = policies.check_ver(actor)
    emit(LibroExportado(filtros=filtros.como_textos()), actor_id=quien.pk, ahora=ahora)
    return queries.iter_renglones(para=quien, filtros=filtros)
