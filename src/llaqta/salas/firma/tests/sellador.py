"""Una autoridad de sellado de tiempo hecha a mano, que hace lo que la prueba le pida."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from asn1crypto import cms, core, tsp
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.timestamps import TimeStamper

from llaqta.salas.firma.confianza import leer_asn1
from llaqta.salas.firma.llaves import LlaveDeSoftware
from llaqta.salas.firma.tests.taller import der


class Sellador(TimeStamper):
    """Una autoridad de tiempo hecha a mano: pone la hora y firma con la llave que se le dé.

    :param miente: si sella otra cosa que la que le piden
    """

    def __init__(self, llave: LlaveDeSoftware, cuando: datetime, *, miente: bool = False) -> None:
        super().__init__()
        self.llave, self.cuando, self.miente = llave, cuando, miente

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
        return self._sellar(bytes(len(message_digest)) if self.miente else message_digest, md_algorithm)

    async def async_dummy_response(self, md_algorithm: str) -> Any:
        return self._sellar(bytes(64 if md_algorithm == "sha512" else 32), md_algorithm)

    async def async_request_tsa_response(self, req: Any) -> Any:
        raise NotImplementedError

    def _sellar(self, resumen: bytes, algoritmo: str) -> Any:
        contenido = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": "1.2.3.4",
                "message_imprint": {"hash_algorithm": {"algorithm": algoritmo}, "hashed_message": resumen},
                "serial_number": 7,
                "gen_time": self.cuando,
            }
        ).dump()
        certificado = leer_asn1(der(self.llave.certificado))
        atributos = cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
                cms.CMSAttribute({"type": "message_digest", "values": [hashlib.sha256(contenido).digest()]}),
            ]
        )
        publica = self.llave.certificado.public_key()
        mecanismo = "sha256_ecdsa" if isinstance(publica, ec.EllipticCurvePublicKey) else "sha256_rsa"
        firmante = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    {"issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": certificado.issuer, "serial_number": certificado.serial_number})}
                ),
                "digest_algorithm": {"algorithm": "sha256"},
                "signed_attrs": atributos,
                "signature_algorithm": {"algorithm": mecanismo},
                "signature": self.llave.firmar(atributos.untag().dump()),
            }
        )  # fmt: skip
        cadena = [leer_asn1(der(uno)) for uno in (self.llave.certificado, *self.llave.cadena)]
        return cms.ContentInfo(
            {
                "content_type": "signed_data",
                "content": cms.SignedData(
                    {
                        "version": "v3",
                        "digest_algorithms": [{"algorithm": "sha256"}],
                        "encap_content_info": {
                            "content_type": "tst_info",
                            "content": core.ParsableOctetString(contenido),
                        },
                        "certificates": cadena,
                        "signer_infos": [firmante],
                    }
                ),
            }
        )
