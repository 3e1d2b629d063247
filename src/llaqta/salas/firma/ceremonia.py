"""La ceremonia de la llave del sello: se crea delante de testigos, se pide su certificado y queda un acta.

La llave nueva no sella hasta que la entidad de certificación acreditada responde con su certificado (``instalar``):
mientras tanto se sigue sellando con la anterior. La de software espera cifrada en ``DATOS/firma/sello-nuevo.key``; la
de una ficha PKCS#11 nace dentro de la ficha y no sale nunca de ella. El acta lleva las huellas que se firman en papel.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import NameOID
from django.conf import settings

from llaqta.cimientos.archivos import PRIVADO, escribir
from llaqta.salas.firma import sello
from llaqta.salas.firma.bloque import fecha_peruana
from llaqta.salas.firma.ca import cerrojo, cifrar_llave
from llaqta.salas.firma.cades import (
    CONJUNTO,
    CONTEXTO_0,
    ECDSA_CON_SHA256,
    OCTETOS,
    RSA_CON_SHA256,
    SECUENCIA,
    entero,
    oid,
    tlv,
)
from llaqta.salas.firma.llaves import LlaveNoDisponible, LlavePrivada, crear_llave
from llaqta.salas.firma.secretos import clave_del_sello

LLAVE_NUEVA = "sello-nuevo.key"
LIBRO = "ceremonias.jsonl"
ETIQUETA_NUEVA = "sello-nuevo"
_BIT_DE_FIRMA = bytes.fromhex("03020640")  # BIT STRING: solo nonRepudiation
_CADENA_DE_BITS = 0x03


@dataclass(frozen=True)
class Acta:
    """Lo que quedó de una ceremonia: el pedido de certificado y las huellas que se firman en papel."""

    csr: bytes
    huella_de_la_llave: str
    huella_del_csr: str
    texto: str


def celebrar(*, sujeto: x509.Name, quien: str, testigos: Sequence[str], clase: str, ahora: datetime) -> Acta:
    """Crea la llave nueva del sello y su pedido de certificado (PKCS#10), y anota la ceremonia.

    :param sujeto: a nombre de quién se pide (``sujeto_de_la_entidad`` o el del certificado que se renueva)
    :param clase: ``P-256`` o ``RSA-3072``; en una ficha, siempre P-256
    :raises LlaveNoDisponible: si la ficha no abre, ya hay una llave esperando, o este proceso atiende páginas
    """
    sello.check_papel()
    publica, firmar, donde = _nacer_en_la_ficha() if settings.FIRMA_PKCS11 else _nacer_en_un_archivo(clase)
    csr = _pedir_certificado(sujeto, publica, firmar)
    llave = publica.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    huellas = hashlib.sha256(llave).hexdigest(), hashlib.sha256(csr).hexdigest()
    acta = Acta(csr, *huellas, _redactar(sujeto, quien, testigos, donde, huellas, ahora))
    _anotar(
        "ceremonia", ahora, quien=quien, testigos=list(testigos), donde=donde,
        sujeto=sujeto.rfc4514_string(), huella_de_la_llave=huellas[0], huella_del_csr=huellas[1],
    )  # fmt: skip
    return acta


def instalar(certificados: Sequence[x509.Certificate], *, ahora: datetime) -> x509.Certificate:
    """Pone en uso la llave de la última ceremonia con el certificado que respondió la entidad de certificación.

    :param certificados: el de la entidad y, si los dieron, los de su cadena
    :return: el certificado con que se sellará desde ahora
    :raises LlaveNoDisponible: si ninguno corresponde a la llave que espera, o no hay ninguna esperando
    """
    sello.check_papel()
    propio, cadena = _elegir(certificados)
    if settings.FIRMA_PKCS11:
        _instalar_en_la_ficha(propio, cadena)
    else:
        ruta = sello.carpeta() / LLAVE_NUEVA
        privada = _abrir(ruta)
        sello.guardar_sello(privada=privada, certificados=(propio, *cadena))
        ruta.unlink()
    _anotar("instalacion", ahora, sujeto=propio.subject.rfc4514_string(), serie=f"{propio.serial_number:x}",
            huella=propio.fingerprint(hashes.SHA256()).hex(), hasta=propio.not_valid_after_utc.isoformat())  # fmt: skip
    return propio


def sujeto_de_la_entidad(*, nombre: str, ruc: str) -> x509.Name:
    """El nombre con que se pide el certificado de la entidad, en la forma peruana (``FAU <RUC>``)."""
    partes = [
        (NameOID.COUNTRY_NAME, "PE"), (NameOID.ORGANIZATION_NAME, nombre[:64]),
        (NameOID.ORGANIZATION_IDENTIFIER, f"NTRPE-{ruc}"),
        (NameOID.COMMON_NAME, f"{nombre.upper()[:40]} FAU {ruc} {'hard' if settings.FIRMA_PKCS11 else 'soft'}"),
    ]  # fmt: skip
    return x509.Name([x509.NameAttribute(clase, valor) for clase, valor in partes])


# --- La llave ---------------------------------------------------------------------------------------------------------
def _nacer_en_un_archivo(clase: str) -> tuple[Any, Any, str]:
    ruta = sello.carpeta() / LLAVE_NUEVA
    privada = crear_llave(clase)
    with cerrojo(ruta.parent):
        if ruta.exists():
            raise LlaveNoDisponible(
                "Ya hay una llave que espera su certificado: instálelo, o retire "
                f"{ruta} si esa ceremonia no sirvió."
            )
        escribir(ruta, cifrar_llave(privada, clave_del_sello()), PRIVADO)
    return privada.public_key(), lambda datos: _firmar_con(privada, datos), f"archivo cifrado ({clase})"


def _firmar_con(privada: LlavePrivada, datos: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415

    if isinstance(privada, ec.EllipticCurvePrivateKey):
        return privada.sign(datos, ec.ECDSA(hashes.SHA256()))
    return privada.sign(datos, padding.PKCS1v15(), hashes.SHA256())


def _abrir(ruta: Path) -> LlavePrivada:
    try:
        privada = serialization.load_pem_private_key(ruta.read_bytes(), clave_del_sello())
    except FileNotFoundError as error:
        raise LlaveNoDisponible("No hay ninguna llave esperando su certificado.") from error
    except (ValueError, TypeError) as error:
        raise LlaveNoDisponible("La clave no abre la llave que espera su certificado.") from error
    assert isinstance(privada, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    return privada


def _elegir(certificados: Sequence[x509.Certificate]) -> tuple[x509.Certificate, list[x509.Certificate]]:
    if settings.FIRMA_PKCS11:
        with _sesion() as sesion:
            esperada = _punto(_la_publica(sesion))
    else:
        esperada = _spki(_abrir(sello.carpeta() / LLAVE_NUEVA).public_key())
    propios = [uno for uno in certificados if _spki(uno.public_key()).endswith(esperada)]
    if len(propios) != 1:
        raise LlaveNoDisponible("Ningún certificado de los dados es de la llave que se creó en la ceremonia.")
    return propios[0], [uno for uno in certificados if uno not in propios]


def _spki(publica: Any) -> bytes:
    return bytes(
        publica.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


# --- La ficha ---------------------------------------------------------------------------------------------------------
def _sesion() -> Any:
    import pkcs11  # noqa: PLC0415 (solo lo carga quien tiene ficha)

    try:
        ficha = pkcs11.lib(settings.FIRMA_PKCS11).get_token(token_label=settings.FIRMA_PKCS11_FICHA)
        return ficha.open(user_pin=settings.FIRMA_PKCS11_PIN, rw=True)
    except (pkcs11.PKCS11Error, RuntimeError) as error:
        raise LlaveNoDisponible(
            f"La ficha «{settings.FIRMA_PKCS11_FICHA}» no abre: {type(error).__name__}."
        ) from error


def _nacer_en_la_ficha() -> tuple[Any, Any, str]:
    import pkcs11  # noqa: PLC0415
    from pkcs11.util.ec import encode_named_curve_parameters  # noqa: PLC0415

    with _sesion() as sesion:
        if list(sesion.get_objects({pkcs11.Attribute.LABEL: ETIQUETA_NUEVA})):
            raise LlaveNoDisponible("La ficha ya tiene una llave que espera su certificado: instálelo antes.")
        parametros = sesion.create_domain_parameters(
            pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")},
            local=True,
        )  # fmt: skip
        publica, _ = parametros.generate_keypair(
            store=True, label=ETIQUETA_NUEVA,
            private_template={pkcs11.Attribute.EXTRACTABLE: False, pkcs11.Attribute.SENSITIVE: True},
        )  # fmt: skip
        llave = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _punto(publica))
    return llave, _firmar_en_la_ficha, f"ficha PKCS#11 «{settings.FIRMA_PKCS11_FICHA}» (P-256, no extraíble)"


def _firmar_en_la_ficha(datos: bytes) -> bytes:
    import pkcs11  # noqa: PLC0415

    with _sesion() as sesion:
        privada = sesion.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=ETIQUETA_NUEVA)
        cruda = bytes(privada.sign(hashlib.sha256(datos).digest(), mechanism=pkcs11.Mechanism.ECDSA))
    mitad = len(cruda) // 2
    return encode_dss_signature(int.from_bytes(cruda[:mitad]), int.from_bytes(cruda[mitad:]))


def _la_publica(sesion: Any) -> Any:
    import pkcs11  # noqa: PLC0415

    try:
        return sesion.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, label=ETIQUETA_NUEVA)
    except pkcs11.NoSuchKey as error:
        raise LlaveNoDisponible("No hay ninguna llave esperando su certificado en la ficha.") from error


def _punto(publica: Any) -> bytes:
    """El punto de la llave pública: la ficha lo da envuelto en un OCTET STRING."""
    import pkcs11  # noqa: PLC0415

    envuelto = bytes(publica[pkcs11.Attribute.EC_POINT])
    return envuelto[2:] if envuelto[0] == OCTETOS and envuelto[1] == len(envuelto) - 2 else envuelto


def _instalar_en_la_ficha(propio: x509.Certificate, cadena: Sequence[x509.Certificate]) -> None:
    import pkcs11  # noqa: PLC0415
    from pkcs11 import Attribute, ObjectClass  # noqa: PLC0415

    vieja = f"sello-hasta-{propio.not_valid_before_utc:%Y%m%d%H%M%S}"
    with _sesion() as sesion:
        # La anterior no se borra: conserva su nombre con la fecha, por si hay que volver.
        for anterior, nuevo in (("sello", vieja), (ETIQUETA_NUEVA, "sello")):
            for objeto in list(sesion.get_objects({Attribute.LABEL: anterior})):
                objeto[Attribute.LABEL] = nuevo
        for etiqueta, uno in (("sello", propio), *(("cadena", otro) for otro in cadena)):
            sesion.create_object(
                {
                    Attribute.CLASS: ObjectClass.CERTIFICATE,
                    Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    Attribute.LABEL: etiqueta, Attribute.TOKEN: True,
                    Attribute.SUBJECT: uno.subject.public_bytes(),
                    Attribute.VALUE: uno.public_bytes(serialization.Encoding.DER),
                }
            )  # fmt: skip


# --- El pedido y el acta ----------------------------------------------------------------------------------------------
def _pedir_certificado(sujeto: x509.Name, publica: Any, firmar: Any) -> bytes:
    """Arma el PKCS#10 en DER, firmado por la llave nueva, esté donde esté; pide el uso ``nonRepudiation``."""
    usos = tlv(SECUENCIA, oid("2.5.29.15"), bytes.fromhex("0101ff"), tlv(OCTETOS, _BIT_DE_FIRMA))
    extensiones = tlv(SECUENCIA, oid("1.2.840.113549.1.9.14"), tlv(CONJUNTO, tlv(SECUENCIA, usos)))
    pedido = tlv(SECUENCIA, entero(0), sujeto.public_bytes(), _spki(publica), tlv(CONTEXTO_0, extensiones))
    algoritmo = ECDSA_CON_SHA256 if isinstance(publica, ec.EllipticCurvePublicKey) else RSA_CON_SHA256
    return tlv(SECUENCIA, pedido, algoritmo, tlv(_CADENA_DE_BITS, b"\x00" + firmar(pedido)))


def _redactar(
    sujeto: x509.Name,
    quien: str,
    testigos: Sequence[str],
    donde: str,
    huellas: tuple[str, str],
    ahora: datetime,
) -> str:
    en_grupos = [" ".join(huella[i : i + 8] for i in range(0, 64, 8)) for huella in huellas]
    firmas = "\n\n".join(f"  ______________________________\n  {persona}" for persona in (quien, *testigos))
    return (
        "ACTA DE LA CEREMONIA DE LA LLAVE DEL SELLO\n\n"
        f"Fecha y hora      {fecha_peruana(ahora)}\n"
        f"Responsable       {quien}\n"
        f"Testigos          {'; '.join(testigos) or 'ninguno'}\n"
        f"La llave está en  {donde}\n"
        f"A nombre de       {sujeto.rfc4514_string()}\n\n"
        f"Huella SHA-256 de la llave pública\n  {en_grupos[0]}\n"
        f"Huella SHA-256 del pedido de certificado (CSR, DER)\n  {en_grupos[1]}\n\n"
        "Quienes firman comprobaron que las huellas de esta hoja son las que mostró la pantalla.\n\n\n"
        f"{firmas}\n"
    )


def _anotar(que: str, ahora: datetime, **datos: Any) -> None:
    """Añade una línea al libro de ceremonias."""
    with (sello.carpeta() / LIBRO).open("a", encoding="utf-8") as libro:
        libro.write(json.dumps({"que": que, "en": ahora.isoformat(), **datos}, ensure_ascii=False) + "\n")
