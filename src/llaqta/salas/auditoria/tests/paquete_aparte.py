"""Un expediente exportado, escrito aparte: PDF firmados a mano, índice firmado con lxml y bolsa BagIt.

Como ``registro_aparte``, no importa nada de la casa: si quien exporta y quien verifica se equivocaran igual, se vería.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from asn1crypto import algos, cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from lxml import etree

from llaqta.salas.auditoria.tests.registro_aparte import Registro, b64, certificado

NS, DS, XADES = (
    "urn:llaqta:expediente:1",
    "http://www.w3.org/2000/09/xmldsig#",
    "http://uri.etsi.org/01903/v1.3.2#",
)
C14N, SHA256 = "http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/2001/04/xmlenc#sha256"
RESOLUCION, SOLICITUD = "data/documentos/0001-resolucion.pdf", "data/documentos/0002-solicitud.pdf"
CONSTANCIA = "data/constancias/not-1-deposito.pdf"


def sha(datos: bytes) -> str:
    return hashlib.sha256(datos).hexdigest()


@dataclass
class Firmante:
    """Quien firma documentos: con curva elíptica si no se le da otra llave, emitido por su propia raíz."""

    nombre: str = "MUNICIPALIDAD DE PRUEBA"
    llave: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    pss: bool = False

    def __post_init__(self) -> None:
        raiz_llave = ec.generate_private_key(ec.SECP256R1())
        self.raiz = certificado(f"Raíz de {self.nombre}", raiz_llave, None, raiz_llave, tsa=False)
        self.cert: x509.Certificate = certificado(self.nombre, self.llave, self.raiz, raiz_llave, tsa=False)
        self.der = self.cert.public_bytes(serialization.Encoding.DER)

    @property
    def es_eliptica(self) -> bool:
        return isinstance(self.llave, ec.EllipticCurvePrivateKey)

    def firmar(self, mensaje: bytes) -> bytes:
        if self.es_eliptica:
            return bytes(self.llave.sign(mensaje, ec.ECDSA(hashes.SHA256())))
        relleno = padding.PSS(padding.MGF1(hashes.SHA256()), 32) if self.pss else padding.PKCS1v15()
        return bytes(self.llave.sign(mensaje, relleno, hashes.SHA256()))

    @property
    def algoritmo(self) -> algos.SignedDigestAlgorithm:
        if not self.pss:
            return algos.SignedDigestAlgorithm(
                {"algorithm": "sha256_ecdsa" if self.es_eliptica else "sha256_rsa"}
            )
        sha256 = {"algorithm": "sha256"}
        datos = {
            "hash_algorithm": sha256,
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": sha256},
            "salt_length": 32,
        }
        return algos.SignedDigestAlgorithm(
            {"algorithm": "rsassa_pss", "parameters": algos.RSASSAPSSParams(datos)}
        )

    def cms(self, contenido: bytes, *, sello: bytes = b"", **cambios: Any) -> bytes:
        """Un CMS separado de ese contenido; ``cambios`` son para estropearlo."""
        sha256 = algos.DigestAlgorithm({"algorithm": cambios.get("resumen", "sha256")})
        nombrado = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(cambios.get("nombra", self.der)).digest()})
        atributos = cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
                cms.CMSAttribute({"type": "message_digest", "values": [hashlib.sha256(contenido).digest()]}),
                cms.CMSAttribute(
                    {
                        "type": "signing_certificate_v2",
                        "values": [tsp.SigningCertificateV2({"certs": [nombrado]})],
                    }
                ),
            ]
        )
        cert, firma = asn1_x509.Certificate.load(self.der), self.firmar(atributos.dump())
        firmante: dict[str, Any] = {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                "issuer_and_serial_number", {"issuer": cert.issuer, "serial_number": cert.serial_number}
            ),
            "digest_algorithm": sha256,
            "signed_attrs": atributos,
            "signature_algorithm": self.algoritmo,
            "signature": firma,
        }
        if sellar := cambios.get("sellar"):
            sello = sellar(firma)
        if sello:
            token = cms.ContentInfo.load(sello)
            firmante["unsigned_attrs"] = [
                cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})
            ]
        otros = [asn1_x509.Certificate.load(self.raiz.public_bytes(serialization.Encoding.DER))]
        firmado = cms.SignedData(
            {
                "version": "v1",
                "digest_algorithms": [sha256],
                "encap_content_info": {"content_type": "data"},
                "certificates": [cert, *otros],
                "signer_infos": [firmante],
            }
        )
        return bytes(cms.ContentInfo({"content_type": "signed_data", "content": firmado}).dump())


def firmar_pdf(pdf: bytes, firmante: Firmante, **cambios: Any) -> bytes:
    """Añade a un PDF una firma PAdES, con la forma que le da cualquier programa."""
    antes = pdf + b"\n9 0 obj\n<</Type /Sig /SubFilter /ETSI.CAdES.detached /Contents "
    hueco = 2 + 2 * 6000
    desde = len(antes) + hueco
    rango = b" /ByteRange [0 %010d %010d %010d]>>\nendobj\n%%%%EOF\n"
    despues = rango % (len(antes), desde, len(rango % (0, 0, 0)))
    sobre = firmante.cms(antes + despues, **cambios).hex().encode().ljust(hueco - 2, b"0")
    return antes + b"<" + sobre + b">" + despues


def sellar_pdf(pdf: bytes, sellar: Any) -> bytes:
    """Añade a un PDF un sello de tiempo del documento entero."""

    class _DeSello(Firmante):
        def cms(self, contenido: bytes, **_: Any) -> bytes:
            return bytes(sellar(contenido))

    return firmar_pdf(pdf, _DeSello())


def _canonico(nodo: etree._Element) -> bytes:
    salida: Any = etree.tostring(nodo, method="c14n", exclusive=True, with_comments=False)
    return bytes(salida)


def firmar_indice(
    indice: str, firmante: Firmante, *, hora: datetime = datetime(2026, 6, 1, 15, 0, 0)
) -> bytes:
    """Firma un índice como XAdES B-B envuelto, con lxml."""
    raiz = etree.fromstring(indice.encode())

    def resumen(nodo: etree._Element) -> str:
        return b64(hashlib.sha256(_canonico(nodo)).digest())

    metodo = "ecdsa-sha256" if firmante.es_eliptica else "rsa-sha256"
    plantilla = f"""<ds:Signature xmlns:ds="{DS}" Id="firma"><ds:SignedInfo>\
<ds:CanonicalizationMethod Algorithm="{C14N}"/>\
<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#{metodo}"/><ds:Reference URI=""><ds:Transforms>\
<ds:Transform Algorithm="{DS}enveloped-signature"/><ds:Transform Algorithm="{C14N}"/></ds:Transforms>\
<ds:DigestMethod Algorithm="{SHA256}"/><ds:DigestValue>{resumen(raiz)}</ds:DigestValue></ds:Reference>\
<ds:Reference URI="#propiedades" Type="http://uri.etsi.org/01903#SignedProperties"><ds:Transforms>\
<ds:Transform Algorithm="{C14N}"/></ds:Transforms><ds:DigestMethod Algorithm="{SHA256}"/><ds:DigestValue/>\
</ds:Reference></ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{b64(firmante.der)}\
</ds:X509Certificate></ds:X509Data></ds:KeyInfo><ds:Object><xades:QualifyingProperties xmlns:xades="{XADES}" \
Target="#firma"><xades:SignedProperties Id="propiedades"><xades:SignedSignatureProperties><xades:SigningTime>\
{hora:%Y-%m-%dT%H:%M:%SZ}</xades:SigningTime><xades:SigningCertificateV2><xades:Cert><xades:CertDigest>\
<ds:DigestMethod Algorithm="{SHA256}"/><ds:DigestValue>{b64(hashlib.sha256(firmante.der).digest())}</ds:DigestValue>\
</xades:CertDigest></xades:Cert></xades:SigningCertificateV2></xades:SignedSignatureProperties>\
</xades:SignedProperties></xades:QualifyingProperties></ds:Object></ds:Signature>"""
    firma = etree.fromstring(plantilla)
    raiz.append(firma)
    [propiedades] = firma.iter(f"{{{XADES}}}SignedProperties")
    firma[0].findall(f".//{{{DS}}}DigestValue")[1].text = resumen(propiedades)
    valor = firmante.firmar(_canonico(firma[0]))
    if firmante.es_eliptica:
        valor = b"".join(numero.to_bytes(32, "big") for numero in decode_dss_signature(valor))
    firma[1].text = b64(valor)
    return bytes(etree.tostring(raiz, xml_declaration=True, encoding="UTF-8"))


@dataclass
class Paquete:
    """Un expediente de dos documentos: una resolución firmada y probada, y una solicitud sin firma ni prueba."""

    raiz: Path
    firmante: Firmante = field(default_factory=Firmante)
    informe: str = "VALIDA"
    origen: str = "INTERNO"

    def __post_init__(self) -> None:
        self.resolucion = firmar_pdf(b"%PDF-1.7 la resolucion", self.firmante)
        self.rehacer()

    def rehacer(self, *, indice_de: Firmante | None = None) -> None:
        """Escribe el paquete entero, como lo haría quien exporta; con lo que ahora diga cada campo."""
        self.registro = Registro(archivo=self.resolucion)
        impreso = firmar_pdf(b"%PDF-1.7 impreso", self.firmante)
        self.archivos: dict[str, bytes] = {
            RESOLUCION: self.resolucion,
            SOLICITUD: b"%PDF-1.4 solicitud",
            CONSTANCIA: firmar_pdf(b"%PDF-1.7 constancia", self.firmante),
            "data/firmas/0001-resolucion.json": b"{}",
            "data/firmas/0002-solicitud.json": b"{ }",
            "data/pruebas/0001-resolucion.json": json.dumps(self.registro.prueba()).encode(),
            "data/indice.pdf": impreso,
            "data/indice.xsd": b"<xsd/>",
            "data/leeme.html": b"<html></html>",
            "data/verificador/llaqta_verificador.py": b"# el verificador",
        }
        self.archivos["data/indice.xml"] = firmar_indice(self.indice(), indice_de or self.firmante)
        self.escribir()

    def indice(self, **cambios: str) -> str:
        """El índice sin firmar; ``cambios`` reemplazan lo que se calcula."""
        de = {nombre: sha(contenido) for nombre, contenido in self.archivos.items()}
        informes, prueba = (
            ["data/firmas/0001-resolucion.json", "data/firmas/0002-solicitud.json"],
            "data/pruebas/0001-resolucion.json",
        )
        return (
            f'<expediente xmlns="{NS}" formato="llaqta-expediente/1" numero="EXP-2026-000001-4">'
            "<asunto>Licencia &amp; «obra» &lt; 3 pisos</asunto>"
            f'<registro origen="{self.registro.firmante.nombre}" '
            f'llave="{cambios.get("llave", self.registro.firmante.vkey)}"/>'
            '<documentos total="2" incluidos="2">'
            f'<documento orden="1" archivo="{RESOLUCION}" sha256="{cambios.get("huella", de[RESOLUCION])}" '
            f'mime="application/pdf" origen="{self.origen}" nombre_original="a &amp; &quot;b&quot;&#9;.pdf">'
            f'<asunto>Otorga</asunto><firma titular="{self.firmante.nombre}"/>'
            f'<informe archivo="{informes[0]}" sha256="{de[informes[0]]}" veredicto="{self.informe}"/>'
            f'<prueba archivo="{prueba}" sha256="{de[prueba]}" hoja="{cambios.get("hoja", "12")}"/></documento>'
            f'<documento orden="2" archivo="{SOLICITUD}" sha256="{de[SOLICITUD]}" '
            'mime="application/pdf" origen="EXTERNO">'
            f'<asunto>Pide</asunto><informe archivo="{informes[1]}" sha256="{de[informes[1]]}" veredicto="SIN_FIRMA"/>'
            f'<prueba falta="Se guardó antes del registro."/></documento></documentos>'
            f'<notificaciones><notificacion><constancia archivo="{CONSTANCIA}" sha256="{de[CONSTANCIA]}"/>'
            "</notificacion></notificaciones></expediente>"
        )

    def poner(self, nombre: str, contenido: bytes) -> None:
        """Cambia un archivo, y los manifiestos con él: como quien altera con cuidado."""
        self.archivos[nombre] = contenido
        self.escribir()

    def quitar(self, nombre: str) -> None:
        """Quita un archivo, y lo borra de los manifiestos."""
        del self.archivos[nombre]
        (self.raiz / nombre).unlink()
        self.escribir()

    def refirmar(self, indice: str, firmante: Firmante | None = None) -> None:
        """Reemplaza el índice por otro bien firmado."""
        self.poner("data/indice.xml", firmar_indice(indice, firmante or self.firmante))

    def escribir(self) -> None:
        """Escribe la carpeta con sus manifiestos."""
        todos = {
            **self.archivos,
            "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
            "bag-info.txt": b"Source-Organization: Municipalidad\n",
            "manifest-sha256.txt": _manifiesto(self.archivos),
        }
        etiquetas = {nombre: v for nombre, v in todos.items() if not nombre.startswith("data/")}
        for nombre, contenido in {**todos, "tagmanifest-sha256.txt": _manifiesto(etiquetas)}.items():
            (self.raiz / nombre).parent.mkdir(parents=True, exist_ok=True)
            (self.raiz / nombre).write_bytes(contenido)


def _manifiesto(archivos: Mapping[str, bytes]) -> bytes:
    return "".join(f"{sha(v)}  {nombre}\n" for nombre, v in sorted(archivos.items())).encode()
