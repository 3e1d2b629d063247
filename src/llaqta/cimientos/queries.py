"""Lo que las salas preguntan a los cimientos."""

from __future__ import annotations

from datetime import date

from llaqta.cimientos.calendario import Calendario
from llaqta.cimientos.models import DiaNoLaborable


def get_calendario(al: date | None = None) -> Calendario:
    """El calendario administrativo de la instalación: el nacional más las filas que suspenden plazos.

    :param al: solo las filas que regían ese día; ``None``, lo que hoy se sabe: todas, menos las que ya no rigen
    """
    filas = [
        fila
        for fila in DiaNoLaborable.objects.all()
        if fila.suspende_plazos
        and (al is None or fila.vigente_desde is None or fila.vigente_desde <= al)
        and (fila.vigente_hasta is None or (al is not None and fila.vigente_hasta >= al))
    ]
    ultima = max((fila.modificado_en for fila in filas), default=None)
    return Calendario(
        feriados={fila.fecha: f"{fila.descripcion} ({fila.norma})" for fila in filas},
        version=f"nacional+{len(filas)}" + (f"@{ultima:%Y%m%dT%H%M%S}" if ultima else ""),
    )
