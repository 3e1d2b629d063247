"""Listas de confianza con la forma de la peruana, firmadas de verdad, y quien las firma."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.xades import XAdESSigner

TSL = "http://uri.etsi.org/02231/v2#"
DS = "http://www.w3.org/2000/09/xmldsig#"
SUPERVISADO = "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/Svcstatus/undersupervision"
CESADO = "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/Svcstatus/supervisionceased"
RETIRADO = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/withdrawn"
CA, TSA = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC", "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST"


def b64(certificado: x509.Certificate) -> str:
    return base64.b64encode(certificado.public_bytes(serialization.Encoding.DER)).decode()


@dataclass
class FirmanteDeListas:
    """Quien firma listas: una raíz (``INDECOPI AAC RAIZ``) y el certificado con que firma."""

    raiz: x509.Certificate
    certificado: x509.Certificate
    privada: ec.EllipticCurvePrivateKey

    @classmethod
    def crear(cls, nombre: str = "INDECOPI AAC RAIZ") -> FirmanteDeListas:
        de_la_raiz, propia = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        raiz = _certificado(nombre, nombre, de_la_raiz.public_key(), de_la_raiz, autoridad=True)
        suyo = _certificado("FIRMANTE DE LISTAS", nombre, propia.public_key(), de_la_raiz)
        return cls(raiz, suyo, propia)

    def firmar(self, arbol: Any) -> bytes:
        """Firma una lista (XAdES) y la escribe."""
        firmado = XAdESSigner(signature_algorithm="ecdsa-sha256").sign(
            arbol, key=self.privada, cert=[self.certificado], always_add_key_value=False
        )
        return bytes(etree.tostring(firmado, xml_declaration=True, encoding="UTF-8"))

    def poner_ancla(self, carpeta: Path) -> None:
        """Deja la raíz como ancla de las listas de una instalación."""
        carpeta.mkdir(parents=True, exist_ok=True)
        (carpeta / "ancla.pem").write_bytes(self.raiz.public_bytes(serialization.Encoding.PEM))


def _certificado(
    nombre: str, emisor: str, publica: Any, firma: Any, *, autoridad: bool = False
) -> x509.Certificate:
    usos = x509.KeyUsage(not autoridad, False, False, False, False, autoridad, autoridad, False, False)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, nombre)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, emisor)]))
        .public_key(publica)
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=autoridad, path_length=None), critical=True)
        .add_extension(usos, critical=True)
        .sign(firma, hashes.SHA256())
    )


@dataclass
class Ficha:
    """Un servicio, como se escribe en una lista."""

    certificado: x509.Certificate
    estado: str = SUPERVISADO
    desde: datetime = datetime(2016, 1, 1, tzinfo=UTC)
    tipo: str = CA
    antes: list[tuple[str, datetime]] = field(default_factory=list)
    nombre: str = "AC DE FIRMAS"


@dataclass
class Borrador:
    """Una lista sin firmar."""

    emitida: datetime
    fichas: list[Ficha]
    secuencia: int = 7
    dias: int = 180
    territorio: str = "PE"

    def escribir(self) -> str:
        proxima = self.emitida + timedelta(days=self.dias)
        servicios = "".join(_servicio(ficha) for ficha in self.fichas)
        return f"""<tsl:TrustServiceStatusList xmlns:tsl="{TSL}" TSLTag="http://uri.etsi.org/19612/TSLTag" Id="tsl-pe">
  <tsl:SchemeInformation>
    <tsl:TSLVersionIdentifier>5</tsl:TSLVersionIdentifier>
    <tsl:TSLSequenceNumber>{self.secuencia}</tsl:TSLSequenceNumber>
    <tsl:TSLType>http://uri.etsi.org/TrstSvc/TrustedList/TSLType/generic</tsl:TSLType>
    <tsl:SchemeOperatorName><tsl:Name xml:lang="en">AAC</tsl:Name>
      <tsl:Name xml:lang="es">Autoridad Administrativa Competente</tsl:Name></tsl:SchemeOperatorName>
    <tsl:SchemeTerritory>{self.territorio}</tsl:SchemeTerritory>
    <tsl:ListIssueDateTime>{_zulu(self.emitida)}</tsl:ListIssueDateTime>
    <tsl:NextUpdate><tsl:dateTime>{_zulu(proxima)}</tsl:dateTime></tsl:NextUpdate>
  </tsl:SchemeInformation>
  <tsl:TrustServiceProviderList><tsl:TrustServiceProvider>
    <tsl:TSPInformation><tsl:TSPName><tsl:Name xml:lang="es">ENTIDAD DE PRUEBA</tsl:Name></tsl:TSPName>
    </tsl:TSPInformation><tsl:TSPServices>{servicios}</tsl:TSPServices>
  </tsl:TrustServiceProvider></tsl:TrustServiceProviderList>
</tsl:TrustServiceStatusList>"""

    def arbol(self) -> Any:
        return etree.fromstring(self.escribir().encode())


def _servicio(ficha: Ficha) -> str:
    ski = base64.b64encode(
        x509.SubjectKeyIdentifier.from_public_key(ficha.certificado.public_key()).digest  # type: ignore[arg-type]
    ).decode()
    historia = "".join(
        f"<tsl:ServiceHistoryInstance>{_fila(ficha, estado, desde, f'<tsl:X509SKI>{ski}</tsl:X509SKI>')}"
        "</tsl:ServiceHistoryInstance>"
        for estado, desde in ficha.antes
    )
    identidad = f"<tsl:X509Certificate>{b64(ficha.certificado)}</tsl:X509Certificate>"
    return (
        f"<tsl:TSPService><tsl:ServiceInformation>{_fila(ficha, ficha.estado, ficha.desde, identidad)}"
        f"</tsl:ServiceInformation><tsl:ServiceHistory>{historia}</tsl:ServiceHistory></tsl:TSPService>"
    )


def _fila(ficha: Ficha, estado: str, desde: datetime, identidad: str) -> str:
    return (
        f"<tsl:ServiceTypeIdentifier>{ficha.tipo}</tsl:ServiceTypeIdentifier>"
        f'<tsl:ServiceName><tsl:Name xml:lang="es">{ficha.nombre}</tsl:Name></tsl:ServiceName>'
        f"<tsl:ServiceDigitalIdentity><tsl:DigitalId>{identidad}</tsl:DigitalId></tsl:ServiceDigitalIdentity>"
        f"<tsl:ServiceStatus>{estado}</tsl:ServiceStatus>"
        f"<tsl:StatusStartingTime>{_zulu(desde)}</tsl:StatusStartingTime>"
    )


def _zulu(instante: datetime) -> str:
    return instante.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
