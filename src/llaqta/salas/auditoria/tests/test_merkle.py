"""El árbol: los vectores publicados de RFC 6962, y toda prueba de un árbol chico contra su definición."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llaqta.salas.auditoria import merkle
from llaqta.salas.auditoria.mosaico import ANCHO, FaltaMosaico, Mosaico, MosaicoAlterado, ruta_de

ENTRADAS = [
    bytes.fromhex(h)
    for h in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
RAICES = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def definicion(huellas: list[bytes]) -> bytes:
    """MTH tal como la escribe la norma."""
    if not huellas:
        return hashlib.sha256(b"").digest()
    if len(huellas) == 1:
        return huellas[0]
    k = 1
    while k * 2 < len(huellas):
        k *= 2
    return hashlib.sha256(b"\x01" + definicion(huellas[:k]) + definicion(huellas[k:])).digest()


def nodo_de(huellas: list[bytes]) -> merkle.Nodo:
    return lambda nivel, lugar: merkle.plegar(huellas[lugar << nivel : (lugar + 1) << nivel])


def hojas(cuantas: int) -> list[bytes]:
    return [merkle.huella_de_hoja(f"suceso {n}".encode()) for n in range(cuantas)]


def test_los_vectores_publicados() -> None:
    huellas = [merkle.huella_de_hoja(entrada) for entrada in ENTRADAS]
    assert [merkle.raiz(huellas[:n]).hex() for n in range(1, 9)] == list(RAICES)
    assert [merkle.raiz_de(n, nodo_de(huellas)).hex() for n in range(1, 9)] == list(RAICES)
    assert merkle.raiz([]) == merkle.raiz_de(0, nodo_de([])) == hashlib.sha256(b"").digest()


def test_toda_inclusion_de_un_arbol_chico() -> None:
    for tamano in range(1, 40):
        huellas = hojas(tamano)
        raiz, nodo = definicion(huellas), nodo_de(huellas)
        for hoja in range(tamano):
            camino = merkle.camino_de_inclusion(hoja, tamano, nodo)
            assert merkle.verificar_inclusion(huellas[hoja], hoja, tamano, camino, raiz)
            assert not merkle.verificar_inclusion(huellas[hoja], hoja + 1, tamano, camino, raiz)
            assert not merkle.verificar_inclusion(huellas[hoja], hoja, tamano, [*camino, raiz], raiz)
            assert (
                not merkle.verificar_inclusion(huellas[hoja - 1], hoja, tamano, camino, raiz) or tamano == 1
            )


def test_toda_consistencia_de_un_arbol_chico() -> None:
    for despues in range(1, 34):
        huellas = hojas(despues)
        nodo = nodo_de(huellas)
        for antes in range(1, despues + 1):
            camino = merkle.camino_de_consistencia(antes, despues, nodo)
            viejo, nuevo = definicion(huellas[:antes]), definicion(huellas)
            assert merkle.verificar_consistencia(antes, viejo, despues, nuevo, camino)
            assert not merkle.verificar_consistencia(antes, nuevo, despues, viejo, camino) or viejo == nuevo
            otro = definicion([*huellas[: antes - 1], b"x" * 32])
            assert not merkle.verificar_consistencia(antes, otro, despues, nuevo, camino)


def test_fuera_del_arbol_no_hay_prueba() -> None:
    nodo = nodo_de(hojas(4))
    with pytest.raises(ValueError, match="La hoja 4 no está"):
        merkle.camino_de_inclusion(4, 4, nodo)
    with pytest.raises(ValueError, match="de 0 a 4"):
        merkle.camino_de_consistencia(0, 4, nodo)
    with pytest.raises(ValueError, match="de 5 a 4"):
        merkle.camino_de_consistencia(5, 4, nodo)


def test_las_rutas_son_las_de_c2sp() -> None:
    assert ruta_de(0, 0) == "tile/0/000"
    assert ruta_de(0, 1234067) == "tile/0/x001/x234/067"
    assert ruta_de(1, 3, 17) == "tile/1/003.p/17"


@settings(deadline=None)  # escribe archivos: en una máquina ocupada tarda lo que tarde
@given(st.lists(st.integers(1, 700), min_size=1, max_size=5))
def test_los_mosaicos_dan_la_misma_raiz_crezca_como_crezca(
    tmp_path_factory: pytest.TempPathFactory, tandas: list[int]
) -> None:
    carpeta = tmp_path_factory.mktemp("mosaicos")
    huellas = hojas(sum(tandas))
    hechas = 0
    for tanda in tandas:
        Mosaico(carpeta).extender(hechas, huellas[hechas : hechas + tanda])
        hechas += tanda
        assert merkle.raiz_de(hechas, Mosaico(carpeta).nodo) == definicion(huellas[:hechas])
    leido = Mosaico(carpeta)
    assert merkle.raiz_de(tandas[0], leido.nodo) == definicion(huellas[: tandas[0]])


def test_un_mosaico_lleno_son_256_huellas_y_ocupa_8192_octetos(tmp_path: Path) -> None:
    huellas = hojas(300)
    Mosaico(tmp_path).extender(0, huellas[:200])
    assert (tmp_path / "tile/0/000.p/200").stat().st_size == 6400
    Mosaico(tmp_path).extender(200, huellas[200:])
    assert (tmp_path / "tile/0/000").read_bytes() == b"".join(huellas[:256])
    assert not (tmp_path / "tile/0/000.p").exists()
    assert (tmp_path / "tile/0/001.p/44").read_bytes() == b"".join(huellas[256:])
    assert (tmp_path / "tile/1/000.p/1").read_bytes() == definicion(huellas[:256])


def test_lo_escrito_no_se_reescribe_con_otro_contenido(tmp_path: Path) -> None:
    huellas = hojas(ANCHO)
    Mosaico(tmp_path).extender(0, huellas)
    Mosaico(tmp_path).extender(0, huellas)
    with pytest.raises(MosaicoAlterado):
        Mosaico(tmp_path).extender(0, [*huellas[:-1], b"x" * 32])
    assert (tmp_path / "tile/0/000").read_bytes() == b"".join(huellas)


def test_un_mosaico_cortado_o_perdido_se_nota_y_se_rehace(tmp_path: Path) -> None:
    huellas = hojas(600)
    Mosaico(tmp_path).extender(0, huellas)
    (tmp_path / "tile/0/001").write_bytes(b"cortado")
    (tmp_path / "tile/0/000").unlink()
    with pytest.raises(FaltaMosaico, match="tile/0/000"):
        Mosaico(tmp_path).nodo(0, 0)
    with pytest.raises(FaltaMosaico, match="cortado"):
        Mosaico(tmp_path).nodo(0, 256)
    Mosaico(tmp_path).extender(0, huellas)
    assert merkle.raiz_de(600, Mosaico(tmp_path).nodo) == definicion(huellas)
