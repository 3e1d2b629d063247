"""Un trabajo que agotó sus reintentos se ve y se vuelve a intentar; solo lo hace quien administra el sistema."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from llaqta.cimientos import trabajos
from llaqta.cimientos.errors import Denegado, NoEncontrado, NoProcede
from llaqta.cimientos.events import atender_suceso, emit
from llaqta.cimientos.models import Suceso, SucesoAtendido

pytestmark = [pytest.mark.django_db, pytest.mark.urls("llaqta.cimientos.tests.urls_de_prueba")]


def crear_trabajo(estado: str, suceso_id: int = 0) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status, attempts)"
            " VALUES ('sucesos', 'casilla.avisar', 0, jsonb_build_object('suceso_id', %s::int), %s, 8) RETURNING id",
            [suceso_id, estado],
        )
        return int(cursor.fetchone()[0])


@pytest.fixture
def fallido(ahora: datetime) -> int:
    with transaction.atomic():
        suceso = emit(trabajos.TrabajoReintentado(trabajo_id=0), actor_id=None, ahora=ahora)
    return crear_trabajo("failed", suceso.pk)


def estado(trabajo_id: int) -> str:
    return str(ProcrastinateJob.objects.get(pk=trabajo_id).status)


def test_la_administradora_lo_ve_con_su_suceso_y_lo_reintenta(
    fallido: int, administradora: Any, cliente: Callable[..., Client]
) -> None:
    navegador = cliente(administradora)
    crear_trabajo("succeeded")
    pagina = navegador.get("/administracion/trabajos-fallidos/").content.decode()
    assert pagina.count("Volver a intentar") == 1
    assert "casilla.avisar" in pagina
    assert "cimientos.TrabajoReintentado" in pagina

    respuesta = navegador.post(f"/administracion/trabajos-fallidos/{fallido}/reintentar/")
    assert respuesta["Location"] == "/administracion/trabajos-fallidos/"
    assert estado(fallido) == "todo"
    suceso = Suceso.objects.latest("pk")
    assert (suceso.tipo, suceso.datos, suceso.actor_id) == (
        "cimientos.TrabajoReintentado",
        {"trabajo_id": fallido},
        administradora.pk,
    )
    assert "Nada ha fallado" in navegador.get("/administracion/trabajos-fallidos/").content.decode()


def test_se_ve_por_que_fallo_y_lo_hecho_a_medias_no_queda(
    administradora: Any, cliente: Callable[..., Client], ahora: datetime
) -> None:
    with transaction.atomic():
        suceso = emit(trabajos.TrabajoReintentado(trabajo_id=0), actor_id=None, ahora=ahora)

    def avisar(evento: trabajos.TrabajoReintentado, *, ahora: datetime) -> None:
        raise ConnectionRefusedError("el servidor de correo no responde")

    for _ in range(2):
        with pytest.raises(ConnectionRefusedError):
            atender_suceso(suceso.pk, "casilla.avisar", avisar)
    assert not SucesoAtendido.objects.exists()
    crear_trabajo("failed", suceso.pk)
    pagina = cliente(administradora).get("/administracion/trabajos-fallidos/").content.decode()
    assert "ConnectionRefusedError: el servidor de correo no responde" in pagina


def test_nadie_mas_lo_ve_ni_lo_reintenta(fallido: int, jefe: Any, cliente: Callable[..., Client]) -> None:
    navegador, antes = cliente(jefe), Suceso.objects.count()
    assert navegador.get("/administracion/trabajos-fallidos/").status_code == 403
    assert navegador.post(f"/administracion/trabajos-fallidos/{fallido}/reintentar/").status_code == 403
    assert estado(fallido) == "failed"
    assert Suceso.objects.count() == antes
    assert cliente().get("/administracion/trabajos-fallidos/").status_code == 302


def test_reintentar_dos_veces_o_lo_que_no_existe(fallido: int, administradora: Any, ahora: datetime) -> None:
    trabajos.reintentar_trabajo(actor=administradora, trabajo_id=fallido, ahora=ahora)
    antes = Suceso.objects.count()
    with pytest.raises(NoProcede, match="ya no está fallido"):
        trabajos.reintentar_trabajo(actor=administradora, trabajo_id=fallido, ahora=ahora)
    with pytest.raises(NoEncontrado):
        trabajos.reintentar_trabajo(actor=administradora, trabajo_id=10**9, ahora=ahora)
    with pytest.raises(Denegado):
        trabajos.reintentar_trabajo(actor=None, trabajo_id=fallido, ahora=ahora)
    assert Suceso.objects.count() == antes
