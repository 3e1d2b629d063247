"""Lo bueno se reconoce: cada nivel, cada clase de llave, uno o dos firmantes, certificados y sellados.

Sin estas, una regla que dijera siempre que no pasaría todas las pruebas de ataque.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.stamp import TextStampStyle

from llaqta.salas.firma.informe_json import informe_json
from llaqta.salas.firma.tests.documentos import sin_sitio, una_pagina
from llaqta.salas.firma.tests.firmantes import certificado_propio
from llaqta.salas.firma.tests.taller import Taller, der
from llaqta.salas.firma.veredicto import Veredicto

VALIDA = Veredicto.VALIDA
PDF = una_pagina()


def _otros_pdf() -> tuple[bytes, bytes]:
    """Un PDF mínimo, y el mismo de siempre con sus objetos en flujos comprimidos."""
    minimo, comprimido = io.BytesIO(), io.BytesIO()
    vacio = pikepdf.new()
    vacio.add_blank_page()
    vacio.save(minimo)
    pikepdf.open(io.BytesIO(PDF)).save(comprimido, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return minimo.getvalue(), comprimido.getvalue()


MINIMO, COMPRIMIDO = _otros_pdf()


def _visible(t: Taller, pdf: bytes, campo: str) -> bytes:
    """Una firma de pyHanko con su recuadro dibujado."""
    salida = io.BytesIO()
    signers.PdfSigner(
        signers.PdfSignatureMetadata(
            field_name=campo, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
        ),
        t.firmante(),
        stamp_style=TextStampStyle(stamp_text="Firmado por %(signer)s"),
        new_field_spec=SigFieldSpec(campo, box=(50, 50, 250, 120)),
    ).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=salida)
    return salida.getvalue()


def _con_casilleros(*nombres: str) -> bytes:
    """Un formulario con los lugares de las firmas ya puestos."""
    escritor, salida = IncrementalPdfFileWriter(io.BytesIO(MINIMO)), io.BytesIO()
    for lugar, nombre in enumerate(nombres):
        append_signature_field(
            escritor, SigFieldSpec(nombre, box=(10, 10 + 60 * lugar, 100, 60 + 60 * lugar))
        )
    escritor.write(salida)
    return salida.getvalue()


# Cada control: cómo se hace, y qué nivel se espera de cada firma.
CONTROLES: dict[str, tuple[Callable[[Taller], bytes], list[str]]] = {
    "b-b_p256_propia": (lambda t: t.propia(PDF), ["PAdES B-B"]),
    "b-b_rsa2048_propia": (lambda t: t.propia(PDF, t.estado.llave("firmante-rsa")), ["PAdES B-B"]),
    "b-b_rsa3072": (
        lambda t: t.propia(
            PDF, t.estado.emitir("rsa3072", privada=rsa.generate_private_key(public_exponent=65537, key_size=3072))
        ),
        ["PAdES B-B"],
    ),
    "b-b_p256_de_fabrica": (lambda t: t.de_fabrica(PDF), ["PAdES B-B"]),
    "b-b_rsa_de_fabrica": (lambda t: t.de_fabrica(PDF, t.estado.llave("firmante-rsa")), ["PAdES B-B"]),
    "b-b_sha512": (lambda t: t.de_fabrica(PDF, md_algorithm="sha512"), ["PAdES B-B"]),
    "b-b_rsa_pss": (
        lambda t: t.de_fabrica(
            PDF, firmante=t.firmante(t.estado.llave("firmante-rsa"), prefer_pss=True)
        ),
        ["PAdES B-B"],
    ),
    "pkcs7_de_fabrica": (
        lambda t: t.de_fabrica(PDF, subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED),
        ["PKCS#7"],
    ),
    "empresa": (lambda t: t.propia(PDF, t.estado.llave("empresa")), ["PAdES B-B"]),
    "con_la_raiz_dentro": (
        lambda t: t.de_fabrica(PDF, firmante=t.firmante(extra=[der(t.estado.raiz)])),
        ["PAdES B-B"],
    ),
    "con_un_certificado_de_mas_autentico": (
        lambda t: t.de_fabrica(PDF, firmante=t.firmante(extra=[der(t.estado.certificado("empresa"))])),
        ["PAdES B-B"],
    ),
    "dos_firmantes": (
        lambda t: t.propia(t.propia(PDF), t.estado.llave("firmante-rsa")),
        ["PAdES B-B", "PAdES B-B"],
    ),
    "dos_firmantes_de_dos_programas": (
        lambda t: t.de_fabrica(t.propia(PDF), t.estado.llave("firmante-rsa"), field_name="Otra"),
        ["PAdES B-B", "PAdES B-B"],
    ),
    "certificado_sin_cambios": (lambda t: t.certificada(PDF, MDPPerm.NO_CHANGES), ["PAdES B-B"]),
    "certificado_y_firmado": (
        lambda t: t.propia(t.certificada(PDF, MDPPerm.FILL_FORMS), t.estado.llave("firmante-rsa")),
        ["PAdES B-B", "PAdES B-B"],
    ),
    "certificado_con_anotaciones_y_firmado": (
        lambda t: t.propia(t.certificada(PDF, MDPPerm.ANNOTATE), t.estado.llave("firmante-rsa")),
        ["PAdES B-B", "PAdES B-B"],
    ),
    "b-t_sello_de_firma": (lambda t: t.de_fabrica(PDF, tsa="tsa"), ["PAdES B-T"]),
    "b-t_sello_de_documento": (lambda t: t.con_sello(t.propia(PDF)), ["PAdES B-T"]),
    "b-t_dos_autoridades_de_tiempo": (
        lambda t: t.con_sello(t.de_fabrica(PDF, tsa="tsa"), "tsa-nueva"),
        ["PAdES B-T"],
    ),
    "b-lt": (lambda t: t.de_fabrica(PDF, tsa="tsa", lt=True), ["PAdES B-LT"]),
    "b-lta": (lambda t: t.de_fabrica(PDF, tsa="tsa", lt=True, lta=True), ["PAdES B-LTA"]),
    "b-lta_resellada": (
        lambda t: t.con_sello(t.de_fabrica(PDF, tsa="tsa", lt=True, lta=True), "tsa-nueva"),
        ["PAdES B-LTA"],
    ),
    "firmado_y_certificado_b-lta": (
        lambda t: t.de_fabrica(PDF, tsa="tsa", lt=True, lta=True, certify=True,
                               docmdp_permissions=MDPPerm.NO_CHANGES),
        ["PAdES B-LTA"],
    ),
    "b-b_con_almacen": (lambda t: t.con_almacen(t.propia(PDF), listas=t.listas()), ["PAdES B-B"]),
    "visible_dos_veces": (lambda t: _visible(t, _visible(t, MINIMO, "A"), "B"), ["PAdES B-B"] * 2),
    "comprimido_y_dos_firmas": (lambda t: t.propia(t.de_fabrica(COMPRIMIDO)), ["PAdES B-B"] * 2),
    "casilleros_ya_puestos": (
        lambda t: t.de_fabrica(t.de_fabrica(_con_casilleros("A", "B"), field_name="A"), field_name="B"),
        ["PAdES B-B"] * 2,
    ),
    "dos_b-lta": (
        lambda t: t.de_fabrica(t.de_fabrica(MINIMO, tsa="tsa", lt=True, lta=True),
                               t.estado.llave("firmante-rsa"), tsa="tsa", lt=True, lta=True, field_name="B"),
        ["PAdES B-LTA"] * 2,
    ),
    "b-b_con_sus_pruebas_pkcs7": (
        lambda t: t.de_fabrica(MINIMO, lt=True, subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED), ["PKCS#7"]
    ),
    "tres_paginas": (lambda t: t.propia(sin_sitio()), ["PAdES B-B"]),
}  # fmt: skip


@pytest.mark.parametrize("nombre", CONTROLES)
def test_lo_bueno_es_valido(nombre: str, taller: Taller) -> None:
    hacer, niveles = CONTROLES[nombre]

    informe = taller.verificar(hacer(taller))

    assert (informe.veredicto, informe.motivos) == (VALIDA, ())
    assert [firma.nivel for firma in informe.firmas] == niveles
    assert {firma.veredicto for firma in informe.firmas} == {VALIDA}


@pytest.mark.parametrize("nombre", ["b-lt", "b-lta", "dos_b-lta", "b-b_con_sus_pruebas_pkcs7"])
def test_lo_que_trae_sus_pruebas_es_valido_sin_listas_ni_red(nombre: str, taller: Taller) -> None:
    documento = CONTROLES[nombre][0](taller)

    informe = taller.verificar(documento, confianza=taller.a_secas)

    assert (informe.veredicto, informe.motivos) == (VALIDA, ())


def test_un_b_b_con_su_lista_dentro_es_valido_mientras_la_lista_esta_fresca(taller: Taller) -> None:
    documento = taller.con_almacen(taller.propia(PDF), listas=taller.listas())

    fresca = taller.verificar(documento, confianza=taller.a_secas)
    vencida = taller.verificar(documento, confianza=taller.a_secas, ahora=taller.ahora + timedelta(hours=3))
    assert fresca.veredicto is VALIDA
    assert vencida.veredicto is Veredicto.INDETERMINADA


def test_un_b_lta_vale_despues_de_vencer_y_de_revocarse_su_certificado(taller: Taller) -> None:
    documento = taller.de_fabrica(PDF, tsa="tsa", lt=True, lta=True)
    taller.estado.revocar("firmante", desde=taller.ahora + timedelta(days=2))
    tarde = taller.ahora + timedelta(days=3)

    revocado = taller.verificar(
        documento, ahora=tarde, confianza=replace(taller.confianza, listas=taller.listas(al=tarde))
    )
    assert (revocado.veredicto, revocado.motivos) == (VALIDA, ())
    assert revocado.firmas[0].existia_el is not None

    # El certificado del firmante vence en 2029; el de esta autoridad de tiempo, en 2040.
    renovado = taller.con_sello(documento, "tsa-nueva")
    lejos = taller.ahora.replace(year=2031, month=3, day=1)
    vencido = taller.verificar(
        renovado, ahora=lejos, confianza=replace(taller.confianza, listas=taller.listas(al=lejos))
    )
    assert (vencido.veredicto, vencido.motivos) == (VALIDA, ())


def test_un_archivo_en_disco_se_verifica_igual(taller: Taller, tmp_path: Path) -> None:
    ruta = tmp_path / "firmado.pdf"
    ruta.write_bytes(taller.con_sello(taller.propia(PDF)))
    confianza = taller.confianza

    informe = taller.verificar(ruta, confianza=confianza)
    assert informe.veredicto is VALIDA
    assert informe == taller.verificar(ruta.read_bytes(), confianza=confianza)


def test_el_informe_para_maquinas_dice_con_que_se_comprobo_cada_eslabon(taller: Taller) -> None:
    informe = informe_json(taller.verificar(taller.de_fabrica(PDF, tsa="tsa")), nombre="a.pdf", huella="ab")

    firma = informe["firmas"][0]
    assert informe["indicacion"] == "TOTAL-PASSED"
    assert (firma["indicacion"], firma["subindicacion"]) == ("TOTAL-PASSED", None)
    assert [eslabon["titular"] for eslabon in firma["cadena"]] == [
        "ORE MENDOZA Julio FAU 20999000011 hard",
        "AC DE FIRMAS DEL ESTADO DE PRUEBA",
        "AC RAIZ DEL ESTADO DE PRUEBA",
    ]
    assert [bool(eslabon["revocacion"]) for eslabon in firma["cadena"]] == [True, True, False]
    assert firma["sellos_de_tiempo"][0]["autoridad"] == "TSA DEL ESTADO DE PRUEBA 1"
    assert firma["prueba_de_existencia"] == firma["sellos_de_tiempo"][0]["hora"]


def test_el_ancla_de_una_persona_no_tapa_la_de_su_autoridad(taller: Taller) -> None:
    confianza = taller.confianza.con_anclas([der(taller.estado.llave().certificado)])

    assert taller.verificar(taller.propia(PDF), confianza=confianza).veredicto is VALIDA


def test_el_nivel_dice_lo_que_la_firma_lleva_aunque_no_se_conozca_a_quien_la_sello(taller: Taller) -> None:
    firmado = taller.de_fabrica(PDF, tsa="tsa")
    (firma,) = taller.verificar(firmado, confianza=taller.a_secas).firmas

    assert (firma.nivel, firma.veredicto) == ("PAdES B-T", Veredicto.INDETERMINADA)


@pytest.mark.parametrize(
    ("nombre", "documento"),
    [
        ("QUISPE HUAMÁN Rosa FIR 45678901 hard", "DNI 45678901"),
        ("MUNICIPALIDAD FAU 20999000011 soft", "RUC 20999000011"),
        ("QUISPE HUAMÁN Rosa FIR 4567", ""),
    ],
)
def test_el_documento_se_busca_tambien_en_el_nombre(taller: Taller, nombre: str, documento: str) -> None:
    llave = certificado_propio(taller.ahora, nombre=nombre)

    (firma,) = taller.verificar(taller.propia(PDF, llave)).firmas
    assert (firma.titular, firma.documento) == (nombre, documento)
    assert firma.veredicto is Veredicto.INDETERMINADA
