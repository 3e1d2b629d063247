"""La revisión en la puerta: qué entra, qué queda retenido y qué se rechaza, con frases que dicen qué hacer."""

from __future__ import annotations

import io
import random
import resource
import time

import pytest

from llaqta.cimientos.testing import archivos
from llaqta.salas.documentos import inspeccion
from llaqta.salas.documentos.inspeccion import (
    JPG,
    PDF,
    PNG,
    ArchivoInadmisible,
    Revision,
    nombre_limpio,
    revisar,
)


def _revisar(contenido: bytes, nombre: str = "escrito.pdf") -> Revision:
    return revisar(io.BytesIO(contenido), nombre=nombre)


@pytest.mark.parametrize(
    ("contenido", "esperado"),
    [
        (archivos.pdf_escaneado(12, ancho=300), Revision(PDF, 12)),
        (archivos.pdf(3), Revision(PDF, 3)),
        (archivos.foto(), Revision(JPG, 1)),
        (archivos.foto_png(), Revision(PNG, 1)),
        (archivos.pdf_con_permisos(), Revision(PDF, 2)),
        (archivos.pdf_que_abre_en_una_pagina(), Revision(PDF, 2)),
        (archivos.pdf_que_habla_de_javascript(), Revision(PDF, 1)),
    ],
)
def test_admite_lo_que_se_puede_tramitar(contenido: bytes, esperado: Revision) -> None:
    assert _revisar(contenido) == esperado


@pytest.mark.parametrize(
    ("contenido", "frase"),
    [
        (b"", "El archivo «escrito.pdf» está vacío."),
        (archivos.pdf_sin_paginas(), "El archivo «escrito.pdf» no tiene ninguna página."),
        (archivos.pdf_con_clave(), "El archivo «escrito.pdf» está protegido con contraseña"),
        (archivos.pdf_truncado(), "El archivo «escrito.pdf» está dañado o incompleto."),
        (archivos.pdf_corrupto(), "El archivo «escrito.pdf» está dañado o incompleto."),
        (archivos.basura_con_cabecera_de_pdf(), "El archivo «escrito.pdf» está dañado o incompleto."),
        (archivos.pdf_y_zip(), "El archivo «escrito.pdf» está dañado o incompleto."),
        (archivos.zip_como_pdf(), "«escrito.pdf» es una carpeta comprimida, no un PDF."),
        (archivos.html_como_pdf(), "«escrito.pdf» se llama PDF pero su contenido no lo es."),
        (archivos.html_y_pdf(), "«escrito.pdf» se llama PDF pero su contenido no lo es."),
        (archivos.heic(), "La foto «escrito.pdf» está en formato HEIC"),
        (archivos.foto_truncada(), "La foto «escrito.pdf» está dañada o incompleta."),
        (archivos.bomba_png(), "La foto «escrito.pdf» está dañada o incompleta."),
    ],
)
def test_rechaza_con_una_frase_que_dice_que_hacer(contenido: bytes, frase: str) -> None:
    with pytest.raises(ArchivoInadmisible) as negativa:
        _revisar(contenido)
    assert negativa.value.frase.startswith(frase)
    assert negativa.value.campo == "archivos"
    assert negativa.value.frase.count(".") >= 1, "además de la razón, dice qué hacer"


@pytest.mark.parametrize(
    ("contenido", "peligro"),
    [
        (archivos.pdf_con_javascript(), "código JavaScript"),
        (archivos.pdf_con_javascript_escondido(), "código JavaScript"),
        (archivos.pdf_con_nombre_disfrazado(), "una orden que se ejecuta al abrirlo"),
        (archivos.pdf_con_javascript_en_campo(), "código JavaScript"),
        (archivos.pdf_con_launch(), "una orden para abrir otros programas"),
        (archivos.pdf_que_actua_al_abrir(), "una orden que se ejecuta al abrirlo"),
        (archivos.pdf_con_incrustado(), "archivos incrustados"),
        (archivos.pdf_con_xfa(), "un formulario XFA"),
        (archivos.pdf_con_multimedia(), "contenido multimedia activo"),
    ],
)
def test_reconoce_lo_que_actua_por_su_cuenta(contenido: bytes, peligro: str) -> None:
    assert _revisar(contenido).peligro == peligro


def test_el_nombre_disfrazado_lo_esta_de_verdad() -> None:
    assert b"/J#61vaScript" in archivos.pdf_con_nombre_disfrazado()
    assert b"/JavaScript" not in archivos.pdf_con_nombre_disfrazado()
    assert b"JavaScript" not in archivos.pdf_con_javascript_escondido()


def test_ningun_archivo_roto_al_azar_se_escapa_con_otro_error() -> None:
    """Quinientas mutaciones: o entra, o se retiene, o se rechaza con su frase; nunca otra excepción."""
    azar = random.Random(20260601)
    buenos = [
        archivos.pdf(3),
        archivos.pdf_con_xfa(),
        archivos.pdf_con_javascript_escondido(),
        archivos.foto(80, 60),
    ]
    rechazados = 0
    for _ in range(500):
        roto = bytearray(azar.choice(buenos))
        for _ in range(azar.choice([1, 2, 8])):
            lugar = azar.randrange(8, len(roto))
            if azar.random() < 0.7:
                roto[lugar] = azar.randrange(256)
            else:
                roto[lugar:lugar] = azar.choice([b"null", b"/Kids[1 0 R]", b"<<", b"9999999999", b"endobj"])
        try:
            _revisar(bytes(roto))
        except ArchivoInadmisible:
            rechazados += 1
    assert 100 < rechazados < 500


@pytest.mark.parametrize(
    "prefijo",
    [
        b"\xef\xbb\xbf",
        b"\n",
        b"MZ\x90\x00",
        b"GIF89a",
        b"<svg onload=alert(1)>",
        b"#!/bin/sh\n",
        b"\x7fELF",
        b"BM",
        b"Rar!",
    ],
)
def test_un_pdf_que_no_comienza_en_el_primer_byte_no_es_un_pdf(prefijo: bytes) -> None:
    with pytest.raises(ArchivoInadmisible):
        _revisar(prefijo + archivos.pdf())


def test_una_bomba_no_llena_la_memoria() -> None:
    bomba = archivos.bomba_pdf(400)
    assert len(bomba) < 1_000_000
    antes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    inicio = time.process_time()
    with pytest.raises(ArchivoInadmisible, match="dañado o incompleto"):
        _revisar(bomba)
    assert time.process_time() - inicio < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - antes < 300_000, "kilobytes"


def test_51_mb_son_demasiados_y_se_dice_antes_de_leerlos() -> None:
    class Enorme(io.BytesIO):
        def seek(self, lugar: int, desde: int = 0) -> int:
            return 51_000_000 if desde == 2 else super().seek(lugar, desde)

    with pytest.raises(ArchivoInadmisible, match="pesa 51 MB y el máximo es 50 MB"):
        revisar(Enorme(b"%PDF-1.7"), nombre="plano.pdf")


def test_41_archivos_son_demasiados() -> None:
    inspeccion.check_conjunto([1] * 40)
    with pytest.raises(ArchivoInadmisible, match="Adjuntó 41 archivos y el máximo es 40"):
        inspeccion.check_conjunto([1] * 41)
    with pytest.raises(ArchivoInadmisible, match="Adjuntó 41 archivos"):
        inspeccion.check_conjunto([1], ya_entregados=40)


def test_mas_de_300_mb_en_total_son_demasiados() -> None:
    inspeccion.check_conjunto([50_000_000] * 6)
    with pytest.raises(ArchivoInadmisible, match="suman más de 300 MB"):
        inspeccion.check_conjunto([50_000_000] * 6 + [1])


def test_una_foto_de_mas_de_60_megapixeles_se_rechaza_sin_abrirla() -> None:
    with pytest.raises(ArchivoInadmisible, match="9000 × 9000 puntos"):
        _revisar(archivos.bomba_png(9000), "foto.png")


def test_revisar_no_cambia_el_archivo_y_lo_deja_al_principio() -> None:
    contenido = archivos.pdf(2)
    flujo = io.BytesIO(contenido)
    revisar(flujo, nombre="a.pdf")
    assert flujo.tell() == 0
    assert flujo.read() == contenido


@pytest.mark.parametrize(
    ("llega", "queda"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\plano.PDF", "plano.PDF"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x=1.pdf"),
        ("foto\u202efdp.exe", "fotofdp.exe.pdf"),
        ('con "comillas".pdf', "con _comillas_.pdf"),
        ("", "archivo.pdf"),
        ("...", "archivo.pdf"),
        ("\x00\x1f", "archivo.pdf"),
        ("informe.v2.final", "informe.v2.final.pdf"),
        ("foto.jpg", "foto.pdf"),
        ("Ñandú – croquis.pdf", "Ñandú – croquis.pdf"),
    ],
)
def test_los_nombres_quedan_limpios(llega: str, queda: str) -> None:
    assert nombre_limpio(llega, mime=PDF) == queda


def test_un_nombre_de_4_kb_se_acorta_y_conserva_su_extension() -> None:
    limpio = nombre_limpio("ñ" * 4096 + ".pdf", mime=PDF)
    assert len(limpio) == 150
    assert limpio.endswith("ñ.pdf")


def test_revisar_un_pdf_corriente_cuesta_menos_de_4_ms() -> None:
    contenido = archivos.pdf(3, relleno=200_000)
    _revisar(contenido)
    inicio = time.process_time()
    for _ in range(50):
        _revisar(contenido)
    assert (time.process_time() - inicio) / 50 < 0.004
