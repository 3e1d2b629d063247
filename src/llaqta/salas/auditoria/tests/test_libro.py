"""El libro de los sucesos: lo ve quien controla, dice las cosas en castellano y se lleva sin peligro."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from llaqta.cimientos.errors import NoEncontrado
from llaqta.cimientos.events import Evento, emit
from llaqta.cimientos.models import Suceso
from llaqta.salas.auditoria import planilla, queries, services
from llaqta.salas.auditoria.frases import FRASES
from llaqta.salas.auditoria.queries import Filtros
from llaqta.salas.cuentas.events import CuentaCreada, SesionIniciada
from llaqta.salas.cuentas.models import Persona


@pytest.fixture
def sucesos(ciudadana: Persona, otro_ciudadano: Persona, ahora: datetime) -> list[Suceso]:
    with transaction.atomic():
        return [
            emit(SesionIniciada(cuenta_id=1), actor_id=ciudadana.pk, ahora=ahora, objeto=ciudadana),
            emit(CuentaCreada(cuenta_id=2), actor_id=ciudadana.pk, ahora=ahora, objeto=otro_ciudadano),
            emit(SesionIniciada(cuenta_id=2), actor_id=None, ahora=ahora + timedelta(days=1)),
        ]


def dicho(para: Persona, **filtros: object) -> list[str]:
    pagina = queries.list_renglones(para=para, filtros=Filtros(**filtros))  # type: ignore[arg-type]
    return [f"{fila.quien} {fila.que} {fila.objeto}".strip() for fila in pagina.filas]


def test_el_libro_se_lee_en_castellano_y_lo_ultimo_va_primero(
    auditora: Persona, sucesos: list[Suceso]
) -> None:
    assert dicho(auditora) == [
        "El sistema ingresó a su cuenta",
        "Rosa Quispe Huamán creó una cuenta Teodoro Ñaupari Curi",
        "Rosa Quispe Huamán ingresó a su cuenta",
    ]


def test_se_filtra_por_quien_que_sobre_que_y_cuando(auditora: Persona, sucesos: list[Suceso]) -> None:
    assert len(dicho(auditora, quien="45678901")) == 2
    assert len(dicho(auditora, quien="rosa quispe")) == 2
    assert len(dicho(auditora, quien="huaman")) == 2, "sin tildes"
    assert dicho(auditora, quien="nadie") == []
    assert len(dicho(auditora, tipo="cuentas.SesionIniciada")) == 2
    assert dicho(auditora, objeto="01234567") == ["Rosa Quispe Huamán creó una cuenta Teodoro Ñaupari Curi"]
    assert dicho(auditora, objeto=f"cuentas.Persona:{sucesos[1].objeto_id}") == dicho(
        auditora, objeto="01234567"
    )
    assert dicho(auditora, objeto="EXP-2026-000001-1") == []
    assert len(dicho(auditora, hasta=date(2026, 6, 1))) == 2
    assert len(dicho(auditora, desde=date(2026, 6, 2))) == 1


def test_las_paginas_siguen_sin_saltar_ni_repetir(auditora: Persona, ahora: datetime) -> None:
    Suceso.objects.bulk_create([Suceso(tipo="x.Y", ocurrido_en=ahora) for _ in range(60)])
    vistos: list[int] = []
    cursor, vueltas = "", 0
    while True:
        pagina = queries.list_renglones(para=auditora, filtros=Filtros(), cursor=cursor)
        vistos += [fila.pk for fila in pagina.filas]
        vueltas += 1
        if not (cursor := pagina.siguiente):
            break
    assert vueltas == 3
    assert vistos == sorted(vistos, reverse=True)
    assert len(set(vistos)) == 60


def test_para_los_demas_el_libro_no_existe(
    ciudadana: Persona, jefe: Persona, administradora: Persona, sucesos: list[Suceso], cliente: Callable[..., Client],
    ahora: datetime,
) -> None:  # fmt: skip
    for persona in (ciudadana, jefe, administradora):
        assert cliente(persona).get("/auditoria/").status_code == 404
        assert cliente(persona).post("/auditoria/exportar/").status_code == 404
        with pytest.raises(NoEncontrado):
            services.exportar(actor=persona, filtros=Filtros(), ahora=ahora)
    assert cliente().get("/auditoria/").status_code == 302
    assert not Suceso.objects.filter(tipo="auditoria.LibroExportado").exists()


def test_la_pantalla_muestra_y_explica(
    auditora: Persona, sucesos: list[Suceso], cliente: Callable[..., Client]
) -> None:
    pagina = cliente(auditora).get("/auditoria/", {"quien": "rosa"}).content.decode()
    assert "Rosa Quispe Huamán" in pagina
    assert "ingresó a su cuenta" in pagina
    vacia = cliente(auditora).get("/auditoria/", {"quien": "nadie"}).content.decode()
    assert "Nada en el libro coincide con lo que busca." in vacia
    al_reves = (
        cliente(auditora).get("/auditoria/", {"desde": "2026-06-02", "hasta": "2026-06-01"}).content.decode()
    )
    assert "La fecha final no puede ser anterior a la inicial." in al_reves


def test_la_copia_en_csv_dice_lo_mismo_y_queda_en_el_libro(
    auditora: Persona, sucesos: list[Suceso], cliente: Callable[..., Client]
) -> None:
    respuesta = cliente(auditora).post("/auditoria/exportar/", {"quien": "rosa"})
    texto = b"".join(respuesta.streaming_content).decode()  # type: ignore[attr-defined]
    filas = list(csv.reader(io.StringIO(texto.removeprefix("\ufeff"))))
    assert filas[0] == list(planilla.CABECERA)
    assert [(fila[1], fila[2], fila[4]) for fila in filas[1:]] == [
        ("01/06/2026 10:00:00", "Rosa Quispe Huamán", "ingresó a su cuenta"),
        ("01/06/2026 10:00:00", "Rosa Quispe Huamán", "creó una cuenta"),
    ]
    suceso = Suceso.objects.get(tipo="auditoria.LibroExportado")
    assert (suceso.actor_id, suceso.datos) == (auditora.pk, {"filtros": ["quien"]}), "qué buscó, no a quién"


@given(st.text(max_size=40))
def test_ninguna_celda_es_una_formula(texto: str) -> None:
    escrita = planilla.celda(texto)
    assert not escrita.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert escrita.removeprefix("'").endswith(texto.removeprefix("'"))


def test_todo_suceso_de_la_casa_tiene_su_frase() -> None:
    propios = {
        tipo
        for tipo, clase in Evento.TIPOS.items()
        if ".tests." not in clase.__module__ and "conftest" not in clase.__module__
    }
    assert propios - set(FRASES) == set(), "escriba su frase en auditoria/frases.py"
