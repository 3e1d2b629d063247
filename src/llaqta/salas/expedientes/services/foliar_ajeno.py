"""Agregar un expediente que ya viene foliado: no continúa la foliación, y queda cuántos folios trae (art. 152.2)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import policies
from llaqta.salas.expedientes.events import ExpedienteForaneoAgregado
from llaqta.salas.expedientes.models import Estado, Expediente, ExpedienteAgregado
from llaqta.salas.expedientes.services.acto import tomar

FOLIOS_MAXIMOS = 100_000


@transaction.atomic
def agregar_expediente_foliado(
    *,
    actor: Persona,
    expediente: Expediente,
    numero: str,
    procedencia: str,
    folios: int,
    motivo: str,
    version: int | None = None,
    ahora: datetime,
) -> ExpedienteAgregado:
    """Anota que un expediente foliado de otra entidad, o en papel, se agregó a este después del último folio.

    Los que se acumulan dentro de la casa no pasan por aquí: su ``Acumulacion`` ya lo dice. Repetirlo no hace nada.

    :param numero: su número o denominación, tal como viene
    :param folios: cuántos trae; no se suman a los de este
    :raises Denegado: si hoy no trabaja en la unidad responsable, o es parte
    :raises NoProcede: si el expediente está en el archivo, o si otra persona acaba de actuar en él
    :raises EntradaInvalida: si falta el número, la procedencia o el motivo, o los folios no son un número posible
    """
    tomado = tomar(expediente, version=version)
    policies.check_tramitar(actor, tomado)
    numero = " ".join(numero.split())[:120]
    if ya := tomado.agregados.filter(numero=numero).first():
        return ya
    _check_agregar(tomado, numero, procedencia, folios, motivo)
    agregado = ExpedienteAgregado.objects.create(
        expediente=tomado,
        numero=numero,
        procedencia=procedencia.strip()[:120],
        folios=folios,
        tras_folio=tomado.folios,
        motivo=motivo.strip()[:200],
        agregado_en=ahora,
        agregado_por=actor,
    )
    tomado.version += 1
    tomado.save(update_fields=["version"])
    emit(
        ExpedienteForaneoAgregado(expediente_id=tomado.pk, agregado_id=agregado.pk, folios=folios),
        actor_id=actor.pk,
        ahora=ahora,
        objeto=tomado,
    )
    expediente.version = tomado.version
    return agregado


def _check_agregar(expediente: Expediente, numero: str, procedencia: str, folios: int, motivo: str) -> None:
    if expediente.estado == Estado.ARCHIVADO:
        raise NoProcede("El expediente está en el archivo.", norma="Ley 27444, art. 150")
    for valor, frase, campo in (
        (numero, "Escriba el número o la denominación del expediente que se agrega.", "numero"),
        (procedencia, "Escriba de dónde viene.", "procedencia"),
        (motivo, "Escriba por qué se agrega.", "motivo"),
    ):
        if not valor.strip():
            raise EntradaInvalida(frase, campo=campo)
    if not 1 <= folios <= FOLIOS_MAXIMOS:
        raise EntradaInvalida(f"Escriba cuántos folios trae, entre 1 y {FOLIOS_MAXIMOS:,}.", campo="folios")
