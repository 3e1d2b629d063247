"""Llaves que firman: de software (PKCS#8) o dentro de una ficha PKCS#11. Se cargan una vez y quedan listas.

Cargar una llave RSA comprueba sus primos y cuesta unos 50-100 ms; firmar con ella, menos de 1 ms. Por eso el motor no
recibe archivos ni claves, sino una ``Llave`` ya abierta.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

LlavePrivada = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class LlaveNoDisponible(Exception):
    """La llave no se pudo abrir: clave o PIN equivocado, ficha ausente, o no es la del certificado."""


class Llave(Protocol):
    """Lo que el motor necesita para firmar: quién firma, la cadena que se incrusta y el acto de firmar con SHA-256."""

    @property
    def certificado(self) -> x509.Certificate:
        """El certificado de quien firma."""
        ...

    @property
    def cadena(self) -> Sequence[x509.Certificate]:
        """Los certificados que lo unen a su raíz, sin ella."""
        ...

    def firmar(self, datos: bytes) -> bytes:
        """Firma ``datos`` con SHA-256."""
        ...


def es_eliptica(certificado: x509.Certificate) -> bool:
    """Dice si el certificado es de curva elíptica (P-256); si no, es RSA.

    :raises LlaveNoDisponible: si no es ni lo uno ni lo otro
    """
    publica = certificado.public_key()
    if isinstance(publica, ec.EllipticCurvePublicKey) and isinstance(publica.curve, ec.SECP256R1):
        return True
    if isinstance(publica, rsa.RSAPublicKey) and publica.key_size >= 2048:
        return False
    raise LlaveNoDisponible("Solo se firma con RSA de 2048 bits o más, o con curva elíptica P-256.")


def crear_llave(clase: str) -> LlavePrivada:
    """Crea una llave propia: ``P-256``, o ``RSA-3072`` para quien necesite RSA; las dos dan 128 bits de seguridad.

    RSA-2048 no se crea (OWASP ASVS 11.2.3), aunque se admite la que traiga el certificado de una entidad acreditada.

    :raises ValueError: si es de otra clase
    """
    if clase == "P-256":
        return ec.generate_private_key(ec.SECP256R1())
    if clase == "RSA-3072":
        return rsa.generate_private_key(public_exponent=65537, key_size=3072)
    raise ValueError(f"No se crean llaves {clase}: solo P-256 o RSA-3072.")


@dataclass(frozen=True)
class LlaveDeSoftware:
    """Una llave privada en la memoria de este proceso."""

    certificado: x509.Certificate
    cadena: Sequence[x509.Certificate]
    privada: LlavePrivada = field(repr=False)

    def firmar(self, datos: bytes) -> bytes:
        """Firma con SHA-256: RSA PKCS#1 v1.5 (lo que entiende todo visor de PDF en el Perú) o ECDSA."""
        if isinstance(self.privada, ec.EllipticCurvePrivateKey):
            return self.privada.sign(datos, ec.ECDSA(hashes.SHA256()))
        return self.privada.sign(datos, padding.PKCS1v15(), hashes.SHA256())


def abrir_llave(
    *, certificado: x509.Certificate, cadena: Sequence[x509.Certificate], pkcs8: bytes, clave: bytes
) -> LlaveDeSoftware:
    """Abre una llave PKCS#8 cifrada y comprueba que es la de su certificado.

    :param pkcs8: la llave cifrada, en PEM
    :param clave: con qué se abre
    :raises LlaveNoDisponible: si la clave no la abre o la llave no es la del certificado
    """
    try:
        privada = serialization.load_pem_private_key(pkcs8, clave)
    except (ValueError, TypeError) as error:
        raise LlaveNoDisponible("La clave no abre la llave.") from error
    if not isinstance(privada, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise LlaveNoDisponible("La llave no es RSA ni de curva elíptica.")
    es_eliptica(certificado)
    if _publica(privada.public_key()) != _publica(certificado.public_key()):
        raise LlaveNoDisponible("La llave no corresponde al certificado.")
    return LlaveDeSoftware(certificado=certificado, cadena=tuple(cadena), privada=privada)


def _publica(llave: Any) -> bytes:
    return bytes(
        llave.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


@dataclass
class LlaveEnFicha:
    """Una llave dentro de una ficha PKCS#11 (HSM, token o SoftHSM): nunca sale de ella, solo se le pide firmar.

    Una sesión por proceso; las sesiones PKCS#11 no se comparten entre hilos, de modo que se usa por turnos.
    """

    certificado: x509.Certificate
    cadena: Sequence[x509.Certificate]
    _privada: Any = field(repr=False)
    _sesion: Any = field(repr=False)
    _turno: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def firmar(self, datos: bytes) -> bytes:
        """Pide a la ficha la firma SHA-256 de ``datos``; ECDSA devuelve r‖s y aquí se pone en DER."""
        from pkcs11 import Mechanism  # noqa: PLC0415 (solo lo carga quien tiene ficha)

        with self._turno:
            if not es_eliptica(self.certificado):
                return bytes(self._privada.sign(datos, mechanism=Mechanism.SHA256_RSA_PKCS))
            cruda = bytes(self._privada.sign(hashlib.sha256(datos).digest(), mechanism=Mechanism.ECDSA))
        mitad = len(cruda) // 2
        return encode_dss_signature(int.from_bytes(cruda[:mitad]), int.from_bytes(cruda[mitad:]))

    def cerrar(self) -> None:
        """Cierra la sesión con la ficha."""
        self._sesion.close()


def abrir_ficha(*, modulo: str, ficha: str, pin: str, etiqueta: str = "sello") -> LlaveEnFicha:
    """Abre la llave ``etiqueta`` y su certificado en una ficha PKCS#11; los demás certificados son su cadena.

    :raises LlaveNoDisponible: si el módulo, la ficha, el PIN, la llave o el certificado faltan o no son correctos
    """
    # Se importa aquí: quien firma con llave de software no carga python-pkcs11.
    import pkcs11  # noqa: PLC0415
    from pkcs11 import Attribute, ObjectClass  # noqa: PLC0415

    try:
        sesion = pkcs11.lib(modulo).get_token(token_label=ficha).open(user_pin=pin)
        privada = sesion.get_key(object_class=ObjectClass.PRIVATE_KEY, label=etiqueta)
        guardados = [
            (str(objeto[Attribute.LABEL]), x509.load_der_x509_certificate(bytes(objeto[Attribute.VALUE])))
            for objeto in sesion.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
        ]
    except (pkcs11.PKCS11Error, RuntimeError, ValueError) as error:
        raise LlaveNoDisponible(f"La ficha «{ficha}» no abre: {type(error).__name__}.") from error
    propios = [certificado for nombre, certificado in guardados if nombre == etiqueta]
    if len(propios) != 1:
        raise LlaveNoDisponible(
            f"La ficha «{ficha}» debe tener un certificado «{etiqueta}»; tiene {len(propios)}."
        )
    es_eliptica(propios[0])
    cadena = tuple(certificado for nombre, certificado in guardados if nombre != etiqueta)
    return LlaveEnFicha(certificado=propios[0], cadena=cadena, _privada=privada, _sesion=sesion)
