"""Borrar un secreto (Ley 29733): la prueba se conserva y nadie vuelve a abrir lo que decía el suceso."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client

from llaqta.cimientos.errors import Denegado, NoEncontrado, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.auditoria import integridad, pruebas, services
from llaqta.salas.auditoria.models import Secreto, SecretoBorrado
from llaqta.salas.auditoria.pruebas import get_prueba
from llaqta.salas.auditoria.tests.test_registro import anunciar, comprobar
from llaqta.salas.cuentas.models import Persona


@pytest.fixture
def sucesos(administradora: Persona, ahora: datetime) -> list[Suceso]:
    hechos = anunciar(4, ahora)
    services.secuenciar_ahora(ahora=ahora)
    return hechos


def borrar(
    actor: Persona | None, suceso: Suceso, ahora: datetime, motivo: str = "CANCELACION"
) -> SecretoBorrado:
    return services.borrar_secreto(actor=actor, suceso_id=suceso.pk, motivo=motivo, ahora=ahora)


def test_lo_borrado_se_sigue_probando_y_ya_no_se_abre(
    administradora: Persona, sucesos: list[Suceso], ahora: datetime
) -> None:
    antes = get_prueba(sucesos[1].pk).paquete
    borrar(administradora, sucesos[1], ahora)
    services.secuenciar_ahora(ahora=ahora)
    despues = get_prueba(sucesos[1].pk).paquete
    assert despues["canonico"] == antes["canonico"]
    assert (antes["abierto"] != {}, despues["abierto"]) == (True, {})
    comprobar(despues)
    comprobar(antes)
    assert not Secreto.objects.filter(pk=sucesos[1].pk).exists()
    informe = integridad.verificar()
    assert (informe.hallazgos, informe.borrados) == ([], 1)


def test_el_borrado_queda_en_el_libro_y_repetirlo_no_hace_nada(
    administradora: Persona, sucesos: list[Suceso], ahora: datetime
) -> None:
    primero = borrar(administradora, sucesos[1], ahora)
    assert borrar(administradora, sucesos[1], ahora).pk == primero.pk
    constancia = Suceso.objects.get(tipo="auditoria.SecretoDeSucesoBorrado")
    assert constancia.pk == primero.constancia_id
    assert constancia.datos == {"suceso_borrado_id": sucesos[1].pk, "motivo": "CANCELACION"}
    assert constancia.actor_id == administradora.pk


def test_quien_no_puede_no_borra(
    administradora: Persona, auditora: Persona, ciudadana: Persona, sucesos: list[Suceso], ahora: datetime
) -> None:
    for persona in (None, ciudadana, auditora):
        with pytest.raises(Denegado):
            borrar(persona, sucesos[1], ahora)
    with pytest.raises(NoProcede, match="no se escribe un motivo libre"):
        borrar(administradora, sucesos[1], ahora, motivo="porque Rosa Quispe lo pidió")
    with pytest.raises(NoEncontrado):
        services.borrar_secreto(actor=administradora, suceso_id=-1, motivo="ORDEN", ahora=ahora)
    assert Secreto.objects.count() == 4
    assert not Suceso.objects.filter(tipo="auditoria.SecretoDeSucesoBorrado").exists()


def test_borrar_por_fuera_fingiendo_el_procedimiento_se_nota(
    administradora: Persona, sucesos: list[Suceso], ahora: datetime
) -> None:
    """Quien administra la base copia la forma canónica, borra el secreto y cambia el suceso: falta la constancia."""
    canonico = pruebas.get_canonico(sucesos[2].pk).decode()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "INSERT INTO auditoria_secretoborrado VALUES (%s, %s, now(), %s)",
            [sucesos[2].pk, canonico, sucesos[0].pk],
        )
        cursor.execute("DELETE FROM auditoria_secreto WHERE suceso_id = %s", [sucesos[2].pk])
        cursor.execute("UPDATE cimientos_suceso SET actor_id = 99 WHERE id = %s", [sucesos[2].pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert [(h.clase, h.hoja) for h in integridad.verificar().hallazgos] == [("borrado sin constancia", 2)]


def test_cambiar_lo_que_queda_de_un_borrado_se_nota(
    administradora: Persona, sucesos: list[Suceso], ahora: datetime
) -> None:
    borrar(administradora, sucesos[2], ahora)
    services.secuenciar_ahora(ahora=ahora)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE auditoria_secretoborrado SET canonico = replace(canonico, '2026', '2025')")
        cursor.execute("UPDATE cimientos_suceso SET tipo = 'x.Y' WHERE id = %s", [sucesos[3].pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert [(h.clase, h.hoja) for h in integridad.verificar().hallazgos] == [
        ("borrado alterado", 2),
        ("suceso alterado", 3),
    ]


def test_en_pantalla_se_mira_antes_y_se_confirma_despues(
    administradora: Persona, sucesos: list[Suceso], cliente: Callable[..., Client]
) -> None:
    navegador, ruta = cliente(administradora), "/auditoria/borrado/"
    assert "Todavía no se borró ninguno" in navegador.get(ruta).content.decode()
    pedido = {"suceso": str(sucesos[1].pk), "motivo": "ORDEN"}
    mirado = navegador.post(ruta, pedido).content.decode()
    assert "No se puede deshacer" in mirado
    assert "Lo ordenó un juez o la autoridad de datos personales" in mirado
    assert not SecretoBorrado.objects.exists(), "mirar no borra"
    assert navegador.post(ruta, pedido | {"confirmo": "1"}).status_code == 302
    assert SecretoBorrado.objects.get().pk == sucesos[1].pk
    despues = navegador.get(ruta).content.decode()
    assert f"Se borró lo que decía el suceso {sucesos[1].pk}." in despues
    assert f"Lo hace constar el suceso {SecretoBorrado.objects.get().constancia_id}." in despues
    otra_vez = navegador.post(ruta, pedido | {"confirmo": "1"})
    assert (otra_vez.status_code, "ya se borró" in otra_vez.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("pedido", "frase"),
    [
        ({"suceso": "999999999", "motivo": "ORDEN", "confirmo": "1"}, "No hay en el registro un suceso"),
        ({"suceso": "hola", "motivo": "ORDEN"}, "solo con cifras"),
        ({"suceso": "9" * 30, "motivo": "ORDEN"}, "error"),
        ({"suceso": "1", "motivo": "PORQUE SÍ", "confirmo": "1"}, "error"),
        ({}, "error"),
    ],
)
def test_lo_mal_pedido_se_dice_y_no_borra(
    administradora: Persona,
    sucesos: list[Suceso],
    cliente: Callable[..., Client],
    pedido: dict[str, str],
    frase: str,
) -> None:
    respuesta = cliente(administradora).post("/auditoria/borrado/", pedido)
    assert respuesta.status_code == 422
    assert frase in respuesta.content.decode()
    assert not SecretoBorrado.objects.exists()


def test_quien_no_puede_no_llega_a_la_pantalla(
    auditora: Persona, jefe: Persona, sucesos: list[Suceso], cliente: Callable[..., Client]
) -> None:
    for persona in (auditora, jefe):
        pedido = {"suceso": str(sucesos[1].pk), "motivo": "ORDEN", "confirmo": "1"}
        assert cliente(persona).get("/auditoria/borrado/").status_code == 403
        assert cliente(persona).post("/auditoria/borrado/", pedido).status_code == 403
    assert Secreto.objects.count() == 4
