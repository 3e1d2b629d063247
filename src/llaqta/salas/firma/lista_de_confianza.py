"""La lista de servicios de confianza (ETSI TS 119 612) como la publica Indecopi: leerla sin creerle nada que no firme.

El XML llega de fuera y se trata como tal: sin DTD, sin entidades, sin red. Se comprueba la firma XAdES contra el ancla
de quien firma listas (que no es un ancla de firmantes) y **solo se lee lo que esa firma cubre**, ya en forma canónica:
lo que se hubiera añadido alrededor, o escondido en comentarios, no existe.

El estado de un servicio se pregunta a una fecha: la lista trae su historia. El Perú usa los estados anteriores a eIDAS
(``undersupervision``), que otros lectores no reconocen y por eso devuelven, sin decir nada, una lista vacía.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.path import ValidationPath
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier

from llaqta.salas.firma.confianza import leer_asn1, leer_x509
from llaqta.salas.firma.tiempo import correr

TSL = "http://uri.etsi.org/02231/v2#"
DS = "http://www.w3.org/2000/09/xmldsig#"
RAIZ = f"{{{TSL}}}TrustServiceStatusList"
_PROPIEDADES = "{http://uri.etsi.org/01903/v1.3.2#}SignedProperties"
TOPE = 16 * 1024 * 1024
POR_VENCER = timedelta(days=15)
HOLGURA = timedelta(minutes=10)
DE_FIRMA = {"CA/QC", "CA/PKC"}
DE_TIEMPO = {"TSA/QTST", "TSA", "TSA/TSS-QC", "TSA/TSS-AdESQCandQES"}

# El último tramo de la dirección que es el estado; lo demás (TrstSvc/TrustedList, eSigDir-1999-93-EC…) es historia.
ESTADOS = {
    "undersupervision": ("bajo supervisión", True),
    "supervisionincessation": ("bajo supervisión, en cese", True),
    "accredited": ("acreditado", True),
    "granted": ("acreditado", True),
    "setbynationallaw": ("reconocido por ley", True),
    "recognisedatnationallevel": ("reconocido", True),
    "supervisionceased": ("sin supervisión: cesó", False),
    "supervisionrevoked": ("supervisión revocada", False),
    "accreditationceased": ("acreditación terminada", False),
    "accreditationrevoked": ("acreditación revocada", False),
    "withdrawn": ("acreditación retirada", False),
    "deprecatedatnationallevel": ("ya no reconocido", False),
    "deprecatedbynationallaw": ("ya no reconocido por ley", False),
}
_CONFIGURACION = XAdESSignatureConfiguration(
    require_x509=True,
    expect_references=True,
    signature_methods=frozenset(
        metodo for metodo in SignatureMethod
        if metodo.name in {"RSA_SHA256", "RSA_SHA384", "RSA_SHA512", "ECDSA_SHA256", "ECDSA_SHA384", "ECDSA_SHA512"}
    ),
    digest_algorithms=frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512}),
)  # fmt: skip


class ListaIlicita(Exception):
    """Una lista que no se acepta; el texto dice por qué, a quien administra."""


@dataclass(frozen=True)
class Servicio:
    """Un servicio de la lista: de quién, de qué clase, con qué certificados, y su estado en cada época.

    :param historia: desde cuándo rige cada estado, del más reciente al más antiguo
    """

    prestador: str
    nombre: str
    tipo: str
    certificados: tuple[bytes, ...]
    llaves: frozenset[bytes]
    historia: tuple[tuple[datetime, str], ...]

    def estado(self, al: datetime) -> str:
        """El estado que regía en una fecha (``undersupervision``…); vacío si todavía no figuraba."""
        return next((estado for desde, estado in self.historia if desde <= al), "")

    def vale(self, al: datetime) -> bool:
        """Dice si en esa fecha se podía confiar en él."""
        return ESTADOS.get(self.estado(al), ("", False))[1]

    def en_palabras(self, al: datetime) -> str:
        """Su estado en esa fecha, en castellano."""
        estado = self.estado(al)
        return ESTADOS.get(estado, (estado or "todavía no figuraba", False))[0]

    def es(self, certificado: x509.Certificate, der: bytes) -> bool:
        """Dice si el servicio es el de este certificado, por él mismo o por la huella de su llave."""
        return der in self.certificados or _ski(certificado) in self.llaves


@dataclass(frozen=True)
class ListaDeConfianza:
    """Una lista ya verificada."""

    secuencia: int
    emitida: datetime
    proxima: datetime
    territorio: str
    operador: str
    servicios: tuple[Servicio, ...]

    def vigencia(self, al: datetime) -> str:
        """``vigente``, ``por vencer`` (en quince días) o ``vencida``."""
        if al > self.proxima:
            return "vencida"
        return "por vencer" if al > self.proxima - POR_VENCER else "vigente"

    def certificados(self, *, de_tiempo: bool) -> tuple[bytes, ...]:
        """Los certificados que sirven de ancla para firmantes o, con ``de_tiempo``, para sellos de tiempo."""
        tipos = DE_TIEMPO if de_tiempo else DE_FIRMA
        return tuple(der for uno in self.servicios if uno.tipo in tipos for der in uno.certificados)

    def reparo(
        self, camino: ValidationPath, *, al: datetime, de_tiempo: bool, propias: Sequence[bytes] = ()
    ) -> str:
        """Por qué, según la lista, no se puede confiar en una cadena a una fecha; vacío si no hay reparo.

        Todo certificado de la cadena que la lista nombre debe tener en esa fecha un estado en que se confíe.

        :param propias: anclas puestas a mano, en las que se confía aunque la lista esté vencida
        """
        tipos = DE_FIRMA | DE_TIEMPO if de_tiempo else DE_FIRMA
        for certificado in camino.iter_certs(include_root=True):
            der = certificado.dump()
            suyos = [uno for uno in self.servicios if uno.tipo in tipos and uno.es(leer_x509(der), der)]
            if suyos and not any(uno.vale(al) for uno in suyos):
                return f"que el {al:%d/%m/%Y} no estaba acreditada (lista de confianza: {suyos[0].en_palabras(al)})"
        ancla = camino.first
        if ancla is not None and ancla.dump() not in propias and al > self.proxima:
            return f"de una lista de confianza vencida el {self.proxima:%d/%m/%Y}, que hay que actualizar"
        return ""

    def con_anterior(self, anterior: ListaDeConfianza) -> ListaDeConfianza:
        """Añade los servicios que figuraban en una lista anterior y ya no en esta, para juzgar a una fecha pasada."""
        conocidos = {der for uno in self.servicios for der in uno.certificados}
        ausentes = tuple(uno for uno in anterior.servicios if not conocidos & set(uno.certificados))
        return replace(self, servicios=(*self.servicios, *ausentes))


# --- Verificar --------------------------------------------------------------------------------------------------------
def verificar_lista(contenido: bytes, *, anclas: Sequence[bytes], al: datetime) -> ListaDeConfianza:
    """Comprueba la firma de una lista y lee lo que esa firma cubre.

    :param anclas: certificados (DER) en que se confía para firmar listas
    :param al: a qué fecha se juzga el certificado que la firma
    :raises ListaIlicita: si no es una lista, no está firmada por quien debe, o dice algo que no se entiende
    """
    arbol = _leer_xml(contenido)
    if arbol.tag != RAIZ:
        raise ListaIlicita("El archivo no es una lista de confianza (ETSI TS 119 612).")
    _check_una_firma(arbol)
    firmante = _firmante(arbol, anclas, al)
    try:
        firmadas = XAdESVerifier().verify(
            contenido,
            x509_cert=firmante.public_bytes(Encoding.PEM).decode(),
            expect_config=_CONFIGURACION,
            id_attribute="Id",
        )
    except Exception as error:  # noqa: BLE001 (signxml y cryptography lanzan clases sin base común)
        raise ListaIlicita("La firma de la lista de confianza no es válida.") from error
    cubiertas = [
        _leer_xml(una.signed_data)
        for una in firmadas
        if una.signed_xml is not None and una.signed_xml.tag == RAIZ
    ]
    propiedades = [
        una for una in firmadas if una.signed_xml is not None and una.signed_xml.tag == _PROPIEDADES
    ]
    if len(cubiertas) != 1 or len(propiedades) != 1:
        raise ListaIlicita("La firma no cubre la lista de confianza.")
    return _leer_lista(cubiertas[0])


def _leer_xml(contenido: bytes) -> Any:
    if len(contenido) > TOPE:
        raise ListaIlicita("La lista de confianza es demasiado grande.")
    if contenido[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x00" in contenido[:4]:
        raise ListaIlicita("La lista de confianza no está escrita en UTF-8.")
    if b"<!DOCTYPE" in contenido or b"<!ENTITY" in contenido:
        raise ListaIlicita("La lista de confianza trae una definición de tipo (DTD), y eso no se admite.")
    lector = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=False
    )
    try:
        arbol = etree.fromstring(contenido, lector)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ListaIlicita("El archivo no es XML bien formado.") from error
    informacion = arbol.getroottree().docinfo
    if informacion.doctype or (informacion.encoding or "UTF-8").upper() not in {"UTF-8", "US-ASCII"}:
        raise ListaIlicita("La lista de confianza no está escrita en UTF-8 o trae una definición de tipo.")
    return arbol


def _check_una_firma(arbol: Any) -> None:
    """Una sola firma, hija directa de la raíz, y ningún identificador repetido: así no hay a qué envolver."""
    firmas = list(arbol.iter(f"{{{DS}}}Signature"))
    if len(firmas) != 1 or firmas[0].getparent() is not arbol:
        raise ListaIlicita("La lista de confianza debe traer una sola firma, al final.")
    identificadores = [
        valor
        for nodo in arbol.iter(etree.Element)
        for nombre, valor in nodo.attrib.items()
        if etree.QName(nombre).localname.lower() == "id"
    ]
    if len(set(identificadores)) != len(identificadores):
        raise ListaIlicita("La lista de confianza repite un identificador.")
    direcciones = [nodo.get("URI") for nodo in firmas[0].iterfind(f"./{{{DS}}}SignedInfo/{{{DS}}}Reference")]
    propia = {"", f"#{arbol.get('Id')}"} if arbol.get("Id") else {""}
    if sum(direccion in propia for direccion in direcciones) != 1:
        raise ListaIlicita("La firma no cubre la lista de confianza.")


def _firmante(arbol: Any, anclas: Sequence[bytes], al: datetime) -> x509.Certificate:
    """El certificado con que se firmó, comprobado hasta el ancla de quien firma listas."""
    nodos = arbol.iterfind(f"./{{{DS}}}Signature/{{{DS}}}KeyInfo/{{{DS}}}X509Data/{{{DS}}}X509Certificate")
    certificados = [_der(_texto(nodo)) for nodo in nodos]
    if not certificados:
        raise ListaIlicita("La firma de la lista de confianza no trae su certificado.")
    primero, *otros = certificados
    if primero in anclas:
        return leer_x509(primero)
    validador = CertificateValidator(
        leer_asn1(primero),
        intermediate_certs=[leer_asn1(der) for der in otros],
        validation_context=ValidationContext(
            trust_roots=[leer_asn1(der) for der in anclas],
            allow_fetching=False, revocation_mode="soft-fail", moment=al,
        ),
    )  # fmt: skip
    try:
        correr(validador.async_validate_usage(set()))  # type: ignore[no-untyped-call]
    except Exception as error:  # noqa: BLE001 (toda falla al construir la cadena significa lo mismo)
        raise ListaIlicita("No firmó la lista de confianza quien debe firmarla.") from error
    certificado = leer_x509(primero)
    if leer_asn1(primero).ca:
        raise ListaIlicita("No firmó la lista de confianza quien debe firmarla.")
    return certificado


# --- Leer -------------------------------------------------------------------------------------------------------------
def _leer_lista(arbol: Any) -> ListaDeConfianza:
    esquema = _hijo(arbol, "SchemeInformation")
    secuencia = _texto(_hijo(esquema, "TSLSequenceNumber"))
    if not secuencia.isdigit() or len(secuencia) > 12:
        raise ListaIlicita("La lista de confianza no dice su número de secuencia.")
    proxima = esquema.find(f"{{{TSL}}}NextUpdate/{{{TSL}}}dateTime")
    if proxima is None:
        raise ListaIlicita("La lista de confianza no dice hasta cuándo vale.")
    return ListaDeConfianza(
        secuencia=int(secuencia),
        emitida=_instante(_texto(_hijo(esquema, "ListIssueDateTime"))),
        proxima=_instante(_texto(proxima)),
        territorio=_texto(esquema.find(f"{{{TSL}}}SchemeTerritory")),
        operador=_nombre(esquema, "SchemeOperatorName"),
        servicios=tuple(
            _leer_servicio(prestador, servicio)
            for prestador in arbol.iterfind(
                f"./{{{TSL}}}TrustServiceProviderList/{{{TSL}}}TrustServiceProvider"
            )
            for servicio in prestador.iterfind(f"./{{{TSL}}}TSPServices/{{{TSL}}}TSPService")
        ),
    )


def _leer_servicio(prestador: Any, servicio: Any) -> Servicio:
    actual = _hijo(servicio, "ServiceInformation")
    pasados = servicio.findall(f"./{{{TSL}}}ServiceHistory/{{{TSL}}}ServiceHistoryInstance")
    identidades = [uno for fila in (actual, *pasados) for uno in fila.iter(f"{{{TSL}}}DigitalId")]
    historia = sorted(
        (
            (
                _instante(_texto(_hijo(fila, "StatusStartingTime"))),
                _ultimo(_texto(_hijo(fila, "ServiceStatus"))),
            )
            for fila in (actual, *pasados)
        ),
        key=lambda fila: fila[0],
        reverse=True,
    )
    certificados = tuple(
        _der(_texto(nodo)) for uno in identidades for nodo in uno.iterfind(f"{{{TSL}}}X509Certificate")
    )
    llaves = {_base64(_texto(nodo)) for uno in identidades for nodo in uno.iterfind(f"{{{TSL}}}X509SKI")}
    return Servicio(
        prestador=_nombre(_hijo(prestador, "TSPInformation"), "TSPName"),
        nombre=_nombre(actual, "ServiceName"),
        tipo=_texto(_hijo(actual, "ServiceTypeIdentifier")).partition("/Svctype/")[2],
        certificados=tuple(dict.fromkeys(certificados)),
        llaves=frozenset(llaves - {b""}),
        historia=tuple(historia),
    )


def _hijo(nodo: Any, nombre: str) -> Any:
    hijos = nodo.findall(f"{{{TSL}}}{nombre}")
    if len(hijos) != 1:
        raise ListaIlicita(f"A la lista de confianza le falta {nombre}, o lo repite.")
    return hijos[0]


def _texto(nodo: Any) -> str:
    """Todo el texto de un elemento: un comentario en medio no lo parte."""
    return "".join(nodo.itertext(with_tail=False)).strip() if nodo is not None else ""


def _nombre(nodo: Any, grupo: str) -> str:
    """El nombre en castellano, si lo hay; si no, el primero."""
    nombres = nodo.findall(f"{{{TSL}}}{grupo}/{{{TSL}}}Name")
    idioma = "{http://www.w3.org/XML/1998/namespace}lang"
    nombres.sort(key=lambda uno: not (uno.get(idioma) or "").lower().startswith("es"))
    return _texto(nombres[0])[:200] if nombres else ""


def _ultimo(direccion: str) -> str:
    return direccion.rstrip("/").rpartition("/")[2].lower()


def _instante(texto: str) -> datetime:
    try:
        instante = datetime.fromisoformat(texto)
    except ValueError as error:
        raise ListaIlicita("La lista de confianza trae una fecha que no se entiende.") from error
    return instante if instante.tzinfo else instante.replace(tzinfo=UTC)


def _base64(texto: str) -> bytes:
    try:
        return base64.b64decode("".join(texto.split()), validate=True)
    except binascii.Error as error:
        raise ListaIlicita("La lista de confianza trae un dato dañado.") from error


def _der(texto: str) -> bytes:
    der = _base64(texto)
    try:
        return leer_x509(der).public_bytes(Encoding.DER)
    except ValueError as error:
        raise ListaIlicita("La lista de confianza trae un certificado dañado.") from error


def _ski(certificado: x509.Certificate) -> bytes:
    try:
        return certificado.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except (x509.ExtensionNotFound, ValueError):
        return b"\x00"
