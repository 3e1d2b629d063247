"""Los cuerpos de un expediente: doscientos folios a lo más, sin partir un documento (art. 152.1; peru-law (a) 41)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llaqta.salas.expedientes.rules.folios import Cuerpo, en_cuerpos


def _dichos(folios: list[int], maximo: int = 200) -> list[str]:
    return [cuerpo.dicho for cuerpo in en_cuerpos(folios, maximo)]


def test_doscientos_treinta_folios_son_dos_cuerpos_y_ningun_documento_se_parte() -> None:
    assert _dichos([120, 67, 43]) == ["folios 1–187", "folios 188–230"]


def test_doscientos_justos_son_un_cuerpo() -> None:
    assert _dichos([150, 50]) == ["folios 1–200"]
    assert _dichos([150, 50, 1]) == ["folios 1–200", "folio 201"]


def test_un_documento_que_solo_pasa_del_limite_mantiene_su_unidad() -> None:
    assert _dichos([230]) == ["folios 1–230"]
    assert _dichos([12, 230, 5]) == ["folios 1–12", "folios 13–242", "folios 243–247"]


def test_sin_documentos_no_hay_cuerpos() -> None:
    assert en_cuerpos([], 200) == []


def test_lo_imposible_se_dice() -> None:
    with pytest.raises(ValueError, match="al menos un folio"):
        en_cuerpos([3, 0], 200)
    with pytest.raises(ValueError, match="al menos un folio"):
        en_cuerpos([3], 0)


@given(st.lists(st.integers(1, 450), max_size=60), st.integers(1, 300))
def test_siempre_van_seguidos_completos_y_sin_partir(folios: list[int], maximo: int) -> None:
    cuerpos = en_cuerpos(folios, maximo)
    assert [n for cuerpo in cuerpos for n in cuerpo.documentos] == list(range(len(folios)))
    assert [cuerpo.numero for cuerpo in cuerpos] == list(range(1, len(cuerpos) + 1))
    siguiente = 1
    for cuerpo in cuerpos:
        assert cuerpo.folio_desde == siguiente
        siguiente = cuerpo.folio_hasta + 1
        assert cuerpo.folios == sum(folios[n] for n in cuerpo.documentos)
        assert cuerpo.folios <= maximo or len(cuerpo.documentos) == 1
    assert siguiente == sum(folios) + 1
    for uno, otro in pairwise(cuerpos):
        assert uno.folios + folios[otro.documentos[0]] > maximo, "no empezó otro cuerpo sin necesidad"


def test_un_cuerpo_sabe_decirse() -> None:
    assert Cuerpo(1, 7, 7, range(0, 1)).dicho == "folio 7"
