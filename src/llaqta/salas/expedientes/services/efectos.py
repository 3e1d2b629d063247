"""Lo que se mira antes de redactar o firmar un acto que le hace algo al expediente: si la ley lo permite hoy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from llaqta.cimientos.errors import Denegado, NoProcede
from llaqta.salas.cuentas.models import Puesto, UnidadOrganica
from llaqta.salas.expedientes.models import EfectoDeActo, Estado, Expediente
from llaqta.salas.expedientes.services.abandonar import check_abandono
from llaqta.salas.expedientes.services.desistir import check_aceptar
from llaqta.salas.expedientes.services.nulidad import check_anular

DECIDIDOS = (Estado.NOTIFICADO, Estado.APROBADO_AUTOMATICO, Estado.APROBADO_FICTO)


def check_efecto(efecto: str, expediente: Expediente, *, al: date) -> None:
    """Lo que la ley pide antes de dictar un acto con ese efecto, ese día.

    :raises NoProcede: si todavía no, o si ya no, con su artículo
    """
    if check := _POR_EFECTO.get(efecto):
        check(expediente, al)


def check_competencia(efecto: str, expediente: Expediente, puesto: Puesto) -> None:
    """Lo pedido lo decide la autoridad que dice el TUPA, o una superior (arts. 3.1 y 61).

    :raises Denegado: si el puesto que firma no es de esa autoridad
    """
    if efecto != EfectoDeActo.DECIDE or expediente.etapa:
        return
    autoridad = expediente.version_tramite.unidad_aprobacion
    if puesto.unidad_id not in {unidad.pk for unidad in _con_superiores(autoridad)}:
        raise Denegado(
            f"Según el TUPA, este procedimiento lo resuelve {autoridad}: {puesto.unidad} no es competente.",
            norma="Ley 27444, arts. 3.1 y 61",
        )


def _con_superiores(unidad: UnidadOrganica) -> list[UnidadOrganica]:
    cadena, actual = [], unidad
    while actual is not None and actual not in cadena:
        cadena.append(actual)
        actual = actual.padre  # type: ignore[assignment]
    return cadena


def _check_enmienda(expediente: Expediente, al: date) -> None:
    if expediente.estado not in DECIDIDOS:
        raise NoProcede(
            "Se corrige el error material de una decisión ya notificada.", norma="Ley 27444, art. 201"
        )


_POR_EFECTO: dict[str, Callable[[Expediente, date], None]] = {
    EfectoDeActo.ABANDONO: lambda expediente, al: check_abandono(expediente, al=al),
    EfectoDeActo.DESISTIMIENTO: lambda expediente, al: check_aceptar(expediente),
    EfectoDeActo.NULIDAD: lambda expediente, al: check_anular(expediente, al=al),
    EfectoDeActo.ENMIENDA: _check_enmienda,
}
