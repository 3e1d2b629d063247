"""El sobre de una firma, mirado byte por byte: nada en él puede decir otra cosa sin que la firma lo note.

La firma cubre sus atributos; los certificados se comparan con la cadena; pero quedan bytes sueltos (la versión, los
algoritmos, el nombre del emisor repetido) que los programas leen por encima. Aquí se vuelve a escribir el sobre con lo
que debería decir y se compara: así, un solo byte cambiado en cualquier parte del archivo se nota.
"""

from __future__ import annotations

from asn1crypto import cms
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from llaqta.salas.firma import cades
from llaqta.salas.firma.cades import CONTEXTO_0, SECUENCIA, entero, tlv


def es_canonico(sello: EmbeddedPdfSignature) -> bool:
    """Dice si el sobre es exactamente el que RFC 5652 manda escribir para este firmante y estos certificados."""
    firmados, firmante = sello.signed_data, sello.signer_info
    # Versión 1: certificados X.509 y firmante nombrado por emisor y número; 3: nombrado por la huella de su llave.
    version = 1 if firmante["sid"].name == "issuer_and_serial_number" else 3
    esperado_firmante = tlv(
        SECUENCIA,
        entero(version),
        _quien(sello) if version == 1 else firmante["sid"].dump(),
        firmante["digest_algorithm"].dump(),
        firmante["signed_attrs"].dump(),
        firmante["signature_algorithm"].dump(),
        firmante["signature"].dump(),
        _si_hay(firmante, "unsigned_attrs"),
    )
    esperado = tlv(
        SECUENCIA,
        entero(version),
        tlv(cades.CONJUNTO, firmante["digest_algorithm"].dump()),
        tlv(SECUENCIA, cades.DATOS),
        firmados["certificates"].dump(),
        _si_hay(firmados, "crls"),
        tlv(cades.CONJUNTO, esperado_firmante),
    )
    sobre = tlv(SECUENCIA, cades.DATOS_FIRMADOS, tlv(CONTEXTO_0, esperado))
    # ``forma`` ya comprobó que detrás del sobre solo hay ceros.
    return sello.pkcs7_content.startswith(sobre)


def _quien(sello: EmbeddedPdfSignature) -> bytes:
    """El emisor y el número de serie, tomados del certificado y no de lo que el sobre repite."""
    certificado = sello.signer_cert
    return tlv(SECUENCIA, certificado.issuer.dump(), certificado["tbs_certificate"]["serial_number"].dump())


def _si_hay(donde: cms.SignedData | cms.SignerInfo, campo: str) -> bytes:
    return bytes(donde[campo].dump()) if donde[campo].native is not None else b""
