"""Lo que las salas preguntan a los cimientos."""

from __future__ import annotations

from datetime import date
from typing import Final

from llaqta.cimientos.calendario import Calendario
from llaqta.cimientos.models import DiaNoLaborable

ADMINISTRATIVO: Final = "ADMINISTRATIVO"
TRIBUTARIO: Final = "TRIBUTARIO"


def get_calendario(al: date | None = None, *, efecto: str = ADMINISTRATIVO) -> Calendario:
    """El calendario de la instalación: el nacional más las filas que no se cuentan en esa clase de plazos.

    :param al: solo las filas que regían ese día; ``None``, lo que hoy se sabe: todas, menos las que ya no rigen
    :param efecto: ``ADMINISTRATIVO`` o ``TRIBUTARIO``: un día compensable puede ser inhábil para uno y hábil para otro
    """
    filas = [
        fila
        for fila in DiaNoLaborable.objects.all()
        if (fila.suspende_plazos if efecto == ADMINISTRATIVO else fila.efecto_tributario)
        and (al is None or fila.vigente_desde is None or fila.vigente_desde <= al)
        and (fila.vigente_hasta is None or (al is not None and fila.vigente_hasta >= al))
    ]
    ultima = max((fila.modificado_en for fila in filas), default=None)
    clase = "" if efecto == ADMINISTRATIVO else "/tributario"
    return Calendario(
        feriados={fila.fecha: f"{fila.descripcion} ({fila.norma})" for fila in filas},
        version=f"nacional+{len(filas)}" + (f"@{ultima:%Y%m%dT%H%M%S}" if ultima else "") + clase,
    )
