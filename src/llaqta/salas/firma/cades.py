"""El sobre CAdES de una firma (ETSI EN 319 122-1, nivel B-B), escrito directamente en DER.

Es lo que va dentro de ``/Contents``. Armarlo con asn1crypto cuesta unos 16 ms; concatenarlo, décimas de milisegundo, y
su tamaño se conoce antes de firmar, de modo que en el PDF se reserva justo el sitio que ocupa: ni un byte libre donde
esconder algo. pyHanko, OpenSSL y poppler verifican el resultado en las pruebas.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from llaqta.salas.firma.llaves import Llave, es_eliptica

ENTERO, OCTETOS, NULO, OID, UTF8, SECUENCIA, CONJUNTO = 0x02, 0x04, 0x05, 0x06, 0x0C, 0x30, 0x31
CONTEXTO_0, CONTEXTO_1 = 0xA0, 0xA1


def tlv(etiqueta: int, *partes: bytes) -> bytes:
    """Codifica en DER: etiqueta, largo y contenido."""
    contenido = b"".join(partes)
    largo = len(contenido)
    if largo < 0x80:
        return bytes((etiqueta, largo)) + contenido
    octetos = largo.to_bytes((largo.bit_length() + 7) // 8)
    return bytes((etiqueta, 0x80 | len(octetos))) + octetos + contenido


def oid(punteado: str) -> bytes:
    """Codifica un identificador de objeto escrito con puntos."""
    primero, segundo, *resto = (int(parte) for parte in punteado.split("."))
    octetos = bytearray()
    for numero in (primero * 40 + segundo, *resto):
        septetos = [numero & 0x7F]
        while numero := numero >> 7:
            septetos.append(0x80 | numero & 0x7F)
        octetos += bytes(reversed(septetos))
    return tlv(OID, bytes(octetos))


def entero(numero: int) -> bytes:
    """Codifica un entero no negativo."""
    return tlv(ENTERO, numero.to_bytes(numero.bit_length() // 8 + 1))


def conjunto(etiqueta: int, elementos: Sequence[bytes]) -> bytes:
    """Codifica un SET OF: en DER sus elementos van ordenados por sus bytes."""
    return tlv(etiqueta, *sorted(elementos))


DATOS = oid("1.2.840.113549.1.7.1")
DATOS_FIRMADOS = oid("1.2.840.113549.1.7.2")
TIPO_DE_CONTENIDO = oid("1.2.840.113549.1.9.3")
RESUMEN_DEL_MENSAJE = oid("1.2.840.113549.1.9.4")
CERTIFICADO_DEL_FIRMANTE = oid("1.2.840.113549.1.9.16.2.47")
PROTECCION_DE_ALGORITMOS = oid("1.2.840.113549.1.9.52")
ATRIBUTOS_DEL_FIRMANTE = oid("0.4.0.19122.1.1")
TITULO = oid("2.5.4.12")
SHA256 = tlv(SECUENCIA, oid("2.16.840.1.101.3.4.2.1"))
RSA_CON_SHA256 = tlv(SECUENCIA, oid("1.2.840.113549.1.1.11"), tlv(NULO))
ECDSA_CON_SHA256 = tlv(SECUENCIA, oid("1.2.840.10045.4.3.2"))


def atributo(tipo: bytes, valor: bytes) -> bytes:
    """Codifica un atributo de un solo valor."""
    return tlv(SECUENCIA, tipo, tlv(CONJUNTO, valor))


def _algoritmo(certificado: x509.Certificate) -> bytes:
    return ECDSA_CON_SHA256 if es_eliptica(certificado) else RSA_CON_SHA256


def nombrado(certificado: x509.Certificate) -> bytes:
    """El certificado que firma, nombrado por su SHA-256 (``SigningCertificateV2``)."""
    # Es el algoritmo por omisión de ESSCertIDv2, y en DER lo que es por omisión no se escribe.
    huella = hashlib.sha256(certificado.public_bytes(serialization.Encoding.DER)).digest()
    return tlv(SECUENCIA, tlv(SECUENCIA, tlv(SECUENCIA, tlv(OCTETOS, huella))))


def atributos_firmados(certificado: x509.Certificate, resumen: bytes, cargo: str) -> list[bytes]:
    """Arma los atributos que la firma cubre: el resumen del PDF, qué certificado firma y el cargo declarado.

    No lleva ``signing-time``: PAdES lo prohíbe, la hora está en ``/M`` (ETSI EN 319 142-1, 6.3).
    """
    atributos = [
        atributo(TIPO_DE_CONTENIDO, DATOS),
        atributo(RESUMEN_DEL_MENSAJE, tlv(OCTETOS, resumen)),
        atributo(CERTIFICADO_DEL_FIRMANTE, nombrado(certificado)),
        # RFC 6211: sin esto nadie firma qué algoritmos se usaron.
        atributo(
            PROTECCION_DE_ALGORITMOS,
            tlv(SECUENCIA, SHA256, bytes((CONTEXTO_1,)) + _algoritmo(certificado)[1:]),
        ),
    ]
    if cargo:
        declarado = tlv(SECUENCIA, atributo(TITULO, tlv(UTF8, cargo.encode())))
        atributos.append(atributo(ATRIBUTOS_DEL_FIRMANTE, tlv(SECUENCIA, tlv(CONTEXTO_0, declarado))))
    return atributos


def sobre(
    llave: Llave,
    atributos: list[bytes],
    firma: bytes,
    *,
    version: int = 1,
    contenido: bytes = tlv(SECUENCIA, DATOS),
) -> bytes:
    """Arma un ``SignedData`` de un solo firmante (RFC 5652).

    :param version: 3 si lo de adentro no son datos a secas
    :param contenido: qué se firma; por omisión, datos que van aparte
    """
    certificado = llave.certificado
    der = [c.public_bytes(serialization.Encoding.DER) for c in (certificado, *llave.cadena)]
    firmante = tlv(
        SECUENCIA,
        entero(1),
        tlv(SECUENCIA, certificado.issuer.public_bytes(), entero(certificado.serial_number)),
        SHA256,
        conjunto(CONTEXTO_0, atributos),
        _algoritmo(certificado),
        tlv(OCTETOS, firma),
    )
    firmados = tlv(
        SECUENCIA,
        entero(version),
        tlv(CONJUNTO, SHA256),
        contenido,
        conjunto(CONTEXTO_0, der),
        tlv(CONJUNTO, firmante),
    )
    return tlv(SECUENCIA, DATOS_FIRMADOS, tlv(CONTEXTO_0, firmados))


def firmar_resumen(llave: Llave, resumen: bytes, *, cargo: str = "") -> bytes:
    """Firma el resumen SHA-256 de un documento y devuelve el sobre CAdES en DER."""
    atributos = atributos_firmados(llave.certificado, resumen, cargo)
    return sobre(llave, atributos, llave.firmar(conjunto(CONJUNTO, atributos)))


def tamano_del_sobre(llave: Llave, *, cargo: str = "") -> int:
    """Dice cuántos bytes ocupará el sobre, sin firmar; con ECDSA es el máximo, porque su firma varía unos bytes."""
    publica = llave.certificado.public_key()
    largo = publica.key_size // 8 if isinstance(publica, rsa.RSAPublicKey) else 72
    atributos = atributos_firmados(llave.certificado, bytes(32), cargo)
    return len(sobre(llave, atributos, bytes(largo)))
