"""Ninguna falsificación se da por válida, y cada una tiene delante su control: el mismo documento, sin falsificar."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest

from llaqta.salas.firma import forma, verificacion
from llaqta.salas.firma.tests import fraudes
from llaqta.salas.firma.tests.falsificaciones import (
    FALSIFICACIONES,
    PDF,
    Falsificacion,
    bajo_otra_firma,
    con_almacen_encima,
)
from llaqta.salas.firma.tests.taller import Taller
from llaqta.salas.firma.veredicto import Veredicto


def test_el_corpus_tiene_al_menos_sesenta_casos_propios_ademas_de_los_trece() -> None:
    assert len(FALSIFICACIONES) + len(fraudes.FRAUDES) >= 60 + 13


@pytest.mark.parametrize("nombre", FALSIFICACIONES)
def test_una_falsificacion_es_invalida(nombre: str, taller: Taller) -> None:
    falso = FALSIFICACIONES[nombre](taller)

    informe = taller.verificar(falso)
    assert informe.veredicto is Veredicto.INVALIDA
    assert informe.motivos
    assert all(motivo.endswith(".") for motivo in informe.motivos)


# Las que no dejan ver la firma, o rompen el índice, no admiten nada encima: no hay qué tapar.
CAMBIOS = [
    nombre
    for nombre in list(FALSIFICACIONES)
    if nombre not in {"campo_vaciado", "campo_quitado", "indice_hibrido", "primera_borrada"}
    and FALSIFICACIONES[nombre].__qualname__.startswith("sobre_firmado")
]


@pytest.mark.parametrize("encima", [bajo_otra_firma, con_almacen_encima], ids=lambda una: una.__name__)
@pytest.mark.parametrize("nombre", CAMBIOS)
def test_ni_otra_firma_ni_un_almacen_encima_arreglan_un_cambio(
    nombre: str, encima: Callable[[Falsificacion], Falsificacion], taller: Taller
) -> None:
    informe = taller.verificar(encima(FALSIFICACIONES[nombre])(taller))

    assert informe.veredicto is Veredicto.INVALIDA
    assert informe.firmas
    assert "se añadió o cambió contenido" in informe.motivos[0] or "fue alterada" in informe.motivos[0]


def test_el_control_de_todas_es_valido(taller: Taller) -> None:
    assert taller.verificar(taller.propia(PDF)).veredicto is Veredicto.VALIDA


@pytest.mark.parametrize("nombre", fraudes.FRAUDES)
def test_un_fraude_no_es_valido_y_se_dice_por_que(nombre: str, taller: Taller) -> None:
    fraude = fraudes.FRAUDES[nombre]
    preparado = fraude.preparar(taller)

    informe = taller.verificar(preparado.pdf, confianza=preparado.confianza, ahora=preparado.ahora)
    assert (informe.veredicto, len(informe.firmas)) == (fraude.veredicto, 1)
    assert fraude.dice in informe.motivos[0]


def test_de_lo_rechazado_por_su_forma_se_dice_quien_parece_haber_firmado(taller: Taller) -> None:
    (firma,) = taller.verificar(taller.propia(PDF) + b"\n% hola").firmas

    assert firma.veredicto is Veredicto.INVALIDA
    assert firma.titular == "ORE MENDOZA Julio FAU 20999000011 hard"
    assert firma.explicacion.endswith(": después de la última firma se añadió algo al archivo.")


def test_un_documento_hecho_para_cansar_no_se_comprueba(
    taller: Taller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verificacion, "FIRMAS", 1)
    dos = taller.propia(taller.propia(PDF), taller.estado.llave("firmante-rsa"))

    informe = taller.verificar(dos)
    assert informe.veredicto is Veredicto.INDETERMINADA
    assert informe.motivos == ("El documento tiene demasiadas firmas o revisiones, y no se comprobaron.",)


@pytest.mark.parametrize(
    "cola", [b"\0" * 3000, b"\0" * 3000 + b"\n%%EOF\n", b"\0" * 3000 + b"startxref\n5\n%%EOF\n"]
)
def test_un_relleno_al_final_no_se_recorre_byte_por_byte(
    taller: Taller, monkeypatch: pytest.MonkeyPatch, cola: bytes
) -> None:
    leidos: list[object] = []
    monkeypatch.setattr(verificacion, "PdfFileReader", leidos.append)

    informe = taller.verificar(taller.propia(PDF) + cola)
    assert (informe.veredicto, informe.firmas, leidos) == (Veredicto.INVALIDA, (), [])
    assert informe.motivos == ("El archivo está dañado o fue manipulado, y sus firmas no se pueden leer.",)
    with pytest.raises(forma.FinalPerdido):
        forma.check_final(forma.Archivo(BytesIO(PDF + cola)))


@pytest.mark.parametrize("cola", [b"\n", b"\r\n", b" ", b"\0"])
def test_tras_el_almacen_no_se_admite_ni_un_blanco_de_mas(taller: Taller, cola: bytes) -> None:
    firmado = taller.con_almacen(taller.propia(PDF), listas=taller.listas())
    assert taller.verificar(firmado).veredicto is Veredicto.VALIDA

    informe = taller.verificar(firmado + cola)
    assert informe.veredicto is Veredicto.INVALIDA
    assert informe.motivos == ("Después de la última firma se añadió algo al archivo.",)
