"""Varios firmantes, en orden o en paralelo, y un lote con un solo PIN."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma import policies, queries, sello, services
from llaqta.salas.firma.confianza import leer_asn1
from llaqta.salas.firma.models import Certificado, IntentosDePin
from llaqta.salas.firma.services import Motivo, PorFirmar
from llaqta.salas.firma.testing.otros import openssl_acepta_la_firma, pdfsig
from llaqta.salas.firma.tests.conftest import PIN
from llaqta.salas.firma.tests.documentos import una_pagina
from llaqta.salas.firma.verificacion import Veredicto

pytestmark = pytest.mark.django_db
Firmar = Callable[..., services.PdfFirmado]


@pytest.fixture
def firmantes(jefe: Persona, gerente: Persona, especialista: Persona, ahora: datetime) -> list[Persona]:
    """Tres personas con certificado, que firman el mismo acuerdo."""
    for persona in (jefe, gerente, especialista):
        services.emitir_certificado_de_demostracion(persona=persona, pin=PIN, ahora=ahora)
    return [especialista, jefe, gerente]


def _firmar(actor: Persona, pdf: bytes, ahora: datetime, **otros: object) -> services.PdfFirmado:
    datos = {"pin": PIN, "motivo": Motivo.AUTOR, "cargo": "Miembro", "ahora": ahora} | otros
    return services.firmar(actor=actor, pdf=pdf, **datos)  # type: ignore[arg-type]


def _tres_firmas(firmantes: list[Persona], ahora: datetime) -> bytes:
    documento = una_pagina()
    for minuto, persona in enumerate(firmantes):
        documento = _firmar(persona, documento, ahora + timedelta(minutes=minuto)).bytes
    return documento


def test_tres_firman_en_orden_y_los_tres_verificadores_ven_tres_firmas_validas(
    firmantes: list[Persona], ahora: datetime, tmp_path: Path
) -> None:
    documento = _tres_firmas(firmantes, ahora)

    informe = queries.verificar(documento, ahora=ahora + timedelta(hours=1))
    assert informe.veredicto is Veredicto.VALIDA
    assert [firma.documento for firma in informe.firmas] == [
        f"DNI {persona.numero_documento}" for persona in firmantes
    ]
    lector = PdfFileReader(io.BytesIO(documento))
    for firma in lector.embedded_signatures:
        estado = validate_pdf_signature(firma, _contexto(ahora))
        assert estado.bottom_line
        assert openssl_acepta_la_firma(firma, documento, sello.autoridad().raiz.certificado, tmp_path)
    dicho = pdfsig(documento, tmp_path)
    assert dicho.count("Signature is Valid.") == 3
    assert dicho.count("Total document signed") == 1


def _contexto(ahora: datetime) -> ValidationContext:
    propia = sello.autoridad()
    return ValidationContext(
        trust_roots=[leer_asn1(propia.raiz.certificado.public_bytes(serialization.Encoding.DER))],
        crls=list(propia.emitir_listas(revocados=[], ahora=ahora)),
        revocation_mode="require",
        moment=ahora,
    )


def test_en_paralelo_quien_llega_segundo_firma_sobre_lo_que_el_primero_dejo(
    firmantes: list[Persona], ahora: datetime
) -> None:
    """Los dos leyeron lo mismo; el segundo tiene que firmar lo ya firmado, y así ninguna firma pisa a otra."""
    uno, otro, _ = firmantes
    base = una_pagina()
    primero, suelto = _firmar(uno, base, ahora).bytes, _firmar(otro, base, ahora).bytes
    assert not suelto.startswith(primero)

    junto = _firmar(otro, primero, ahora).bytes
    assert junto.startswith(primero)
    assert len(queries.verificar(junto, ahora=ahora).firmas) == 2
    assert queries.verificar(junto, ahora=ahora).veredicto is Veredicto.VALIDA


@pytest.mark.parametrize("permite", [1, 2, 3])
def test_certificar_dice_que_se_admite_despues(
    firmantes: list[Persona], ahora: datetime, permite: int
) -> None:
    uno, otro, _ = firmantes
    certificado = _firmar(uno, una_pagina(), ahora, certifica=permite).bytes

    assert queries.verificar(certificado, ahora=ahora).veredicto is Veredicto.VALIDA
    if permite == 1:
        with pytest.raises(EntradaInvalida, match="prohibió todo cambio posterior"):
            _firmar(otro, certificado, ahora)
        return
    assert (
        queries.verificar(_firmar(otro, certificado, ahora).bytes, ahora=ahora).veredicto is Veredicto.VALIDA
    )


# --- El lote -------------------------------------------------------------------------------------------------
def _lote() -> list[PorFirmar]:
    roto = PorFirmar("dañado.pdf", b"%PDF-1.7\nroto", Motivo.AUTOR, "Subgerente")
    sanos = [PorFirmar(f"{n}.pdf", una_pagina(), Motivo.AUTOR, "Subgerente") for n in (1, 2)]
    return [sanos[0], roto, sanos[1]]


def test_un_lote_se_firma_con_un_pin_y_el_danado_no_detiene_a_los_demas(
    jefe: Persona, certificado: Certificado, ahora: datetime
) -> None:
    primero, roto, ultimo = services.firmar_varios(actor=jefe, documentos=_lote(), pin=PIN, ahora=ahora)

    for hecho in (primero, ultimo):
        assert hecho.firmado is not None
        assert queries.verificar(hecho.firmado.bytes, ahora=ahora).veredicto is Veredicto.VALIDA
    assert (roto.nombre, roto.firmado) == ("dañado.pdf", None)
    assert roto.error == "El PDF está dañado o no cumple su norma, y así no se puede firmar."


def test_con_el_pin_equivocado_no_se_firma_ninguno_y_cuenta_una_sola_vez(
    jefe: Persona, certificado: Certificado, ahora: datetime
) -> None:
    with pytest.raises(policies.PinEquivocado):
        services.firmar_varios(actor=jefe, documentos=_lote(), pin="000000", ahora=ahora)
    assert IntentosDePin.objects.get(numero_de_serie=certificado.numero_de_serie).fallidos == 1


def test_sin_certificado_no_se_firma_el_lote(otro_ciudadano: Persona, ahora: datetime) -> None:
    with pytest.raises(policies.SinCertificado):
        services.firmar_varios(actor=otro_ciudadano, documentos=_lote(), pin=PIN, ahora=ahora)
