"""Firmar: la persona, con su certificado y su PIN, sin tocar lo que ya estaba escrito."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime, timedelta

import pikepdf
import pypdfium2
import pytest

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.pdf import Caja, caja_de_firma
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma import policies, queries, services
from llaqta.salas.firma.models import Certificado
from llaqta.salas.firma.services import Motivo
from llaqta.salas.firma.tests.conftest import PIN
from llaqta.salas.firma.tests.documentos import sin_sitio
from llaqta.salas.firma.verificacion import Veredicto

pytestmark = pytest.mark.django_db


def _firmar(actor: Persona, pdf: bytes, ahora: datetime, **otros: object) -> services.PdfFirmado:
    datos = {"pin": PIN, "motivo": Motivo.AUTOR, "cargo": "Subgerente", "ahora": ahora} | otros
    return services.firmar(actor=actor, pdf=pdf, **datos)  # type: ignore[arg-type]


def _texto(pdf: bytes, pagina: int = 0) -> str:
    """El texto de una página con sus bloques de firma, que pdfium ve al aplanar el documento."""
    documento = pypdfium2.PdfDocument(pdf)
    documento.init_forms()
    documento[pagina].flatten()
    return documento[pagina].get_textpage().get_text_range().replace("\r\n", "\n")


def test_la_firma_de_quien_tiene_certificado_es_valida_y_dice_quien_con_que_cargo_y_cuando(
    jefe: Persona, certificado: Certificado, pdf: bytes, ahora: datetime
) -> None:
    hecho = _firmar(jefe, pdf, ahora, cargo="Subgerente de Licencias")

    informe = queries.verificar(hecho.bytes, ahora=ahora)
    assert (informe.veredicto, informe.motivos) == (Veredicto.VALIDA, ())
    (firma,) = informe.firmas
    assert firma.titular == hecho.titular == "ORÉ MENDOZA Julio FAU 20999000011 soft"
    assert firma.documento == "DNI 41000003"
    assert firma.entidad == "Municipalidad Distrital de Pichari"
    assert firma.cargo == "Subgerente de Licencias"
    assert firma.motivo == "Soy el autor del documento"
    assert firma.fecha == ahora
    assert firma.nivel == "PAdES B-B"
    assert firma.entidad_certificadora == "AC DE FIRMAS DE DEMOSTRACIÓN (SIN VALOR LEGAL)"
    assert firma.de_demostracion
    assert hecho.huella == hashlib.sha256(hecho.bytes).hexdigest()


def test_firmar_no_toca_ningun_byte_anterior(
    jefe: Persona, certificado: Certificado, pdf: bytes, ahora: datetime
) -> None:
    primera = _firmar(jefe, pdf, ahora).bytes
    segunda = _firmar(jefe, primera, ahora).bytes

    assert primera.startswith(pdf)
    assert segunda.startswith(primera)


def test_el_bloque_visible_tiene_la_forma_peruana_y_dice_que_no_tiene_valor_legal(
    jefe: Persona, certificado: Certificado, pdf: bytes, ahora: datetime
) -> None:
    hecho = _firmar(jefe, pdf, ahora, cargo="Subgerente de Licencias")

    assert " ".join(_texto(hecho.bytes).split()).endswith(
        "Firmado digitalmente por ORÉ MENDOZA Julio FAU 20999000011 soft Subgerente de Licencias "
        "Motivo: Soy el autor del documento Fecha: 01.06.2026 10:00:00 -05:00 SIN VALOR LEGAL – DEMOSTRACIÓN"
    )


def test_el_visto_bueno_y_la_firma_conviven_cada_uno_en_su_sitio(
    jefe: Persona, gerente: Persona, certificado: Certificado, pdf: bytes, ahora: datetime
) -> None:
    services.emitir_certificado_de_demostracion(persona=gerente, pin=PIN, ahora=ahora)
    visado = _firmar(jefe, pdf, ahora, motivo=Motivo.VISTO_BUENO)
    firmado = _firmar(gerente, visado.bytes, ahora + timedelta(minutes=3))

    informe = queries.verificar(firmado.bytes, ahora=ahora + timedelta(hours=1))
    assert informe.veredicto is Veredicto.VALIDA
    assert [firma.motivo for firma in informe.firmas] == ["Doy V° B°", "Soy el autor del documento"]
    assert visado.caja is not None
    assert firmado.caja is not None
    assert _separadas(visado.caja, firmado.caja)


def _separadas(una: Caja, otra: Caja) -> bool:
    return una.x1 <= otra.x0 or otra.x1 <= una.x0 or una.y1 <= otra.y0 or otra.y1 <= una.y0


def test_el_bloque_va_donde_dice_quien_llama(
    jefe: Persona, certificado: Certificado, pdf: bytes, ahora: datetime
) -> None:
    caja = caja_de_firma(1)
    hecho = _firmar(jefe, pdf, ahora, caja=caja)

    with pikepdf.open(io.BytesIO(hecho.bytes)) as documento:
        (campo,) = documento.pages[0].Annots
        assert [float(medida) for medida in campo.Rect] == [caja.x0, caja.y0, caja.x1, caja.y1]
        assert campo.TU == "Firma digital de ORÉ MENDOZA Julio FAU 20999000011 soft"


def test_si_no_hay_sitio_en_blanco_la_firma_no_tapa_nada(
    jefe: Persona, certificado: Certificado, ahora: datetime
) -> None:
    hecho = _firmar(jefe, sin_sitio(), ahora)

    assert hecho.caja is None or hecho.caja.pagina == 2
    assert queries.verificar(hecho.bytes, ahora=ahora).veredicto is Veredicto.VALIDA


def test_la_letra_del_bloque_va_incrustada_como_exige_pdf_a(
    jefe: Persona, certificado: Certificado, pdf: bytes, ahora: datetime
) -> None:
    with pikepdf.open(io.BytesIO(_firmar(jefe, pdf, ahora).bytes)) as documento:
        (campo,) = documento.pages[0].Annots
        letras = campo.AP.N.Resources.Font
        assert len(letras) > 0
        for letra in letras.values():
            descriptor = letra.DescendantFonts[0].FontDescriptor
            assert "/FontFile3" in descriptor or "/FontFile2" in descriptor
        assert int(campo.F) & 4  # se imprime: PDF/A no admite anotaciones que no


@pytest.mark.parametrize(
    "cargo", ["Jefe 🙂 de área", 'Ñusta\'s <b>"cargo"</b> #set $x$ \\ *fin*', "管理者", ""]
)
def test_un_cargo_con_signos_raros_se_imprime_y_no_se_ejecuta(
    jefe: Persona, certificado: Certificado, pdf: bytes, ahora: datetime, cargo: str
) -> None:
    hecho = _firmar(jefe, pdf, ahora, cargo=cargo)

    informe = queries.verificar(hecho.bytes, ahora=ahora)
    assert (informe.veredicto, informe.firmas[0].cargo) == (Veredicto.VALIDA, cargo)


def test_sin_certificado_no_se_firma(otro_ciudadano: Persona, pdf: bytes, ahora: datetime) -> None:
    with pytest.raises(policies.SinCertificado, match="Usted no tiene un certificado digital"):
        _firmar(otro_ciudadano, pdf, ahora)


def test_con_certificado_vencido_no_se_firma(
    jefe: Persona, certificado: Certificado, pdf: bytes, ahora: datetime
) -> None:
    with pytest.raises(policies.SinCertificado, match="venció el 31/05/2029"):
        _firmar(jefe, pdf, ahora + timedelta(days=3 * 365))


def test_con_certificado_que_aun_no_vale_no_se_firma(
    jefe: Persona, certificado: Certificado, pdf: bytes, ahora: datetime
) -> None:
    with pytest.raises(policies.SinCertificado, match="recién vale desde el 01/06/2026"):
        _firmar(jefe, pdf, ahora - timedelta(seconds=1))


def test_con_certificado_revocado_no_se_firma(
    jefe: Persona, certificado: Certificado, pdf: bytes, ahora: datetime
) -> None:
    services.revocar_certificado(actor=jefe, certificado=certificado, motivo="Dejó el cargo", ahora=ahora)

    with pytest.raises(policies.SinCertificado, match="fue revocado el 01/06/2026"):
        _firmar(jefe, pdf, ahora + timedelta(minutes=1))


@pytest.mark.parametrize("contenido", [b"", b"hola", b"%PDF-1.7\n%%EOF", b"%PDF-1.7\nrota" * 100])
def test_lo_que_no_es_un_pdf_sano_no_se_firma(
    jefe: Persona, certificado: Certificado, ahora: datetime, contenido: bytes
) -> None:
    with pytest.raises(EntradaInvalida, match="así no se puede firmar"):
        _firmar(jefe, contenido, ahora)


def test_un_pdf_con_contrasena_no_se_firma(
    jefe: Persona, certificado: Certificado, pdf: bytes, ahora: datetime
) -> None:
    cifrado = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as documento:
        documento.save(cifrado, encryption=pikepdf.Encryption(owner="x", user="y"))

    with pytest.raises(EntradaInvalida, match="protegido con contraseña"):
        _firmar(jefe, cifrado.getvalue(), ahora)


def test_un_nombre_largo_se_acorta_sin_perder_el_numero(ciudadana: Persona, ahora: datetime) -> None:
    ciudadana.nombres = "María de los Ángeles Guadalupe Esperanza del Carmen"
    ciudadana.save()

    certificado = services.emitir_certificado_de_demostracion(persona=ciudadana, pin=PIN, ahora=ahora)

    assert certificado.titular == "QUISPE HUAMÁN María de los Ángeles FIR 45678901 soft"


def test_el_certificado_dice_que_no_tiene_valor_legal_y_solo_sirve_para_firmar(
    certificado: Certificado,
) -> None:
    sujeto = certificado.x509.subject.rfc4514_string()
    assert "SIN VALOR LEGAL" in sujeto
    assert "PNOPE-41000003" in sujeto
    assert "SIN VALOR LEGAL" in certificado.x509.issuer.rfc4514_string()
    assert certificado.llave_cifrada.startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert certificado.de_demostracion
