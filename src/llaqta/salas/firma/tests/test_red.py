"""Preguntar por la red: a nadie de adentro, con tope, sin desvíos; y sin respuesta, nada se da por bueno."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from llaqta.salas.firma.consultas import Consultor
from llaqta.salas.firma.tests.documentos import una_pagina
from llaqta.salas.firma.tests.taller import Taller
from llaqta.salas.firma.veredicto import Veredicto
from llaqta.salas.firma.verificacion import Informe

AQUI = {"127.0.0.1"}


# --- Preguntar por la revocación --------------------------------------------------------------------------------------
@pytest.fixture
def firmado(taller: Taller) -> bytes:
    return taller.propia(una_pagina())


def _preguntando(taller: Taller, firmado: bytes, guardado: Path, **datos: Any) -> tuple[Informe, Consultor]:
    consultor = Consultor(guardado, **({"al": taller.ahora, "permitidas": AQUI} | datos))
    confianza = replace(taller.a_secas, consulta=consultor)
    return taller.verificar(firmado, confianza=confianza), consultor


def test_en_linea_se_comprueba_y_lo_respondido_sirve_despues_sin_red(
    taller: Taller, firmado: bytes, tmp_path: Path
) -> None:
    con_red, _ = _preguntando(taller, firmado, tmp_path)
    assert (con_red.veredicto, con_red.motivos) == (Veredicto.VALIDA, ())
    assert len(taller.estado.pedidos) == 2  # uno por certificado que se puede revocar

    taller.estado.apagar()
    sin_red, consultor = _preguntando(taller, firmado, tmp_path)
    assert sin_red.veredicto is Veredicto.VALIDA
    assert consultor.fallas == []


def test_vencido_lo_guardado_y_sin_red_no_se_afirma_nada(
    taller: Taller, firmado: bytes, tmp_path: Path
) -> None:
    _preguntando(taller, firmado, tmp_path)
    taller.estado.apagar()
    tarde = taller.ahora + timedelta(days=3)

    consultor = Consultor(tmp_path, al=tarde, permitidas=AQUI)
    informe = taller.verificar(firmado, confianza=replace(taller.a_secas, consulta=consultor), ahora=tarde)
    assert informe.veredicto is Veredicto.INDETERMINADA
    assert consultor.fallas


@pytest.mark.parametrize("como", ["500", "html", "vacia"])
def test_si_el_ocsp_falla_se_usa_la_lista(taller: Taller, firmado: bytes, tmp_path: Path, como: str) -> None:
    taller.estado.fallar("ocsp", como)

    assert _preguntando(taller, firmado, tmp_path)[0].veredicto is Veredicto.VALIDA


@pytest.mark.parametrize("como", ["500", "html", "infinita"])
def test_si_nadie_contesta_bien_es_indeterminada_y_no_se_guarda_nada(
    taller: Taller, firmado: bytes, tmp_path: Path, como: str
) -> None:
    taller.estado.fallar("todo", como)

    informe, _ = _preguntando(taller, firmado, tmp_path)
    assert informe.veredicto is Veredicto.INDETERMINADA
    assert list(tmp_path.iterdir()) == []


def test_un_revocado_se_sabe_al_preguntar(taller: Taller, tmp_path: Path) -> None:
    taller.estado.revocar("firmante", desde=taller.ahora - timedelta(hours=2))

    informe, _ = _preguntando(taller, taller.propia(una_pagina()), tmp_path)
    assert informe.veredicto is Veredicto.INVALIDA
    assert "revocado el" in informe.motivos[0]


def test_las_direcciones_internas_de_un_certificado_no_se_siguen(
    taller: Taller, firmado: bytes, tmp_path: Path
) -> None:
    informe, consultor = _preguntando(taller, firmado, tmp_path, permitidas=())

    assert informe.veredicto is Veredicto.INDETERMINADA
    assert taller.estado.pedidos == []
    assert all("ahí no se va" in falla for falla in consultor.fallas)


def test_por_un_certificado_que_no_llega_a_un_ancla_no_se_pregunta(
    taller: Taller, firmado: bytes, tmp_path: Path
) -> None:
    consultor = Consultor(tmp_path, al=taller.ahora, permitidas=AQUI)
    nadie = replace(taller.a_secas, raices=(), consulta=consultor)

    assert taller.verificar(firmado, confianza=nadie).veredicto is Veredicto.INDETERMINADA
    assert taller.estado.pedidos == []
