"""Las amenazas que faltaban probar: archivos de dos caras, fórmulas al exportar y lo que delata una cuenta."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from llaqta.cimientos.testing import archivos
from llaqta.conftest import CLAVE
from llaqta.salas.auditoria import planilla
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import inspeccion
from llaqta.salas.tramites import escritura
from llaqta.salas.tramites.hojas import HOJAS

FUENTE = Path(__file__).resolve().parents[2] / "src/llaqta"
PDF = archivos.pdf(1)
HTML = b"<!doctype html><html><script>alert(1)</script></html>"


def _zip() -> bytes:
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w") as paquete:
        paquete.writestr("../../fuera.txt", "x")
    return salida.getvalue()


DOS_CARAS = {
    "html antes": HTML + PDF,
    "html solo": HTML,
    "comentario html": b"<!--%PDF-1.7-->" + HTML,
    "zip antes": _zip() + PDF,
    "zip solo": _zip(),
    "rar": b"Rar!\x1a\x07\x00" + PDF,
    "7z": b"7z\xbc\xaf\x27\x1c" + PDF,
    "gzip": b"\x1f\x8b\x08" + PDF,
    "exe": b"MZ" + b"\0" * 200 + PDF,
    "elf": b"\x7fELF" + PDF,
    "guion de shell": b"#!/bin/sh\necho mal\n" + PDF,
    "php": b"<?php system($_GET[0]); ?>" + PDF,
    "xml": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "gif con javascript": b"GIF89a/*" + b"\0" * 30 + b"*/=1;alert(1)//",
    "bmp": b"BM" + b"\0" * 60,
    "tiff": b"II*\x00" + b"\0" * 60,
    "webp": b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 30,
    "postscript": b"%!PS-Adobe-3.0\n(mal) show",
    "marca de orden": b"\xef\xbb\xbf" + PDF,
    "espacios": b"   \n" + PDF,
    "nulo": b"\0" + PDF,
    "jpeg cortado": b"\xff\xd8\xff" + HTML,
    "png cortado": b"\x89PNG\r\n\x1a\n" + HTML,
    "pdf de mentira": b"%PDF-1.7\n" + HTML,
}


@pytest.mark.parametrize("caso", DOS_CARAS)
def test_un_archivo_de_dos_caras_no_pasa_de_la_puerta(caso: str) -> None:
    flujo = io.BytesIO(DOS_CARAS[caso])
    with pytest.raises(inspeccion.ArchivoInadmisible) as negado:
        inspeccion.revisar(flujo, nombre="escrito.pdf")
    assert negado.value.frase
    assert flujo.tell() == 0, "el archivo queda como llegó"


def test_toda_salida_en_csv_pasa_sus_textos_por_la_misma_puerta() -> None:
    """Quien escribe un CSV con textos de personas usa ``planilla.celda``; los de cifras y de archivo no llevan
    textos: fechas, números e identificadores, y el de archivo se comprueba byte por byte.
    """
    solo_cifras = {"casilla/views_de_oficio.py", "auditoria/retencion.py"}
    escriben = {
        str(ruta.relative_to(FUENTE / "salas"))
        for ruta in (FUENTE / "salas").rglob("*.py")
        if "tests" not in ruta.parts
        and re.search(r"csv\.(?:writer|DictWriter)", ruta.read_text(encoding="utf-8"))
    }
    sin_puerta = {
        nombre for nombre in escriben - solo_cifras
        if not re.search(r"\bcelda\(", (FUENTE / "salas" / nombre).read_text(encoding="utf-8"))
    }  # fmt: skip
    assert sin_puerta == set()
    assert "auditoria/planilla.py" in escriben


@pytest.mark.parametrize("comienzo", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "＝", "＋", "－", "＠"])
def test_ningun_comienzo_de_formula_llega_a_una_celda(comienzo: str) -> None:
    assert planilla.celda(f"{comienzo}HYPERLINK(1)").startswith("'")


def test_un_texto_que_parece_formula_se_exporta_al_xlsx_como_texto() -> None:
    columna = next(columna for columnas in HOJAS.values() for columna in columnas if columna.clase == "texto")
    libro = Workbook()
    for n, texto in enumerate(('=HYPERLINK("http://malo.pe")', "=1+1", "@SUM(A1)"), start=1):
        escritura._escribir_celda(libro.active.cell(n, 1), columna, texto)
    salida = io.BytesIO()
    libro.save(salida)
    hoja = load_workbook(io.BytesIO(salida.getvalue())).active
    assert [hoja.cell(n, 1).data_type for n in (1, 2, 3)] == ["s", "s", "s"]
    assert hoja.cell(2, 1).value == "=1+1"


@pytest.mark.django_db
def test_ingresar_con_una_cuenta_que_no_existe_hace_el_mismo_trabajo(
    ciudadana: Persona, entidad: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Si solo con las cuentas que existen se calculara el resumen, el reloj diría cuáles existen."""
    resumenes: list[str] = []
    clase = type(hashers.get_hasher())
    de_verdad = clase.encode

    def encode(self: Any, *args: Any, **kwargs: Any) -> str:
        resumenes.append("x")
        return de_verdad(self, *args, **kwargs)

    monkeypatch.setattr(clase, "encode", encode)

    def intentar(documento: str, clave: str) -> tuple[int, int, str]:
        resumenes.clear()
        respuesta = Client().post(reverse("account_login"), {"login": documento, "password": clave})
        cuerpo = re.sub(r'value="[^"]*"', "", respuesta.content.decode())
        return len(resumenes), respuesta.status_code, cuerpo

    existe, no_existe = intentar("45678901", "no-es-esta-99"), intentar("49999999", "no-es-esta-99")
    assert existe[0] >= 1
    assert existe == no_existe
    assert intentar("45678901", CLAVE)[1] == 302
