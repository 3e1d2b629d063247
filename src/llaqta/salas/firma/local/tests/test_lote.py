"""Varios documentos en un viaje: el 7z que va, el que vuelve, y lo que alguien podría poner en él."""

from __future__ import annotations

import lzma
import struct
from collections.abc import Callable
from typing import Any
from zlib import crc32

import pytest

from llaqta.cimientos.models import Suceso
from llaqta.salas.firma.local import lote, siete_zeta
from llaqta.salas.firma.local.emulador import Componente, NoSalio
from llaqta.salas.firma.local.lote import LoteInadmisible
from llaqta.salas.firma.local.modelos import SesionDeFirma
from llaqta.salas.firma.local.siete_zeta import SieteZetaInadmisible
from llaqta.salas.firma.tests.documentos import con_membrete_escrito, una_pagina

from .conftest import Escritorio

Pedir = Callable[..., SesionDeFirma]
Parametro = Callable[[SesionDeFirma], str]
MUCHO = 10**7
_n = siete_zeta._numero


def comprimir(
    archivos: dict[str, bytes], *, metodo: str = "lzma2", mas: bytes = b"", dice: int = -1
) -> bytes:
    """Un 7z con todo en un solo flujo comprimido, como los hacen los programas de verdad."""
    suelto = b"".join(archivos.values())
    if metodo == "lzma2":
        filtro = {"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}
        codigo, propiedades = b"\x21", bytes((16,))
    else:
        filtro = {"id": lzma.FILTER_LZMA1, "dict_size": 1 << 20, "lc": 3, "lp": 0, "pb": 2}
        codigo, propiedades = b"\x03\x01\x01", b"\x5d" + struct.pack("<I", 1 << 20)
    cuerpo = lzma.compress(suelto, lzma.FORMAT_RAW, filters=[filtro])
    coder = bytes((0x20 | len(codigo),)) + codigo + _n(len(propiedades)) + propiedades
    nombres = b"".join(nombre.encode("utf-16-le") + b"\0\0" for nombre in archivos)
    partes = list(archivos.values())
    indice = b"".join(
        (
            b"\x01\x04",
            b"\x06" + _n(0) + _n(1) + b"\x09" + _n(len(cuerpo)) + b"\0",
            b"\x07\x0b"
            + _n(1)
            + b"\0"
            + _n(1)
            + coder
            + b"\x0c"
            + _n(len(suelto) if dice < 0 else dice)
            + b"\0",
            b"\x08\x0d" + _n(len(partes)) + b"\x09" + b"".join(_n(len(parte)) for parte in partes[:-1]),
            b"\x0a\x01" + b"".join(struct.pack("<I", crc32(parte)) for parte in partes) + b"\0\0",
            b"\x05" + _n(len(partes)) + b"\x11" + _n(len(nombres) + 1) + b"\0" + nombres + mas + b"\0\0",
        )
    )
    donde = struct.pack("<QQI", len(cuerpo), len(indice), crc32(indice))
    return siete_zeta.MARCA + b"\0\x04" + struct.pack("<I", crc32(donde)) + donde + cuerpo + indice


@pytest.mark.parametrize("metodo", ["lzma", "lzma2"])
def test_lee_lo_que_comprime_otro(metodo: str) -> None:
    archivos = {"01-oficio[FP].pdf": b"%PDF-1.7 uno" * 900, "02-año[FP].pdf": b"%PDF-1.7 dos"}
    assert siete_zeta.leer(comprimir(archivos, metodo=metodo), tope=MUCHO) == archivos


def test_lo_que_escribe_lo_vuelve_a_leer() -> None:
    archivos = {f"{n:02d}.pdf": bytes((n,)) * (n * 977 + 1) for n in range(1, 21)}
    assert siete_zeta.leer(siete_zeta.escribir(archivos), tope=MUCHO) == archivos


@pytest.mark.parametrize("donde", range(0, 300, 7))
def test_un_byte_cambiado_se_nota(donde: int) -> None:
    sano = siete_zeta.escribir({"a.pdf": b"hola" * 30, "b.pdf": b"adios" * 20})
    cambiado = bytearray(sano)
    cambiado[donde % len(sano)] ^= 0x41
    try:
        leido = siete_zeta.leer(bytes(cambiado), tope=MUCHO)
    except SieteZetaInadmisible:
        return
    assert donde % len(sano) in (6, 7), f"se creyó {leido}"  # el número de versión del formato no se mira


@pytest.mark.parametrize(
    "nombre",
    [
        "../../tmp/x.pdf", "/etc/passwd", "C:\\x.pdf", "..\\x.pdf", "01-oficio[FP].pdf/../../x", "otro.pdf",
        "01-OFICIO[FP].pdf", "01-oficio[FP].pdf.exe",
    ],
)  # fmt: skip
def test_un_nombre_que_no_se_entrego_hace_rechazar_el_sobre(nombre: str) -> None:
    with pytest.raises(LoteInadmisible, match="que no se entregaron"):
        lote.desempacar(siete_zeta.escribir({nombre: b"x"}), ["01-oficio.pdf"], tope=MUCHO)


@pytest.mark.parametrize(
    "traidos",
    [{}, {"01-a[FP].pdf": b"x", "01-a.pdf": b"y"}, {"01-a[FP].pdf": b"x", "02-b[FP].pdf": b"y", "02-b.pdf": b"z"}],
    ids=["nada", "dos veces el mismo", "uno de más"],
)  # fmt: skip
def test_lo_que_sobra_o_se_repite_hace_rechazar_el_sobre(traidos: dict[str, bytes]) -> None:
    with pytest.raises(LoteInadmisible):
        lote.desempacar(siete_zeta.escribir(traidos), ["01-a.pdf", "02-b.pdf"], tope=MUCHO)


def test_el_que_falta_no_hace_perder_al_que_volvio() -> None:
    sobre = siete_zeta.escribir({"01-a[FP].pdf": b"x"})
    assert lote.desempacar(sobre, ["01-a.pdf", "02-b.pdf"], tope=MUCHO) == {"01-a.pdf": b"x"}


def test_una_bomba_no_se_descomprime() -> None:
    bomba = comprimir({"01-a[FP].pdf": bytes(20_000_000)})
    assert len(bomba) < 10_000
    with pytest.raises(LoteInadmisible, match="ocupa demasiado"):
        lote.desempacar(bomba, ["01-a.pdf"], tope=MUCHO)


def test_una_bomba_que_miente_su_tamano() -> None:
    """Dice que suelta poco: se para ahí, y la suma no coincide."""
    with pytest.raises(LoteInadmisible, match="dañado"):
        lote.desempacar(comprimir({"01-a[FP].pdf": bytes(20_000_000)}, dice=100), ["01-a.pdf"], tope=MUCHO)


def test_un_enlace_no_se_admite() -> None:
    atributos = b"\x15" + _n(6) + b"\x01\0" + struct.pack("<I", 0xA1FF8000)
    with pytest.raises(LoteInadmisible, match="enlace"):
        lote.desempacar(comprimir({"01-a[FP].pdf": b"/etc/passwd"}, mas=atributos), ["01-a.pdf"], tope=MUCHO)


def test_una_carpeta_no_se_admite() -> None:
    with pytest.raises(LoteInadmisible, match="carpetas"):
        lote.desempacar(
            comprimir({"01-a[FP].pdf": b"x"}, mas=b"\x0e" + _n(1) + b"\x80"), ["01-a.pdf"], tope=MUCHO
        )


def test_demasiadas_entradas_no_se_admiten() -> None:
    muchas = siete_zeta.escribir({f"{n}.pdf": b"x" for n in range(65)})
    with pytest.raises(LoteInadmisible, match="demasiadas"):
        lote.desempacar(muchas, ["1.pdf"], tope=MUCHO)


@pytest.mark.parametrize("basura", [b"", b"PK\x03\x04", b"7z\xbc\xaf\x27\x1c", b"%PDF-1.7", bytes(64)])
def test_lo_que_no_es_7z(basura: bytes) -> None:
    with pytest.raises(LoteInadmisible):
        lote.desempacar(basura, ["01-a.pdf"], tope=MUCHO)


# --- De punta a punta -----------------------------------------------------------------------------------------------
def test_tres_documentos_se_firman_en_un_viaje(
    equipo: Componente, escritorio: Escritorio, pedir: Pedir, parametro: Parametro
) -> None:
    originales = [una_pagina(), con_membrete_escrito(), una_pagina()]
    sesion = pedir(*originales)
    equipo.firmar(parametro(sesion))
    firmados = [uno for [uno] in escritorio.recibidos]
    assert [uno.etiqueta for uno in firmados] == [f"pruebas.Carta:{n}:v1" for n in (1, 2, 3)]
    assert all(uno.pdf.startswith(original) for uno, original in zip(firmados, originales, strict=True))
    sesion.refresh_from_db()
    assert (sesion.estado, sesion.frase, sesion.dicho) == ("ACEPTADA", "", "Practicada")
    assert _como_quedaron(sesion) == [("FIRMADO", "")] * 3
    assert _sucesos() == ["firma.FirmaDePracticaAceptada"]


def _como_quedaron(sesion: SesionDeFirma) -> list[tuple[str, str]]:
    return list(sesion.documentos.values_list("estado", "frase"))


def _sucesos() -> list[str]:
    """Cómo terminó la sesión, en el registro."""
    fin = ("firma.FirmaDePracticaAceptada", "firma.FirmaLocalAceptada", "firma.FirmaLocalRechazada")
    return list(Suceso.objects.filter(tipo__in=fin).order_by("pk").values_list("tipo", flat=True))


def test_el_que_falla_no_hace_perder_a_los_demas(
    equipo: Componente, escritorio: Escritorio, pedir: Pedir, parametro: Parametro
) -> None:
    def cambiar(firmados: dict[str, bytes]) -> bytes:
        primero = sorted(firmados)[0]
        return comprimir({**firmados, primero: firmados[primero] + b"\n"})

    equipo.perillas.sobre = cambiar
    sesion = pedir(una_pagina(), con_membrete_escrito(), una_pagina())
    equipo.firmar(parametro(sesion))
    sesion.refresh_from_db()
    assert (sesion.estado, sesion.frase) == ("ACEPTADA", "Se firmaron 2 de 3 documentos.")
    assert sesion.dicho == "Practicada en parte"
    assert _como_quedaron(sesion) == [
        ("RECHAZADO", "Después de firmar se añadió algo al archivo."), ("FIRMADO", ""), ("FIRMADO", "")
    ]  # fmt: skip
    assert [uno.etiqueta for [uno] in escritorio.recibidos] == ["pruebas.Carta:2:v1", "pruebas.Carta:3:v1"]
    assert sesion.documentos.get(orden=1).huella_firmada == ""
    assert _sucesos() == ["firma.FirmaLocalRechazada", "firma.FirmaDePracticaAceptada"]
    rechazo = Suceso.objects.get(tipo="firma.FirmaLocalRechazada")
    assert rechazo.datos == {"sesion_id": sesion.pk, "codigo": "BYTES_DESPUES", "documento": 1}


def test_el_que_no_volvio_queda_sin_firmar_y_los_demas_no(
    equipo: Componente, escritorio: Escritorio, pedir: Pedir, parametro: Parametro
) -> None:
    """La tarjeta se sacó después del primero."""
    equipo.perillas.sobre = lambda firmados: siete_zeta.escribir(dict(sorted(firmados.items())[:1]))
    sesion = pedir(una_pagina(), con_membrete_escrito())
    equipo.firmar(parametro(sesion))
    no_volvio = "No volvió en el sobre: su componente no lo firmó."
    assert _como_quedaron(sesion) == [("FIRMADO", ""), ("RECHAZADO", no_volvio)]
    assert len(escritorio.recibidos) == 1


def test_uno_que_ya_no_procede_no_deshace_los_otros(
    equipo: Componente, escritorio: Escritorio, pedir: Pedir, parametro: Parametro
) -> None:
    escritorio.se_niega_a = {"pruebas.Carta:2:v1": "El expediente pasó a otra unidad."}
    sesion = pedir(una_pagina(), con_membrete_escrito(), una_pagina())
    equipo.firmar(parametro(sesion))
    assert _como_quedaron(sesion) == [
        ("FIRMADO", ""), ("RECHAZADO", "El expediente pasó a otra unidad."), ("FIRMADO", "")
    ]  # fmt: skip
    assert [uno.etiqueta for [uno] in escritorio.recibidos] == ["pruebas.Carta:1:v1", "pruebas.Carta:3:v1"]


def test_si_ninguno_se_acepta_la_sesion_se_rechaza(
    equipo: Componente, escritorio: Escritorio, pedir: Pedir, parametro: Parametro
) -> None:
    equipo.perillas.sin_firmar = True
    sesion = pedir(una_pagina(), con_membrete_escrito())
    with pytest.raises(NoSalio, match="volvió sin firmar"):
        equipo.firmar(parametro(sesion))
    sesion.refresh_from_db()
    assert (sesion.estado, sesion.frase) == ("RECHAZADA", "El documento volvió sin firmar.")
    assert _como_quedaron(sesion) == [("RECHAZADO", "El documento volvió sin firmar.")] * 2
    assert (escritorio.recibidos, _sucesos()) == ([], ["firma.FirmaLocalRechazada"] * 2)


def test_un_sobre_con_algo_ajeno_no_firma_ninguno(
    equipo: Componente, escritorio: Escritorio, pedir: Pedir, parametro: Parametro
) -> None:
    equipo.perillas.sobre = lambda firmados: siete_zeta.escribir({**firmados, "../../x.pdf": b"%PDF-"})
    sesion = pedir(una_pagina(), con_membrete_escrito())
    with pytest.raises(NoSalio, match="que no se entregaron"):
        equipo.firmar(parametro(sesion))
    sesion.refresh_from_db()
    assert (sesion.estado, escritorio.recibidos) == ("RECHAZADA", [])
    assert set(sesion.documentos.values_list("huella_firmada", flat=True)) == {""}


def test_dos_documentos_cambiados_de_lugar(
    equipo: Componente, escritorio: Escritorio, pedir: Pedir, parametro: Parametro
) -> None:
    def trocar(firmados: dict[str, bytes]) -> bytes:
        uno, otro = sorted(firmados)
        return siete_zeta.escribir({uno: firmados[otro], otro: firmados[uno]})

    equipo.perillas.sobre = trocar
    with pytest.raises(NoSalio, match="no es el documento que se entregó"):
        equipo.firmar(parametro(pedir(una_pagina(), con_membrete_escrito())))
    assert escritorio.recibidos == []


def test_mas_de_veinte_no_se_piden(pedir: Pedir, pdf: bytes) -> None:
    from llaqta.cimientos.errors import NoProcede

    with pytest.raises(NoProcede, match="hasta 20 documentos"):
        pedir(*[pdf] * 21)


def test_el_argumento_del_lote(pedir: Pedir, parametro: Parametro, pdf: bytes) -> None:
    import base64
    import json

    from django.test import Client
    from django.urls import reverse

    dicho: dict[str, Any] = json.loads(base64.b64decode(parametro(pedir(pdf, pdf))))
    assert dicho["document_extension"] == "7z"
    respuesta = Client().post(reverse("firma_local_argumentos"), {"param_token": dicho["param_token"]})
    dichos = json.loads(base64.b64decode(respuesta.content))
    assert (dichos["bachtOperation"], dichos["oneByOne"]) == (True, False)
