"""Los dos códigos de cada distrito: el del INEI se guarda; el del RENIEC se reconoce y se convierte."""

from __future__ import annotations

import pytest

from llaqta.cimientos import ubigeo
from llaqta.cimientos.errors import EntradaInvalida


def test_la_lista_no_repite_ningun_codigo() -> None:
    inei = list(ubigeo._por_inei())
    reniec = [d.reniec for d in ubigeo._por_inei().values() if d.reniec]
    assert (len(inei), len(reniec)) == (1891, 1839)
    assert len(set(reniec)) == len(reniec)
    assert all(len(codigo) == 6 and codigo.isdigit() for codigo in (*inei, *reniec))


@pytest.mark.parametrize(
    ("reniec", "inei", "distrito"),
    [
        ("070910", "080910", "Pichari (La Convención, Cusco)"),
        ("010101", "010101", "Chachapoyas (Chachapoyas, Amazonas)"),
        ("140101", "150101", "Lima (Lima, Lima)"),
        ("240101", "070101", "Callao (Callao, Callao)"),
    ],
)
def test_cada_codigo_del_reniec_tiene_el_suyo_del_inei(reniec: str, inei: str, distrito: str) -> None:
    hallado = ubigeo.del_reniec(reniec)
    assert hallado is not None
    assert (hallado.inei, str(hallado)) == (inei, distrito)


def test_el_del_reniec_no_se_guarda_y_el_de_un_distrito_nuevo_si() -> None:
    with pytest.raises(EntradaInvalida, match=r"nombra a Pichari .*\. El del INEI es 080910\.") as negativa:
        ubigeo.check_es_del_inei("070910")
    assert negativa.value.campo == "ubigeo"
    for bueno in ("080910", "080919", "150101"):
        ubigeo.check_es_del_inei(bueno)
    assert ubigeo.del_reniec("999999") is None
