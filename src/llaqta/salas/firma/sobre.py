"""El sobre de una firma, mirado byte por byte: nada en él puede decir otra cosa sin que la firma lo note.

La firma cubre sus atributos; los certificados se comparan con la cadena; pero quedan bytes sueltos (la versión, los
algoritmos, el nombre del emisor repetido) que los programas leen por encima. Aquí se vuelve a escribir el sobre con lo
que debería decir y se compara: así, un solo byte cambiado en cualquier parte del archivo se nota.
"""

from __future__ import annotations

from asn1crypto import cms, x509
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from llaqta.salas.firma import cades
from llaqta.salas.firma.cades import CONTEXTO_0, SECUENCIA, entero, tlv


def es_canonico(sello: EmbeddedPdfSignature) -> bool:
    """Dice si el sobre es exactamente el que RFC 5652 manda escribir para este firmante y estos certificados."""
    firmado = _escribir(
        sello.signed_data,
        sello.signer_info,
        sello.signer_cert,
        version=_version(sello.signer_info),
        contenido=tlv(SECUENCIA, cades.DATOS),
    )
    sobre = tlv(SECUENCIA, cades.DATOS_FIRMADOS, tlv(CONTEXTO_0, firmado))
    # ``forma`` ya comprobó que detrás del sobre solo hay ceros.
    return sello.pkcs7_content.startswith(sobre)


def es_sello_canonico(
    firmado: cms.SignedData, firmante: cms.SignerInfo, certificado: x509.Certificate
) -> bool:
    """Lo mismo, para un sello de tiempo, que lleva dentro lo que firma (RFC 3161, 2.4.2)."""
    contenido = firmado["encap_content_info"].dump()
    return bool(
        firmado.dump()
        == tlv(CONTEXTO_0, _escribir(firmado, firmante, certificado, version=3, contenido=contenido))
    )


def _version(firmante: cms.SignerInfo) -> int:
    """Versión 1: firmante nombrado por emisor y número de serie; 3: nombrado por la huella de su llave."""
    return 1 if firmante["sid"].name == "issuer_and_serial_number" else 3


def _escribir(
    firmado: cms.SignedData,
    firmante: cms.SignerInfo,
    certificado: x509.Certificate,
    *,
    version: int,
    contenido: bytes,
) -> bytes:
    suya = _version(firmante)
    esperado_firmante = tlv(
        SECUENCIA,
        entero(suya),
        _quien(certificado) if suya == 1 else firmante["sid"].dump(),
        firmante["digest_algorithm"].dump(),
        firmante["signed_attrs"].dump(),
        firmante["signature_algorithm"].dump(),
        firmante["signature"].dump(),
        _si_hay(firmante, "unsigned_attrs"),
    )
    return tlv(
        SECUENCIA,
        entero(version),
        tlv(cades.CONJUNTO, _resumen(firmado, firmante)),
        contenido,
        firmado["certificates"].dump(),
        _si_hay(firmado, "crls"),
        tlv(cades.CONJUNTO, esperado_firmante),
    )


def _resumen(firmado: cms.SignedData, firmante: cms.SignerInfo) -> bytes:
    """El algoritmo de resumen, que el sobre repite; con o sin sus parámetros nulos, que son lo mismo (RFC 5754)."""
    propio = firmante["digest_algorithm"]
    oid = propio["algorithm"].dump()
    escrito = firmado["digest_algorithms"].contents
    return next(
        (forma for forma in (tlv(SECUENCIA, oid), tlv(SECUENCIA, oid, tlv(cades.NULO))) if forma == escrito),
        propio.dump(),
    )


def _quien(certificado: x509.Certificate) -> bytes:
    """El emisor y el número de serie, tomados del certificado y no de lo que el sobre repite."""
    return tlv(SECUENCIA, certificado.issuer.dump(), certificado["tbs_certificate"]["serial_number"].dump())


def _si_hay(donde: cms.SignedData | cms.SignerInfo, campo: str) -> bytes:
    return bytes(donde[campo].dump()) if donde[campo].native is not None else b""
