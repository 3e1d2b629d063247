"""Lo que se hace con el libro: llevarse una copia, y que conste."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from llaqta.cimientos.events import emit
from llaqta.salas.auditoria import policies, queries, secuenciador
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


def secuenciar_ahora(*, ahora: datetime) -> int:
    """Da hoja en el registro a todo lo confirmado que no la tenga, y firma y publica el punto de control.

    Lo llaman el trabajador, cada dos segundos, y quien necesita ya una prueba. Repetirlo no hace nada.

    :return: cuántos sucesos entraron; 0 si no había nada o si otro proceso ya lo está haciendo
    :raises RegistroAlterado: si lo que hay no continúa lo ya firmado o publicado: no se firma
    :raises RuntimeError: dentro de una transacción
    """
    return secuenciador.secuenciar(ahora=ahora)
