"""Qué falta: lo depositado sin constancia, lo avisado a medias, lo que venció y nadie declaró, la cola atrasada.

Solo se cuenta como falta lo que pasó de su plazo y no tiene un trabajo vivo en la cola: lo que está por hacerse no se
pide dos veces, y una avalancha de depósitos no la duplica el conciliador.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from llaqta.cimientos import reloj_ntp
from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.salas.casilla import cuenta
from llaqta.salas.casilla.models import Constancia, Desajuste, Notificacion

PLAZO_DE_CONSTANCIA = timedelta(minutes=5)
PLAZO_DE_ALERTA = timedelta(minutes=5)
PLAZO_DE_COLA = timedelta(minutes=15)
POR_VUELTA = 500

_SIN_CONSTANCIA = """
SELECT n.id FROM casilla_notificacion n
 WHERE {cuando} AND NOT EXISTS (
         SELECT 1 FROM casilla_constancia c WHERE c.notificacion_id = n.id AND c.clase = %(clase)s)
   AND NOT EXISTS (
         SELECT 1 FROM procrastinate_jobs j
          WHERE j.status IN ('todo', 'doing') AND j.task_name = 'casilla.sellar'
            AND (j.args ->> 'notificacion_id')::bigint = n.id AND j.args ->> 'clase' = %(clase)s)
   AND NOT EXISTS (
         SELECT 1 FROM procrastinate_jobs j JOIN cimientos_suceso s ON s.id = (j.args ->> 'suceso_id')::bigint
          WHERE j.status IN ('todo', 'doing') AND j.task_name = %(oyente)s
            AND s.objeto_tipo = 'casilla.Notificacion' AND s.objeto_id = n.id::text)
 ORDER BY n.id LIMIT %(cuantas)s
"""
_CUANDO = {
    Constancia.Clase.DEPOSITO: ("n.depositada_en < %(antes)s", "casilla.sellar_constancia_de_deposito"),
    Constancia.Clase.LECTURA: (
        "n.leida_en IS NOT NULL AND n.leida_en < %(antes)s", "casilla.sellar_constancia_de_lectura",
    ),
    Constancia.Clase.EFICACIA: (
        "n.estado = 'EFECTIVA' AND n.declarada_en < %(antes)s", "casilla.sellar_constancia_de_eficacia",
    ),
    Constancia.Clase.VENCIMIENTO: (
        "n.estado = 'EFECTIVA' AND n.efecto_por = 'VENCIMIENTO' AND n.declarada_en < %(antes)s"
        " AND (n.leida_en IS NULL OR n.leida_en > n.declarada_en)",
        "casilla.sellar_constancia_de_vencimiento",
    ),
    Constancia.Clase.ALERTA: (
        "n.estado IN ('REBOTADA_ALERTA', 'DERIVADA_A_CEDULA') AND n.depositada_en < %(antes)s",
        "casilla.sellar_constancia_de_alerta",
    ),
}  # fmt: skip
_SIN_ALERTA = """
SELECT n.id FROM casilla_notificacion n
 WHERE n.estado = 'DEPOSITADA' AND n.depositada_en < %(antes)s AND NOT EXISTS (
         SELECT 1 FROM casilla_alerta a WHERE a.notificacion_id = n.id)
   AND NOT EXISTS (
         SELECT 1 FROM procrastinate_jobs j JOIN cimientos_suceso s ON s.id = (j.args ->> 'suceso_id')::bigint
          WHERE j.status IN ('todo', 'doing') AND j.task_name = 'casilla.avisar'
            AND s.objeto_tipo = 'casilla.Notificacion' AND s.objeto_id = n.id::text)
 ORDER BY n.id LIMIT %(cuantas)s
"""
_DETENIDAS = """
SELECT a.id, a.notificacion_id FROM casilla_alerta a
 WHERE (a.resultado = 'PENDIENTE' AND coalesce(a.programada_para, a.intentada_en) < %(antes)s
        OR a.resultado = 'EN_CURSO' AND a.tomada_en < %(antes)s)
   AND NOT EXISTS (
         SELECT 1 FROM procrastinate_jobs j
          WHERE j.status IN ('todo', 'doing') AND j.task_name = 'casilla.enviar_alerta'
            AND (j.args ->> 'alerta_id')::bigint = a.id)
 ORDER BY a.id LIMIT %(cuantas)s
"""
_INCIERTAS = """
SELECT a.id, a.notificacion_id FROM casilla_alerta a
  JOIN casilla_notificacion n ON n.id = a.notificacion_id AND n.estado = 'DEPOSITADA'
 WHERE a.resultado = 'INCIERTA' ORDER BY a.id LIMIT %(cuantas)s
"""
_ATRASADOS = """
SELECT count(*) FROM procrastinate_jobs j
 WHERE j.status = 'todo' AND j.task_name LIKE 'casilla.%%' AND coalesce(j.scheduled_at, (
         SELECT min(e.at) FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'deferred')) < %(antes)s
"""


@dataclass(frozen=True)
class Falta:
    """Algo que falta: de qué clase, en qué notificación o aviso, y cuál."""

    clase: str
    notificacion_id: int | None = None
    alerta_id: int | None = None
    que: str = ""
    detalle: str = ""

    @property
    def llave(self) -> tuple[str, int | None, int | None, str]:
        """Lo que la distingue de otra."""
        return (self.clase, self.notificacion_id, self.alerta_id, self.que)


def buscar(*, ahora: datetime) -> list[Falta]:
    """Todo lo que falta a esta hora."""
    clase = Desajuste.Clase
    antes: dict[str, int | str | datetime] = {"antes": ahora - PLAZO_DE_CONSTANCIA, "cuantas": POR_VUELTA}
    halladas: list[Falta] = []
    for cual, (cuando, oyente) in _CUANDO.items():
        filas = _filas(
            _SIN_CONSTANCIA.format(cuando=cuando), {**antes, "clase": cual.value, "oyente": oyente}
        )
        halladas += [Falta(clase.SIN_CONSTANCIA, pk, que=cual.value) for (pk,) in filas]
    halladas += [Falta(clase.SIN_ALERTA, pk) for (pk,) in _filas(_SIN_ALERTA, antes)]
    a_medias: dict[str, int | str | datetime] = {"antes": ahora - PLAZO_DE_ALERTA, "cuantas": POR_VUELTA}
    halladas += [Falta(clase.ALERTA_DETENIDA, de, pk) for pk, de in _filas(_DETENIDAS, a_medias)]
    halladas += [Falta(clase.ALERTA_INCIERTA, de, pk) for pk, de in _filas(_INCIERTAS, a_medias)]
    return [*halladas, *_sin_declarar(ahora), *_de_la_maquina(ahora)]


def _sin_declarar(ahora: datetime) -> list[Falta]:
    """La vuelta de cada hora declara las de hoy; lo de ayer que sigue sin declararse, falta."""
    ayer = hoy_en_lima(ahora) - timedelta(days=1)
    pendientes = Notificacion.objects.por_surtir_efecto(al=ayer).order_by("pk")
    return [
        Falta(Desajuste.Clase.SIN_DECLARAR, pk) for pk in pendientes.values_list("pk", flat=True)[:POR_VUELTA]
    ]


def _de_la_maquina(ahora: datetime) -> list[Falta]:
    clase, halladas = Desajuste.Clase, []
    [(atrasados,)] = _filas(_ATRASADOS, {"antes": ahora - PLAZO_DE_COLA})
    if atrasados:
        halladas.append(
            Falta(clase.COLA_ATRASADA, detalle=f"{atrasados} trabajos esperan hace más de 15 minutos")
        )
    reloj = reloj_ntp.ultima()
    if reloj is not None and not reloj.es_confiable:
        halladas.append(Falta(clase.RELOJ, detalle=reloj_ntp.en_palabras(reloj.como_datos())))
    hecha = cuenta.contar()
    if not hecha.cuadra:
        halladas.append(Falta(clase.NO_CUADRA, detalle=str(hecha)))
    return halladas


def _filas(sql: str, datos: Mapping[str, int | str | datetime]) -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, datos)
        return list(cursor.fetchall())
