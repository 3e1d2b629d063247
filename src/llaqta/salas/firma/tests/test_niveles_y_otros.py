"""Cada nivel, con cada clase de llave, lo aceptan tres programas que no son nuestros: pyHanko, OpenSSL y poppler."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext

from llaqta.salas.firma import niveles, pades
from llaqta.salas.firma.confianza import Confianza, leer_asn1
from llaqta.salas.firma.niveles import Nivel
from llaqta.salas.firma.testing.otros import openssl_acepta_el_sello, openssl_acepta_la_firma, pdfsig
from llaqta.salas.firma.testing.pki import EstadoDePrueba
from llaqta.salas.firma.verificacion import Veredicto, verificar

DER = serialization.Encoding.DER


@pytest.fixture
def confianza(settings: Any, estado_de_prueba: EstadoDePrueba) -> Confianza:
    settings.TSA_URL = estado_de_prueba.url_tsa
    return Confianza(
        raices=(estado_de_prueba.raiz.public_bytes(DER),),
        otras=(), listas=(), de_demostracion=b"", consulta=estado_de_prueba.consultar,
    )  # fmt: skip


@pytest.mark.parametrize("firmante", ["firmante", "firmante-rsa"])
@pytest.mark.parametrize("nivel", list(Nivel))
def test_los_tres_aceptan_lo_que_se_firma(
    estado_de_prueba: EstadoDePrueba, confianza: Confianza, pdf: bytes, ahora: datetime, tmp_path: Path,
    nivel: Nivel, firmante: str,
) -> None:  # fmt: skip
    estado, acto = estado_de_prueba, pades.Acto("Firmante", "Soy el autor del documento", ahora)
    documento = pades.firmar_bytes(pdf, llave=estado.llave(firmante), acto=acto)
    documento = niveles.elevar(documento, nivel, confianza=confianza, ahora=ahora)

    lector = PdfFileReader(io.BytesIO(documento))
    (firma,) = lector.embedded_regular_signatures
    sellos = lector.embedded_timestamp_signatures
    assert len(sellos) == {Nivel.B: 0, Nivel.T: 1, Nivel.LT: 1, Nivel.LTA: 2}[nivel]

    # pyHanko, con la revocación exigida y sin red: en LT y LTA, con lo que el documento trae dentro.
    contexto = _contexto(lector, estado, ahora, con_listas=nivel.fuerza < Nivel.LT.fuerza)
    assert validate_pdf_signature(firma, contexto).bottom_line
    for sello in sellos:
        dicho = validate_pdf_timestamp(sello, _contexto(lector, estado, ahora, con_listas=True))
        assert dicho.valid
        assert dicho.intact
        assert dicho.trusted

    assert openssl_acepta_la_firma(firma, documento, estado.raiz, tmp_path)
    for sello in sellos:
        assert openssl_acepta_el_sello(sello, documento, estado.raiz, tmp_path)

    salida = pdfsig(documento, tmp_path)
    # poppler ve los sellos de tiempo del documento, pero dice que no sabe comprobarlos.
    assert salida.count("Signature is Valid.") == 1
    assert salida.count("Unable to validate this type of signature") == len(sellos)

    # Y nosotros.
    nuestro = verificar(documento, confianza=confianza, ahora=ahora)
    assert (nuestro.veredicto, nuestro.firmas[0].nivel) == (Veredicto.VALIDA, nivel.value)


def _contexto(
    lector: PdfFileReader, estado: EstadoDePrueba, ahora: datetime, *, con_listas: bool
) -> ValidationContext:
    datos: dict[str, Any] = {
        "trust_roots": [leer_asn1(estado.raiz.public_bytes(DER))], "allow_fetching": False, "moment": ahora,
    }  # fmt: skip
    if con_listas:
        listas = [estado.lista("emisora"), estado.lista("raiz")]
        return ValidationContext(**datos, crls=listas, revocation_mode="require")
    dss = DocumentSecurityStore.read_dss(lector)
    return dss.as_validation_context({**datos, "revocation_mode": "require"})
