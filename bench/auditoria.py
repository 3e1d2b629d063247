"""``./llaqta bench auditoria``: lo que cuesta que nadie pueda reescribir el registro.

Enciende un PostgreSQL temporal que espera al disco como en producción y mide, en una sola corrida:

- ``secuenciador``: sucesos por segundo desde PostgreSQL hasta el punto firmado, con sus mosaicos en el disco;
- ``prueba_ms``: lo que tarda la prueba de un suceso al azar (mediana y percentil 95);
- ``verificacion_s``: rehacer el registro entero desde los sucesos;
- ``sentencias_de_emit``: cuántas sentencias añade anunciar un suceso a la transacción de quien actúa;
- ``clientes``: transacciones por segundo de un acto pequeño (leer y bloquear una fila, insertar otra, actualizar la
  primera), con y sin su suceso, por turnos, con el secuenciador trabajando; y lo mismo con 20 ms más de trabajo.

Metas: ≥ 20 000 sucesos/s, prueba ≤ 5 ms, un millón de sucesos en ≤ 60 s, una sentencia, y perder menos del 30 %.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

RAIZ = Path(__file__).resolve().parents[1]
META_SUCESOS, META_PRUEBA, META_VERIFICAR, META_PERDIDA = 20_000, 5.0, 60.0, 30.0
ESCRIBIR = """
INSERT INTO cimientos_suceso (tipo, datos, actor_id, en_nombre_de_id, objeto_tipo, objeto_id, ocurrido_en)
SELECT CASE n %% 3 WHEN 0 THEN 'expedientes.ExpedienteDerivado' WHEN 1 THEN 'casilla.NotificacionDepositada'
                   ELSE 'documentos.DocumentoGuardado' END,
       jsonb_build_object('expediente_id', n, 'movimiento_id', n * 2, 'huella', md5(n::text) || md5((-n)::text)),
       n %% 500, NULL, 'expedientes.Expediente', n::text, now() + n * interval '1 microsecond'
  FROM generate_series(%s, %s) AS n
"""
TABLAS = """
CREATE TABLE banco_expediente (id bigint PRIMARY KEY, estado text NOT NULL, version int NOT NULL);
CREATE TABLE banco_movimiento (id bigserial PRIMARY KEY, expediente_id bigint NOT NULL REFERENCES banco_expediente,
                               motivo text NOT NULL, hecho_en timestamptz NOT NULL);
INSERT INTO banco_expediente SELECT n, 'EN_TRAMITE', 1 FROM generate_series(1, 10000) AS n;
"""


def main(argv: list[str]) -> int:
    """Mide e imprime; devuelve 1 si no se llega a alguna meta."""
    opciones = _opciones(argv)
    with ExitStack() as pila:
        _encender(pila)
        resultado: dict[str, Any] = {"eventos": opciones.eventos}
        resultado |= _secuenciar(opciones.eventos)
        resultado |= _probar()
        resultado |= _verificar(opciones.eventos)
        resultado["sentencias_de_emit"] = _sentencias_de_emit()
        resultado["clientes"] = {
            "corto": _por_turnos(opciones, trabajo=0.0),
            "con_20_ms": _por_turnos(opciones, trabajo=0.02),
        }
    faltas = _faltas(resultado)
    resultado["faltas"] = faltas
    if opciones.json:
        print(json.dumps(resultado, ensure_ascii=False))
    else:
        _imprimir(resultado)
    return 1 if faltas else 0


def _opciones(argv: list[str]) -> argparse.Namespace:
    lector = argparse.ArgumentParser(
        prog="./llaqta bench auditoria", description=(__doc__ or "").split("\n", 1)[0]
    )
    lector.add_argument("--eventos", type=int, default=1_000_000, help="sucesos en el registro (1000000)")
    lector.add_argument("--clientes", type=int, default=16, help="clientes a la vez (16)")
    lector.add_argument("--segundos", type=float, default=4.0, help="lo que dura cada turno (4)")
    lector.add_argument("--turnos", type=int, default=4, help="turnos con suceso y sin él (4 y 4)")
    lector.add_argument("--json", action="store_true", help="una sola línea de JSON")
    return lector.parse_args(argv)


def _encender(pila: ExitStack) -> None:
    """Base temporal con las tablas de los cimientos y de la auditoría."""
    from llaqta.lanzador.postgres import base_temporal

    carpeta = Path(pila.enter_context(tempfile.TemporaryDirectory(prefix="llaqta-auditoria-")))
    servidor = pila.enter_context(base_temporal(duradero=True))
    os.environ.update(
        DATABASE_URL=servidor.url, LLAQTA_DEMO="1", LLAQTA_DATA=str(carpeta), LLAQTA_LOG="ERROR",
        DJANGO_SETTINGS_MODULE="llaqta.config.settings", PYTHONPATH=str(RAIZ / "src"),
    )  # fmt: skip
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", "auditoria", verbosity=0, skip_checks=True)
    with connection.cursor() as cursor:
        cursor.execute(TABLAS)
    _avanzar()


def _avanzar() -> int:
    from llaqta.salas.auditoria import services

    return services.secuenciar_ahora(ahora=datetime.now(UTC))


def _secuenciar(eventos: int) -> dict[str, Any]:
    """Escribe los sucesos y mide cuánto tarda en darles hoja, escribir los mosaicos y firmar."""
    from django.db import connection

    with connection.cursor() as cursor:
        for desde in range(1, eventos + 1, 100_000):
            cursor.execute(ESCRIBIR, [desde, min(desde + 99_999, eventos)])
        cursor.execute("ANALYZE cimientos_suceso")
    _decir(f"{eventos} sucesos escritos; se secuencian…")
    inicio, cpu = time.perf_counter(), time.process_time()
    dadas = _avanzar()
    segundos = time.perf_counter() - inicio
    if dadas != eventos:
        raise SystemExit(f"entraron {dadas} sucesos en vez de {eventos}")
    return {
        "secuenciador": round(eventos / segundos),
        "secuenciador_s": round(segundos, 1),
        "secuenciador_cpu_s": round(time.process_time() - cpu, 1),
    }


def _probar(cuantas: int = 500) -> dict[str, Any]:
    """Pide pruebas al azar."""
    from llaqta.salas.auditoria.models import Hoja
    from llaqta.salas.auditoria.pruebas import get_prueba

    azar = random.Random(1)  # noqa: S311 — solo elige cuáles
    total = Hoja.objects.count()
    sucesos = [Hoja.objects.get(pk=azar.randrange(total)).suceso_id for _ in range(cuantas)]
    tiempos, pasos, octetos = [], 0, 0
    cpu = time.process_time()
    for suceso in sucesos:
        inicio = time.perf_counter()
        prueba = get_prueba(suceso)
        tiempos.append((time.perf_counter() - inicio) * 1000)
        pasos, octetos = len(prueba.paquete["inclusion"]), len(json.dumps(prueba.paquete))
    return {
        "prueba_ms": round(statistics.median(tiempos), 2),
        "prueba_p95_ms": round(statistics.quantiles(tiempos, n=20)[-1], 2),
        "prueba_cpu_ms": round((time.process_time() - cpu) / cuantas * 1000, 2),
        "prueba_pasos": pasos,
        "prueba_octetos": octetos,
    }


def _verificar(eventos: int) -> dict[str, Any]:
    """Rehace el registro entero; luego cambia un suceso y mide cuánto tarda en nombrarlo."""
    from django.db import connection, transaction

    from llaqta.salas.auditoria import integridad

    _decir("se verifica…")
    inicio, cpu = time.perf_counter(), time.process_time()
    informe = integridad.verificar()
    segundos, cpu = time.perf_counter() - inicio, time.process_time() - cpu
    if not informe.intacto or informe.sucesos != eventos:
        raise SystemExit(f"la verificación halló {informe.hallazgos[:3]}")
    hoja = eventos * 7 // 10
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cimientos_suceso DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE cimientos_suceso SET actor_id = 9999 WHERE id ="
            " (SELECT suceso_id FROM auditoria_hoja WHERE hoja = %s)",
            [hoja],
        )
        tramo = integridad.verificar(desde=hoja - hoja % 256, hasta=hoja - hoja % 256 + 256)
        transaction.set_rollback(True)
    if [hallazgo.hoja for hallazgo in tramo.hallazgos] != [hoja]:
        raise SystemExit(f"no se nombró la hoja {hoja}: {tramo.hallazgos[:3]}")
    return {
        "verificacion_s": round(segundos, 1),
        "verificacion_cpu_s": round(cpu, 1),
        "verificacion_por_s": round(eventos / segundos),
    }


def _sentencias_de_emit() -> int:
    from django.db import connection, transaction

    sentencias = 0

    def contar(ejecutar: Any, sql: str, datos: Any, varios: bool, contexto: Any) -> Any:
        nonlocal sentencias
        sentencias += 1
        return ejecutar(sql, datos, varios, contexto)

    with transaction.atomic():
        with connection.execute_wrapper(contar):
            _anunciar(1)
        transaction.set_rollback(True)
    return sentencias


def _anunciar(numero: int) -> None:
    from llaqta.cimientos.events import emit
    from llaqta.cimientos.trabajos import TrabajoReintentado

    emit(TrabajoReintentado(trabajo_id=numero), actor_id=numero, ahora=datetime.now(UTC))


# --- Los clientes ---------------------------------------------------------------------------------------------------
def _por_turnos(opciones: argparse.Namespace, *, trabajo: float) -> dict[str, Any]:
    """Turnos alternados de todos los clientes, sin suceso y con él, con el secuenciador latiendo en otro proceso."""
    from django.db import connections

    _decir(f"{opciones.clientes} clientes, {trabajo * 1000:.0f} ms de trabajo en la transacción…")
    connections.close_all()
    contexto = multiprocessing.get_context("fork")
    salida, parar = contexto.Queue(), contexto.Event()
    barrera = contexto.Barrier(opciones.clientes + 1)
    plan = [bool(turno % 2) for turno in range(2 * opciones.turnos)]
    clientes = [
        contexto.Process(target=_cliente, args=(n, plan, opciones.segundos, trabajo, barrera, salida))
        for n in range(opciones.clientes)
    ]
    secuenciador = contexto.Process(target=_latir, args=(parar,))
    for proceso in [*clientes, secuenciador]:
        proceso.start()
    hechas: dict[bool, list[float]] = {False: [], True: []}
    for con_suceso in plan:
        barrera.wait()
        actos = sum(salida.get() for _ in clientes)
        hechas[con_suceso].append(actos / opciones.segundos)
    parar.set()
    for proceso in [*clientes, secuenciador]:
        proceso.join()
    sin, con = statistics.median(hechas[False]), statistics.median(hechas[True])
    # Cada turno se compara con su vecino: la máquina ocupada los frena por igual.
    perdidas = [100 * (1 - b / a) for a, b in zip(hechas[False], hechas[True], strict=True)]
    return {
        "sin_suceso": round(sin),
        "con_suceso": round(con),
        "perdida_por_ciento": round(statistics.median(perdidas), 1),
    }


def _cliente(
    numero: int, plan: list[bool], segundos: float, trabajo: float, barrera: Any, salida: Any
) -> None:
    from django.db import connection

    azar = random.Random(numero)  # noqa: S311 — solo elige qué fila
    connection.ensure_connection()
    for con_suceso in plan:
        barrera.wait()
        limite, actos = time.perf_counter() + segundos, 0
        while time.perf_counter() < limite:
            _acto(azar.randrange(1, 10_001), con_suceso, trabajo)
            actos += 1
        salida.put(actos)
    connection.close()


def _acto(expediente: int, con_suceso: bool, trabajo: float) -> None:
    """Lo menos que hace un caso de uso de la casa: bloquear una fila, crear otra y guardar la primera."""
    from django.db import transaction
    from django.utils import timezone

    expedientes, movimientos = _modelos()
    with transaction.atomic():
        fila = expedientes.objects.select_for_update().get(pk=expediente)
        movimientos.objects.create(expediente_id=expediente, motivo="para opinión", hecho_en=timezone.now())
        fila.version += 1
        fila.save(update_fields=["version"])
        if con_suceso:
            _anunciar(expediente)
        if trabajo:
            time.sleep(trabajo)


@cache
def _modelos() -> tuple[Any, Any]:
    """Las dos tablas del banco, como modelos: los servicios de la casa escriben por el ORM."""
    from django.db import models

    def modelo(tabla: str, **campos: Any) -> Any:
        meta = type("Meta", (), {"app_label": "auditoria", "managed": False, "db_table": tabla})
        return type(tabla, (models.Model,), {"Meta": meta, "__module__": __name__, **campos})

    expediente = modelo(
        "banco_expediente", id=models.BigIntegerField(primary_key=True), estado=models.TextField(),
        version=models.IntegerField(),
    )  # fmt: skip
    movimiento = modelo(
        "banco_movimiento", id=models.BigAutoField(primary_key=True), expediente_id=models.BigIntegerField(),
        motivo=models.TextField(), hecho_en=models.DateTimeField(),
    )  # fmt: skip
    return expediente, movimiento


def _latir(parar: Any) -> None:
    """Lo que hace el trabajador: secuenciar cada dos segundos."""
    while not parar.wait(2.0):
        _avanzar()


# --- Lo que se cuenta -----------------------------------------------------------------------------------------------
def _faltas(r: dict[str, Any]) -> list[str]:
    """Las metas a las que no se llegó."""
    faltas = []
    if r["secuenciador"] < META_SUCESOS:
        faltas.append(f"el secuenciador hace {r['secuenciador']}/s")
    if r["prueba_p95_ms"] > META_PRUEBA:
        faltas.append(f"la prueba tarda {r['prueba_p95_ms']} ms")
    if r["verificacion_s"] > META_VERIFICAR * r["eventos"] / 1_000_000:
        faltas.append(f"la verificación tarda {r['verificacion_s']} s")
    if r["sentencias_de_emit"] > 1:
        faltas.append(f"emit hace {r['sentencias_de_emit']} sentencias")
    for caso, medida in r["clientes"].items():
        if medida["perdida_por_ciento"] >= META_PERDIDA:
            faltas.append(f"{caso}: se pierde el {medida['perdida_por_ciento']} %")
    return faltas


def _imprimir(r: dict[str, Any]) -> None:
    print(f"{r['eventos']} sucesos")
    print(f"  secuenciador      {r['secuenciador']:>8} sucesos/s ({r['secuenciador_s']} s; "
          f"{r['secuenciador_cpu_s']} s de procesador)")  # fmt: skip
    print(f"  prueba            {r['prueba_ms']:>8} ms (p95 {r['prueba_p95_ms']}; {r['prueba_cpu_ms']} de procesador; "
          f"{r['prueba_pasos']} pasos, {r['prueba_octetos']} octetos)")  # fmt: skip
    print(f"  verificar todo    {r['verificacion_s']:>8} s ({r['verificacion_por_s']} sucesos/s; "
          f"{r['verificacion_cpu_s']} s de procesador)")  # fmt: skip
    print(f"  emit              {r['sentencias_de_emit']:>8} sentencia")
    for caso, m in r["clientes"].items():
        print(f"  clientes, {caso:<10}{m['sin_suceso']:>6} → {m['con_suceso']} actos/s "
              f"(se pierde el {m['perdida_por_ciento']} %)")  # fmt: skip
    print("Metas alcanzadas." if not r["faltas"] else "No se llegó: " + "; ".join(r["faltas"]))


def _decir(texto: str) -> None:
    print(f"· {texto}", file=sys.stderr, flush=True)
