"""Las firmas de un PDF según el verificador de un solo archivo: cubren el PDF, son de su certificado, y lo demás no."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from llaqta.salas.auditoria.tests.paquete_aparte import Firmante, firmar_pdf, sellar_pdf
from llaqta.salas.auditoria.tests.registro_aparte import HORA, Tsa
from llaqta.salas.auditoria.verificador.llaqta_verificador import Confianza, NoSeSabe, NoVale, comprobar_pdf

PDF = b"%PDF-1.7\n1 0 obj\n<</Pages 2 0 R>>\nendobj\n"
FIRMANTE, TSA = Firmante("Quien firma"), Tsa()
FIRMADO = firmar_pdf(PDF, FIRMANTE)


@pytest.fixture(scope="module")
def de_rsa() -> Any:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def comprobar(pdf: bytes, *anclas: Any) -> Any:
    return comprobar_pdf(pdf, Confianza(anclas=anclas))


@pytest.mark.parametrize("clase", ["curva", "rsa", "pss"])
def test_una_firma_integra_dice_quien_y_quien_lo_emitio(clase: str, de_rsa: Any) -> None:
    firmante = FIRMANTE if clase == "curva" else Firmante("Quien firma", llave=de_rsa, pss=clase == "pss")
    pdf = firmar_pdf(PDF, firmante)
    [firma] = comprobar(pdf, firmante.raiz)
    assert (firma.titular, firma.emisor, firma.llega) == ("Quien firma", "Raíz de Quien firma", True)
    assert (firma.cubre, firma.hora, firma.es_sello) == (len(pdf), None, False)
    assert not comprobar(pdf)[0].llega
    assert not comprobar(pdf, Firmante("Quien firma").raiz)[0].llega


def test_la_hora_es_la_del_sello_de_tiempo_de_la_firma_o_del_documento() -> None:
    con_sello = firmar_pdf(PDF, FIRMANTE, sellar=TSA.sellar)
    [firma] = comprobar(con_sello)
    assert (firma.hora, firma.sellador) == (HORA, "TSA")
    entero = sellar_pdf(FIRMADO, TSA.sellar)
    primera, segunda = comprobar(entero)
    assert (primera.cubre, primera.hora) == (len(FIRMADO), HORA)
    assert (segunda.cubre, segunda.hora, segunda.es_sello) == (len(entero), HORA, True)


def test_dos_firmas_y_algo_despues_se_dicen() -> None:
    otra = Firmante("Otra persona")
    doble = firmar_pdf(FIRMADO, otra)
    assert [una.titular for una in comprobar(doble)] == ["Quien firma", "Otra persona"]
    assert comprobar(doble + b"\n%datos")[-1].cubre == len(doble)
    assert comprobar(PDF) == []


def _en_la_firma(cambio: Callable[[bytes], bytes]) -> bytes:
    hueco = re.search(rb"<[0-9a-f]{4000,}>", FIRMADO)
    assert hueco
    return FIRMADO[: hueco.start()] + cambio(hueco.group()) + FIRMADO[hueco.end() :]


RECHAZOS: list[tuple[bytes, str]] = [
    (FIRMADO.replace(b"/Pages 2", b"/Pages 3"), "cambiado después de firmarse"),
    (FIRMADO.replace(b"%%EOF", b"%%EOG"), "cambiado después de firmarse"),
    (FIRMADO.replace(b"[0 ", b"[1 "), "no dice bien qué cubre"),
    (b"%" + FIRMADO, "deja fuera más que a sí misma"),
    (FIRMADO[:-1], "no dice bien qué cubre"),
    (FIRMADO + FIRMADO[FIRMADO.index(b"/ByteRange") :], "no dice bien qué cubre"),
    (_en_la_firma(lambda h: h[:-3] + b"01>"), "esconde algo detrás"),
    (_en_la_firma(lambda h: h.replace(b"30", b"3 ", 1)), "deja fuera más que a sí misma"),
    (_en_la_firma(lambda h: b"<" + b"0" * (len(h) - 2) + b">"), "no tiene su forma"),
    (_en_la_firma(lambda h: h.replace(b"2a864886f70d010702", b"2a864886f70d010703", 1)), "No es un mensaje firmado"),
    (firmar_pdf(PDF, FIRMANTE, nombra=b"otro"), "Se nombra otro certificado"),
    (firmar_pdf(PDF, FIRMANTE, sellar=lambda firma: TSA.sellar(firma + b"x")), "de OTRO texto"),
    (firmar_pdf(PDF, FIRMANTE, sellar=Tsa(es_tsa=False).sellar), "mal escrito"),
    (firmar_pdf(PDF, FIRMANTE, sellar=lambda f: TSA.sellar(f, hora=HORA - timedelta(days=90))), "no estaba vigente"),
    (sellar_pdf(PDF, lambda contenido: TSA.sellar(contenido + b"x")), "de OTRO texto"),
    (sellar_pdf(PDF, lambda contenido: FIRMANTE.cms(contenido + b"x")), "cambiado después de firmarse"),
]  # fmt: skip


@pytest.mark.parametrize(("pdf", "frase"), RECHAZOS, ids=range(len(RECHAZOS)))
def test_lo_que_no_es_integro_no_vale(pdf: bytes, frase: str) -> None:
    with pytest.raises(NoVale, match=frase):
        comprobar(pdf)


def test_la_firma_de_otra_llave_no_vale() -> None:
    impostor = Firmante("Quien firma")
    impostor.cert, impostor.der, impostor.raiz = FIRMANTE.cert, FIRMANTE.der, FIRMANTE.raiz
    with pytest.raises(NoVale, match="La firma NO es de su certificado"):
        comprobar(firmar_pdf(PDF, impostor))


def test_lo_que_no_sabe_comprobar_no_lo_da_por_bueno(de_rsa: Any) -> None:
    with pytest.raises(NoSeSabe, match="resumen que ya no se acepta"):
        comprobar(firmar_pdf(PDF, FIRMANTE, resumen="sha1"))
    corta = Firmante(llave=rsa.generate_private_key(public_exponent=65537, key_size=1024))
    with pytest.raises(NoSeSabe, match="menos de 2048"):
        comprobar(firmar_pdf(PDF, corta))


def test_ningun_byte_de_la_firma_se_cambia_sin_que_se_note() -> None:
    """En la firma, solo el certificado de la raíz y el relleno no están protegidos por ella."""
    hueco = re.search(rb"<([0-9a-f]{4000,})>", FIRMADO)
    assert hueco
    sobre = bytes.fromhex(hueco.group(1).decode()).rstrip(b"\x00")
    firma = sobre.rindex(b"\x02\x01\x01\x30")  # el firmante, al final
    for lugar in range(firma, len(sobre), 3):
        alterado = bytearray(sobre)
        alterado[lugar] ^= 0x04
        texto = bytes(alterado).hex().encode().ljust(len(hueco.group(1)), b"0")
        with pytest.raises((NoVale, NoSeSabe)):
            comprobar(FIRMADO[: hueco.start() + 1] + texto + FIRMADO[hueco.end() - 1 :])
