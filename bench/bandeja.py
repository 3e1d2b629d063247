"""``./llaqta bench bandeja``: lo que tarda una página de la bandeja entre mil expedientes y entre un millón.

Llena una base de usar y tirar con expedientes de seis unidades, tres de cada diez pendientes, y pide por HTTP, dentro
del proceso y con todo lo demás en su sitio (sesión, permisos, cuentas de cada vista, plantilla), páginas de 25 filas de
una especialista: la primera y las siguientes de lo que está a su cargo, lo que debe recibir y lo que vence pronto.
La meta es que el percentil 95 no pase de 60 ms y no crezca con el tamaño de la base.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

META_MS = 60.0
CRECE_A_LO_MAS = 1.5
UNIDADES = 6
TICS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Medida:
    """Lo medido con un tamaño de base."""

    expedientes: int
    en_su_bandeja: int
    por_segundo: float
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    sql_por_operacion: float


def main(argv: list[str]) -> int:
    """Mide los dos tamaños e imprime; con ``--json``, una sola línea. Devuelve 1 si no se alcanza la meta."""
    opciones = _opciones(argv)
    from llaqta.lanzador.postgres import base_temporal

    with base_temporal(duradero=True) as servidor:
        os.environ["DATABASE_URL"] = servidor.url
        servidor.ejecutar("GRANT SET ON PARAMETER session_replication_role TO llaqta")
        os.environ.setdefault("LLAQTA_LOG", "WARNING")
        _preparar_django()
        persona = _poner_la_casa()
        medidas = []
        for cuantos in opciones.tamanos:
            if not opciones.json:
                print(f"Llenando la base hasta {cuantos:,} expedientes…", flush=True)
            _llenar(cuantos)
            medidas.append(_medir(persona, cuantos, veces=opciones.veces))
    crece = medidas[-1].p95_ms / medidas[0].p95_ms
    if opciones.json:
        grande = asdict(medidas[-1])
        print(
            json.dumps({"bench": "bandeja", **grande, "crece": round(crece, 2), "chica": asdict(medidas[0])})
        )
    else:
        _imprimir(medidas, crece)
    return 0 if medidas[-1].p95_ms <= META_MS and crece <= CRECE_A_LO_MAS else 1


def _opciones(argv: list[str]) -> argparse.Namespace:
    lector = argparse.ArgumentParser(
        prog="./llaqta bench bandeja", description=(__doc__ or "").split("\n", 1)[0]
    )
    lector.add_argument("--json", action="store_true", help="una línea de JSON")
    lector.add_argument("--veces", type=int, default=400, help="páginas que se piden con cada tamaño")
    lector.add_argument(
        "--tamanos", type=lambda t: sorted(int(n) for n in t.split(",")), default=[1_000, 1_000_000]
    )
    return lector.parse_args(argv)


def _preparar_django() -> None:
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "llaqta.config.settings")
    os.environ.setdefault("LLAQTA_DEMO", "1")
    django.setup()
    from django.conf import settings

    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0, interactive=False)


def _poner_la_casa() -> Any:
    """La entidad, seis unidades, un trámite y la especialista que mira su bandeja."""
    from llaqta.cimientos.models import Entidad
    from llaqta.salas.cuentas.models import (
        Asignacion,
        Cuenta,
        Persona,
        Puesto,
        Rol,
        RolDePersona,
        UnidadOrganica,
    )
    from llaqta.salas.tramites.models import Procedimiento, Tema, VersionProcedimiento

    desde = date(2020, 1, 1)
    Entidad(
        nombre="Municipalidad de medida",
        nombre_corto="Medida",
        siglas="MM",
        ruc="20999000011",
        horario="",
        lugar="Pichari",
    ).save()
    unidades = [
        UnidadOrganica.objects.create(
            nombre=f"Unidad {n}", siglas=f"U{n}", es_mesa_de_partes=n == 1, vigente_desde=desde
        )
        for n in range(1, UNIDADES + 1)
    ]
    tema = Tema.objects.create(nombre="Negocios", codigo="negocios-medida")
    VersionProcedimiento.objects.create(
        procedimiento=Procedimiento.objects.create(codigo="MEDIDA", tema=tema), desde=desde,
        ordenanza="De medida", tipo="PA", denominacion="Licencia de funcionamiento",
        descripcion="De medida", calificacion="SILENCIO_POSITIVO", plazo=30,
        sede="Plaza", horario="8 a 4", unidad_presentacion=unidades[0], unidad_aprobacion=unidades[1],
    )  # fmt: skip
    persona = Persona.objects.create(
        tipo_documento="DNI", numero_documento="99999999", nombres="Lucía", apellido_paterno="Sulca"
    )
    rol, _ = Rol.objects.get_or_create(codigo="MEDIDA", defaults={"nombre": "Jefatura"})
    rol.permisos = ["expedientes.tramitar", "expedientes.visar", "expedientes.firmar"]
    rol.save()
    RolDePersona.objects.create(persona=persona, rol=rol, desde=desde)
    puesto = Puesto.objects.create(nombre="Subgerenta", unidad=unidades[1], es_jefatura=True)
    Asignacion.objects.create(persona=persona, puesto=puesto, desde=desde)
    return Cuenta.objects.create_user(persona=persona, password=None)


def _llenar(hasta: int) -> None:
    """Agrega expedientes hasta tener ``hasta``; sin comprobar llaves ajenas, que aquí se cumplen por construcción."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SELECT coalesce(max(correlativo), 0) FROM expedientes_expediente")
        desde = cursor.fetchone()[0] + 1
        for orden in _ORDENES:
            cursor.execute(orden, {"desde": desde, "hasta": hasta, "unidades": UNIDADES})
        cursor.execute("RESET session_replication_role")
        cursor.execute("VACUUM ANALYZE")


# Los pendientes son tres de cada diez. Vencen repartidos en 120 días alrededor de hoy, así que unos ya vencieron.
_ORDENES = (
    """
    INSERT INTO cuentas_persona (clase, tipo_documento, numero_documento, nombres, apellido_paterno, apellido_materno,
        razon_social, correo, telefono, domicilio, ubigeo, registrada_en)
    SELECT 'NATURAL', 'DNI', lpad(n::text, 8, '0'), 'Persona ' || n, 'Quispe', 'Huamán', '', '', '', '', '', now()
    FROM generate_series(1, greatest(1, %(hasta)s / 20)) n
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO expedientes_expediente (numero, anio, correlativo, clave, version_tramite_id, administrado_id, asunto,
        estado, estado_previo, etapa, etapa_repuesta, unidad_responsable_id, presentado_en, fecha_presentacion,
        inicio_computo, politica_horario, calificacion, dias_plazo, plazo_unidad, dias_distancia, origen, domicilio,
        vence_el, limite_notificacion, silencio_desde, ultimo_deposito_seguro, explicacion, folios, version)
    SELECT 'EXP-2026-' || lpad(n::text, 7, '0'), 2026, n, upper(substr(md5('clave' || n), 1, 16)),
        (SELECT max(id) FROM tramites_versionprocedimiento), p.id, 'Licencia para el local número ' || n,
        CASE WHEN n %% 10 < 3 THEN 'EN_TRAMITE' ELSE 'ARCHIVADO' END, '', 0, 0, u.id,
        now() - (n %% 60) * interval '1 day', current_date - (n %% 60), current_date - (n %% 60), 'DIA_COMPLETO',
        CASE WHEN n %% 4 = 0 THEN 'SILENCIO_NEGATIVO' ELSE 'SILENCIO_POSITIVO' END, 30, 'HABILES', 0, '', '',
        v.dia, v.dia + 7, v.dia + 8, v.dia - 1,
        jsonb_build_object('norma', 'Ley 27444', 'pasos', (SELECT jsonb_agg(i) FROM generate_series(1, 44) i)), 12, 2
    FROM generate_series(%(desde)s, %(hasta)s) n
    CROSS JOIN LATERAL (SELECT current_date - 60 + (n::bigint * 7919 %% 120)::int AS dia) v
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS lugar FROM cuentas_unidadorganica
        WHERE siglas ~ '^U[0-9]+$') u
        ON u.lugar = (n / 10) %% %(unidades)s
    JOIN cuentas_persona p ON p.numero_documento = lpad((1 + n %% greatest(1, %(hasta)s / 20))::text, 8, '0')
    """,
    """
    INSERT INTO expedientes_movimiento (expediente_id, orden, clase, de_unidad_id, para_unidad_id, motivo, proveido,
        folios, enviado_en, vence_el, recibido_en, atendido_en, motivo_de_prorroga)
    SELECT e.id, 1, 'ORIGINAL', (SELECT min(id) FROM cuentas_unidadorganica), e.unidad_responsable_id,
        'para su atención', 'Pase para su evaluación.', 12, e.presentado_en, e.vence_el,
        CASE WHEN e.correlativo %% 10 < 2 OR e.correlativo %% 10 > 2 THEN e.presentado_en END,
        CASE WHEN e.correlativo %% 10 > 2 THEN e.presentado_en END, ''
    FROM expedientes_expediente e WHERE e.correlativo BETWEEN %(desde)s AND %(hasta)s
    """,
    """
    INSERT INTO expedientes_movimiento (expediente_id, orden, clase, de_unidad_id, para_unidad_id, motivo, proveido,
        folios, enviado_en, vence_el, recibido_en, atendido_en, motivo_de_prorroga)
    SELECT e.id, 2, CASE WHEN e.correlativo %% 3 = 0 THEN 'INFORME' ELSE 'COPIA' END, e.unidad_responsable_id, u.id,
        'para conocimiento', '', 12, e.presentado_en,
        CASE WHEN e.correlativo %% 3 = 0 THEN e.vence_el END, CASE WHEN e.correlativo %% 3 = 0 THEN e.presentado_en END,
        CASE WHEN e.correlativo %% 10 > 2 THEN e.presentado_en END, ''
    FROM expedientes_expediente e
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS lugar FROM cuentas_unidadorganica
        WHERE siglas ~ '^U[0-9]+$') u
        ON u.lugar = (e.correlativo / 10 + 7) %% %(unidades)s
    WHERE e.correlativo BETWEEN %(desde)s AND %(hasta)s AND e.correlativo %% 5 < 2
    """,
)


def _medir(cuenta: Any, expedientes: int, *, veces: int) -> Medida:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    navegador = Client()
    navegador.force_login(cuenta, backend="allauth.account.auth_backends.AuthenticationBackend")
    direcciones = _direcciones(navegador)
    for direccion in direcciones:  # la primera vez se compilan plantillas y se calientan las cachés
        respuesta = navegador.get(direccion)
        assert respuesta.status_code == 200, respuesta.status_code
        assert respuesta.content.count(b"<tr>") == 26, (
            f"{direccion}: {respuesta.content.count(b'<tr>')} filas"
        )
    with CaptureQueriesContext(connection) as consultas:
        navegador.get(direcciones[0])
    ordenes = len(consultas)
    azar = random.Random(1)  # noqa: S311
    tiempos, antes, inicio = [], _cpu(), time.perf_counter()
    for _ in range(veces):
        direccion = azar.choice(direcciones)
        comienzo = time.perf_counter()
        navegador.get(direccion)
        tiempos.append((time.perf_counter() - comienzo) * 1000)
    total, cpu = time.perf_counter() - inicio, _cpu() - antes
    tiempos.sort()
    return Medida(
        expedientes=expedientes,
        en_su_bandeja=_cuantos_pendientes(cuenta),
        por_segundo=round(veces / total, 1),
        p50_ms=round(statistics.median(tiempos), 1),
        p95_ms=round(tiempos[int(veces * 0.95) - 1], 1),
        cpu_ms=round(cpu * 1000 / veces, 1),
        sql_por_operacion=float(ordenes),
    )


def _direcciones(navegador: Any) -> list[str]:
    """Páginas llenas: cuatro seguidas de lo que tiene a su cargo si hay tantas, y las primeras de otras vistas."""
    direcciones, actual = [], "/expedientes/?vista=a_mi_cargo"
    for _ in range(4):
        contenido = navegador.get(actual).content.decode()
        if contenido.count("<tr>") != 26:
            break
        direcciones.append(actual)
        siguiente = re.search(r'rel="next" href="(\?[^"]+)"', contenido)
        if siguiente is None:
            break
        actual = "/expedientes/" + siguiente[1].replace("&amp;", "&")
    for vista in ("por_recibir", "vencen_pronto", "vencidos", "riesgo"):
        direccion = f"/expedientes/?vista={vista}"
        if navegador.get(direccion).content.decode().count("<tr>") == 26:
            direcciones.append(direccion)
    return direcciones


def _cuantos_pendientes(cuenta: Any) -> int:
    from llaqta.salas.expedientes.models import Movimiento

    return int(
        Movimiento.objects.filter(para_unidad__in=cuenta.persona.unidades, atendido_en__isnull=True).count()
    )


def _cpu() -> float:
    """Segundos de procesador de este proceso y del que lo atiende en PostgreSQL."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    campos = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return time.process_time() + (int(campos[11]) + int(campos[12])) / TICS


def _imprimir(medidas: list[Medida], crece: float) -> None:
    print(
        f"\n{'expedientes':>12} {'pendientes':>11} {'p50 ms':>8} {'p95 ms':>8} {'cpu ms':>8} {'por s':>8} {'sql':>5}"
    )
    for m in medidas:
        print(
            f"{m.expedientes:>12,} {m.en_su_bandeja:>11,} {m.p50_ms:>8} {m.p95_ms:>8} {m.cpu_ms:>8} "
            f"{m.por_segundo:>8} {m.sql_por_operacion:>5.0f}"
        )
    print(f"El percentil 95 se multiplica por {crece:.2f}; la meta es {META_MS:.0f} ms y que no crezca.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
