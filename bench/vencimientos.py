"""``./llaqta bench vencimientos``: cuánto tarda en declarar silencios y vencimientos entre cien mil expedientes.

Enciende un PostgreSQL temporal que espera al disco como en producción, carga la demostración y escribe por SQL los
expedientes abiertos pedidos, y otros tantos ya notificados, que no deben estorbar. De los abiertos vencen: la quinta
parte por silencio positivo, una décima por silencio negativo, y algunos observados o suspendidos. Después corre lo
mismo que el trabajo de cada hora y cuenta:

- ``segundos`` y ``sql``: la vuelta en que vencen todos a la vez, lo peor que puede pasar (apagado muchos días);
- ``segundos_sin_novedad`` y ``sql_sin_novedad``: la vuelta siguiente, que es la de todas las horas.

Comprueba los estados, los sucesos y los trabajos que quedaron. Meta: menos de 60 s la peor, menos de 2 s la corriente.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

RAIZ = Path(__file__).resolve().parents[1]
META_PEOR, META_CORRIENTE = 60.0, 2.0
DIA = "2026-08-03"
"""El lunes en que se mira; lo vencido venció el lunes anterior."""

ESCRIBIR = """
INSERT INTO expedientes_expediente (
    numero, anio, correlativo, clave, version_tramite_id, administrado_id, asunto, estado, estado_previo, etapa,
    etapa_repuesta, unidad_responsable_id, presentado_en, fecha_presentacion, inicio_computo, politica_horario,
    calificacion, dias_plazo, plazo_unidad, origen, domicilio, dias_distancia, vence_el, limite_notificacion,
    silencio_desde, corregir_hasta, explicacion, folios, version)
SELECT 'EXP-2025-' || lpad(n::text, 6, '0') || '-B', 2025, n, 'BANCO' || lpad(n::text, 11, '0'), %(version)s,
       %(persona)s, 'Del banco de pruebas', c.estado, c.previo, 0, 0, %(unidad)s, '2026-06-01 10:00-05', '2026-06-01',
       '2026-06-01', 'DIA_COMPLETO', c.calificacion, 30, 'HABILES', '', '', 0, c.vence, c.limite, c.silencio,
       c.corregir, '{}'::jsonb, 1, 1
  FROM generate_series(%(desde)s, %(hasta)s) AS n
 CROSS JOIN (VALUES %(caso)s) AS c (estado, previo, calificacion, vence, limite, silencio, corregir)
"""
VENCIDO = "'2026-07-14'::date, '2026-07-21'::date, '2026-07-27'::date, NULL::date"
POR_VENCER = "'2026-09-14'::date, '2026-09-21'::date, '2026-09-22'::date, NULL::date"
NEGATIVO = "'2026-07-24'::date, NULL::date, '2026-07-27'::date, NULL::date"
SIN_RELOJ = "NULL::date, NULL::date, NULL::date, '2026-07-30'::date"


@dataclass
class Vuelta:
    """Lo que costó una pasada."""

    segundos: float
    sql: int
    aprobados: int
    con_silencio_negativo: int
    reanudados: int
    no_presentados: int


def main(argv: list[str]) -> int:
    """Mide e imprime; devuelve 1 si algo quedó mal o no se llegó a las metas."""
    opciones = _opciones(argv)
    with ExitStack() as pila:
        pila.enter_context(_base())
        esperado = _poblar(opciones.expedientes)
        peor, corriente = _vuelta(), _vuelta()
        faltas = _comprobar(esperado, peor, corriente)
    resultado = {
        "expedientes_abiertos": opciones.expedientes,
        "vencidos": sum(esperado.values()),
        "segundos": round(peor.segundos, 2),
        "sql": peor.sql,
        "segundos_sin_novedad": round(corriente.segundos, 3),
        "sql_sin_novedad": corriente.sql,
        "faltas": faltas,
    }
    if opciones.json:
        print(json.dumps(resultado, ensure_ascii=False))
    else:
        for nombre, valor in resultado.items():
            print(f"{nombre:>22}: {valor}")
        print(
            f"Metas: la peor vuelta, menos de {META_PEOR:.0f} s; la corriente, menos de {META_CORRIENTE:.0f} s."
        )
    bien = not faltas and peor.segundos < META_PEOR and corriente.segundos < META_CORRIENTE
    return 0 if bien else 1


def _opciones(argv: list[str]) -> argparse.Namespace:
    lector = argparse.ArgumentParser(
        prog="./llaqta bench vencimientos", description=(__doc__ or "").split("\n", 1)[0]
    )
    lector.add_argument(
        "--expedientes", type=int, default=100_000, help="abiertos (100000); otros tantos cerrados"
    )
    lector.add_argument("--json", action="store_true", help="una sola línea de JSON")
    return lector.parse_args(argv)


@contextmanager
def _base() -> Iterator[None]:
    """Base temporal con la demostración; se apaga y se borra al salir."""
    from llaqta.lanzador.postgres import base_temporal

    with ExitStack() as pila:
        carpeta = Path(pila.enter_context(tempfile.TemporaryDirectory(prefix="llaqta-vencimientos-")))
        servidor = pila.enter_context(base_temporal(duradero=True))
        os.environ.update(
            DATABASE_URL=servidor.url, LLAQTA_DEMO="1", LLAQTA_DATA=str(carpeta), LLAQTA_LOG="ERROR",
            DJANGO_SETTINGS_MODULE="llaqta.config.settings", PYTHONPATH=str(RAIZ / "src"),
        )  # fmt: skip
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("cargar_demo", verbosity=0)
        _vuelta()  # lo que la demostración tenga vencido no se cuenta
        yield


def _poblar(abiertos: int) -> dict[str, int]:
    """Escribe los expedientes y devuelve cuántos deben vencer de cada clase."""
    from django.db import connection

    from llaqta.salas.cuentas.models import Persona, UnidadOrganica
    from llaqta.salas.tramites.models import VersionProcedimiento

    positivo, negativo, observado, suspendido = (
        abiertos // 5,
        abiertos // 10,
        abiertos // 100,
        abiertos // 100,
    )
    casos = [
        (positivo, f"'EN_TRAMITE', '', 'SILENCIO_POSITIVO', {VENCIDO}"),
        (negativo, f"'EN_TRAMITE', '', 'SILENCIO_NEGATIVO', {NEGATIVO}"),
        (observado, f"'OBSERVADO', '', 'SILENCIO_POSITIVO', {SIN_RELOJ}"),
        (suspendido, f"'SUSPENDIDO', 'EN_TRAMITE', 'SILENCIO_POSITIVO', {POR_VENCER}"),
        (abiertos - positivo - negativo - observado - suspendido,
         f"'EN_TRAMITE', '', 'SILENCIO_POSITIVO', {POR_VENCER}"),
        (abiertos, f"'NOTIFICADO', '', 'SILENCIO_POSITIVO', {VENCIDO}"),
    ]  # fmt: skip
    version, persona = VersionProcedimiento.objects.first(), Persona.objects.first()
    unidad = UnidadOrganica.objects.first()
    assert version
    assert persona
    assert unidad
    desde = 1
    with connection.cursor() as cursor:
        for cuantos, caso in casos:
            fijos = {"version": version.pk, "persona": persona.pk, "unidad": unidad.pk, "caso": f"({caso})"}
            cursor.execute(ESCRIBIR % {**fijos, "desde": desde, "hasta": desde + cuantos - 1})
            desde += cuantos
        cursor.execute(
            "INSERT INTO expedientes_suspension (expediente_id, etapa, clase, desde, hasta, motivo, anotada_en) "
            "SELECT id, 0, 'A_PEDIDO', '2026-07-20', '2026-07-31', '', now() FROM expedientes_expediente "
            "WHERE estado = 'SUSPENDIDO' AND anio = 2025"
        )
        cursor.execute("ANALYZE")
    return {
        "aprobados": positivo,
        "con_silencio_negativo": negativo,
        "no_presentados": observado,
        "reanudados": suspendido,
    }


def _vuelta() -> Vuelta:
    """Lo mismo que hacen los dos trabajos de cada hora."""
    from django.db import connection

    from llaqta.cimientos.calendario import LIMA
    from llaqta.salas.expedientes import services as expedientes
    from llaqta.salas.mesapartes import services as mesapartes

    ahora = datetime.fromisoformat(f"{DIA}T00:01:00").replace(tzinfo=LIMA)
    sentencias = 0

    def contar(ejecutar: Any, sql: str, datos: Any, varios: bool, contexto: Any) -> Any:
        nonlocal sentencias
        sentencias += 1
        return ejecutar(sql, datos, varios, contexto)

    inicio = time.perf_counter()
    with connection.execute_wrapper(contar):
        vencimientos = expedientes.declarar_vencimientos(ahora=ahora)
        no_presentados = mesapartes.declarar_no_presentadas(ahora=ahora)
    return Vuelta(
        segundos=time.perf_counter() - inicio,
        sql=sentencias,
        aprobados=vencimientos.aprobados,
        con_silencio_negativo=vencimientos.con_silencio_negativo,
        reanudados=vencimientos.reanudados,
        no_presentados=no_presentados,
    )


def _comprobar(esperado: dict[str, int], peor: Vuelta, corriente: Vuelta) -> list[str]:
    """Lo que no quedó como debía."""
    from django.db.models import Count

    from llaqta.cimientos.events import OYENTES
    from llaqta.cimientos.models import Suceso
    from llaqta.salas.expedientes.events import SilencioPositivoOperado
    from llaqta.salas.expedientes.models import Expediente

    faltas = [
        f"{nombre}: {getattr(peor, nombre)} en vez de {cuantos}"
        for nombre, cuantos in esperado.items()
        if getattr(peor, nombre) != cuantos
    ]
    faltas += [f"la segunda vuelta volvió a tocar {n}" for n in esperado if getattr(corriente, n)]
    del_banco = Expediente.objects.filter(anio=2025, numero__endswith="-B")
    estados = dict(del_banco.values_list("estado").annotate(Count("pk")))
    if estados.get("APROBADO_FICTO", 0) != esperado["aprobados"]:
        faltas.append(f"quedaron {estados.get('APROBADO_FICTO', 0)} aprobados por silencio")
    if not OYENTES.get(SilencioPositivoOperado):
        faltas.append("nadie escucha el silencio positivo")
    sucesos = Suceso.objects.filter(tipo=SilencioPositivoOperado.tipo()).count()
    if sucesos < esperado["aprobados"]:
        faltas.append(f"hay {sucesos} sucesos de silencio positivo")
    return faltas
