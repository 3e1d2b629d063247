"""La búsqueda que perdona: tildes, errores, plurales en -ción y palabras de la calle."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from llaqta.salas.tramites import queries

HOY = date(2026, 6, 1)
CONSULTAS: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "consultas.yaml").read_text(encoding="utf-8")
)


def _codigos(texto: str, limite: int = 10) -> list[str]:
    return [hallado.version.procedimiento.codigo for hallado in queries.buscar(texto, al=HOY, limite=limite)]


def test_lo_que_la_gente_escribe_encuentra_su_tramite_entre_los_tres_primeros(tupa: int) -> None:
    assert len(CONSULTAS) >= 60
    halladas = {texto: _codigos(texto, 3) for texto in CONSULTAS}
    fallidas = {t: c for t, c in halladas.items() if not set(c) & set(CONSULTAS[t])}
    primeras = sum(bool(c) and c[0] in CONSULTAS[t] for t, c in halladas.items())
    assert len(fallidas) <= len(CONSULTAS) * 0.15, fallidas
    assert primeras >= len(CONSULTAS) * 0.8, f"{primeras} de {len(CONSULTAS)}"


def test_a_quien_no_conoce_los_sinonimos_tambien_le_va_bien(tupa: int) -> None:
    nuevas: dict[str, list[str]] = yaml.safe_load(
        (Path(__file__).parent / "consultas_nuevas.yaml").read_text("utf-8")
    )
    aciertos = [texto for texto, esperados in nuevas.items() if set(_codigos(texto, 3)) & set(esperados)]
    assert len(aciertos) >= len(nuevas) * 0.85, set(nuevas) - set(aciertos)


def test_licensia_trae_primero_la_licencia_de_funcionamiento(tupa: int) -> None:
    assert _codigos("licensia")[0].startswith("PE-LIC-")


@pytest.mark.parametrize(
    "iguales",
    [
        ("licencia de edificación", "licencia de edificacion", "LICENCIAS DE EDIFICACIONES"),
        ("constancia de posesión", "constancias de posesiones"),
        ("separación convencional", "separacion combensional"),
    ],
)
def test_tildes_mayusculas_y_plurales_no_cambian_el_primero(tupa: int, iguales: tuple[str, ...]) -> None:
    assert len({_codigos(texto)[0] for texto in iguales}) == 1


@pytest.mark.parametrize("texto", ["", "   ", "zzzz qqqq", "'; SELECT 1; --", "%%%", "\\", "de la los", "🙂"])
def test_lo_que_no_se_parece_a_nada_no_trae_nada_ni_rompe_nada(tupa: int, texto: str) -> None:
    assert _codigos(texto) == []


def test_un_texto_larguisimo_se_corta(tupa: int) -> None:
    assert _codigos("bodega " * 5000)[0].startswith("PE-LIC-")


def test_solo_se_encuentra_lo_vigente(tupa: int) -> None:
    assert queries.buscar("matrimonio", al=date(2025, 12, 31)) == []


def test_buscar_hace_a_lo_mas_tres_consultas(tupa: int, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(3):
        hallados = queries.buscar("quiero abrir una bodega", al=HOY)
        assert [h.version.procedimiento.tema.nombre for h in hallados]


def test_el_codigo_exacto_se_encuentra_primero(tupa: int) -> None:
    assert _codigos("PA-SUBDIV")[0] == "PA-SUBDIV"
