"""Un registro escrito aparte, con otras manos: hojas, árbol, notas, sellos de tiempo y testigos solo para las pruebas.

No importa nada de la casa: si el verificador y el registro se equivocaran igual, aquí se vería.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

# asn1crypto aprende los atributos de un PDF al importarse, y solo si nadie usó antes su lista, como se hace aquí abajo:
# sin esto, pyHanko ya no podría escribirlos en las pruebas que corren después en el mismo proceso.
import asn1crypto.pdf  # noqa: F401
from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HORA = datetime(2026, 6, 1, 15, 0, 0, tzinfo=UTC)


def b64(datos: bytes) -> str:
    return base64.b64encode(datos).decode()


def canon(valor: Any) -> bytes:
    return json.dumps(valor, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


# --- El árbol, como lo define RFC 9162 2.1.1: recursivo y lento -----------------------------------------------------
def mitad(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(hojas: list[bytes]) -> bytes:
    if not hojas:
        return hashlib.sha256(b"").digest()
    if len(hojas) == 1:
        return hashlib.sha256(b"\x00" + hojas[0]).digest()
    k = mitad(len(hojas))
    return hashlib.sha256(b"\x01" + mth(hojas[:k]) + mth(hojas[k:])).digest()


def inclusion(m: int, hojas: list[bytes]) -> list[bytes]:
    if len(hojas) == 1:
        return []
    k = mitad(len(hojas))
    if m < k:
        return [*inclusion(m, hojas[:k]), mth(hojas[k:])]
    return [*inclusion(m - k, hojas[k:]), mth(hojas[:k])]


def consistencia(m: int, hojas: list[bytes], *, entero: bool = True) -> list[bytes]:
    if m == len(hojas):
        return [] if entero else [mth(hojas)]
    k = mitad(len(hojas))
    if m <= k:
        return [*consistencia(m, hojas[:k], entero=entero), mth(hojas[k:])]
    return [*consistencia(m - k, hojas[k:], entero=False), mth(hojas[:k])]


# --- Llaves y notas (C2SP) ------------------------------------------------------------------------------------------
@dataclass
class Firmante:
    nombre: str
    algoritmo: int
    llave: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def publica(self) -> bytes:
        return bytes([self.algoritmo]) + self.llave.public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.nombre.encode() + b"\n" + self.publica).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.nombre}+{self.id.hex()}+{b64(self.publica)}"

    def nota(self, tamano: int, raiz: bytes) -> str:
        cuerpo = f"{self.nombre}\n{tamano}\n{b64(raiz)}\n"
        return f"{cuerpo}\n— {self.nombre} {b64(self.id + self.llave.sign(cuerpo.encode()))}\n"

    def cofirma(self, nota: str, hora: datetime = HORA) -> str:
        cuerpo, t = nota.split("\n\n")[0] + "\n", int(hora.timestamp())
        firma = self.llave.sign(f"cosignature/v1\ntime {t}\n{cuerpo}".encode())
        return f"— {self.nombre} {b64(self.id + struct.pack('>Q', t) + firma)}"


# --- Una autoridad de sellado de tiempo -----------------------------------------------------------------------------
def certificado(
    cn: str,
    llave: Any,
    emisor: x509.Certificate | None,
    firma: Any,
    *,
    tsa: bool,
    hasta: datetime | None = None,
    desde: datetime | None = None,
) -> x509.Certificate:
    nombre = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, cn)])
    hecho = (
        x509.CertificateBuilder()
        .subject_name(nombre)
        .issuer_name(emisor.subject if emisor else nombre)
        .public_key(llave.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(desde or HORA - timedelta(days=30))
        .not_valid_after(hasta or HORA + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=not tsa, path_length=None), critical=True)
    )
    if tsa:
        hecho = hecho.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return hecho.sign(firma, hashes.SHA256())


@dataclass
class Tsa:
    raiz_llave: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    llave: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    es_tsa: bool = True
    hasta: datetime | None = None
    desde: datetime | None = None

    def __post_init__(self) -> None:
        fechas: dict[str, Any] = {"desde": self.desde, "hasta": self.hasta}
        self.raiz = certificado(
            "Raíz de prueba",
            self.raiz_llave,
            None,
            self.raiz_llave,
            tsa=False,
            **(fechas if self.desde else {}),
        )
        self.cert = certificado("TSA", self.llave, self.raiz, self.raiz_llave, tsa=self.es_tsa, **fechas)

    @property
    def pem(self) -> bytes:
        return self.raiz.public_bytes(serialization.Encoding.PEM)

    def sellar(self, cuerpo: bytes, *, hora: datetime = HORA, huella: bytes | None = None) -> bytes:
        sha = algos.DigestAlgorithm({"algorithm": "sha256"})
        tst = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": "1.3.6.1.4.1.99999.1",
                "message_imprint": {
                    "hash_algorithm": sha,
                    "hashed_message": huella or hashlib.sha256(cuerpo).digest(),
                },
                "serial_number": 7,
                "gen_time": hora,
                "nonce": 123456789,
            }
        )
        der = self.cert.public_bytes(serialization.Encoding.DER)
        atributos = cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
                cms.CMSAttribute({"type": "message_digest", "values": [hashlib.sha256(tst.dump()).digest()]}),
                cms.CMSAttribute(
                    {
                        "type": "signing_certificate_v2",
                        "values": [
                            tsp.SigningCertificateV2(
                                {"certs": [tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(der).digest()})]}
                            )
                        ],
                    }
                ),
            ]
        )
        cert = asn1_x509.Certificate.load(der)
        firmado = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [sha],
                "encap_content_info": {
                    "content_type": "tst_info",
                    "content": core.ParsableOctetString(tst.dump()),
                },
                "certificates": [cert],
                "signer_infos": [
                    {
                        "version": "v1",
                        "sid": cms.SignerIdentifier(
                            "issuer_and_serial_number",
                            {"issuer": cert.issuer, "serial_number": cert.serial_number},
                        ),
                        "digest_algorithm": sha,
                        "signed_attrs": atributos,
                        "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                        "signature": self.llave.sign(atributos.dump(), ec.ECDSA(hashes.SHA256())),
                    }
                ],
            }
        )
        return bytes(cms.ContentInfo({"content_type": "signed_data", "content": firmado}).dump())


# --- El registro ----------------------------------------------------------------------------------------------------
@dataclass
class Registro:
    hojas: int = 40
    firmante: Firmante = field(default_factory=lambda: Firmante("llaqta.pe/registro/080910", 1))
    testigo: Firmante = field(default_factory=lambda: Firmante("llaqta.pe/testigo/080901", 4))
    tsa: Tsa = field(default_factory=Tsa)
    archivo: bytes = b"%PDF-1.7 el documento"

    def __post_init__(self) -> None:
        self.hechos = [self._hecho(numero) for numero in range(self.hojas)]
        self.canonicos = [canon(hecho) for hecho in self.hechos]

    def _valores(self, numero: int) -> dict[str, Any]:
        huella = (
            hashlib.sha256(self.archivo).hexdigest() if numero == 12 else hashlib.sha256(b"x").hexdigest()
        )
        return {
            "actor": numero,
            "datos": {"documento_id": numero, "huella": huella, "motivo": "año «nuevo»", "tamano": 21},
            "en_nombre_de": None,
            "objeto": f"documentos.Documento:{numero}",
        }

    def _sal(self, numero: int, campo: str) -> bytes:
        return hashlib.sha256(f"{numero}/{campo}".encode()).digest()

    def _hecho(self, numero: int) -> dict[str, Any]:
        escondidos = {
            campo: hashlib.sha256(self._sal(numero, campo) + canon(valor)).hexdigest()
            for campo, valor in self._valores(numero).items()
        }
        return {
            **escondidos,
            "ocurrido": "2026-06-01T15:00:00.123456Z",
            "registrado": "2026-06-01T15:00:00.223456Z",
            "suceso": str(numero + 1),
            "tipo": "documentos.DocumentoGuardado",
            "v": 1,
        }

    def punto(self, tamano: int | None = None) -> str:
        tamano = self.hojas if tamano is None else tamano
        return self.firmante.nota(tamano, mth(self.canonicos[:tamano]))

    def prueba(self, hoja: int = 12, tamano: int | None = None) -> dict[str, Any]:
        tamano = tamano or self.hojas
        punto = self.punto(tamano)
        return {
            "formato": "llaqta-prueba/1",
            "origen": self.firmante.nombre,
            "llave": self.firmante.vkey,
            "hoja": hoja,
            "tamano": tamano,
            "canonico": self.hechos[hoja],
            "abierto": {
                campo: {"sal": self._sal(hoja, campo).hex(), "valor": self._valores(hoja)[campo]}
                for campo in ("datos", "objeto")
            },
            "inclusion": [b64(paso) for paso in inclusion(hoja, self.canonicos[:tamano])],
            "punto": punto,
            "ancla": b64(self.tsa.sellar(punto.split("\n\n")[0].encode() + b"\n")),
            "ancla_punto": "",
            "testigos": [self.testigo.cofirma(punto)],
        }

    def consistencia(self, desde: int, hasta: int) -> dict[str, Any]:
        pasos = consistencia(desde, self.canonicos[:hasta]) if 0 < desde < hasta else []
        return {
            "formato": "llaqta-consistencia/1",
            "origen": self.firmante.nombre,
            "desde": desde,
            "hasta": hasta,
            "consistencia": [b64(paso) for paso in pasos],
        }
