"""El sello de un XML: lo acepta otro programa, y lo cambiado, movido o envuelto se rechaza."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from lxml import etree
from signxml.xades import XAdESVerifier

from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.models import Entidad
from llaqta.salas.firma import sello, services, xades
from llaqta.salas.firma.ca import DESDE, Titular, abrir_autoridad
from llaqta.salas.firma.llaves import crear_llave

pytestmark = pytest.mark.django_db
NS = "urn:llaqta:expediente:1"


@pytest.fixture(scope="module")
def _datos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("xades")


@pytest.fixture(autouse=True)
def _carpeta(settings: Any, _datos: Path) -> None:
    settings.DATOS = _datos


def _raiz() -> etree._Element:
    raiz = etree.Element(f"{{{NS}}}expediente", {"numero": "EXP-2026-000001-5"}, nsmap={None: NS})
    etree.SubElement(raiz, f"{{{NS}}}documento", {"sha256": "ab" * 32}).text = "Ñandú & «comillas» <"
    return raiz


@pytest.fixture
def sellado(entidad: Entidad, ahora: datetime) -> bytes:
    """Un XML con el sello de demostración."""
    return xades.sellar_xml(_raiz(), ahora=ahora)


def test_el_sello_se_reconoce_y_devuelve_lo_firmado_sin_la_firma(sellado: bytes, ahora: datetime) -> None:
    comprobado = xades.comprobar_xml(sellado, ahora=ahora)
    assert comprobado.reconocido, comprobado.explicacion
    assert etree.tostring(comprobado.raiz, method="c14n") == etree.tostring(_raiz(), method="c14n")


def test_otro_programa_lo_acepta(sellado: bytes, ahora: datetime) -> None:
    llave = sello.get_sello(ahora=ahora)
    from signxml import SignatureConfiguration  # noqa: PLC0415

    resultado = XAdESVerifier().verify(
        sellado,
        x509_cert=llave.certificado,
        expect_references=2,
        expect_config=SignatureConfiguration(expect_references=2),
    )
    firmados = [r.signed_xml.tag for r in resultado if r.signed_xml is not None]
    assert firmados[0] == f"{{{NS}}}expediente"


def test_la_biblioteca_estandar_da_los_mismos_bytes(sellado: bytes) -> None:
    """El verificador de un solo archivo puede comprobar la firma con la C14N de la biblioteca estándar."""
    raiz = etree.fromstring(sellado)
    firma = raiz.find(f"{{{xades.DS}}}Signature")
    assert firma is not None
    firmado = firma.find(f"{{{xades.DS}}}SignedInfo")
    assert firmado is not None
    de_lxml = etree.tostring(firmado, method="c14n", exclusive=True, with_tail=False)
    texto = etree.tostring(firmado, with_tail=False).decode()
    assert ElementTree.canonicalize(texto).encode() == de_lxml


def test_con_el_sello_revocado_o_vencido_no_se_firma_ningun_xml(
    entidad: Entidad, ahora: datetime, tmp_path: Path, settings: Any
) -> None:
    """Lo mismo que con un PDF: el documento queda como estaba."""
    settings.DATOS = tmp_path
    certificado = services.crear_autoridad_de_demostracion(ahora=ahora)
    raiz = _raiz()
    antes_de_regir = sello.get_sello(ahora=ahora).certificado.not_valid_before_utc - timedelta(seconds=1)
    with pytest.raises(NoProcede, match="El certificado del sello de la entidad no está vigente"):
        xades.sellar_xml(raiz, ahora=antes_de_regir)

    services.revocar_certificado(
        actor=None, certificado=certificado, motivo="Se perdió la llave", ahora=ahora
    )
    with pytest.raises(NoProcede, match="El certificado del sello de la entidad fue revocado"):
        xades.sellar_xml(raiz, ahora=ahora)

    ajena, privada = abrir_autoridad(carpeta=tmp_path / "ajena", clave=b"x"), crear_llave("P-256")
    vencido = ajena.emitir(
        titular=Titular("MUNICIPALIDAD", f"FAU {entidad.ruc}", ruc=entidad.ruc), publica=privada.public_key(),
        desde=DESDE, hasta=ahora,
    )  # fmt: skip
    sello.guardar_sello(privada=privada, certificados=(vencido, ajena.emisora.certificado))
    with pytest.raises(NoProcede, match="El certificado del sello de la entidad no está vigente"):
        xades.sellar_xml(raiz, ahora=ahora)

    assert etree.tostring(raiz, method="c14n") == etree.tostring(_raiz(), method="c14n")


def _con(sellado: bytes, cambiar: Callable[[etree._Element], None]) -> bytes:
    raiz = etree.fromstring(sellado)
    cambiar(raiz)
    return bytes(etree.tostring(raiz))


def _dato(raiz: etree._Element) -> None:
    raiz[0].set("sha256", "cd" * 32)


def _agregado(raiz: etree._Element) -> None:
    etree.SubElement(raiz, f"{{{NS}}}documento")


def _texto_tras_la_firma(raiz: etree._Element) -> None:
    raiz[-1].tail = "algo más"


def _hora(raiz: etree._Element) -> None:
    for nodo in raiz.iter(f"{{{xades.XADES}}}SigningTime"):
        nodo.text = "2020-01-01T00:00:00Z"


def _envuelta(raiz: etree._Element) -> None:
    """El ataque de envoltura: lo firmado se guarda adentro y afuera se dice otra cosa."""
    original = copy.deepcopy(raiz)
    raiz[0].set("sha256", "ee" * 32)
    raiz[-1].append(original)


def _dos_firmas(raiz: etree._Element) -> None:
    raiz.append(copy.deepcopy(raiz[-1]))


def _sin_firma(raiz: etree._Element) -> None:
    raiz.remove(raiz[-1])


def _sin_resumir(raiz: etree._Element) -> None:
    for nodo in raiz.iter(f"{{{xades.DS}}}Reference"):
        nodo.set("URI", "#propiedades")


def _otro_metodo(raiz: etree._Element) -> None:
    for nodo in raiz.iter(f"{{{xades.DS}}}SignatureMethod"):
        nodo.set("Algorithm", "http://www.w3.org/2000/09/xmldsig#hmac-sha1")


def _xslt(raiz: etree._Element) -> None:
    for nodo in raiz.iter(f"{{{xades.DS}}}Transform"):
        nodo.set("Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116")


@pytest.mark.parametrize(
    "cambiar",
    [
        _dato, _agregado, _texto_tras_la_firma, _hora, _envuelta, _dos_firmas, _sin_firma, _sin_resumir,
        _otro_metodo, _xslt,
    ],
    ids=lambda f: f.__name__,
)  # fmt: skip
def test_lo_cambiado_no_vale(sellado: bytes, ahora: datetime, cambiar: Callable[[Any], None]) -> None:
    with pytest.raises(xades.XmlNoVale):
        xades.comprobar_xml(_con(sellado, cambiar), ahora=ahora)


@pytest.mark.parametrize(
    "malo",
    [
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b"<a>&b;</a>",
        b"no es xml",
        b"",
        b"<a><b></a>",
        "<a/>".encode("utf-16"),
    ],
)
def test_lo_hostil_no_se_lee(entidad: Entidad, ahora: datetime, malo: bytes) -> None:
    with pytest.raises(xades.XmlNoVale):
        xades.comprobar_xml(malo, ahora=ahora)


def test_el_sello_de_otra_entidad_no_se_reconoce_sin_su_certificado(
    sellado: bytes, settings: Any, tmp_path: Path, ahora: datetime
) -> None:
    suyo = sello.get_sello(ahora=ahora)
    settings.DATOS = tmp_path  # otra instalación, con su propia autoridad
    ajeno = xades.comprobar_xml(sellado, ahora=ahora)
    assert (ajeno.reconocido, ajeno.explicacion) == (
        False,
        "No se reconoce a la autoridad que emitió el certificado con que se firmó.",
    )
    assert xades.comprobar_xml(sellado, ahora=ahora, conocidos=[suyo.certificado]).reconocido
    assert xades.comprobar_xml(sellado, ahora=ahora, conocidos=list(suyo.cadena)).reconocido
