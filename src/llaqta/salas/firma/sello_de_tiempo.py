"""Un sello de tiempo (RFC 3161), leído y comprobado: quién lo puso, a qué hora y sobre qué.

Un sello que no se pudo comprobar entero no es un sello: aquí todo lo que falla se niega, y nada se completa con la hora
de esta máquina.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

if TYPE_CHECKING:
    from asn1crypto import cms, tsp

RESUMENES = frozenset({"sha256", "sha384", "sha512"})
LARGO_DE_LA_CADENA = 6


class SelloInvalido(Exception):
    """El sello no está bien hecho, no es de lo que se pidió o no lo firmó quien dice; el texto dice cuál."""


@dataclass(frozen=True)
class SelloDeTiempo:
    """Un sello comprobado.

    :param der: el ``TimeStampToken``
    :param hora: la hora que afirma la autoridad de sellado
    :param certificado: el de la autoridad que lo firmó; ``cadena``, los que lo unen a su raíz, hasta donde vienen
    """

    der: bytes
    hora: datetime
    certificado: x509.Certificate
    cadena: tuple[x509.Certificate, ...]

    @property
    def vence_el(self) -> datetime:
        """Hasta cuándo se puede comprobar por sí solo: antes hay que poner otro encima."""
        return self.certificado.not_valid_after_utc


def comprobar(
    der: bytes, *, resumen: bytes, nonce: int | None = None, anclas: Sequence[x509.Certificate] | None = None
) -> SelloDeTiempo:
    """Comprueba un ``TimeStampToken`` de cabo a rabo y lo devuelve leído.

    :param resumen: el SHA-256 de lo sellado
    :param nonce: el número que iba en el pedido, si se espera que vuelva
    :param anclas: raíces en que se confía; ``None`` si no se conoce ninguna y basta con que la firma sea suya
    :raises SelloInvalido: si algo, lo que sea, no cuadra
    """
    try:
        return _comprobar(der, resumen, nonce, anclas)
    except SelloInvalido:
        raise
    except Exception as error:  # lo que ni siquiera se puede leer tampoco es un sello
        raise SelloInvalido("La respuesta no se puede leer como un sello de tiempo.") from error


def _comprobar(
    der: bytes, resumen: bytes, nonce: int | None, anclas: Sequence[x509.Certificate] | None
) -> SelloDeTiempo:
    # asn1crypto lo carga solo quien sella o comprueba.
    from asn1crypto import cms, tsp  # noqa: PLC0415

    contenido = cms.ContentInfo.load(der, strict=True)
    if contenido["content_type"].native != "signed_data":
        raise SelloInvalido("La respuesta no trae una firma.")
    firmados = contenido["content"]
    dentro = firmados["encap_content_info"]
    if dentro["content_type"].native != "tst_info" or len(firmados["signer_infos"]) != 1:
        raise SelloInvalido("La respuesta no es un sello de tiempo de una sola autoridad.")
    # ``native`` ya viene leído: se toman los bytes, que son lo que se firma.
    crudo = bytes(dentro["content"])
    informacion = tsp.TSTInfo.load(crudo, strict=True)
    _check_contenido(informacion, resumen, nonce)
    certificados = [x509.load_der_x509_certificate(uno.chosen.dump()) for uno in firmados["certificates"]]
    firmante = firmados["signer_infos"][0]
    propio = _check_firma(firmante, firmados, crudo)
    hora: datetime = informacion["gen_time"].native
    _check_certificado(propio, hora)
    return SelloDeTiempo(der, hora, propio, _cadena(propio, certificados, hora, anclas))


def _check_contenido(informacion: tsp.TSTInfo, resumen: bytes, nonce: int | None) -> None:
    huella = informacion["message_imprint"]
    if huella["hash_algorithm"]["algorithm"].native != "sha256" or huella["hashed_message"].native != resumen:
        raise SelloInvalido("El sello de tiempo es de otro documento.")
    if nonce is not None and informacion["nonce"].native != nonce:
        raise SelloInvalido("El sello de tiempo responde a otro pedido.")
    if not informacion["policy"].dotted:
        raise SelloInvalido("El sello de tiempo no dice con qué política se puso.")
    if not isinstance(informacion["gen_time"].native, datetime):
        raise SelloInvalido("El sello de tiempo no dice la hora.")


def _check_firma(firmante: cms.SignerInfo, firmados: cms.SignedData, crudo: bytes) -> x509.Certificate:
    # pyHanko ocupa unos 40 MB: solo los paga el proceso que sella.
    from pyhanko.sign.general import extract_certificate_info  # noqa: PLC0415
    from pyhanko.sign.validation.generic_cms import (  # noqa: PLC0415
        get_signing_cert_attr,
        validate_sig_integrity,
    )

    algoritmo = firmante["digest_algorithm"]["algorithm"].native
    if algoritmo not in RESUMENES:
        raise SelloInvalido("El sello de tiempo usa un resumen que ya no es seguro.")
    if not firmante["signed_attrs"].native or get_signing_cert_attr(firmante["signed_attrs"]) is None:
        raise SelloInvalido("El sello de tiempo no dice con qué certificado se firmó.")
    propio = extract_certificate_info(firmados).signer_cert
    intacto, valido = validate_sig_integrity(
        firmante, propio, "tst_info", hashlib.new(algoritmo, crudo).digest()
    )
    if not (intacto and valido):
        raise SelloInvalido("La firma del sello de tiempo no es de su autoridad.")
    return x509.load_der_x509_certificate(propio.dump())


def _check_certificado(certificado: x509.Certificate, hora: datetime) -> None:
    try:
        usos = certificado.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound as error:
        raise SelloInvalido("El certificado no es de una autoridad de sellado de tiempo.") from error
    # RFC 3161, 2.3: solo para sellar el tiempo, y crítica.
    if list(usos.value) != [ExtendedKeyUsageOID.TIME_STAMPING] or not usos.critical:
        raise SelloInvalido("El certificado no es de una autoridad de sellado de tiempo.")
    if not certificado.not_valid_before_utc <= hora <= certificado.not_valid_after_utc:
        raise SelloInvalido("El certificado de la autoridad de sellado no estaba vigente a esa hora.")


def _cadena(
    propio: x509.Certificate,
    disponibles: Sequence[x509.Certificate],
    hora: datetime,
    anclas: Sequence[x509.Certificate] | None,
) -> tuple[x509.Certificate, ...]:
    """Sube de emisor en emisor hasta un ancla.

    :raises SelloInvalido: si hay anclas y no se llega a ninguna
    """
    cadena: list[x509.Certificate] = []
    actual = propio
    for _ in range(LARGO_DE_LA_CADENA):
        if any(actual == ancla for ancla in anclas or ()) or actual.issuer == actual.subject:
            break
        emisor = next((otro for otro in (*(anclas or ()), *disponibles) if _emitio(otro, actual, hora)), None)
        if emisor is None:
            break
        cadena.append(emisor)
        actual = emisor
    if anclas is not None and actual not in anclas:
        raise SelloInvalido("No conocemos a la autoridad que puso el sello de tiempo.")
    return tuple(cadena)


def _emitio(emisor: x509.Certificate, certificado: x509.Certificate, hora: datetime) -> bool:
    if not emisor.not_valid_before_utc <= hora <= emisor.not_valid_after_utc:
        return False
    try:
        certificado.verify_directly_issued_by(emisor)
        return emisor.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except Exception:  # noqa: BLE001 (cryptography lanza varias clases; todas significan que no)
        return False
