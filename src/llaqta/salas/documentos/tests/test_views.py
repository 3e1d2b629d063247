"""Entregar documentos: solo a quien puede, con cabeceras que no dejan ejecutar nada."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from llaqta.cimientos.testing import archivos
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services
from llaqta.salas.documentos.entrega import disposicion
from llaqta.salas.documentos.models import Archivo, Documento
from llaqta.salas.documentos.services import ArchivoRecibido

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tipos")]
Navegador = Callable[..., Client]
PDF_DE_DOS = archivos.pdf(2, texto="Licencia")


@pytest.fixture
def documento(ciudadana: Persona, ahora: datetime) -> Documento:
    """Lo que Rosa presentó, con sus vistas hechas."""
    [archivo] = services.recibir_archivos(
        actor=ciudadana, archivos=[ArchivoRecibido.de_bytes('Ñandú "2026".pdf', PDF_DE_DOS)], ahora=ahora
    )
    services.hacer_vistas(archivo_id=archivo.pk, ahora=ahora)
    return services.guardar(
        actor=ciudadana, tipo="SOLICITUD", asunto="Licencia de bodega", archivo=archivo, ahora=ahora
    )


def _cuerpo(respuesta: HttpResponse) -> bytes:
    return b"".join(respuesta.streaming_content) if respuesta.streaming else respuesta.content  # type: ignore[attr-defined]


def test_su_autora_lo_abre_encerrado_y_sin_adivinar_tipos(
    documento: Documento, ciudadana: Persona, cliente: Navegador
) -> None:
    respuesta = cliente(ciudadana).get(reverse("documento_pdf", args=[documento.pk]))
    assert respuesta.status_code == 200
    assert _cuerpo(respuesta) == PDF_DE_DOS
    assert respuesta.headers["Content-Type"] == "application/pdf"
    assert respuesta.headers["X-Content-Type-Options"] == "nosniff"
    assert respuesta.headers["Content-Security-Policy"].endswith("; sandbox")
    assert respuesta.headers["Cache-Control"] == "private, no-cache"
    assert respuesta.headers["Content-Disposition"] == (
        "inline; filename=\"_and_ _2026_.pdf\"; filename*=UTF-8''%C3%91and%C3%BA%20_2026_.pdf"
    )


def test_descargar_lo_ofrece_para_guardar(
    documento: Documento, ciudadana: Persona, cliente: Navegador
) -> None:
    respuesta = cliente(ciudadana).get(reverse("documento_descarga", args=[documento.pk]))
    assert respuesta.headers["Content-Disposition"].startswith("attachment; ")


@pytest.mark.parametrize("nombre", ["documento_ficha", "documento_pdf", "documento_descarga"])
def test_ajeno_e_inexistente_se_responden_igual(
    documento: Documento, otro_ciudadano: Persona, cliente: Navegador, nombre: str
) -> None:
    for navegador in (cliente(otro_ciudadano), cliente()):
        ajeno = navegador.get(reverse(nombre, args=[documento.pk]))
        inexistente = navegador.get(reverse(nombre, args=[documento.pk + 1_000_000]))
        assert (ajeno.status_code, inexistente.status_code) == (404, 404)
        assert PDF_DE_DOS not in ajeno.content
        assert "Licencia de bodega" not in ajeno.content.decode()


def test_lo_que_cayo_en_cuarentena_despues_ya_no_se_entrega(
    documento: Documento, ciudadana: Persona, cliente: Navegador
) -> None:
    Archivo.objects.filter(pk=documento.archivo_id).update(estado="CUARENTENA", motivo="código JavaScript")
    for nombre in ("documento_pdf", "documento_descarga"):
        assert cliente(ciudadana).get(reverse(nombre, args=[documento.pk])).status_code == 404
    assert cliente(ciudadana).get(reverse("documento_pagina", args=[documento.pk, 1])).status_code == 404


def test_si_ya_lo_tiene_no_se_manda_otra_vez(
    documento: Documento, ciudadana: Persona, cliente: Navegador
) -> None:
    etiqueta = f'"{documento.archivo.sha256}"'
    respuesta = cliente(ciudadana).get(
        reverse("documento_pdf", args=[documento.pk]), headers={"If-None-Match": etiqueta}
    )
    assert (respuesta.status_code, respuesta.content, respuesta.headers["ETag"]) == (304, b"", etiqueta)


@pytest.mark.parametrize(
    ("pedido", "estado", "trozo", "rango"),
    [
        ("bytes=0-9", 206, PDF_DE_DOS[:10], f"bytes 0-9/{len(PDF_DE_DOS)}"),
        ("bytes=100-", 206, PDF_DE_DOS[100:], f"bytes 100-{len(PDF_DE_DOS) - 1}/{len(PDF_DE_DOS)}"),
        (
            "bytes=-5",
            206,
            PDF_DE_DOS[-5:],
            f"bytes {len(PDF_DE_DOS) - 5}-{len(PDF_DE_DOS) - 1}/{len(PDF_DE_DOS)}",
        ),
        ("bytes=0-999999", 206, PDF_DE_DOS, f"bytes 0-{len(PDF_DE_DOS) - 1}/{len(PDF_DE_DOS)}"),
        ("bytes=999999-", 416, b"", f"bytes */{len(PDF_DE_DOS)}"),
        ("bytes=0-1,5-6", 200, PDF_DE_DOS, None),
        ("renglones=1-2", 200, PDF_DE_DOS, None),
    ],
)
def test_se_puede_pedir_una_parte(
    documento: Documento,
    ciudadana: Persona,
    cliente: Navegador,
    pedido: str,
    estado: int,
    trozo: bytes,
    rango: str | None,
) -> None:
    respuesta = cliente(ciudadana).get(
        reverse("documento_pdf", args=[documento.pk]), headers={"Range": pedido}
    )
    assert respuesta.status_code == estado
    assert _cuerpo(respuesta) == trozo
    assert respuesta.headers.get("Content-Range") == rango


@pytest.mark.parametrize(
    ("rango", "esperado"), [({}, PDF_DE_DOS), ({"Range": "bytes=10-400"}, PDF_DE_DOS[10:401])]
)
def test_no_se_comprime_lo_que_ya_lo_esta_ni_un_rango(
    documento: Documento, ciudadana: Persona, cliente: Navegador, rango: dict[str, str], esperado: bytes
) -> None:
    navegador = cliente(ciudadana)
    respuesta = navegador.get(
        reverse("documento_pdf", args=[documento.pk]), headers={"Accept-Encoding": "gzip, br", **rango}
    )
    assert _cuerpo(respuesta) == esperado
    assert respuesta.headers["Content-Length"] == str(len(esperado))
    assert respuesta.headers["ETag"] == f'"{documento.archivo.sha256}"'


def test_cada_pagina_se_ve_como_imagen(
    documento: Documento, ciudadana: Persona, otro_ciudadano: Persona, cliente: Navegador
) -> None:
    direccion = reverse("documento_pagina", args=[documento.pk, 2])
    assert direccion == f"/documentos/{documento.pk}/paginas/2.webp"
    respuesta = cliente(ciudadana).get(direccion)
    assert respuesta.headers["Content-Type"] == "image/webp"
    assert _cuerpo(respuesta)[8:12] == b"WEBP"
    assert cliente(otro_ciudadano).get(direccion).status_code == 404
    assert cliente(ciudadana).get(reverse("documento_pagina", args=[documento.pk, 3])).status_code == 404


def test_la_ficha_dice_lo_que_es(documento: Documento, ciudadana: Persona, cliente: Navegador) -> None:
    pagina = cliente(ciudadana).get(reverse("documento_ficha", args=[documento.pk])).content.decode()
    assert pagina.count("<h1") == 1
    for dicho in (
        "Licencia de bodega",
        documento.archivo.sha256,
        "Solo las partes y la entidad",
        "Página 2 de 2",
    ):
        assert dicho in pagina


def test_nadie_escribe_por_estas_puertas(
    documento: Documento, ciudadana: Persona, cliente: Navegador
) -> None:
    assert cliente(ciudadana).post(reverse("documento_pdf", args=[documento.pk])).status_code == 405


@pytest.mark.parametrize(
    ("nombre", "esperada"),
    [
        (
            "a\r\nSet-Cookie: x.pdf",
            "inline; filename=\"aSet-Cookie_ x.pdf\"; filename*=UTF-8''aSet-Cookie_%20x.pdf",
        ),
        ("\u202efdp.exe", "inline; filename=\"fdp.exe\"; filename*=UTF-8''fdp.exe"),
        (
            'x"; filename="y.html',
            "inline; filename=\"x__ filename__y.html\"; filename*=UTF-8''x_%3B%20filename%3D_y.html",
        ),
    ],
)
def test_el_nombre_no_puede_escribir_cabeceras(nombre: str, esperada: str) -> None:
    assert disposicion(nombre, adjunto=False) == esperada


def test_un_nombre_de_4_kb_cabe_en_una_cabecera() -> None:
    assert len(disposicion("ñ" * 4096 + ".pdf", adjunto=True)) < 1200
