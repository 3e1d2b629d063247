"""Lo que muestra la sede a cualquiera: la primera página, las fichas de los trámites y los días que no se cuentan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.cache import caches

from llaqta.cimientos.calendario import Calendario, Computo, sumar_habiles
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.tramites import queries as tramites
from llaqta.salas.tramites.models import Tema, VersionProcedimiento
from llaqta.salas.tramites.queries import FichaDeTramite

_UN_RATO = 60


@dataclass(frozen=True)
class Inicio:
    """La primera página: lo más pedido y los temas, con cuántos trámites tiene cada uno."""

    frecuentes: Sequence[VersionProcedimiento]
    temas: Sequence[tuple[Tema, int]]

    @property
    def total(self) -> int:
        """Cuántos trámites rigen."""
        return sum(cuantos for _, cuantos in self.temas)


def get_inicio(*, para: Persona | None = None, al: date) -> Inicio:
    """Lo que muestra la primera página; se recuerda un minuto."""
    guardado: Inicio | None = caches["memoria"].get(f"sede.inicio.{al}")
    if guardado is None:
        grupos = tramites.get_catalogo(al=al)
        frecuentes = [v for grupo in grupos for v in grupo.versiones if v.procedimiento.es_frecuente]
        guardado = Inicio(frecuentes, [(grupo.tema, len(grupo.versiones)) for grupo in grupos])
        caches["memoria"].set(f"sede.inicio.{al}", guardado, _UN_RATO)
    return guardado


def get_ficha(codigo: str, *, para: Persona | None = None, al: date) -> FichaDeTramite:
    """La ficha de un trámite vigente.

    :raises NoEncontrado: si el TUPA no lo tiene
    :raises TramiteNoVigente: si no rige el día ``al``
    """
    return tramites.componer_ficha(tramites.get_vigente(codigo, al=al), relacionados_al=al)


@dataclass(frozen=True)
class DiaQueNoCuenta:
    """Un día que no se cuenta, aunque no sea sábado ni domingo."""

    fecha: date
    motivo: str


def get_dias_que_no_cuentan(*, para: Persona | None = None, al: date) -> list[DiaQueNoCuenta]:
    """Los días de lunes a viernes que no se cuentan en el año de ``al`` y en el siguiente."""
    calendario = get_calendario()
    dia, fin = date(al.year, 1, 1), date(al.year + 1, 12, 31)
    dias = []
    while dia <= fin:
        if dia.weekday() < 5 and (motivo := calendario.motivo(dia)):
            dias.append(DiaQueNoCuenta(dia, motivo.removeprefix("feriado nacional: ")))
        dia += timedelta(days=1)
    return dias


def contar_plazo(
    desde: date, dias: int, *, para: Persona | None = None, calendario: Calendario | None = None
) -> Computo:
    """Cuándo vence un plazo de días hábiles, con cada día explicado (arts. 133 y 134 Ley 27444)."""
    return sumar_habiles(desde, dias, calendario or get_calendario())
