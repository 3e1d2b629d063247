"""Firmar y comprobar un XML con el sello de la entidad: XAdES B-B envuelto (ETSI EN 319 132-1), sin red.

Se firma con la ``Llave`` de la casa, que puede estar en una ficha PKCS#11, y por eso el sobre se arma aquí. Al
comprobar solo se devuelve lo que la firma cubre: el documento entero, sin la firma.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from lxml import etree

from llaqta.salas.firma.llaves import Llave, es_eliptica
from llaqta.salas.firma.models import Certificado
from llaqta.salas.firma.sello_vigente import get_sello_vigente

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVUELTA = f"{DS}enveloped-signature"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
PROPIEDADES = "http://uri.etsi.org/01903#SignedProperties"
MAXIMO = 64 * 1024 * 1024
_MAXIMO_DE_CADENA = 6


class XmlNoVale(Exception):
    """El XML no está firmado como se espera, o la firma no es válida; la frase dice por qué."""


@dataclass(frozen=True)
class XmlFirmado:
    """Un XML cuya firma es íntegra: lo que cubre, quién firma y si se le reconoce.

    :ivar raiz: el documento entero, ya sin la firma: lo único que se puede creer
    :ivar reconocido: si su certificado llega a un ancla, o es uno de los que se dieron
    :ivar emisores: los certificados que, uno tras otro, emitieron el suyo, comprobado con sus firmas
    """

    raiz: etree._Element
    certificado: x509.Certificate
    reconocido: bool
    explicacion: str
    emisores: tuple[x509.Certificate, ...] = ()

    @property
    def huella_del_certificado(self) -> str:
        """SHA-256 del certificado, como se compara por teléfono."""
        return self.certificado.fingerprint(hashes.SHA256()).hex()


def sellar_xml(raiz: etree._Element, *, ahora: datetime) -> bytes:
    """Firma un XML con el sello de la entidad y devuelve el documento con su firma adentro, al final.

    El proceso que atiende páginas no abre la llave: se lo pide al llavero, que firma por él.

    :raises NoProcede: si el certificado del sello venció, fue revocado o no se puede abrir
    """
    return firmar_xml(raiz, llave=get_sello_vigente(ahora=ahora), ahora=ahora)


def firmar_xml(raiz: etree._Element, *, llave: Llave, ahora: datetime) -> bytes:
    """Lo mismo, con una llave ya abierta."""
    resumen = _resumen(raiz)
    firma = etree.SubElement(raiz, f"{{{DS}}}Signature", {"Id": "firma"}, nsmap={"ds": DS})
    firmado = _hijo(firma, "SignedInfo")
    _hijo(firmado, "CanonicalizationMethod", Algorithm=C14N)
    algoritmo = ECDSA_SHA256 if es_eliptica(llave.certificado) else RSA_SHA256
    _hijo(firmado, "SignatureMethod", Algorithm=algoritmo)
    valor = _hijo(firma, "SignatureValue")
    datos = _hijo(_hijo(firma, "KeyInfo"), "X509Data")
    for certificado in (llave.certificado, *llave.cadena):
        _hijo(datos, "X509Certificate").text = _base64(_der(certificado))
    propiedades = _propiedades(_hijo(firma, "Object"), llave.certificado, ahora)
    _referencia(firmado, "", resumen, transformaciones=(ENVUELTA, C14N))
    _referencia(firmado, "#propiedades", _resumen(propiedades), transformaciones=(C14N,), Type=PROPIEDADES)
    valor.text = _base64(_en_xml(llave.firmar(_canonico(firmado)), llave.certificado))
    return bytes(etree.tostring(raiz, xml_declaration=True, encoding="UTF-8"))


def comprobar_xml(datos: bytes, *, ahora: datetime, conocidos: Sequence[x509.Certificate] = ()) -> XmlFirmado:
    """Comprueba la firma de un XML y dice si se reconoce a quien firma.

    No lee DTD ni entidades ni pide nada a la red. La firma debe ser una, hija de la raíz, y cubrir el documento entero:
    así no hay nada fuera de lo firmado que se pueda leer por error.

    :param conocidos: certificados que quien pregunta ya tiene por buenos: el del sello, o el de quien lo emitió
    :raises XmlNoVale: si no está bien escrito, no está firmado así o la firma no es válida
    """
    raiz = leer_xml(datos)
    firmas = list(raiz.iter(f"{{{DS}}}Signature"))
    if len(firmas) != 1 or firmas[0].getparent() is not raiz:
        raise XmlNoVale("Debe llevar una sola firma, en la raíz del documento.")
    firma = firmas[0]
    firmado = _uno(firma, "ds:SignedInfo")
    _exigir_algoritmo(_uno(firmado, "ds:CanonicalizationMethod"), (C14N,))
    metodo = _exigir_algoritmo(_uno(firmado, "ds:SignatureMethod"), (RSA_SHA256, ECDSA_SHA256))
    certificados = _certificados(firma)
    _comprobar_valor(certificados[0], metodo, _canonico(firmado), _octetos(_uno(firma, "ds:SignatureValue")))
    propiedades = _uno(firma, "ds:Object/xades:QualifyingProperties/xades:SignedProperties")
    _comprobar_referencias(firmado, raiz, firma, propiedades)
    _comprobar_nombrado(propiedades, certificados[0])
    raiz.remove(firma)
    reconocido, explicacion = _reconocer(certificados, ahora=ahora, conocidos=conocidos)
    return XmlFirmado(raiz, certificados[0], reconocido, explicacion, _emisores(certificados))


def leer_xml(datos: bytes) -> etree._Element:
    """Lee un XML de fuera: sin DTD, sin entidades, sin red y de un tamaño razonable.

    :raises XmlNoVale: si no se puede
    """
    if len(datos) > MAXIMO:
        raise XmlNoVale("Es demasiado grande.")
    if b"<!DOCTYPE" in datos or b"<!ENTITY" in datos or not datos.lstrip().startswith(b"<"):
        raise XmlNoVale("Trae definiciones (DTD) que no se aceptan, o no es un XML en UTF-8.")
    lector = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        return etree.fromstring(datos, lector)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise XmlNoVale("No es un XML bien escrito.") from error


# --- Por dentro -----------------------------------------------------------------------------------------------------
def _hijo(padre: etree._Element, nombre: str, espacio: str = DS, **atributos: str) -> etree._Element:
    return etree.SubElement(padre, f"{{{espacio}}}{nombre}", atributos)


def _propiedades(objeto: etree._Element, certificado: x509.Certificate, ahora: datetime) -> etree._Element:
    """Lo que la firma dice de sí misma: la hora y qué certificado firma."""
    calificadas = etree.SubElement(
        objeto, f"{{{XADES}}}QualifyingProperties", {"Target": "#firma"}, nsmap={"xades": XADES}
    )
    propiedades = _hijo(calificadas, "SignedProperties", XADES, Id="propiedades")
    de_firma = _hijo(propiedades, "SignedSignatureProperties", XADES)
    _hijo(de_firma, "SigningTime", XADES).text = f"{ahora.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    resumen = _hijo(_hijo(_hijo(de_firma, "SigningCertificateV2", XADES), "Cert", XADES), "CertDigest", XADES)
    _hijo(resumen, "DigestMethod", Algorithm=SHA256)
    _hijo(resumen, "DigestValue").text = _base64(hashlib.sha256(_der(certificado)).digest())
    return propiedades


def _referencia(
    padre: etree._Element, uri: str, resumen: bytes, *, transformaciones: Iterable[str], **mas: str
) -> None:
    referencia = _hijo(padre, "Reference", URI=uri, **mas)
    lista = _hijo(referencia, "Transforms")
    for transformacion in transformaciones:
        _hijo(lista, "Transform", Algorithm=transformacion)
    _hijo(referencia, "DigestMethod", Algorithm=SHA256)
    _hijo(referencia, "DigestValue").text = _base64(resumen)


def _comprobar_referencias(
    firmado: etree._Element, raiz: etree._Element, firma: etree._Element, propiedades: etree._Element
) -> None:
    """Dos y solo dos: el documento entero sin la firma, y las propiedades de la firma."""
    referencias = _todos(firmado, "ds:Reference")
    if [referencia.get("URI") for referencia in referencias] != ["", f"#{propiedades.get('Id')}"]:
        raise XmlNoVale("La firma no cubre el documento entero.")
    if sum(nodo.get("Id") == propiedades.get("Id") for nodo in raiz.iter("{*}*")) != 1:
        raise XmlNoVale("Hay dos partes con el mismo identificador.")
    for referencia, permitidas, cubierto in (
        (referencias[0], (ENVUELTA, C14N), None),
        (referencias[1], (C14N,), propiedades),
    ):
        usadas = [nodo.get("Algorithm") for nodo in _todos(referencia, "ds:Transforms/ds:Transform")]
        if usadas != list(permitidas):
            raise XmlNoVale("La firma transforma el documento de una manera que no se acepta.")
        _exigir_algoritmo(_uno(referencia, "ds:DigestMethod"), (SHA256,))
        resumen = _resumen(cubierto) if cubierto is not None else _resumen_sin(raiz, firma)
        if resumen != _octetos(_uno(referencia, "ds:DigestValue")):
            raise XmlNoVale("El documento fue cambiado después de firmarse.")


def _resumen_sin(raiz: etree._Element, firma: etree._Element) -> bytes:
    """El resumen de la raíz sin su firma; lo que haya de texto después de la firma también cuenta."""
    lugar, cola = raiz.index(firma), firma.tail
    anterior = firma.getprevious()
    raiz.remove(firma)  # con su cola, que se devuelve a su sitio
    previo = anterior.tail if anterior is not None else raiz.text
    if cola and anterior is not None:
        anterior.tail = (previo or "") + cola
    elif cola:
        raiz.text = (previo or "") + cola
    resumen = _resumen(raiz)
    if anterior is not None:
        anterior.tail = previo
    else:
        raiz.text = previo
    firma.tail = cola
    raiz.insert(lugar, firma)
    return resumen


def _comprobar_nombrado(propiedades: etree._Element, certificado: x509.Certificate) -> None:
    nombrado = _uno(
        propiedades,
        "xades:SignedSignatureProperties/xades:SigningCertificateV2/xades:Cert/xades:CertDigest/ds:DigestValue",
    )
    if _octetos(nombrado) != hashlib.sha256(_der(certificado)).digest():
        raise XmlNoVale("El certificado no es el que la firma nombra.")


def _comprobar_valor(certificado: x509.Certificate, metodo: str, mensaje: bytes, valor: bytes) -> None:
    publica = certificado.public_key()
    try:
        if metodo == ECDSA_SHA256 and isinstance(publica, ec.EllipticCurvePublicKey):
            mitad = len(valor) // 2
            der = encode_dss_signature(int.from_bytes(valor[:mitad]), int.from_bytes(valor[mitad:]))
            publica.verify(der, mensaje, ec.ECDSA(hashes.SHA256()))
        elif metodo == RSA_SHA256 and isinstance(publica, rsa.RSAPublicKey) and publica.key_size >= 2048:
            publica.verify(valor, mensaje, padding.PKCS1v15(), hashes.SHA256())
        else:
            raise XmlNoVale("El certificado y la firma no son de la misma clase.")
    except (InvalidSignature, ValueError) as error:
        raise XmlNoVale("La firma no es la de ese certificado.") from error


def _reconocer(
    cadena: Sequence[x509.Certificate], *, ahora: datetime, conocidos: Sequence[x509.Certificate]
) -> tuple[bool, str]:
    """Sube por quien lo emitió hasta un certificado conocido o una raíz de confianza."""
    certificado = cadena[0]
    if not certificado.not_valid_before_utc <= ahora < certificado.not_valid_after_utc:
        return False, "El certificado con que se firmó no está vigente."
    if Certificado.objects.filter(
        numero_de_serie=f"{certificado.serial_number:x}", revocado_en__isnull=False
    ).exists():
        return False, "El certificado con que se firmó fue revocado."
    # pyHanko y sus compañeros ocupan unos 40 MB: solo los paga el proceso que verifica.
    from llaqta.salas.firma.anclas import get_confianza  # noqa: PLC0415

    confianza = get_confianza(ahora=ahora)
    raices = [*conocidos, *(x509.load_der_x509_certificate(der) for der in confianza.raices)]
    intermedios = [*cadena[1:], *(x509.load_der_x509_certificate(der) for der in confianza.otras)]
    actual = certificado
    for _ in range(_MAXIMO_DE_CADENA):
        if any(_der(actual) == _der(raiz) for raiz in raices):
            return True, "Se reconoce a quien firma."
        if any(_emitio(raiz, actual) for raiz in raices):
            return True, "Se reconoce a quien firma."
        siguiente = next((uno for uno in intermedios if _emitio(uno, actual)), None)
        if siguiente is None:
            break
        actual = siguiente
    return False, "No se reconoce a la autoridad que emitió el certificado con que se firmó."


def _emisores(cadena: Sequence[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """De los que trae la firma, los que de verdad emitieron el anterior: los demás los pudo poner cualquiera."""
    camino: list[x509.Certificate] = []
    actual = cadena[0]
    for _ in range(_MAXIMO_DE_CADENA):
        emisor = next((uno for uno in cadena[1:] if uno not in camino and _emitio(uno, actual)), None)
        if emisor is None:
            break
        camino.append(emisor)
        actual = emisor
    return tuple(camino)


def _emitio(emisor: x509.Certificate, certificado: x509.Certificate) -> bool:
    try:
        certificado.verify_directly_issued_by(emisor)
        basicas = emisor.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return basicas.ca


def _certificados(firma: etree._Element) -> list[x509.Certificate]:
    try:
        leidos = [
            x509.load_der_x509_certificate(_octetos(nodo))
            for nodo in _todos(firma, "ds:KeyInfo/ds:X509Data/ds:X509Certificate")
        ]
    except ValueError as error:
        raise XmlNoVale("El certificado de la firma no se puede leer.") from error
    if not leidos:
        raise XmlNoVale("La firma no trae su certificado.")
    return leidos


def _todos(nodo: etree._Element, camino: str) -> list[etree._Element]:
    return list(nodo.findall(camino, {"ds": DS, "xades": XADES}))


def _uno(nodo: etree._Element, camino: str) -> etree._Element:
    hallados = _todos(nodo, camino)
    if len(hallados) != 1:
        raise XmlNoVale(f"A la firma le falta o le sobra «{camino.rsplit(':', 1)[-1]}».")
    return hallados[0]


def _exigir_algoritmo(nodo: etree._Element, permitidos: Sequence[str]) -> str:
    algoritmo = nodo.get("Algorithm", "")
    if algoritmo not in permitidos:
        raise XmlNoVale("La firma usa un algoritmo que no se acepta.")
    return str(algoritmo)


def _octetos(nodo: etree._Element) -> bytes:
    try:
        return base64.b64decode("".join((nodo.text or "").split()), validate=True)
    except ValueError as error:
        raise XmlNoVale("La firma está mal escrita.") from error


def _en_xml(firma: bytes, certificado: x509.Certificate) -> bytes:
    """La firma como la pide XML: si es ECDSA, los dos números seguidos."""
    if not es_eliptica(certificado):
        return firma
    r, s = decode_dss_signature(firma)
    return r.to_bytes(32) + s.to_bytes(32)


def _canonico(nodo: etree._Element) -> bytes:
    salida: Any = etree.tostring(nodo, method="c14n", exclusive=True, with_comments=False, with_tail=False)
    return bytes(salida)


def _resumen(nodo: etree._Element) -> bytes:
    return hashlib.sha256(_canonico(nodo)).digest()


def _base64(datos: bytes) -> str:
    return base64.b64encode(datos).decode()


def _der(certificado: x509.Certificate) -> bytes:
    return certificado.public_bytes(serialization.Encoding.DER)
