"""Lo que firma la casa, de B-B a B-LTA, lo comprueba también el verificador de un solo archivo, que no usa pyHanko."""

from __future__ import annotations

from datetime import datetime

import pytest
from cryptography.hazmat.primitives import serialization

from llaqta.salas.auditoria.verificador.llaqta_verificador import Confianza, NoVale, comprobar_pdf
from llaqta.salas.firma import niveles, pades
from llaqta.salas.firma.confianza import Confianza as ConfianzaDeLaCasa
from llaqta.salas.firma.niveles import Nivel
from llaqta.salas.firma.testing.pki import EstadoDePrueba

DER = serialization.Encoding.DER


@pytest.fixture
def firmado(settings: object, estado_de_prueba: EstadoDePrueba, pdf: bytes, ahora: datetime) -> bytes:
    settings.TSA_URL = estado_de_prueba.url_tsa  # type: ignore[attr-defined]
    acto = pades.Acto("Julio", "Soy el autor", ahora)
    return pades.firmar_bytes(pdf, llave=estado_de_prueba.llave(), acto=acto)


@pytest.mark.parametrize(
    ("nivel", "sellos", "queda_algo_despues"),
    [(Nivel.T, 1, False), (Nivel.LT, 1, True), (Nivel.LTA, 2, False)],
)
def test_cada_nivel_se_comprueba_sin_llaqta(
    firmado: bytes,
    estado_de_prueba: EstadoDePrueba,
    ahora: datetime,
    nivel: Nivel,
    sellos: int,
    queda_algo_despues: bool,
) -> None:
    confianza = ConfianzaDeLaCasa(
        raices=(estado_de_prueba.raiz.public_bytes(DER),),
        otras=(estado_de_prueba.certificado("emisora").public_bytes(DER),),
        listas=(),
        de_demostracion=b"",
        consulta=estado_de_prueba.consultar,
    )
    anclas = Confianza(anclas=(estado_de_prueba.raiz, estado_de_prueba.certificado("emisora")))
    [sola] = comprobar_pdf(firmado, anclas)
    assert (sola.llega, sola.hora, sola.cubre) == (True, None, len(firmado))

    elevado = niveles.elevar(firmado, nivel, confianza=confianza, ahora=ahora)

    firma, *otros = comprobar_pdf(elevado, anclas)
    assert len(otros) == sellos
    assert all(otro.es_sello and otro.hora for otro in otros)
    assert firma.hora == otros[0].hora, "la hora de la firma es la del sello que la cubre"
    assert (otros[-1].cubre < len(elevado)) is queda_algo_despues
    alterado = elevado.replace(b"/Pages", b"/Pagez", 1)
    with pytest.raises(NoVale, match="cambiado después de firmarse"):
        comprobar_pdf(alterado, anclas)
