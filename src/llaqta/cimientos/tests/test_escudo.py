"""Un escudo es un dibujo y nada más: lo que podría hacer daño se rechaza con su razón."""

from __future__ import annotations

from pathlib import Path

import pytest

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.escudo import limpiar

DEMOSTRACION = Path(__file__).parents[2] / "demo/datos/escudo.svg"


def svg(dentro: str = "", *, atributos: str = 'viewBox="0 0 10 10"') -> bytes:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {atributos}>{dentro}</svg>'
    ).encode()


def test_el_escudo_de_la_demostracion_pasa_y_limpiarlo_otra_vez_no_lo_cambia() -> None:
    limpio = limpiar(DEMOSTRACION.read_bytes())
    assert limpio.count("<path") == DEMOSTRACION.read_text(encoding="utf-8").count("<path")
    assert limpiar(limpio) == limpio
    assert len(limpio) < 1100


@pytest.mark.parametrize(
    ("dentro", "razon"),
    [
        ("<script>alert(1)</script>", "un programa (script)"),
        ("<g><script href='x.js'/></g>", "un programa (script)"),
        ('<path onload="alert(1)" d="M0 0"/>', "un programa en el atributo «onload»"),
        ('<path ONCLICK="alert(1)" d="M0 0"/>', "un programa en el atributo «ONCLICK»"),
        ("<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>", "foreignObject"),
        ('<image href="data:image/png;base64,AA"/>', "una imagen pegada"),
        ('<use xlink:href="#a"/>', "copias enlazadas"),
        ("<style>@import url(http://x.pe/a.css)</style>", "una hoja de estilo"),
        ('<a href="javascript:alert(1)"><path d="M0 0"/></a>', "un elemento que no se acepta (a)"),
        ('<animate attributeName="href" values="javascript:alert(1)"/>', "que no se acepta (animate)"),
        ('<svg viewBox="0 0 1 1"/>', "que no se acepta (svg)"),
        ('<linearGradient xlink:href="http://x.pe/a.svg#g"/>', "pide un archivo de otra parte"),
        ('<path fill="url(http://x.pe/a.svg#g)"/>', "pide un archivo de otra parte"),
        ('<path fill="url( &quot;//x.pe/a#g&quot; )"/>', "pide un archivo de otra parte"),
        ('<path style="fill:url(https://x.pe/a#g)"/>', "pide un archivo de otra parte"),
        ('<path style="behavior:url(//x.pe/a.htc)"/>', "pide un archivo de otra parte"),
        ('<path style="fill:u\\72l(//x.pe)"/>', "código escondido"),
        ("<path style=\"background:image-set('//x.pe/a.png' 1x)\"/>", "la función «image-set»"),
        ('<path style="width:expression(alert(1))"/>', "la función «expression»"),
        ('<path fill="java script:alert(1)"/>', "código escondido"),
        ('<clipPath id="a"><path clip-path="url(#b)"/></clipPath>', "recortes dentro de recortes"),
        ('<clipPath id="a" clip-path="url(#b)"/>', "recortes dentro de recortes"),
        ("<g>" * 40 + "</g>" * 40, "demasiadas figuras"),
        ("<path/>" * 2001, "demasiadas figuras"),
        ("<g>", "no es un SVG bien formado"),
        ("&nada;", "no es un SVG bien formado"),
    ],
)
def test_lo_que_podria_hacer_dano_se_rechaza_con_su_razon(dentro: str, razon: str) -> None:
    with pytest.raises(EntradaInvalida) as negada:
        limpiar(svg(dentro))
    assert negada.value.frase.startswith("El escudo no se puede usar: ")
    assert razon in negada.value.frase
    assert negada.value.campo == "escudo"


@pytest.mark.parametrize(
    ("archivo", "razon"),
    [
        (b"", "no es un SVG bien formado"),
        (b"%PDF-1.7", "no es un SVG bien formado"),
        (b"\xff\xfe<\x00s\x00", "no es un SVG de texto en UTF-8"),
        (b"\x1f\x8b\x08svgz", "no es un SVG"),
        (b"<html><body/></html>", "no es un SVG"),
        (b'<svg viewBox="0 0 1 1"/>', "no es un SVG"),
        (b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>', "DOCTYPE"),
        (svg("<path/>" + " " * 40_000), "pesa 40 KB y se aceptan hasta 40 KB"),
        (svg(atributos=""), "no dice su tamaño"),
        (svg(atributos='viewBox="0 0 uno 1"'), "no dice su tamaño"),
        (svg(atributos='viewBox="0 0 0 0"'), "no es de un dibujo"),
        (svg(atributos='viewBox="0 0 1e30 1e30"'), "no es de un dibujo"),
        (svg(atributos='viewBox="0 0 1000 10"'), "demasiado alargado"),
    ],
)
def test_lo_que_no_es_un_escudo_no_entra(archivo: bytes, razon: str) -> None:
    with pytest.raises(EntradaInvalida, match="El escudo no se puede usar") as negada:
        limpiar(archivo)
    assert razon in negada.value.frase


def test_lo_que_deja_un_editor_se_quita_sin_molestar() -> None:
    sucio = (
        '<?xml version="1.0" encoding="UTF-8"?><!-- Inkscape -->'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:i="http://www.inkscape.org/x" width="20px" height="30">'
        '<i:vista zoom="2"><i:guia/></i:vista><metadata>autor <b xmlns="urn:b"/></metadata>'
        '<g i:label="Capa" data-x="1" class="c" style="fill:#fff;-i-x:1;stroke : red"><title>Sol &amp; mar</title>'
        '<path d="M0 0h1"/>suelto</g></svg>'
    )
    assert limpiar(sucio.encode()) == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 30">'
        '<g fill="#fff" stroke="red"><title>Sol &amp; mar</title><path d="M0 0h1"/></g></svg>'
    )


def test_los_degradados_se_conservan() -> None:
    dibujo = (
        '<linearGradient id="a"><stop offset="0" stop-color="#fff"/></linearGradient>'
        '<linearGradient id="b" xlink:href="#a"/><path fill="url(#b)" d="M0 0"/>'
    )
    limpio = limpiar(svg(dibujo))
    assert 'xlink:href="#a"' in limpio
    assert 'fill="url(#b)"' in limpio
    assert limpiar(limpio) == limpio
