"""Un plazo dibujado en sus meses: qué días cuentan y cuáles no, y los días que importan. Puro."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from llaqta.cimientos.calendario import Paso
from llaqta.cimientos.web.palabras import MESES
from llaqta.salas.plazos.pedido import POSITIVO, Pedido, Plazo

MESES_QUE_SE_DIBUJAN = 14
"""Un plazo más largo se lee mejor en la tabla."""


@dataclass(frozen=True)
class Hito:
    """Lo que ocurre un día: la letra con que se marca y cómo se dice."""

    letra: str
    nombre: str


@dataclass(frozen=True)
class Celda:
    """Un día del mes: su número de orden si cuenta, por qué no si no cuenta, y lo que en él ocurre."""

    dia: date
    cuenta: int | None = None
    motivo: str = ""
    hitos: tuple[Hito, ...] = ()

    @property
    def clase(self) -> str:
        """Cómo se pinta: ``hito``, ``cuenta``, ``salta`` o nada, si el plazo no pasó por él."""
        if self.hitos:
            return "hito"
        return "cuenta" if self.cuenta is not None else "salta" if self.motivo else ""


@dataclass(frozen=True)
class Mes:
    """Un mes en semanas de lunes a domingo; ``None`` donde el día es de otro mes."""

    nombre: str
    semanas: tuple[tuple[Celda | None, ...], ...]


def dibujar(pedido: Pedido, plazo: Plazo) -> list[Mes]:
    """Los meses por los que pasa un plazo en días; vacío si es en horas o demasiado largo."""
    if isinstance(plazo.vence, datetime) or isinstance(plazo.inicio, datetime):
        return []
    hitos = _hitos(pedido, plazo)
    primero, ultimo = min(hitos), max(hitos)
    cuantos = (ultimo.year - primero.year) * 12 + ultimo.month - primero.month + 1
    if cuantos > MESES_QUE_SE_DIBUJAN:
        return []
    pasos = {paso.fecha: paso for paso in plazo.pasos}
    meses = []
    for n in range(cuantos):
        anio, mes = primero.year + (primero.month - 1 + n) // 12, (primero.month - 1 + n) % 12 + 1
        meses.append(_mes(anio, mes, pasos, hitos))
    return meses


def _mes(anio: int, mes: int, pasos: Mapping[date, Paso], hitos: Mapping[date, tuple[Hito, ...]]) -> Mes:
    semanas = tuple(
        tuple(_celda(dia, pasos, hitos) if dia.month == mes else None for dia in semana)
        for semana in calendar.Calendar().monthdatescalendar(anio, mes)
    )
    return Mes(f"{MESES[mes - 1].capitalize()} de {anio}", semanas)


def _celda(dia: date, pasos: Mapping[date, Paso], hitos: Mapping[date, tuple[Hito, ...]]) -> Celda:
    paso = pasos.get(dia)
    cuenta = paso.cuenta if paso else None
    return Celda(dia, cuenta, paso.motivo if paso and cuenta is None else "", hitos.get(dia, ()))


def leyenda(pedido: Pedido, plazo: Plazo) -> list[Hito]:
    """Las letras que se usan en el dibujo, en el orden en que ocurren."""
    return [hito for suyos in dict(sorted(_hitos(pedido, plazo).items())).values() for hito in suyos]


def _hitos(pedido: Pedido, plazo: Plazo) -> dict[date, tuple[Hito, ...]]:
    silencio = (
        Hito("A", "aprobado por silencio") if pedido.silencio == POSITIVO else Hito("A", "se puede apelar")
    )
    nombrados = (
        (plazo.fecha_presentacion, Hito("P", "se presentó")),
        (plazo.vence, Hito("V", "vence")),
        (plazo.limite_notificacion, Hito("N", "último día para notificar")),
        (plazo.silencio_desde, silencio),
    )
    hitos: dict[date, tuple[Hito, ...]] = {}
    for dia, hito in nombrados:
        if isinstance(dia, date) and not isinstance(dia, datetime):
            hitos[dia] = (*hitos.get(dia, ()), hito)
    return hitos
