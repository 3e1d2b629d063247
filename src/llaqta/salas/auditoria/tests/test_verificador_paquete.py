"""El expediente exportado, comprobado sin Llaqta: cada archivo, cada prueba y el índice."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from llaqta.salas.auditoria.tests.registro_aparte import Registro
from llaqta.salas.auditoria.verificador.llaqta_verificador import (
    Confianza,
    Informe,
    NoVale,
    comprobar_paquete,
    main,
)

REGISTRO = Registro()
CONFIANZA = Confianza(llave=REGISTRO.firmante.vkey)
DOCUMENTO = "data/documentos/0001-resolucion.pdf"


def sha(datos: bytes) -> str:
    return hashlib.sha256(datos).hexdigest()


def manifestar(bolsa: Path) -> None:
    """Escribe los manifiestos de lo que hay, como lo haría quien empaqueta."""
    archivos = sorted(ruta for ruta in (bolsa / "data").rglob("*") if ruta.is_file())
    lineas = [f"{sha(ruta.read_bytes())}  {ruta.relative_to(bolsa).as_posix()}\n" for ruta in archivos]
    (bolsa / "manifest-sha256.txt").write_text("".join(lineas))
    etiquetas = ["bagit.txt", "bag-info.txt", "manifest-sha256.txt"]
    lineas = [f"{sha((bolsa / nombre).read_bytes())}  {nombre}\n" for nombre in etiquetas]
    (bolsa / "tagmanifest-sha256.txt").write_text("".join(lineas))


def indice(*documentos: tuple[str, str]) -> str:
    filas = "".join(f'<documento archivo="{ruta}" sha256="{huella}"/>' for ruta, huella in documentos)
    return f'<?xml version="1.0"?><indice xmlns="urn:llaqta:indice:1">{filas}</indice>'


@pytest.fixture
def bolsa(tmp_path: Path) -> Path:
    raiz = tmp_path / "bolsa"
    for carpeta in ("documentos", "pruebas"):
        (raiz / "data" / carpeta).mkdir(parents=True)
    (raiz / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    (raiz / "bag-info.txt").write_text("Source-Organization: Municipalidad\n")
    (raiz / DOCUMENTO).write_bytes(REGISTRO.archivo)
    (raiz / "data/pruebas/0001-resolucion.json").write_text(json.dumps(REGISTRO.prueba()))
    (raiz / "data/indice.xml").write_text(
        indice(("documentos/0001-resolucion.pdf", sha(REGISTRO.archivo))), encoding="utf-8"
    )
    manifestar(raiz)
    return raiz


def comprobar(ruta: Path) -> Informe:
    informe = Informe()
    comprobar_paquete(str(ruta), CONFIANZA, informe)
    return informe


def en_zip(bolsa: Path, base: str = "bolsa/") -> Path:
    ruta = bolsa.parent / "bolsa.zip"
    with zipfile.ZipFile(ruta, "w") as archivo:
        for cada in sorted(bolsa.rglob("*")):
            if cada.is_file():
                archivo.write(cada, base + cada.relative_to(bolsa).as_posix())
    return ruta


def test_un_expediente_entero_se_prueba_en_carpeta_y_en_zip(bolsa: Path) -> None:
    for ruta in (bolsa, en_zip(bolsa), en_zip(bolsa, "")):
        informe = comprobar(ruta)
        assert informe.datos == {"archivos": 3, "documentos": 1, "probados": 1}
        assert "Los 3 archivos del paquete son los que se empaquetaron." in informe.probado
        assert "El índice nombra los 1 documentos con sus huellas." in informe.probado
        assert any("firma XML" in falta for falta in informe.sin_comprobar)
        assert main(["paquete", str(ruta), "--llave", REGISTRO.firmante.vkey]) == 0


def test_un_documento_sin_prueba_se_dice(bolsa: Path) -> None:
    (bolsa / "data/documentos/0002-anexo.pdf").write_bytes(b"%PDF- anexo")
    (bolsa / "data/indice.xml").write_text(
        indice(
            ("documentos/0001-resolucion.pdf", sha(REGISTRO.archivo)),
            ("data/documentos/0002-anexo.pdf", sha(b"%PDF- anexo")),
        )
    )
    manifestar(bolsa)
    assert [falta for falta in comprobar(bolsa).sin_comprobar if "0002-anexo" in falta] == [
        "data/documentos/0002-anexo.pdf: el paquete no trae prueba de que esté en el registro."
    ]


def alterar_documento(bolsa: Path) -> None:
    (bolsa / DOCUMENTO).write_bytes(REGISTRO.archivo + b" ")


def cambiar_documento_y_manifiestos(bolsa: Path) -> None:
    alterar_documento(bolsa)
    (bolsa / "data/indice.xml").write_text(
        indice(("documentos/0001-resolucion.pdf", sha(REGISTRO.archivo + b" ")))
    )
    manifestar(bolsa)


def callar_documento(bolsa: Path) -> None:
    (bolsa / "data/indice.xml").write_text(indice())
    manifestar(bolsa)


def mentir_en_el_indice(bolsa: Path) -> None:
    (bolsa / "data/indice.xml").write_text(indice(("documentos/0001-resolucion.pdf", "0" * 64)))
    manifestar(bolsa)


def alterar_prueba(bolsa: Path) -> None:
    (bolsa / "data/pruebas/0001-resolucion.json").write_text(json.dumps(REGISTRO.prueba() | {"hoja": 11}))
    manifestar(bolsa)


def agregar_sin_nombrar(bolsa: Path) -> None:
    (bolsa / "data/otro.txt").write_text("otro")


def entidades(bolsa: Path) -> None:
    (bolsa / "data/indice.xml").write_text('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    manifestar(bolsa)


def enlazar(bolsa: Path) -> None:
    (bolsa / "data/documentos/0003.pdf").symlink_to(bolsa / DOCUMENTO)


ATAQUES: list[tuple[Callable[[Path], object], str]] = [
    (alterar_documento, "0001-resolucion.pdf NO es el que se empaquetó"),
    (cambiar_documento_y_manifiestos, "es la prueba de un archivo que el paquete no trae"),
    (callar_documento, "El índice calla documentos: data/documentos/0001-resolucion.pdf"),
    (mentir_en_el_indice, "El índice dice otra huella para documentos/0001-resolucion.pdf"),
    (alterar_prueba, "data/pruebas/0001-resolucion.json: El hecho NO está en el registro"),
    (agregar_sin_nombrar, "archivos que su manifiesto no nombra: data/otro.txt"),
    (lambda bolsa: (bolsa / DOCUMENTO).unlink(), f"Falta el archivo {DOCUMENTO}"),
    (lambda bolsa: (bolsa / "data/indice.xml").unlink(), r"Falta el archivo data/indice.xml"),
    (lambda bolsa: (bolsa / "bag-info.txt").write_text("Otra"), r"bag-info.txt NO es el que se empaquetó"),
    (lambda bolsa: (bolsa / "tagmanifest-sha256.txt").write_text(""), "no protege al de archivos"),
    (lambda bolsa: (bolsa / "manifest-sha256.txt").write_text("hola\n"), "manifest-sha256.txt está mal escrito"),
    (lambda bolsa: (bolsa / "bagit.txt").unlink(), r"No es un paquete BagIt"),
    (lambda bolsa: (bolsa / "bagit.txt").write_text("BagIt-Version: 0.97\n"), r"no es BagIt 1.0"),
    (entidades, "definiciones que no se aceptan"),
    (enlazar, "enlace a otra parte"),
]  # fmt: skip


@pytest.mark.parametrize(("ataque", "frase"), ATAQUES, ids=lambda valor: getattr(valor, "__name__", ""))
def test_un_paquete_alterado_se_rechaza_nombrando_el_archivo(
    bolsa: Path, ataque: Callable[[Path], object], frase: str
) -> None:
    ataque(bolsa)
    with pytest.raises(NoVale) as negativa:
        comprobar(bolsa)
    assert frase in str(negativa.value)
    assert main(["paquete", str(bolsa)]) == 1


@pytest.mark.parametrize(
    "nombre", ["../fuera.txt", "/etc/x", "bolsa/data/..\\x", "bolsa/../x", "bolsa/data/c:x"]
)
def test_un_zip_que_se_sale_de_su_carpeta_se_rechaza(bolsa: Path, nombre: str) -> None:
    ruta = en_zip(bolsa)
    with zipfile.ZipFile(ruta, "a") as archivo:
        archivo.writestr(nombre, b"x")
    with pytest.raises(NoVale):
        comprobar(ruta)


def test_un_zip_repetido_enlazado_o_roto_se_rechaza(bolsa: Path) -> None:
    ruta = en_zip(bolsa)
    with zipfile.ZipFile(ruta, "a") as archivo, pytest.warns(UserWarning, match="Duplicate"):
        archivo.writestr("bolsa/data/indice.xml", b"otro")
    with pytest.raises(NoVale, match="dos veces el mismo nombre"):
        comprobar(ruta)
    ruta = en_zip(bolsa)
    with zipfile.ZipFile(ruta, "a") as archivo:
        enlace = zipfile.ZipInfo("bolsa/data/enlace")
        enlace.external_attr = 0o120777 << 16
        archivo.writestr(enlace, "/etc/passwd")
    with pytest.raises(NoVale, match="enlace a otra parte"):
        comprobar(ruta)
    ruta = en_zip(bolsa)
    ruta.write_bytes(ruta.read_bytes()[:-30])
    assert main(["paquete", str(ruta)]) == 1
    entero = en_zip(bolsa).read_bytes()
    for lugar in range(0, len(entero), 211):
        alterado = bytearray(entero)
        alterado[lugar] ^= 0xFF
        ruta.write_bytes(bytes(alterado))
        assert main(["paquete", str(ruta), "--llave", REGISTRO.firmante.vkey]) in (0, 1)
