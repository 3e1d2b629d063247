"""Los artículos que se citan son datos: cada uno dice si alguien lo leyó, y ninguno se cita sin decirlo."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from django.test import Client

from llaqta.cimientos.errors import NoProcede
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.plazos import queries, services
from llaqta.salas.plazos.models import ReglaDeLaEntidad
from llaqta.salas.plazos.reglas import de_la_casa

CODIGO = Path(__file__).resolve().parents[3]
HOY = date(2026, 6, 1)
_ARTICULO = r"\d+(?:\.\d+)*(?:-[A-Z])?"
_VARIOS = re.compile(rf"{_ARTICULO}(?:(?:, | y | a ){_ARTICULO})*")
_CITA = re.compile(rf"((?:Ley \d+|DS \d+-\d{{4}}-[A-Z]+)), arts?\. ({_VARIOS.pattern})")


def _textos(archivo: Path) -> Iterator[str]:
    """Lo que el programa dice: sus cadenas, sin docstrings."""
    arbol = ast.parse(archivo.read_text(encoding="utf-8"))
    dichos = {
        id(nodo.value)
        for nodo in ast.walk(arbol)
        if isinstance(nodo, ast.Expr) and isinstance(nodo.value, ast.Constant)
    }
    for nodo in ast.walk(arbol):
        if isinstance(nodo, ast.Constant) and isinstance(nodo.value, str) and id(nodo) not in dichos:
            yield nodo.value


def _citados_por_el_codigo() -> dict[tuple[str, str], str]:
    citados = {}
    for archivo in (hallado for clase in ("*.py", "*.html", "*.typ") for hallado in CODIGO.rglob(clase)):
        if {"tests", "migrations", "testing", "demo"} & set(archivo.parts) or archivo.name == "conftest.py":
            continue
        for texto in _textos(archivo) if archivo.suffix == ".py" else [archivo.read_text(encoding="utf-8")]:
            for norma, articulos in _CITA.findall(texto):
                for articulo in re.findall(_ARTICULO, articulos):
                    citados[norma, articulo] = f"{archivo.relative_to(CODIGO)}: {texto[:80]}"
    return citados


def test_nada_se_cita_sin_decir_si_alguien_lo_leyo() -> None:
    """Toda cita del código está en ``reglas.yaml`` o en ``citas.yaml``, con su verificación."""
    registrados = {
        (norma, articulo)
        for regla in de_la_casa().values()
        for norma in re.split(r" y (?=Ley|DS|DL)", regla.norma)
        for articulo in re.findall(_ARTICULO, regla.articulo)
    }
    citados = _citados_por_el_codigo()
    assert ("Ley 27444", "67") in citados
    assert ("Ley 27269", "10") in citados
    # El apartado que no tiene renglón propio se lee en el de su artículo: 217.2 en 217.
    sin_decir = {
        (norma, articulo): donde
        for (norma, articulo), donde in citados.items()
        if (norma, articulo) not in registrados and (norma, articulo.split(".")[0]) not in registrados
    }
    assert sin_decir == {}, "Agregue el artículo a plazos/datos/citas.yaml y diga si alguien lo leyó."


def test_ningun_articulo_esta_dos_veces() -> None:
    """El de una regla con cifra no se repite en la lista de los que solo se citan: podrían decir cosas distintas."""
    con_cifra = {
        (regla.norma, articulo)
        for regla in de_la_casa().values()
        if not regla.es_cita
        for articulo in re.findall(_ARTICULO, regla.articulo)
    }
    solo_citados = {(regla.norma, regla.articulo) for regla in de_la_casa().values() if regla.es_cita}
    assert not con_cifra & solo_citados


@pytest.mark.parametrize(
    "codigo",
    [
        "LEY-27444-67",
        "LEY-27444-72.1",
        "LEY-27444-153.2",
        "LEY-27269-9",
        "LEY-27444-213",
        "FOLIOS_POR_CUERPO",
    ],
)
def test_lo_citado_de_memoria_esta_pendiente(codigo: str) -> None:
    assert de_la_casa()[codigo].estado == "POR_CONFIRMAR"


@pytest.mark.django_db
def test_el_abogado_lee_la_lista_y_confirma_o_corrige_un_articulo(
    jefe_asesoria: Persona,
    especialista: Persona,
    cliente: Callable[..., Client],
) -> None:
    lista = cliente(especialista).get("/reglas/articulos/").content.decode()
    assert "Art. 67<" in lista
    assert "Dar por verificado" not in cliente(especialista).get("/reglas/LEY-27444-67/").content.decode()
    suya = cliente(jefe_asesoria)
    ficha = suya.get("/reglas/LEY-27444-67/").content.decode()
    assert "Dar por verificado" in ficha
    assert "Cambiar su valor" not in ficha
    suya.post(
        "/reglas/LEY-27444-67/confirmar/",
        {"nota": "TUO, El Peruano, 25 de enero de 2019", "norma": "Ley 27444", "articulo": "67.1"},
    )
    assert "la verificó" not in suya.get("/reglas/").content.decode()
    pendientes = suya.get("/reglas/articulos/?ver=pendientes").content.decode()
    despues = suya.get("/reglas/articulos/").content.decode()
    assert queries.get_regla("LEY-27444-67", al=HOY).base == "Ley 27444, art. 67.1"
    assert "Delegación de competencia" not in pendientes
    assert "lo verificó" in despues


@pytest.mark.django_db
def test_un_articulo_no_tiene_valor_que_cambiar(jefe_asesoria: Persona, ahora: datetime) -> None:
    with pytest.raises(NoProcede, match="no tiene un valor que cambiar"):
        services.cambiar_regla(
            actor=jefe_asesoria, codigo="LEY-27444-67", valor="CITA", norma="x", nota="x",
            desde=ahora.date(), ahora=ahora,
        )  # fmt: skip
    assert not ReglaDeLaEntidad.objects.exists()
