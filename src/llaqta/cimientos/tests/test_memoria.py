"""Con varios procesos, un límite de cinco es de cinco, y un código de un solo uso vale una sola vez."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from allauth.core.internal.ratelimit import consume
from django.core.cache import cache, caches
from django.db import connection, connections, transaction
from django.test import RequestFactory
from django.utils import timezone

from llaqta.cimientos import memoria
from llaqta.cimientos.models import Entidad


def a_la_vez(cuantos: int, hacer: Any) -> list[Any]:
    """Lo mismo en varios hilos, cada uno con su conexión: para PostgreSQL son procesos distintos."""
    barrera = multiprocessing.Barrier(cuantos)

    def uno(_: int) -> Any:
        barrera.wait()
        try:
            return hacer()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(cuantos) as hilos:
        return list(hilos.map(uno, range(cuantos)))


@pytest.mark.django_db(transaction=True)
def test_un_codigo_de_un_solo_uso_vale_una_vez_aunque_llegue_ocho_veces_a_la_vez() -> None:
    assert sum(a_la_vez(8, lambda: cache.add("codigo-123456", "y", timeout=30))) == 1


@pytest.mark.django_db(transaction=True)
def test_uno_vencido_se_puede_dar_otra_vez_y_tambien_lo_gana_uno_solo() -> None:
    cache.set("codigo-123456", "y", timeout=-1)
    assert sum(a_la_vez(8, lambda: cache.add("codigo-123456", "y", timeout=30))) == 1


@pytest.mark.django_db(transaction=True)
def test_cinco_intentos_son_cinco_entre_todos_los_procesos() -> None:
    peticion = RequestFactory().post("/cuenta/ingresar/")

    def intentar() -> bool:
        return bool(
            consume(peticion, app="allauth.account", action="prueba", config={"prueba": "5/5m/key"}, key="x")
        )

    # De a cuatro, como los hilos de un proceso: nadie espera tanto el turno que se lo nieguen por lento.
    assert sum(dejado for _ in range(3) for dejado in a_la_vez(4, intentar)) == 5


@pytest.mark.django_db
def test_se_escribe_se_lee_se_vence_y_se_olvida() -> None:
    cache.set("a", {"veces": 1}, timeout=60)
    cache.set("a", {"veces": 2}, timeout=60)
    assert cache.get("a") == {"veces": 2}
    assert cache.touch("a", 120) is True
    assert cache.touch("nada", 120) is False
    assert cache.add("a", 3) is False
    cache.set("vencido", 1, timeout=-1)
    assert cache.get("vencido") is None
    cache.set("otro-vencido", 1, timeout=-1)
    cache.set("para-siempre", 1, timeout=None)
    assert memoria.olvidar_lo_vencido(ahora=timezone.now()) == 2
    assert memoria.olvidar_lo_vencido(ahora=timezone.now() + timedelta(days=9000)) == 1
    assert cache.get("para-siempre") == 1
    cache.delete("para-siempre")
    assert cache.get("para-siempre") is None


@pytest.mark.django_db
def test_solo_guarda_datos_y_lo_que_no_entiende_no_lo_abre() -> None:
    """Un objeto de Python guardado por otro («pickle») haría correr lo que diga quien lo escribió."""
    ahora = timezone.now()
    cache.set("alarma", ("La TSA no contesta.", ahora), 60)
    assert cache.get("alarma") == ["La TSA no contesta.", ahora]
    with pytest.raises(TypeError):
        cache.set("objeto", object(), 60)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cimientos_memoria SET value = 'gASVBAAAAAAAAACMAmlklC4=' WHERE cache_key LIKE '%%alarma'"
        )
        assert cursor.rowcount == 1
    assert cache.get("alarma") is None


@pytest.mark.django_db
def test_una_falla_no_echa_a_perder_la_transaccion_de_quien_llama() -> None:
    with transaction.atomic():
        assert cache.add("x" * 200, "y" * 10) is True
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE cimientos_memoria RENAME TO fuera")
        assert cache.add("z", 1) is False
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE fuera RENAME TO cimientos_memoria")
        assert cache.get("x" * 200) == "y" * 10


@pytest.mark.django_db
def test_la_tabla_no_pesa_en_el_diario_de_la_base() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'cimientos_memoria'")
        assert cursor.fetchone() == ("u",)


@pytest.mark.django_db
def test_la_entidad_se_recuerda_en_el_proceso_y_no_cuesta_consultas(
    entidad: Entidad, django_assert_num_queries: Any
) -> None:
    assert Entidad.actual().nombre == entidad.nombre
    with django_assert_num_queries(0):
        Entidad.actual()
    assert caches["memoria"].get("cimientos.entidad") is not None
    entidad.nombre = "Municipalidad Distrital de Kimbiri"
    entidad.save()
    assert Entidad.actual().nombre == "Municipalidad Distrital de Kimbiri"
