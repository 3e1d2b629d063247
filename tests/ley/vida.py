"""El mundo en que viven los expedientes de la máquina de vidas, y la huella que delata cualquier cambio."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.apps import apps
from django.db import connection

from llaqta.cimientos.calendario import LIMA
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.mesapartes import services as mesapartes
from llaqta.salas.mesapartes.models import Presentacion
from llaqta.salas.tramites.models import Requisito

from .municipalidad import Municipalidad, papel

SIN_HUELLA = ("firma_intento", "cimientos_memoria", "tramites_", "cuentas_", "plazos_")
"""Lo que ningún acto de un expediente escribe, y los intentos de PIN, que se cuentan aunque fracasen."""


@dataclass
class Mundo:
    """La municipalidad, quienes actúan, la hora que es, y un número al azar para los actos que deben elegir algo."""

    muni: Municipalidad
    gente: dict[str, Persona]
    tramites: list[str]
    ahora: datetime = datetime(2026, 6, 1, 9, 0, tzinfo=LIMA)
    expedientes: list[int] = field(default_factory=list)
    azar: int = 0

    @property
    def hoy(self) -> date:
        """La fecha de Lima."""
        return self.ahora.date()

    def pasar(self, dias: int, minutos: int) -> None:
        """El reloj avanza, nunca retrocede."""
        self.ahora += timedelta(days=dias, minutes=minutos)


def presentar(m: Mundo, quien: Persona, tramite: str, *, completo: bool) -> Presentacion:
    """Una solicitud nueva."""
    plano = Requisito.objects.get(version__procedimiento__codigo=tramite, orden=2)
    return mesapartes.presentar(
        actor=quien, tramite=tramite, asunto="Licencia para mi bodega", archivos=[papel()],
        requisitos=[plano.pk if completo else None], envio=uuid4(), ahora=m.ahora,
    )  # fmt: skip


# --- La huella --------------------------------------------------------------------------------------------------------
def _tablas() -> list[str]:
    de_la_casa = [m._meta.db_table for m in apps.get_models() if m.__module__.startswith("llaqta.")]
    return [t for t in (*de_la_casa, "procrastinate_jobs") if not t.startswith(SIN_HUELLA)]


def huella() -> dict[str, tuple[int, str]]:
    """Cuántas filas hay en cada tabla y qué dicen: si una negativa cambia un solo dato, se nota."""
    with connection.cursor() as cursor:
        # Preparada una vez por conexión, se planifica una sola vez: son muchas tablas y se mira tras cada acto.
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name = 'huella'")
        if not cursor.fetchone()[0]:
            cursor.execute(f"PREPARE huella AS {_consulta()}")
        cursor.execute("EXECUTE huella")
        return {tabla: (cuantas, dicho) for tabla, cuantas, dicho in cursor.fetchall()}


def _consulta() -> str:
    partes = [
        f"SELECT '{t}', count(*), coalesce(md5(string_agg(md5(f::text), '' ORDER BY md5(f::text))), '') FROM {t} f"
        for t in _tablas()
    ]
    return " UNION ALL ".join(partes)
