"""Cómo se toma un expediente para actuar en él: una persona a la vez, y solo por los caminos de la tabla."""

from __future__ import annotations

from llaqta.cimientos.errors import NoEncontrado, NoProcede
from llaqta.salas.expedientes import rules
from llaqta.salas.expedientes.models import Expediente, Movimiento, Proyecto

OTRA_PERSONA = "Otra persona acaba de actuar en este expediente; revise lo nuevo y vuelva a intentar."


def tomar(expediente: Expediente, *, version: int | None) -> Expediente:
    """Bloquea la fila del expediente hasta que el acto termine y la lee de nuevo.

    :param version: la que tenía a la vista quien actúa; ``None`` si lo llama otra sala dentro de su propio acto
    :raises NoProcede: si alguien actuó después de esa versión
    """
    # Se bloquea la fila sola: con uniones, quien espera y encuentra cambiada la unidad no la encontraría más.
    actual = Expediente.objects.select_for_update(no_key=True).filter(pk=expediente.pk).first()
    if actual is None:
        raise NoEncontrado
    check_version(actual, version)
    return actual


def check_version(tomado: Expediente, version: int | None) -> None:
    """Quien actúa tenía a la vista lo último; ``None`` si lo llama otra sala dentro de su propio acto.

    :raises NoProcede: si alguien actuó después de esa versión
    """
    if version is not None and tomado.version != version:
        raise NoProcede(OTRA_PERSONA)


def tomar_proyecto(proyecto: Proyecto, *, version: int | None) -> Proyecto:
    """Bloquea el expediente y el proyecto, siempre en ese orden, y los lee de nuevo.

    :raises NoProcede: si el proyecto cambió después de esa versión
    """
    expediente = tomar(Expediente(pk=proyecto.expediente_id), version=None)
    actual = Proyecto.objects.select_for_update(no_key=True).filter(pk=proyecto.pk).first()
    if actual is None:
        raise NoEncontrado
    if version is not None and actual.version != version:
        raise NoProcede("Otra persona acaba de cambiar este proyecto; revise lo nuevo y vuelva a intentar.")
    actual.expediente = expediente
    return actual


def pasar(expediente: Expediente, acto: str, hacia: str = "", *, guardar: tuple[str, ...] = ()) -> None:
    """Aplica un acto a un expediente ya tomado: cambia el estado por la tabla, sube la versión y guarda.

    :param guardar: otros campos que el acto cambió
    :raises NoProcede: si la tabla no lo permite desde el estado actual
    """
    expediente.estado = rules.get_transicion(acto, expediente.estado, hacia).hacia
    expediente.version += 1
    expediente.save(update_fields=["estado", "version", *guardar])


def pasar_proyecto(proyecto: Proyecto, acto: str, hacia: str = "", *, guardar: tuple[str, ...] = ()) -> None:
    """Aplica un acto a un proyecto ya tomado; no sube la versión, que es la del texto.

    :raises NoProcede: si la tabla no lo permite desde el estado actual
    """
    fila = rules.get_transicion(acto, proyecto.estado, hacia, tabla=rules.TRANSICIONES_DE_PROYECTO)
    proyecto.estado = fila.hacia
    proyecto.save(update_fields=["estado", *guardar])


def proximo_orden(expediente: Expediente) -> int:
    """El número de la fila siguiente de la hoja de ruta; el expediente está tomado, así que nadie más la usa."""
    ultimo = (
        Movimiento.objects.filter(expediente=expediente)
        .order_by("-orden")
        .values_list("orden", flat=True)
        .first()
    )
    return (ultimo or 0) + 1


def get_original(expediente: Expediente) -> Movimiento | None:
    """El envío que hoy hace responsable a una unidad; ``None`` mientras el expediente no salió de la mesa de partes."""
    return Movimiento.objects.filter(
        expediente=expediente, clase=Movimiento.Clase.ORIGINAL, atendido_en__isnull=True
    ).first()
