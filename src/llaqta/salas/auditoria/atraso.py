"""Cuánto le falta al registro para alcanzar a los sucesos."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

SEGUNDOS_DE_ALARMA = 60
_SE_CUENTAN = 10_000
"""Con más que esto sin hoja, da igual cuántos: está detenido."""


@dataclass(frozen=True)
class Atraso:
    """Cuántos sucesos esperan su hoja y desde hace cuánto la espera el más antiguo."""

    sucesos: int
    segundos: int


def get_atraso(*, ahora: datetime) -> Atraso:
    """Lo que espera ahora mismo; sin nada que esperar, cero y cero."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(registrado_en) FROM ("
            "  SELECT s.registrado_en FROM cimientos_suceso s"
            "  WHERE (s.xid, s.id) > (coalesce((SELECT xid FROM auditoria_avance WHERE id = 1), '0'),"
            "                         coalesce((SELECT suceso_id FROM auditoria_avance WHERE id = 1), 0))"
            "  AND NOT EXISTS (SELECT FROM auditoria_hoja h WHERE h.suceso_id = s.id)"
            "  ORDER BY s.xid, s.id LIMIT %s) p",
            [_SE_CUENTAN],
        )
        sucesos, desde = cursor.fetchone() or (0, None)
    return Atraso(sucesos, max(0, int((ahora - desde).total_seconds())) if desde else 0)
