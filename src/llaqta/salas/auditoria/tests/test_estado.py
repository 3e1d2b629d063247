"""Cómo va el registro, la prueba de cada suceso y las alarmas que ve quien administra."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from llaqta.cimientos import alarmas
from llaqta.cimientos.errors import NoEncontrado
from llaqta.cimientos.models import Suceso
from llaqta.salas.auditoria import atraso, queries, ritmo, secuenciador, services
from llaqta.salas.auditoria.models import Punto, Verificacion
from llaqta.salas.auditoria.tests.test_registro import anunciar, comprobar
from llaqta.salas.cuentas.models import Persona


@pytest.fixture
def registro(auditora: Persona, administradora: Persona, ahora: datetime) -> list[Suceso]:
    sucesos = anunciar(6, ahora)
    services.secuenciar_ahora(ahora=ahora)
    return sucesos


def alterar(suceso: Suceso) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE cimientos_suceso SET actor_id = 77 WHERE id = %s", [suceso.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")


def pagina(persona: Persona, ruta: str, cliente: Callable[..., Client]) -> str:
    respuesta = cliente(persona).get(ruta)
    assert respuesta.status_code == 200
    return str(respuesta.content.decode())


def test_el_estado_dice_que_espera_que_se_firmo_y_que_se_verifico(
    registro: list[Suceso], auditora: Persona, ahora: datetime, cliente: Callable[..., Client]
) -> None:
    anunciar(2, ahora)
    estado = queries.get_estado(para=auditora, ahora=timezone.now())
    assert (estado.atraso.sucesos, estado.detenido, estado.en_orden) == (2, False, True)
    assert estado.punto is not None
    assert estado.punto.tamano == 6
    services.verificar_registro(ahora=timezone.now())
    texto = pagina(auditora, "/auditoria/estado/", cliente)
    assert "Todo en orden" in texto
    assert "rehízo sus 6 hojas sin hallar nada cambiado" in texto


def test_si_nada_entra_en_un_minuto_es_una_alarma(
    registro: list[Suceso], auditora: Persona, administradora: Persona, ahora: datetime,
    cliente: Callable[..., Client],
) -> None:  # fmt: skip
    anunciar(1, ahora)
    luego = timezone.now() + timedelta(seconds=61)
    assert atraso.get_atraso(ahora=luego).segundos >= 61
    assert queries.get_estado(para=administradora, ahora=luego).detenido
    assert not queries.get_estado(para=auditora, ahora=luego - timedelta(seconds=10)).detenido


def test_la_verificacion_de_la_noche_que_halla_algo_lo_anuncia_y_lo_muestra_en_rojo(
    registro: list[Suceso], auditora: Persona, administradora: Persona, ciudadana: Persona,
    cliente: Callable[..., Client],
) -> None:  # fmt: skip
    alterar(registro[2])
    verificacion = services.verificar_registro(ahora=timezone.now())
    assert (verificacion.intacto, [h["hoja"] for h in verificacion.hallazgos]) == (False, [2])
    suceso = Suceso.objects.get(tipo="auditoria.RegistroAlteradoHallado")
    assert suceso.datos == {"verificacion_id": verificacion.pk, "hallazgos": 1}
    assert "El registro fue alterado" in pagina(auditora, "/auditoria/estado/", cliente)
    en_rojo = f"El registro de sucesos fue alterado: Hoja 2: El suceso {registro[2].pk}"
    assert en_rojo in pagina(auditora, "/auditoria/", cliente)
    assert en_rojo in pagina(administradora, "/administracion/trabajos-fallidos/", cliente)
    assert alarmas.list_alarmas(para=ciudadana) == ()
    assert "Este suceso fue alterado" in pagina(
        auditora, f"/auditoria/suceso/{registro[2].pk}/prueba/", cliente
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE cimientos_suceso SET actor_id = 2 WHERE id = %s", [registro[2].pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert services.verificar_registro(ahora=timezone.now()).intacto
    assert list(alarmas.list_alarmas(para=auditora)) == []
    assert Verificacion.objects.count() == 2


def test_la_prueba_de_un_renglon_se_ve_y_se_descarga(
    registro: list[Suceso], auditora: Persona, ahora: datetime, cliente: Callable[..., Client]
) -> None:
    texto = pagina(auditora, f"/auditoria/suceso/{registro[3].pk}/prueba/", cliente)
    assert "está en el registro tal como entró" in texto
    assert bytes(Punto.objects.get().raiz).hex() in texto
    respuesta = cliente(auditora).get(f"/auditoria/suceso/{registro[3].pk}/prueba.json")
    assert respuesta["Content-Disposition"] == f'attachment; filename="prueba-{registro[3].pk}.json"'
    comprobar(json.loads(respuesta.content))
    (nuevo,) = anunciar(1, ahora)
    assert "Todavía no" in pagina(auditora, f"/auditoria/suceso/{nuevo.pk}/prueba/", cliente)
    assert cliente(auditora).get(f"/auditoria/suceso/{nuevo.pk}/prueba.json").status_code == 409
    assert cliente(auditora).get("/auditoria/suceso/999999999/prueba/").status_code == 404


def test_quien_no_controla_no_ve_pruebas_y_quien_no_administra_tampoco_el_estado(
    registro: list[Suceso], administradora: Persona, jefe: Persona, cliente: Callable[..., Client]
) -> None:
    for persona in (administradora, jefe):
        assert cliente(persona).get(f"/auditoria/suceso/{registro[3].pk}/prueba/").status_code == 404
        assert cliente(persona).get(f"/auditoria/suceso/{registro[3].pk}/prueba.json").status_code == 404
    assert cliente(administradora).get("/auditoria/estado/").status_code == 200
    assert cliente(jefe).get("/auditoria/estado/").status_code == 404
    with pytest.raises(NoEncontrado):
        queries.get_estado(para=None, ahora=timezone.now())


def test_el_latido_secuencia_y_avisa_si_no_puede(
    registro: list[Suceso], administradora: Persona, ahora: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    anunciar(3, ahora)
    monkeypatch.setattr(ritmo, "close_old_connections", lambda: None)
    assert ritmo.latir_una_vez() == 3

    def no_puede(**_: object) -> int:
        raise secuenciador.RegistroAlterado("Falta la hoja 2 en la base.")

    monkeypatch.setattr(services, "secuenciar_ahora", no_puede)
    assert ritmo.latir_una_vez() == 0
    (alarma,) = alarmas.list_alarmas(para=administradora)
    assert alarma.frase == "El registro de sucesos está detenido: Falta la hoja 2 en la base."
    monkeypatch.undo()


def test_con_la_base_caida_el_latido_sigue_latiendo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sin base no se secuencia ni se pone la alarma: el latido siguiente vuelve a intentarlo, sin esperar al minuto."""
    dados: list[int] = []

    def latir() -> int:
        dados.append(1)
        raise OperationalError("the database system is starting up")

    monkeypatch.setattr(ritmo, "latir_una_vez", latir)
    monkeypatch.setattr(ritmo, "SEGUNDOS", 0)
    monkeypatch.setattr(ritmo, "_parar", SimpleNamespace(is_set=lambda: len(dados) >= 3, wait=lambda _: None))
    ritmo.latir()
    assert len(dados) == 3


@pytest.mark.parametrize(
    ("orden", "late"),
    [
        (["/x/django/__main__.py", "procrastinate", "worker", "--concurrency", "2"], True),
        (["manage.py", "procrastinate", "healthchecks"], False),
        (["gunicorn", "-c", "worker"], False),
        (["django", "auditoria", "verificar"], False),
        ([], False),
    ],
)
def test_late_desde_que_se_enciende_y_solo_en_el_trabajador(orden: list[str], late: bool) -> None:
    assert ritmo.es_trabajador(orden) is late


def test_antes_de_la_puesta_en_marcha_el_latido_no_hace_nada(
    db: None, ahora: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ritmo, "close_old_connections", lambda: None)
    anunciar(1, ahora)
    assert ritmo.latir_una_vez() == 0
    assert Punto.objects.count() == 0
