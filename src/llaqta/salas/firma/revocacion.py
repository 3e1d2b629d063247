"""Qué se sabe de la revocación de un certificado: se leen listas CRL y respuestas OCSP, vengan de donde vengan.

Una constancia solo cuenta si la firmó quien emitió el certificado (o a quien él delegó responder). A favor cuenta
mientras está fresca, o si se emitió después del instante que se juzga; en contra cuenta siempre, también vencida: un
certificado revocado no vuelve a valer. Manda la peor noticia. Aquí no hay red:
traer constancias es cosa de ``consultas``.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from asn1crypto import keys
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from llaqta.salas.firma.confianza import Revocado

# Una respuesta que no dice hasta cuándo vale, vale un día.
SIN_VENCIMIENTO = timedelta(days=1)
TOLERANCIA = timedelta(minutes=5)
_CONOCIDAS = {
    ExtensionOID.AUTHORITY_KEY_IDENTIFIER, ExtensionOID.CRL_NUMBER, ExtensionOID.ISSUING_DISTRIBUTION_POINT,
    ExtensionOID.ISSUER_ALTERNATIVE_NAME, ExtensionOID.FRESHEST_CRL, ExtensionOID.AUTHORITY_INFORMATION_ACCESS,
}  # fmt: skip
_DEBILES = (hashes.MD5, hashes.SHA1)


class Estado(enum.Enum):
    """Lo que dice una constancia."""

    VIGENTE = "vigente"
    REVOCADO = "revocado"


@dataclass(frozen=True)
class Constancia:
    """Lo que una lista o una respuesta afirma de un certificado.

    :param desde: instante del que habla (``thisUpdate``)
    :param hasta: hasta cuándo promete no haber otra más nueva (``nextUpdate``)
    :param revocado_en: desde cuándo no vale, si está revocado
    """

    estado: Estado
    fuente: str
    desde: datetime
    hasta: datetime
    huella: str
    revocado_en: datetime | None = None


class Conclusion(enum.Enum):
    """Lo que se concluye de todas las constancias para un instante."""

    VIGENTE = "vigente"
    REVOCADO = "revocado"
    SIN_COMPROBAR = "sin comprobar"


@dataclass(frozen=True)
class Hallazgo:
    """La conclusión sobre un certificado, la constancia que la prueba y, si está revocado, desde cuándo."""

    conclusion: Conclusion
    constancia: Constancia | None = None
    revocado_en: datetime | None = None


class Evidencias:
    """Las constancias de que se dispone para un documento; una que no se puede leer no es una constancia."""

    def __init__(
        self, *, listas: Iterable[bytes], respuestas: Iterable[bytes], revocados: Sequence[Revocado] = ()
    ) -> None:
        self._listas = [lista for der in dict.fromkeys(listas) if (lista := _leer_lista(der)) is not None]
        self._respuestas = [
            respuesta for der in dict.fromkeys(respuestas) if (respuesta := _leer_respuesta(der))
        ]
        self._revocados = revocados

    def agregar(self, *, listas: Sequence[bytes], respuestas: Sequence[bytes]) -> None:
        """Añade constancias traídas después."""
        self._listas += [lista for der in listas if (lista := _leer_lista(der)) is not None]
        self._respuestas += [respuesta for der in respuestas if (respuesta := _leer_respuesta(der))]

    def sobre(self, certificado: x509.Certificate, emisor: x509.Certificate) -> list[Constancia]:
        """Devuelve lo que dicen de un certificado las constancias firmadas por su emisor."""
        return [
            *self._propias(certificado),
            *(dicho for lista in self._listas if (dicho := _segun_lista(lista, certificado, emisor))),
            *(
                dicho
                for respuesta in self._respuestas
                for dicho in _segun_respuesta(respuesta, certificado, emisor, self._listas)
            ),
        ]

    def concluir(
        self,
        certificado: x509.Certificate,
        emisor: x509.Certificate,
        *,
        referencia: datetime,
        horizonte: datetime,
    ) -> Hallazgo:
        """Concluye si un certificado estaba revocado en un instante.

        :param referencia: el instante que se juzga
        :param horizonte: lo que diga venir de después de este instante (el reloj, con su holgura) no se cree
        """
        dichos = [dicho for dicho in self.sobre(certificado, emisor) if dicho.desde <= horizonte + TOLERANCIA]
        # Lo que se juzga a este momento no espera a que el reloj alcance al de quien revocó.
        es_ahora = referencia >= horizonte
        revocados = [uno for uno in dichos if uno.revocado_en and (es_ahora or uno.revocado_en <= referencia)]
        if revocados:
            peor = min(revocados, key=lambda dicho: dicho.revocado_en or referencia)
            return Hallazgo(Conclusion.REVOCADO, peor, peor.revocado_en)
        # Quien fue revocado después de la referencia, en ella todavía valía; lo prueba la misma constancia.
        buenas = [
            dicho
            for dicho in dichos
            if dicho.desde >= referencia
            or (dicho.estado is Estado.VIGENTE and dicho.desde - TOLERANCIA <= referencia <= dicho.hasta)
        ]
        if buenas:
            return Hallazgo(Conclusion.VIGENTE, max(buenas, key=lambda dicho: dicho.desde))
        return Hallazgo(Conclusion.SIN_COMPROBAR)

    def _propias(self, certificado: x509.Certificate) -> list[Constancia]:
        emisor = certificado.issuer.public_bytes()
        return [
            Constancia(Estado.REVOCADO, "registro propio", propio.en, propio.en, "", propio.en)
            for propio in self._revocados
            if propio.serie == certificado.serial_number and propio.emisor == emisor
        ]


# --- Listas CRL -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Lista:
    """Una lista leída; dos con los mismos bytes son la misma."""

    der: bytes
    crl: x509.CertificateRevocationList = field(compare=False)
    huella: str = field(compare=False)


@lru_cache(maxsize=128)
def _leer_lista(der: bytes) -> _Lista | None:
    try:
        crl = x509.load_der_x509_crl(der)
        crl.extensions  # noqa: B018 (una extensión mal escrita se descubre al leerlas)
    except Exception:  # noqa: BLE001 (lo que no se puede leer no prueba nada)
        return None
    return _Lista(der, crl, hashlib.sha256(der).hexdigest())


def _segun_lista(lista: _Lista, certificado: x509.Certificate, emisor: x509.Certificate) -> Constancia | None:
    crl = lista.crl
    if crl.issuer != certificado.issuer or not _firmada_por(lista, emisor) or _es_parcial(crl):
        return None
    desde, hasta = crl.last_update_utc, crl.next_update_utc or crl.last_update_utc
    fila = crl.get_revoked_certificate_by_serial_number(certificado.serial_number)
    if fila is not None:
        return Constancia(Estado.REVOCADO, "CRL", desde, hasta, lista.huella, _desde_cuando(fila))
    return (
        Constancia(Estado.VIGENTE, "CRL", desde, hasta, lista.huella) if _abarca(crl, certificado) else None
    )


@lru_cache(maxsize=256)
def _firmada_por(lista: _Lista, emisor: x509.Certificate) -> bool:
    """Dice si la lista la firmó la llave del emisor, que además puede firmar listas, y no con un resumen débil."""
    try:
        usos = emisor.extensions.get_extension_for_class(x509.KeyUsage).value
        puede = usos.crl_sign
    except x509.ExtensionNotFound:
        puede = True
    try:
        debil = isinstance(lista.crl.signature_hash_algorithm, _DEBILES)
        return puede and not debil and lista.crl.is_signature_valid(emisor.public_key())  # type: ignore[arg-type]
    except Exception:  # noqa: BLE001 (una llave de otra clase o una firma mal hecha: no la firmó él)
        return False


def _es_parcial(lista: x509.CertificateRevocationList) -> bool:
    """Una lista de cambios (delta) o indirecta, o con algo crítico que no entendemos, no se usa."""
    for extension in lista.extensions:
        if extension.oid == ExtensionOID.DELTA_CRL_INDICATOR:
            return True
        if extension.critical and extension.oid not in _CONOCIDAS:
            return True
        if isinstance(extension.value, x509.IssuingDistributionPoint) and extension.value.indirect_crl:
            return True
    return False


def _abarca(lista: x509.CertificateRevocationList, certificado: x509.Certificate) -> bool:
    """Dice si que el certificado no esté en la lista significa que no está revocado."""
    try:
        parte = lista.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return True
    try:
        es_autoridad = bool(certificado.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        es_autoridad = False
    if parte.only_some_reasons or parte.only_contains_attribute_certs or parte.relative_name:
        return False
    if (parte.only_contains_user_certs and es_autoridad) or (
        parte.only_contains_ca_certs and not es_autoridad
    ):
        return False
    return not parte.full_name or bool(set(parte.full_name) & _puntos(certificado))


def _puntos(certificado: x509.Certificate) -> set[x509.GeneralName]:
    try:
        puntos = certificado.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return set()
    return {nombre for punto in puntos for nombre in punto.full_name or ()}


def _desde_cuando(fila: x509.RevokedCertificate) -> datetime:
    """Desde cuándo no vale: si la lista dice que la llave ya estaba perdida antes, desde entonces."""
    try:
        perdida = fila.extensions.get_extension_for_class(x509.InvalidityDate).value.invalidity_date_utc
    except (x509.ExtensionNotFound, ValueError):
        return fila.revocation_date_utc
    return min(perdida, fila.revocation_date_utc)


# --- Respuestas OCSP --------------------------------------------------------------------------------------------------
@lru_cache(maxsize=128)
def _leer_respuesta(der: bytes) -> ocsp.OCSPResponse | None:
    try:
        respuesta = ocsp.load_der_ocsp_response(der)
        if respuesta.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return None
        list(respuesta.responses)
    except Exception:  # noqa: BLE001 (lo que no se puede leer no prueba nada)
        return None
    return respuesta


def _segun_respuesta(
    respuesta: ocsp.OCSPResponse,
    certificado: x509.Certificate,
    emisor: x509.Certificate,
    listas: Sequence[_Lista],
) -> list[Constancia]:
    suyas = [una for una in respuesta.responses if _habla_de(una, certificado, emisor)]
    if not suyas or not _respondio(respuesta, emisor, listas):
        return []
    huella = hashlib.sha256(respuesta.public_bytes(serialization.Encoding.DER)).hexdigest()
    dichos = []
    for una in suyas:
        desde = una.this_update_utc
        hasta = una.next_update_utc or desde + SIN_VENCIMIENTO
        if una.certificate_status is ocsp.OCSPCertStatus.REVOKED:
            dichos.append(Constancia(Estado.REVOCADO, "OCSP", desde, hasta, huella, una.revocation_time_utc))
        elif una.certificate_status is ocsp.OCSPCertStatus.GOOD:
            dichos.append(Constancia(Estado.VIGENTE, "OCSP", desde, hasta, huella))
    return dichos


def _habla_de(una: ocsp.OCSPSingleResponse, certificado: x509.Certificate, emisor: x509.Certificate) -> bool:
    if una.serial_number != certificado.serial_number:
        return False
    resumen = una.hash_algorithm.name
    return una.issuer_name_hash == hashlib.new(resumen, certificado.issuer.public_bytes()).digest() and (
        una.issuer_key_hash == hashlib.new(resumen, _bits_de_la_llave(emisor)).digest()
    )


@lru_cache(maxsize=64)
def _bits_de_la_llave(emisor: x509.Certificate) -> bytes:
    spki = emisor.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    # El primer octeto de un BIT STRING dice cuántos bits sobran; no es parte de la llave.
    return bytes(keys.PublicKeyInfo.load(spki)["public_key"].contents[1:])


def _respondio(
    respuesta: ocsp.OCSPResponse,
    emisor: x509.Certificate,
    listas: Sequence[_Lista],
) -> bool:
    """Dice si respondió el emisor mismo, o alguien a quien él delegó y que no está revocado."""
    if _firmo(respuesta, emisor):
        return True
    return any(
        _firmo(respuesta, otro) and _es_delegado(otro, emisor, respuesta.produced_at_utc, listas)
        for otro in respuesta.certificates
    )


def _firmo(respuesta: ocsp.OCSPResponse, quien: x509.Certificate) -> bool:
    resumen, llave = respuesta.signature_hash_algorithm, quien.public_key()
    if resumen is not None and isinstance(resumen, _DEBILES):
        return False
    try:
        if isinstance(llave, rsa.RSAPublicKey) and resumen is not None:
            llave.verify(respuesta.signature, respuesta.tbs_response_bytes, padding.PKCS1v15(), resumen)
        elif isinstance(llave, ec.EllipticCurvePublicKey) and resumen is not None:
            llave.verify(respuesta.signature, respuesta.tbs_response_bytes, ec.ECDSA(resumen))
        else:
            llave.verify(respuesta.signature, respuesta.tbs_response_bytes)  # type: ignore[union-attr, call-arg]
    except (InvalidSignature, TypeError, ValueError, AttributeError):
        return False
    return True


def _es_delegado(
    otro: x509.Certificate,
    emisor: x509.Certificate,
    cuando: datetime,
    listas: Sequence[_Lista],
) -> bool:
    try:
        otro.verify_directly_issued_by(emisor)
        usos = otro.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except Exception:  # noqa: BLE001 (tres clases sin base común; todas significan que no)
        return False
    if ExtendedKeyUsageOID.OCSP_SIGNING not in usos:
        return False
    if not otro.not_valid_before_utc - TOLERANCIA <= cuando <= otro.not_valid_after_utc:
        return False
    dichos = [dicho for lista in listas if (dicho := _segun_lista(lista, otro, emisor))]
    if any(dicho.estado is Estado.REVOCADO for dicho in dichos):
        return False
    try:
        otro.extensions.get_extension_for_class(x509.OCSPNoCheck)
    except x509.ExtensionNotFound:
        return any(dicho.desde - TOLERANCIA <= cuando <= dicho.hasta for dicho in dichos)
    return True
