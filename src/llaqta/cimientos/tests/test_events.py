"""Los sucesos y la cola: nada se anuncia que no haya ocurrido, nada de lo ocurrido se olvida."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.testing import InMemoryConnector

from llaqta.cimientos import events
from llaqta.cimientos.events import OYENTES, Evento, atender_suceso, emit, emit_varios, listens
from llaqta.cimientos.models import FalloDeOyente, Serie, Suceso, SucesoAtendido


@dataclass(frozen=True)
class CacaoCosechado(Evento):
    """Un suceso de prueba."""

    sacos: int


@pytest.fixture
def oyente(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Un oyente que deja una fila en la base por cada suceso que atiende, y que falla si se le pide."""
    recibidos: list[Any] = []
    monkeypatch.setattr(events, "REINTENTOS", RetryStrategy(max_attempts=3, wait=0))

    def pesar(evento: CacaoCosechado, *, ahora: datetime) -> None:
        recibidos.append(evento)
        Serie.objects.create(nombre=f"peso-{evento.sacos}", anio=2026, ultimo=evento.sacos)
        if evento.sacos == 13:
            raise RuntimeError("la balanza no anda")

    listens(CacaoCosechado)(pesar)
    nombre = OYENTES[CacaoCosechado][0]
    yield recibidos
    OYENTES.pop(CacaoCosechado)
    app.tasks.pop(nombre)


def trabajos() -> QuerySet[ProcrastinateJob]:
    """Los trabajos del oyente de prueba; los periódicos de la casa no cuentan."""
    return ProcrastinateJob.objects.filter(task_name="tests.pesar")


def trabajar() -> None:
    """Corre el trabajador de verdad hasta que la cola queda vacía."""
    with app.replace_connector(app.connector.get_worker_connector()) as trabajador:  # type: ignore[attr-defined]
        trabajador.run_worker(
            queues=["sucesos"], wait=False, install_signal_handlers=False, listen_notify=False
        )


@pytest.mark.django_db(transaction=True)
def test_el_suceso_y_su_trabajo_nacen_juntos(oyente: list[Any], ahora: datetime) -> None:
    with transaction.atomic():
        suceso = emit(CacaoCosechado(sacos=7), actor_id=1, ahora=ahora)

    assert suceso.tipo == "tests.CacaoCosechado"
    assert (suceso.datos, suceso.actor_id, suceso.ocurrido_en) == ({"sacos": 7}, 1, ahora)
    trabajo = trabajos().get()
    assert (trabajo.task_name, trabajo.args, trabajo.status) == (
        "tests.pesar",
        {"suceso_id": suceso.pk},
        "todo",
    )


@pytest.mark.django_db(transaction=True)
def test_si_el_acto_se_deshace_no_queda_suceso_ni_trabajo(oyente: list[Any], ahora: datetime) -> None:
    def acto_que_fracasa() -> None:
        with transaction.atomic():
            emit(CacaoCosechado(sacos=7), actor_id=1, ahora=ahora)
            raise ValueError("se cayó el puente")

    with pytest.raises(ValueError, match="puente"):
        acto_que_fracasa()
    assert not Suceso.objects.exists()
    assert not trabajos().exists()


@pytest.mark.django_db(transaction=True)
def test_lo_que_anuncia_un_oyente_dentro_del_trabajador_tambien_espera_a_que_ocurra(
    oyente: list[Any], ahora: datetime
) -> None:
    """El trabajador habla con la cola por otra conexión; lo que un oyente anuncia va igual en su transacción."""

    def acto_que_fracasa() -> None:
        with transaction.atomic():
            emit(CacaoCosechado(sacos=7), actor_id=None, ahora=ahora)
            events.diferir("tests.pesar", suceso_id=1)
            assert trabajos().count() == 2
            raise ValueError("se cayó el puente")

    with app.replace_connector(InMemoryConnector()), pytest.raises(ValueError, match="puente"):
        acto_que_fracasa()
    assert not Suceso.objects.exists()
    assert not trabajos().exists()


@pytest.mark.django_db(transaction=True)
def test_fuera_de_una_transaccion_se_niega(oyente: list[Any], ahora: datetime) -> None:
    with pytest.raises(RuntimeError, match="dentro de la transacción"):
        emit(CacaoCosechado(sacos=7), actor_id=1, ahora=ahora)
    assert not Suceso.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_el_trabajador_corre_el_oyente(oyente: list[Any], ahora: datetime) -> None:
    with transaction.atomic():
        suceso = emit(CacaoCosechado(sacos=7), actor_id=None, ahora=ahora)
    trabajar()

    assert oyente == [CacaoCosechado(sacos=7)]
    assert Serie.objects.get(nombre="peso-7").ultimo == 7
    assert SucesoAtendido.objects.get(suceso=suceso).oyente == "tests.pesar"
    assert trabajos().get().status == "succeeded"


@pytest.mark.django_db(transaction=True)
def test_atender_dos_veces_el_mismo_suceso_tiene_un_solo_efecto(oyente: list[Any], ahora: datetime) -> None:
    with transaction.atomic():
        suceso = emit(CacaoCosechado(sacos=7), actor_id=None, ahora=ahora)
        app.configure_task("tests.pesar").defer(suceso_id=suceso.pk)
    trabajar()

    assert trabajos().filter(status="succeeded").count() == 2
    assert oyente == [CacaoCosechado(sacos=7)]
    assert Serie.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_lo_que_falla_se_reintenta_y_al_final_queda_a_la_vista(oyente: list[Any], ahora: datetime) -> None:
    with transaction.atomic():
        suceso = emit(CacaoCosechado(sacos=13), actor_id=None, ahora=ahora)
    trabajar()

    trabajo = trabajos().get()
    assert trabajo.status == "failed"
    assert trabajo.attempts == len(oyente) == 4, "un intento y tres reintentos"
    assert not Serie.objects.exists(), "lo que el oyente alcanzó a escribir se deshizo"
    assert not SucesoAtendido.objects.exists(), "puede volver a intentarse"
    assert FalloDeOyente.objects.get(suceso=suceso).error == "RuntimeError: la balanza no anda"


@pytest.mark.django_db(transaction=True)
def test_un_oyente_que_no_conoce_su_suceso_falla_sin_marcarlo(oyente: list[Any], ahora: datetime) -> None:
    suceso = Suceso.objects.create(tipo="prueba.Desconocido", datos={}, ocurrido_en=ahora)
    with pytest.raises(KeyError):
        atender_suceso(suceso.pk, "tests.pesar", lambda evento, *, ahora: None)
    assert not SucesoAtendido.objects.exists()


def test_el_tipo_se_escribe_con_la_sala_y_el_nombre() -> None:
    assert CacaoCosechado.tipo() == "tests.CacaoCosechado"
    assert Evento.TIPOS["tests.CacaoCosechado"] is CacaoCosechado


@pytest.mark.django_db(transaction=True)
def test_muchos_sucesos_nacen_con_sus_trabajos_en_pocas_sentencias(
    oyente: list[Any], ahora: datetime, django_assert_max_num_queries: Any
) -> None:
    anuncios = [(CacaoCosechado(sacos=n), None) for n in range(1, 2501)]
    with django_assert_max_num_queries(9), transaction.atomic():
        sucesos = events.emit_varios(anuncios, actor_id=None, ahora=ahora)

    assert [s.datos["sacos"] for s in sucesos] == list(range(1, 2501))
    assert {t.args["suceso_id"] for t in trabajos()} == {s.pk for s in sucesos}
    assert Suceso.objects.filter(tipo="tests.CacaoCosechado", ocurrido_en=ahora).count() == 2500


@pytest.mark.django_db(transaction=True)
def test_muchos_sucesos_tambien_se_deshacen_con_el_acto(oyente: list[Any], ahora: datetime) -> None:
    def acto_que_fracasa() -> None:
        with transaction.atomic():
            emit_varios([(CacaoCosechado(sacos=n), None) for n in (1, 2)], actor_id=1, ahora=ahora)
            raise RuntimeError("se arrepiente")

    with pytest.raises(RuntimeError, match="se arrepiente"):
        acto_que_fracasa()
    assert not Suceso.objects.filter(tipo="tests.CacaoCosechado").exists()
    assert not trabajos().exists()


@pytest.mark.django_db(transaction=True)
def test_muchos_sucesos_fuera_de_una_transaccion_no_se_anuncian(ahora: datetime) -> None:
    with pytest.raises(RuntimeError, match="dentro de la transacción"):
        emit_varios([(CacaoCosechado(sacos=1), None)], actor_id=None, ahora=ahora)
    assert not Suceso.objects.exists()


@pytest.mark.django_db
def test_de_nada_no_se_anuncia_nada(ahora: datetime, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert emit_varios([], actor_id=None, ahora=ahora) == []


@pytest.mark.django_db(transaction=True)
def test_un_colgado_que_ya_tiene_otro_igual_en_la_cola_no_deja_sin_retomar_a_los_demas() -> None:
    """El trabajador murió con tres en la mano; de uno que no se repite en la cola ya espera el del minuto siguiente."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, queueing_lock) VALUES"
            " ('otra', 'prueba.repetido', 'doing', 'prueba'), ('otra', 'prueba.repetido', 'todo', 'prueba'),"
            " ('otra', 'prueba.uno', 'doing', NULL), ('otra', 'prueba.dos', 'doing', 'solo')"
        )
    app.configure_task("cimientos.retomar_trabajos", queueing_lock=None).defer(timestamp=0)
    trabajar()
    quedaron = ProcrastinateJob.objects.filter(queue_name="otra").order_by("id")
    assert list(quedaron.values_list("task_name", "status")) == [
        ("prueba.repetido", "aborted"),
        ("prueba.repetido", "todo"),
        ("prueba.uno", "todo"),
        ("prueba.dos", "todo"),
    ]
