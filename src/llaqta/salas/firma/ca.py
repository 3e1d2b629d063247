"""La autoridad certificadora de demostración: raíz y emisora, con la forma de las peruanas y SIN VALOR LEGAL.

Existe para que firmar, revocar y verificar funcionen de verdad desde el primer minuto, antes de que la municipalidad
tenga sus certificados de una entidad acreditada por Indecopi (IOFE, DS 052-2008-PCM). Que no valen se lee en el nombre
de la autoridad, en cada certificado y en cada bloque visible.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from llaqta.cimientos.archivos import PRIVADO, escribir
from llaqta.salas.firma.llaves import (
    LlaveDeSoftware,
    LlaveNoDisponible,
    LlavePrivada,
    abrir_llave,
)

LlavePublica = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

SIN_VALOR = "SIN VALOR LEGAL"
ORGANIZACION = "Llaqta - DEMOSTRACIÓN SIN VALOR LEGAL"
NOMBRE_RAIZ = "AC RAÍZ DE DEMOSTRACIÓN (SIN VALOR LEGAL)"
NOMBRE_EMISORA = "AC DE FIRMAS DE DEMOSTRACIÓN (SIN VALOR LEGAL)"
NOMBRE_TSA = "TSA DE DEMOSTRACIÓN (SIN VALOR LEGAL)"
DESDE, HASTA = datetime(2020, 1, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)
LARGO_DEL_NOMBRE = 64
VIGENCIA_DE_LA_CRL = timedelta(days=1)
# Los relojes de dos máquinas nunca son iguales: la lista se da por emitida un minuto antes.
HOLGURA = timedelta(minutes=1)


@dataclass(frozen=True)
class Titular:
    """A nombre de quién va un certificado.

    :param nombre: ``APELLIDOS Nombres``, o la razón social
    :param marca: ``FIR 12345678`` (la persona, con su DNI) o ``FAU 20123456789`` (por la entidad, con su RUC)
    :param documento: como lo manda ETSI EN 319 412-1: ``PNOPE-12345678``; vacío en el sello
    :param ruc: el RUC de la entidad por la que actúa, si actúa por una
    :param organizacion: su nombre
    """

    nombre: str
    marca: str
    documento: str = ""
    ruc: str = ""
    organizacion: str = ""

    @property
    def nombre_comun(self) -> str:
        """El CN peruano, ``APELLIDOS Nombres FAU RUC soft``; si no cabe se acorta el nombre, nunca el número."""
        cola = f" {self.marca} soft"
        return _recortar(self.nombre, LARGO_DEL_NOMBRE - len(cola)) + cola


def _recortar(texto: str, octetos: int) -> str:
    """Corta un texto a lo que cabe en tantos bytes de UTF-8, por el final de una palabra si la hay."""
    cabe = texto.encode()[:octetos].decode(errors="ignore")
    return cabe if cabe == texto else (cabe.rpartition(" ")[0] or cabe)


@dataclass(frozen=True)
class AutoridadPublica:
    """Lo que cualquiera puede ver de la autoridad: sus dos certificados."""

    raiz: x509.Certificate
    emisora: x509.Certificate

    def emitio(self, certificado: x509.Certificate) -> bool:
        """Dice si esta autoridad, y no otra con su mismo nombre, emitió el certificado."""
        try:
            certificado.verify_directly_issued_by(self.emisora)
        except Exception:  # noqa: BLE001 (cryptography lanza tres clases sin base común; todas significan que no)
            return False
        return True


@dataclass(frozen=True)
class Autoridad:
    """La raíz y la emisora, abiertas."""

    raiz: LlaveDeSoftware
    emisora: LlaveDeSoftware

    def emitir(
        self, *, titular: Titular, publica: LlavePublica, desde: datetime, hasta: datetime
    ) -> x509.Certificate:
        """Emite un certificado de firma: solo ``nonRepudiation``, como el FIR del DNIe y los FAU de las entidades."""
        nombres = [x509.NameAttribute(NameOID.COUNTRY_NAME, "PE")]
        if titular.organizacion:
            nombres.append(
                x509.NameAttribute(
                    NameOID.ORGANIZATION_NAME, _recortar(titular.organizacion, LARGO_DEL_NOMBRE)
                )
            )
        if titular.ruc:
            nombres.append(x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"NTRPE-{titular.ruc}"))
        nombres.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"DEMOSTRACIÓN - {SIN_VALOR}"))
        if titular.documento:
            nombres.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, titular.documento))
        nombres.append(x509.NameAttribute(NameOID.COMMON_NAME, titular.nombre_comun))
        constructor = _constructor(
            x509.Name(nombres), self.emisora.certificado.subject, publica, desde, hasta
        )
        return _firmar_certificado(constructor, publica, self.emisora.privada, autoridad=False)

    def emitir_listas(
        self, *, revocados: Iterable[tuple[int, datetime]], ahora: datetime
    ) -> tuple[bytes, bytes]:
        """Emite las listas de revocación (DER): la de la emisora, con lo revocado, y la de la raíz, vacía."""
        return (
            _lista(self.emisora, [(serie, en) for serie, en in revocados if en <= ahora], ahora),
            _lista(self.raiz, [], ahora),
        )

    def emitir_de_tiempo(
        self, *, publica: LlavePublica, desde: datetime, hasta: datetime
    ) -> x509.Certificate:
        """Emite el certificado de la TSA de demostración: solo para sellar el tiempo (RFC 3161, 2.3)."""
        sujeto = _nombre(NOMBRE_TSA)
        constructor = _constructor(
            sujeto, self.emisora.certificado.subject, publica, desde, hasta
        ).add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        return _firmar_certificado(constructor, publica, self.emisora.privada, autoridad=False)

    def emitio(self, certificado: x509.Certificate) -> bool:
        """Dice si esta autoridad, y no otra con su mismo nombre, emitió el certificado."""
        return AutoridadPublica(self.raiz.certificado, self.emisora.certificado).emitio(certificado)


def _constructor(
    sujeto: x509.Name,
    emisor: x509.Name,
    publica: LlavePublica,
    desde: datetime,
    hasta: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(sujeto)
        .issuer_name(emisor)
        .public_key(publica)
        .serial_number(x509.random_serial_number())
        .not_valid_before(desde)
        .not_valid_after(hasta)
    )


def _firmar_certificado(
    constructor: x509.CertificateBuilder,
    publica: LlavePublica,
    emisora: LlavePrivada,
    *,
    autoridad: bool,
    intermedias: int | None = None,
) -> x509.Certificate:
    usos = x509.KeyUsage(
        digital_signature=False, content_commitment=not autoridad, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=autoridad, crl_sign=autoridad, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        constructor.add_extension(x509.BasicConstraints(ca=autoridad, path_length=intermedias), critical=True)
        .add_extension(usos, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(publica), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(emisora.public_key()), critical=False
        )
        .sign(emisora, hashes.SHA256())
    )


def _lista(quien: LlaveDeSoftware, revocados: list[tuple[int, datetime]], ahora: datetime) -> bytes:
    constructor = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(quien.certificado.subject)
        .last_update(ahora - HOLGURA)
        .next_update(ahora + VIGENCIA_DE_LA_CRL)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(quien.privada.public_key()), critical=False
        )
        .add_extension(x509.CRLNumber(int(ahora.timestamp())), critical=False)
    )
    for serie, en in revocados:
        constructor = constructor.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(serie).revocation_date(en).build()
        )
    return constructor.sign(quien.privada, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def abrir_autoridad(*, carpeta: Path, clave: bytes, anterior: bytes = b"") -> Autoridad:
    """Abre la autoridad guardada en ``carpeta``; si no existe, la crea.

    :param clave: la que cifra sus llaves en el disco
    :param anterior: con la que se cifraban antes; si todavía lo están, se vuelven a cifrar con la de ahora
    :raises LlaveNoDisponible: si existe pero fue creada con otro secreto de instalación
    """
    marca = carpeta / "emisora.pem"
    if not marca.exists():
        with cerrojo(carpeta):
            if not marca.exists():
                _crear(carpeta, clave)
    llave = carpeta / "emisora.key"
    try:
        return _abrir(carpeta, clave, llave.stat().st_mtime_ns)
    except LlaveNoDisponible:
        if not anterior or anterior == clave:
            raise
        abierta = _abrir(carpeta, anterior, llave.stat().st_mtime_ns)
    with cerrojo(carpeta):
        escribir(carpeta / "raiz.key", cifrar_llave(abierta.raiz.privada, clave), PRIVADO)
        escribir(llave, cifrar_llave(abierta.emisora.privada, clave), PRIVADO)
    return _abrir(carpeta, clave, llave.stat().st_mtime_ns)


def abrir_publica(carpeta: Path) -> AutoridadPublica:
    """Lee los certificados de la autoridad, sin tocar sus llaves.

    :raises LlaveNoDisponible: si todavía no existe
    """
    marca = carpeta / "emisora.pem"
    if not marca.exists():
        raise LlaveNoDisponible("La autoridad de demostración todavía no se ha creado.")
    return _leer_publica(carpeta, marca.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _leer_publica(carpeta: Path, _version: int) -> AutoridadPublica:
    # La fecha del archivo es parte de la clave de esta memoria: si otro proceso la cambia, se vuelve a leer.
    raiz, emisora = (
        x509.load_pem_x509_certificate((carpeta / f"{nombre}.pem").read_bytes())
        for nombre in ("raiz", "emisora")
    )
    return AutoridadPublica(raiz, emisora)


@lru_cache(maxsize=4)
def _abrir(carpeta: Path, clave: bytes, _version: int) -> Autoridad:
    publica = abrir_publica(carpeta)
    raiz, emisora = (
        abrir_llave(
            certificado=certificado, cadena=(), pkcs8=(carpeta / f"{nombre}.key").read_bytes(), clave=clave
        )
        for nombre, certificado in (("raiz", publica.raiz), ("emisora", publica.emisora))
    )
    return Autoridad(raiz=raiz, emisora=emisora)


def _crear(carpeta: Path, clave: bytes) -> None:
    llave_raiz, llave_emisora = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    nombre_raiz, nombre_emisora = _nombre(NOMBRE_RAIZ), _nombre(NOMBRE_EMISORA)
    raiz = _firmar_certificado(
        _constructor(nombre_raiz, nombre_raiz, llave_raiz.public_key(), DESDE, HASTA),
        llave_raiz.public_key(), llave_raiz, autoridad=True, intermedias=1,
    )  # fmt: skip
    emisora = _firmar_certificado(
        _constructor(nombre_emisora, nombre_raiz, llave_emisora.public_key(), DESDE, HASTA),
        llave_emisora.public_key(), llave_raiz, autoridad=True, intermedias=0,
    )  # fmt: skip
    escribir(carpeta / "raiz.key", cifrar_llave(llave_raiz, clave), PRIVADO)
    escribir(carpeta / "emisora.key", cifrar_llave(llave_emisora, clave), PRIVADO)
    escribir(carpeta / "raiz.pem", raiz.public_bytes(serialization.Encoding.PEM))
    # La emisora es lo último: si existe, todo lo demás ya está escrito.
    escribir(carpeta / "emisora.pem", emisora.public_bytes(serialization.Encoding.PEM))


def _nombre(nombre_comun: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "PE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANIZACION),
            x509.NameAttribute(NameOID.COMMON_NAME, nombre_comun),
        ]
    )


def cifrar_llave(privada: LlavePrivada, clave: bytes) -> bytes:
    """Escribe una llave privada en PKCS#8 cifrado (PEM)."""
    return privada.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(clave),
    )


@contextmanager
def cerrojo(carpeta: Path) -> Iterator[None]:
    """Deja crear llaves a un solo proceso a la vez: la página y el trabajador arrancan juntos."""
    carpeta.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(carpeta / ".cerrojo", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
