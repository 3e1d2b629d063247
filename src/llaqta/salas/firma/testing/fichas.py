"""Fichas PKCS#11 de prueba, con SoftHSM2: se crean, y se les pone una llave con su certificado y su cadena."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from llaqta.salas.firma.llaves import LlaveDeSoftware

MODULO = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "1234"


def crear_ficha(carpeta: Path, etiqueta: str) -> str:
    """Crea una ficha vacía y devuelve el módulo PKCS#11; SoftHSM2 lee su configuración una sola vez por proceso."""
    configuracion = carpeta / "softhsm2.conf"
    os.environ["SOFTHSM2_CONF"] = str(configuracion)
    if not configuracion.exists():
        (carpeta / "fichas").mkdir()
        configuracion.write_text(f"directories.tokendir = {carpeta}/fichas\nlog.level = ERROR\n")
    orden = ["softhsm2-util", "--init-token", "--free", "--label", etiqueta, "--pin", PIN, "--so-pin", "5678"]
    subprocess.run(orden, check=True, capture_output=True)
    return MODULO


def poner_llave(ficha: str, llave: LlaveDeSoftware, *, etiqueta: str = "sello") -> None:
    """Pone una llave RSA o P-256 con su certificado (``etiqueta``) y los de su cadena (``cadena``)."""
    import pkcs11
    from pkcs11 import Attribute, ObjectClass
    from pkcs11.util.ec import decode_ec_private_key
    from pkcs11.util.rsa import decode_rsa_private_key

    eliptica = isinstance(llave.privada, ec.EllipticCurvePrivateKey)
    formato = serialization.PrivateFormat
    der = llave.privada.private_bytes(
        serialization.Encoding.DER, formato.TraditionalOpenSSL, serialization.NoEncryption()
    )
    objeto = decode_ec_private_key(der) if eliptica else decode_rsa_private_key(der)
    lib = pkcs11.lib(MODULO)
    lib.reinitialize()
    with lib.get_token(token_label=ficha).open(user_pin=PIN, rw=True) as sesion:
        sesion.create_object(objeto | {Attribute.LABEL: etiqueta, Attribute.TOKEN: True})
        for nombre, guardado in ((etiqueta, llave.certificado), *(("cadena", c) for c in llave.cadena)):
            sesion.create_object(
                {
                    Attribute.CLASS: ObjectClass.CERTIFICATE,
                    Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    Attribute.LABEL: nombre,
                    Attribute.TOKEN: True,
                    Attribute.SUBJECT: guardado.subject.public_bytes(),
                    Attribute.VALUE: guardado.public_bytes(serialization.Encoding.DER),
                }
            )
