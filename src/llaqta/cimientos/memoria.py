"""La memoria que comparten todos los procesos: una tabla de PostgreSQL, para contar intentos sin equivocarse.

El límite de intentos y el código de un solo uso valen poco si cada proceso lleva su propia cuenta: con dos procesos,
cinco intentos son diez. ``default`` es esta tabla, que no pasa por el diario de la base: si esta se cae, se pierden
cuentas de minutos. Lo que solo ahorra trabajo, como la entidad, va en ``caches["memoria"]``, dentro de cada proceso.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

TABLA = "cimientos_memoria"
_SIEMPRE = datetime(9999, 12, 31, tzinfo=UTC)
_PONER = f"""
    INSERT INTO {TABLA} AS m (cache_key, value, expires) VALUES (%s, %s, %s)
    ON CONFLICT (cache_key) DO UPDATE SET value = EXCLUDED.value, expires = EXCLUDED.expires
"""
_PONER_SI_FALTA = f"{_PONER} WHERE m.expires <= %s"
_LEER = f"SELECT cache_key, value FROM {TABLA} WHERE cache_key = ANY(%s) AND expires > %s"
_INSTANTE = "instante"
_PROLONGAR = f"UPDATE {TABLA} SET expires = %s WHERE cache_key = %s AND expires > %s"
_OLVIDAR_LO_VENCIDO = f"DELETE FROM {TABLA} WHERE expires <= %s"


class MemoriaCompartida(DatabaseCache):
    """La de Django, con cada escritura en una sola sentencia: ``add`` acierta aunque mil procesos lo pidan a la vez.

    Lo guardado es JSON (y fechas), nunca un objeto de Python: quien lograra escribir en la tabla no haría correr nada.
    Una tupla vuelve como lista.

    La de Django cuenta toda la tabla en cada escritura y, con un valor vencido, deja que dos procesos ganen ``add``.
    """

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        """Escribe un valor (``set``, ``add`` o ``touch``) y dice si lo hizo; si la base no deja, dice que no.

        :param key: la llave, ya preparada por la clase de Django
        """
        limite = self.get_backend_timeout(timeout)
        vence = _SIEMPRE if limite is None else datetime.fromtimestamp(limite, tz=UTC)
        ahora = timezone.now()
        datos: list[str | datetime]
        if mode == "touch":
            orden, datos = _PROLONGAR, [vence, key, ahora]
        else:
            orden, datos = _PONER, [key, json.dumps(value, default=_en_json, separators=(",", ":")), vence]
            if mode == "add":
                orden, datos = _PONER_SI_FALTA, [*datos, ahora]
        try:
            # Si quien llama está en una transacción, una falla de aquí no debe echarla a perder; fuera de ella, una
            # sentencia sola ya es todo o nada.
            aparte = transaction.atomic() if connection.in_atomic_block else nullcontext()
            with aparte, connection.cursor() as cursor:
                cursor.execute(orden, datos)
                return bool(cursor.rowcount == 1)
        except DatabaseError:
            return False

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        """Los valores que hay y no vencieron; lo de una versión anterior es como si no estuviera."""
        llaves = {self.make_and_validate_key(key, version=version): key for key in keys}
        if not llaves:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(_LEER, [list(llaves), timezone.now()])
            filas = cursor.fetchall()
        hallados = {}
        for llave, texto in filas:
            try:
                hallados[llaves[llave]] = json.loads(texto, object_hook=_de_json)
            except ValueError:
                continue
        return hallados


def _en_json(valor: object) -> dict[str, str]:
    """Las fechas, las únicas que JSON no trae.

    :raises TypeError: si es otra cosa: es un error de quien programa
    """
    if isinstance(valor, datetime):
        return {_INSTANTE: valor.isoformat()}
    raise TypeError(f"En la memoria compartida no se guarda un {type(valor).__name__}.")


def _de_json(objeto: dict[str, Any]) -> Any:
    return datetime.fromisoformat(objeto[_INSTANTE]) if objeto.keys() == {_INSTANTE} else objeto


def olvidar_lo_vencido(*, ahora: datetime) -> int:
    """Borra lo que ya venció y dice cuánto era; lo llama la cola cada hora."""
    with connection.cursor() as cursor:
        cursor.execute(_OLVIDAR_LO_VENCIDO, [ahora])
        return int(cursor.rowcount)
