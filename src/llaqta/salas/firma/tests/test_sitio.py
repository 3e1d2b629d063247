"""El bloque visible nunca tapa lo que ya estaba escrito."""

from __future__ import annotations

import io
from datetime import datetime

import pikepdf
import pytest

from llaqta.cimientos.models import Entidad
from llaqta.cimientos.pdf import Caja, caja_de_firma, componer
from llaqta.salas.firma.sitio import buscar_sitio
from llaqta.salas.firma.tests.documentos import con_membrete_escrito, sin_sitio, una_pagina


def test_los_documentos_de_la_casa_tienen_su_lugar_reservado() -> None:
    assert buscar_sitio(_en_blanco()) == caja_de_firma(0)


def test_si_el_lugar_reservado_esta_escrito_se_busca_otro_al_pie() -> None:
    caja = buscar_sitio(con_membrete_escrito())

    assert caja is not None
    assert caja != caja_de_firma(0)
    assert (caja.pagina, caja.y0) == (0, 24.0)


def test_donde_no_hay_sitio_no_se_pone_bloque() -> None:
    assert buscar_sitio(_llena()) is None


def test_si_solo_queda_sitio_en_la_ultima_pagina_va_alli() -> None:
    caja = buscar_sitio(sin_sitio())

    assert caja is not None
    assert caja.pagina > 0


def test_una_hoja_girada_no_recibe_bloque() -> None:
    assert buscar_sitio(_cambiar(una_pagina(), Rotate=90)) is None


def test_una_hoja_que_no_empieza_en_cero_recibe_el_bloque_dentro_de_ella() -> None:
    caja = buscar_sitio(_en_blanco(medidas=(100, 200, 500, 600)))

    assert caja == Caja(0, 284.0, 224.0, 476.0, 282.0)


@pytest.mark.parametrize("contenido", [b"", b"hola", b"%PDF-1.7"])
def test_lo_que_no_es_un_pdf_no_tiene_sitio(contenido: bytes) -> None:
    assert buscar_sitio(contenido) is None


def _en_blanco(medidas: tuple[float, float, float, float] = (0, 0, 595.28, 841.89)) -> bytes:
    documento = pikepdf.new()
    documento.add_blank_page()
    documento.pages[0].MediaBox = pikepdf.Array(list(medidas))
    return _guardar(documento)


def _llena() -> bytes:
    documento = pikepdf.new()
    documento.add_blank_page(page_size=(595, 842))
    documento.pages[0].Contents = documento.make_stream(b"0.5 g 0 0 595 842 re f")
    return _guardar(documento)


def _cambiar(pdf: bytes, **atributos: int) -> bytes:
    documento = pikepdf.open(io.BytesIO(pdf))
    for nombre, valor in atributos.items():
        documento.pages[0][f"/{nombre}"] = valor
    return _guardar(documento)


def _guardar(documento: pikepdf.Pdf) -> bytes:
    salida = io.BytesIO()
    documento.save(salida)
    return salida.getvalue()


@pytest.mark.django_db
def test_el_sello_de_una_constancia_cae_en_el_lugar_que_su_plantilla_reserva(
    entidad: Entidad, ahora: datetime
) -> None:
    datos = {
        "encabezado_principal": "CONSTANCIA DE DEPÓSITO",
        "texto": ["Consta el depósito."],
        "secciones": [],
    }
    constancia = componer("constancia", datos, titulo="Constancia", ahora=ahora)

    assert buscar_sitio(constancia) == caja_de_firma(0)
