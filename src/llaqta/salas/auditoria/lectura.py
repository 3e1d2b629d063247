"""Cómo se leen los sucesos y las hojas de la base: una sola forma para quien escribe el registro y quien lo revisa."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from psycopg import Cursor
from psycopg.pq import Format

from llaqta.salas.auditoria.canon import SucesoLeido

_UTC = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
CAMPOS = (
    "s.id, s.tipo, s.datos::text, s.actor_id, s.en_nombre_de_id,"
    " CASE WHEN s.objeto_tipo = '' THEN '' ELSE s.objeto_tipo || ':' || s.objeto_id END,"
    f" {_UTC.format('s.ocurrido_en')}, {_UTC.format('s.registrado_en')}"
)
"""Lo que hace falta de ``cimientos_suceso s`` para un ``SucesoLeido``, en su orden."""


def suceso_de(fila: tuple[Any, ...]) -> SucesoLeido:
    """El suceso de una fila de ``CAMPOS``."""
    pk, tipo, datos, actor, en_nombre_de, objeto, ocurrido, registrado = fila[:8]
    return SucesoLeido(pk, tipo, json.loads(datos), actor, en_nombre_de, objeto, ocurrido, registrado)


@contextmanager
def cursor_binario() -> Iterator[Cursor[Any]]:
    """Un cursor de psycopg en la conexión de Django que recibe las filas en binario, sin pasar por texto."""
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:
        cursor.format = Format.BINARY
        yield cursor


def huellas(desde: int, hasta: int) -> Iterator[bytes]:
    """Las huellas de las hojas ``desde … hasta - 1``, en orden; se detiene donde falte una."""
    with cursor_binario() as cursor:
        cursor.execute(
            "SELECT hoja, h FROM auditoria_hoja WHERE hoja >= %s AND hoja < %s ORDER BY hoja", [desde, hasta]
        )
        esperada = desde
        for hoja, huella in cursor:
            if hoja != esperada:
                return
            yield bytes(huella)
            esperada += 1


def leer_suceso(pk: int) -> SucesoLeido | None:
    """Un suceso de la base, si está."""
    with cursor_binario() as cursor:
        cursor.execute(f"SELECT {CAMPOS} FROM cimientos_suceso s WHERE s.id = %s", [pk])
        fila = cursor.fetchone()
    return suceso_de(fila) if fila else None
