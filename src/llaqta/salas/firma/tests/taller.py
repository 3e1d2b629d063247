"""Un taller de documentos firmados: el pyHanko de fábrica y el motor propio, con los certificados del Estado de prueba.

pyHanko firma con el reloj de la máquina; por eso aquí «ahora» es de verdad, y el Estado de prueba marca la misma hora.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import keys
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from llaqta.salas.firma import pades
from llaqta.salas.firma.confianza import Confianza, leer_asn1
from llaqta.salas.firma.llaves import LlaveDeSoftware
from llaqta.salas.firma.testing.pki import EstadoDePrueba
from llaqta.salas.firma.verificacion import Informe, verificar

DER = serialization.Encoding.DER


def der(certificado: Any) -> bytes:
    return bytes(certificado.public_bytes(DER))


@dataclass
class Taller:
    """Firma y verifica; ``ahora`` es la hora de la máquina."""

    estado: EstadoDePrueba
    ahora: datetime

    # --- Confiar y verificar -----------------------------------------------------------------------------------------
    @property
    def confianza(self) -> Confianza:
        """Confía en la raíz; las listas se piden al Estado de prueba sin pasar por la red."""
        return Confianza(
            raices=(der(self.estado.raiz),),
            otras=(),
            listas=self.listas(),
            de_demostracion=b"",
        )

    @property
    def a_secas(self) -> Confianza:
        """Confía en la raíz y no sabe nada de revocaciones."""
        return replace(self.confianza, listas=())

    def listas(self, *, al: datetime | None = None) -> tuple[bytes, bytes]:
        """Las listas que las dos autoridades publican cuando se verifica, o publicaban entonces."""
        return self.lista("emisora", al=al), self.lista("raiz", al=al)

    def lista(self, emisor: str, *, al: datetime | None = None) -> bytes:
        # Cada lista vale hasta la hora en punto: la que importa es la de un minuto después, cuando se verifica.
        return self.estado.lista(emisor, al=al or self.ahora + timedelta(minutes=1))

    def verificar(
        self,
        pdf: bytes | Path,
        *,
        confianza: Confianza | None = None,
        ahora: datetime | None = None,
        al: datetime | None = None,
    ) -> Informe:
        """Verifica un minuto después, o cuando se diga."""
        return verificar(
            pdf,
            confianza=confianza or self.confianza,
            ahora=ahora or self.ahora + timedelta(minutes=1),
            existia_el=al,
        )

    # --- Firmar -------------------------------------------------------------------------------------------------------
    def propia(
        self, pdf: bytes, llave: LlaveDeSoftware | None = None, *, en: datetime | None = None
    ) -> bytes:
        """Una firma B-B del motor de la casa."""
        return pades.firmar_bytes(
            pdf,
            llave=llave or self.estado.llave(),
            acto=pades.Acto("Alguien", "Soy el autor del documento", en or self.ahora),
        )

    def firmante(
        self, llave: LlaveDeSoftware | None = None, *, extra: Sequence[bytes] = (), **otros: Any
    ) -> Any:
        """El firmante de pyHanko con una llave y su cadena."""
        llave = llave or self.estado.llave()
        pkcs8 = llave.privada.private_bytes(
            DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return signers.SimpleSigner(
            signing_cert=leer_asn1(der(llave.certificado)),
            signing_key=keys.PrivateKeyInfo.load(pkcs8),
            cert_registry=SimpleCertificateStore.from_certs(
                [leer_asn1(uno) for uno in (*(der(c) for c in llave.cadena), *extra)]
            ),
            **otros,
        )

    def de_fabrica(
        self,
        pdf: bytes,
        llave: LlaveDeSoftware | None = None,
        *,
        tsa: str = "",
        lt: bool = False,
        lta: bool = False,
        firmante: Any = None,
        **datos: Any,
    ) -> bytes:
        """Una firma del pyHanko de fábrica.

        :param tsa: qué autoridad de sellado se usa (``tsa``, ``tsa-nueva``…); vacía, ninguna
        :param datos: lo demás de ``PdfSignatureMetadata``
        """
        datos = {
            "field_name": "Firma1",
            "subfilter": SigSeedSubFilter.PADES,
            "md_algorithm": "sha256",
        } | datos
        if lt or lta:
            datos |= {
                "validation_context": self.contexto(),
                "embed_validation_info": True,
                "use_pades_lta": lta,
            }
        sellador = HTTPTimeStamper(self.estado.url_de_tsa(tsa)) if tsa else None
        salida = io.BytesIO()
        signers.PdfSigner(
            signers.PdfSignatureMetadata(**datos), firmante or self.firmante(llave), timestamper=sellador
        ).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=salida)
        return salida.getvalue()

    def certificada(self, pdf: bytes, permiso: MDPPerm, **datos: Any) -> bytes:
        """Una firma de certificación."""
        return self.de_fabrica(pdf, certify=True, docmdp_permissions=permiso, **datos)

    def contexto(self) -> ValidationContext:
        """Con qué reúne pyHanko las pruebas que incrusta: las pide por la red al Estado de prueba."""
        return ValidationContext(
            trust_roots=[leer_asn1(der(self.estado.raiz))], allow_fetching=True, revocation_mode="require"
        )

    def con_almacen(
        self,
        pdf: bytes,
        *,
        listas: Sequence[bytes] = (),
        respuestas: Sequence[bytes] = (),
        certificados: Sequence[bytes] = (),
    ) -> bytes:
        """Añade un almacén de validación (DSS) con lo que se le dé."""
        from asn1crypto import crl, ocsp

        flujo = io.BytesIO(pdf)
        firma = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[-1]
        DocumentSecurityStore.add_dss(
            flujo,
            sig_contents=firma.pkcs7_content.hex().encode(),
            certs=[leer_asn1(uno) for uno in certificados],
            crls=[crl.CertificateList.load(uno) for uno in listas],
            ocsps=[ocsp.OCSPResponse.load(uno) for uno in respuestas],
        )
        return flujo.getvalue()

    def con_sello(self, pdf: bytes, tsa: str = "tsa") -> bytes:
        """Añade un sello de tiempo del documento."""
        salida = io.BytesIO()
        signers.PdfTimeStamper(HTTPTimeStamper(self.estado.url_de_tsa(tsa))).timestamp_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)), md_algorithm="sha256", output=salida
        )
        return salida.getvalue()

    def campo(self, nombre: str) -> SigFieldSpec:
        return SigFieldSpec(nombre)

    def respuesta(self, nombre: str) -> bytes:
        """Lo que el OCSP responde hoy de un certificado de la emisora."""
        import urllib.request

        from cryptography.hazmat.primitives import hashes
        from cryptography.x509 import ocsp

        pedido = ocsp.OCSPRequestBuilder().add_certificate(
            self.estado.certificado(nombre), self.estado.certificado("emisora"), hashes.SHA1()
        )
        peticion = urllib.request.Request(
            f"{self.estado.url}/pe/ocsp/emisora",
            data=pedido.build().public_bytes(DER),
            headers={"Content-Type": "application/ocsp-request"},
        )
        with urllib.request.urlopen(peticion, timeout=10) as respondido:
            return bytes(respondido.read())


def armar(estado: EstadoDePrueba) -> Taller:
    """El taller, con el Estado de prueba a la hora de la máquina."""
    ahora = datetime.now(UTC).replace(microsecond=0)
    estado.reiniciar(reloj=ahora)
    return Taller(estado, ahora)
