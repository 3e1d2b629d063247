"""Un Estado de prueba: una infraestructura de certificados completa, con la forma de la peruana, que contesta por HTTP.

``certomancer`` emite los certificados y atiende, en un puerto libre de esta máquina, el sellado de tiempo (RFC 3161),
el estado de los certificados (OCSP) y las listas de revocación (CRL). Los certificados llevan dentro esas direcciones.
La prueba maneja lo que en la realidad solo pasa cuando menos conviene: caídas, revocaciones, vencimientos y relevos.

Se usa con la pieza ``estado_de_prueba`` de ``llaqta.conftest``::

    def test_…(estado_de_prueba: EstadoDePrueba, ahora: datetime) -> None:
        llave = estado_de_prueba.llave("firmante")          # P-256; «firmante-rsa» es RSA-2048
        estado_de_prueba.revocar("firmante", desde=ahora)
        estado_de_prueba.fallar("tsa", "cuelga")
"""

from __future__ import annotations

import dataclasses
import io
import threading
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asn1crypto import x509 as asn1_x509
from asn1crypto.crl import CRLReason
from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import (
    ArchLabel,
    CertLabel,
    CertomancerConfig,
    EntityLabel,
    PKIArchitecture,
    ServiceLabel,
)
from certomancer.registry.issued.general import RevocationStatus, Validity
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import (
    AuthorityInformationAccessOID,
    ExtendedKeyUsageOID,
    NameOID,
    ObjectIdentifier,
)
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from llaqta.salas.firma.llaves import LlaveDeSoftware, LlavePrivada

ARQUITECTURA = "pe"
FALLAS = ("500", "html", "vacia", "cuelga", "corta", "infinita")
"""Lo que puede pasar con un servicio; «apagar» el servidor entero hace que rehúse la conexión."""

Alterar = Callable[[bytes], bytes]


def _entidad(nombre: str, **datos: str) -> dict[str, str]:
    return {"common-name": nombre, **datos}


PERSONA = {"serial-number": "PNOPE-41000003", "organization-name": "Municipalidad Distrital de Pichari",
           "organization-identifier": "NTRPE-20999000011"}  # fmt: skip
ENTIDADES = {
    "raiz": _entidad("AC RAIZ DEL ESTADO DE PRUEBA"),
    "emisora": _entidad("AC DE FIRMAS DEL ESTADO DE PRUEBA"),
    "estado-raiz": _entidad("OCSP DE LA RAIZ DE PRUEBA"),
    "estado-emisora": _entidad("OCSP DE LA EMISORA DE PRUEBA"),
    "tsa": _entidad("TSA DEL ESTADO DE PRUEBA 1"),
    "tsa-nueva": _entidad("TSA DEL ESTADO DE PRUEBA 2"),
    "tsa-vencida": _entidad("TSA DEL ESTADO DE PRUEBA 0"),
    "firmante": _entidad("ORE MENDOZA Julio FAU 20999000011 hard", **PERSONA),
    "firmante-rsa": _entidad("QUISPE HUAMAN Rosa FIR 45678901 hard", **{"serial-number": "PNOPE-45678901"}),
    "autenticacion": _entidad("QUISPE HUAMAN Rosa AUT 45678901 hard", **{"serial-number": "PNOPE-45678901"}),
    "empresa": _entidad("MUNICIPALIDAD DISTRITAL DE PICHARI FAU 20999000011 hard",
                        **{clave: dato for clave, dato in PERSONA.items() if clave != "serial-number"}),
    "vencido": _entidad("PALOMINO Saul FIR 40000002 hard", **{"serial-number": "PNOPE-40000002"}),
    "futuro": _entidad("CONDORI Ana FIR 40000003 hard", **{"serial-number": "PNOPE-40000003"}),
}  # fmt: skip
SOLO_FIRMA = [
    {
        "id": "key_usage",
        "critical": True,
        "smart-value": {"schema": "key-usage", "params": ["non_repudiation"]},
    }
]
SOLO_IDENTIDAD = [
    {"id": "key_usage", "critical": True, "smart-value": {"schema": "key-usage", "params": ["digital_signature"]}}
]  # fmt: skip
DE_TIEMPO = [*SOLO_IDENTIDAD, {"id": "extended_key_usage", "critical": True, "value": ["time_stamping"]}]
RSA = frozenset({"firmante-rsa", "autenticacion"})


def _cert(emisor: str, desde: str, hasta: str, **otros: Any) -> dict[str, Any]:
    vigencia = {"valid-from": f"{desde}T00:00:00+0000", "valid-to": f"{hasta}T00:00:00+0000"}
    return {"issuer": emisor, "validity": vigencia, **otros}


def _autoridad(servicios: str, intermedias: int) -> list[dict[str, Any]]:
    parametros = {"max-path-len": intermedias, "crl-repo": servicios, "ocsp-service": servicios}
    return [{"id": "simple-ca", "params": parametros}]


CERTIFICADOS = {
    "raiz": _cert("raiz", "2015-01-01", "2045-01-01", profiles=_autoridad("raiz", 1)),
    "emisora": _cert("raiz", "2016-01-01", "2044-01-01", profiles=_autoridad("emisora", 0)),
    "estado-raiz": _cert("raiz", "2016-01-01", "2044-01-01", profiles=["ocsp-responder"]),
    "estado-emisora": _cert("emisora", "2016-01-01", "2044-01-01", profiles=["ocsp-responder"]),
    "tsa": _cert("raiz", "2024-01-01", "2028-01-01", extensions=DE_TIEMPO),
    "tsa-nueva": _cert("raiz", "2026-01-01", "2040-01-01", extensions=DE_TIEMPO),
    "tsa-vencida": _cert("raiz", "2019-01-01", "2025-01-01", extensions=DE_TIEMPO),
    "firmante": _cert("emisora", "2025-01-01", "2029-01-01", extensions=SOLO_FIRMA),
    "firmante-rsa": _cert("emisora", "2025-01-01", "2029-01-01", extensions=SOLO_FIRMA),
    "autenticacion": _cert("emisora", "2025-01-01", "2029-01-01", extensions=SOLO_IDENTIDAD),
    "empresa": _cert("emisora", "2025-01-01", "2029-01-01", extensions=SOLO_FIRMA),
    "vencido": _cert("emisora", "2020-01-01", "2024-01-01", extensions=SOLO_FIRMA),
    "futuro": _cert("emisora", "2035-01-01", "2039-01-01", extensions=SOLO_FIRMA),
}
SERVICIOS = {
    "ocsp": {
        nombre: {"for-issuer": nombre, "responder-cert": f"estado-{nombre}"} for nombre in ("raiz", "emisora")
    },
    "crl-repo": {
        # Cada lista se publica a la hora en punto y vale una hora.
        nombre: {"for-issuer": nombre, "simulated-update-schedule": "PT1H"}
        for nombre in ("raiz", "emisora")
    },
    "time-stamping": {
        nombre: {"signing-cert": nombre, "certs-to-embed": ["raiz"]}
        for nombre in ("tsa", "tsa-nueva", "tsa-vencida")
    },
}


class _SinRegistro(WSGIRequestHandler):
    def log_request(self, *args: Any, **otros: Any) -> None:
        """No escribe cada petición en la salida de las pruebas."""

    def log(self, *args: Any, **otros: Any) -> None:
        """Tampoco los errores que la prueba provoca."""


class EstadoDePrueba:
    """La autoridad y sus servicios, encendidos en ``self.url``.

    ``reloj`` es la hora que creen los servicios (sellos, OCSP y CRL); ``None``, la de la máquina. ``pedidos`` guarda la
    ruta de cada petición recibida. ``al_pedir`` y ``al_responder`` alteran los bytes de un servicio («tsa»,
    «tsa/tsa-nueva», «ocsp», «crls»).
    """

    def __init__(self, carpeta: Path) -> None:
        self.reloj: datetime | None = None
        self.pedidos: list[str] = []
        self.al_pedir: dict[str, Alterar] = {}
        self.al_responder: dict[str, Alterar] = {}
        self._fallas: dict[str, str] = {}
        self._soltar = threading.Event()
        self._privadas = _crear_llaves(carpeta)
        self._servidor: BaseWSGIServer | None = _servidor(self)
        self._puerto = self._servidor.port
        self.url = f"http://127.0.0.1:{self._puerto}"
        self.arquitectura = _arquitectura(carpeta, self.url)
        self._originales = dict(self.arquitectura._cert_specs)
        self._animador = Animator(
            AnimatorArchStore({ArchLabel(ARQUITECTURA): self.arquitectura}),
            with_web_ui=False,
            allow_time_override=False,
        )
        self._atender()

    # --- Qué hay ---------------------------------------------------------------------------------------------
    @property
    def url_tsa(self) -> str:
        """Dónde se piden sellos de tiempo."""
        return self.url_de_tsa("tsa")

    def url_de_tsa(self, nombre: str) -> str:
        """La dirección de ``tsa``, ``tsa-nueva`` o ``tsa-vencida`` (cuyo certificado venció el 01/01/2025)."""
        return f"{self.url}/{ARQUITECTURA}/tsa/{nombre}"

    def certificado(self, nombre: str) -> x509.Certificate:
        """Un certificado de ``CERTIFICADOS`` o de los emitidos después."""
        return x509.load_der_x509_certificate(self.arquitectura.get_cert(CertLabel(nombre)).dump())

    @property
    def raiz(self) -> x509.Certificate:
        """La raíz, que sirve de ancla."""
        return self.certificado("raiz")

    @property
    def raiz_pem(self) -> bytes:
        """La raíz, para escribirla en ``DATOS/firma/anclas/``."""
        return self.raiz.public_bytes(serialization.Encoding.PEM)

    def privada(self, nombre: str) -> LlavePrivada:
        """La llave privada que corresponde a un certificado."""
        return self._privadas[nombre]

    def llave(self, nombre: str = "firmante") -> LlaveDeSoftware:
        """Una llave lista para el motor, con su cadena (sin la raíz)."""
        return LlaveDeSoftware(self.certificado(nombre), (self.certificado("emisora"),), self.privada(nombre))

    def lista(self, emisor: str = "emisora", *, al: datetime | None = None) -> bytes:
        """La lista de revocación (DER) que ``emisor`` publica ahora, o la que publicaba en ``al``."""
        emitida = self.arquitectura.service_registry.get_crl(ServiceLabel(emisor), at_time=al or self._hora())
        return bytes(emitida.dump())

    def consultar(
        self, certificado: x509.Certificate, emisor: x509.Certificate
    ) -> tuple[list[bytes], list[bytes]]:
        """Pregunta por HTTP, como cualquiera, el OCSP y la lista de un certificado; lo que no contesta no viene.

        :return: listas de revocación y respuestas OCSP (DER): la forma de ``confianza.Consulta``
        """
        quien = "raiz" if emisor == self.raiz else "emisora"
        pedido = ocsp.OCSPRequestBuilder().add_certificate(certificado, emisor, hashes.SHA256()).build()
        cuerpo = pedido.public_bytes(serialization.Encoding.DER)
        lista = self._bajar(f"crls/{quien}/latest.crl", None)
        respuesta = self._bajar(f"ocsp/{quien}", cuerpo)
        return [lista] if lista else [], [respuesta] if respuesta else []

    def _bajar(self, ruta: str, cuerpo: bytes | None) -> bytes:
        cabeceras = {"Content-Type": "application/ocsp-request"} if cuerpo else {}
        pedido = urllib.request.Request(f"{self.url}/{ARQUITECTURA}/{ruta}", cuerpo, cabeceras)
        try:
            with urllib.request.urlopen(pedido, timeout=5) as contestado:
                return bytes(contestado.read(1 << 20))
        except OSError:
            return b""

    # --- Lo que la prueba maneja -----------------------------------------------------------------------------
    def revocar(self, nombre: str, *, desde: datetime, motivo: str = "key_compromise") -> None:
        """Revoca un certificado desde una fecha: el OCSP lo dice al instante y la lista, a la hora siguiente."""
        etiqueta = CertLabel(nombre)
        estado = RevocationStatus(revoked_since=desde.astimezone(UTC), reason=CRLReason(motivo))
        previa = self.arquitectura.get_cert_spec(etiqueta)
        self.arquitectura._cert_specs[etiqueta] = dataclasses.replace(previa, revocation=estado)

    def fallar(self, servicio: str, como: str) -> None:
        """Hace fallar un servicio («tsa», «tsa/tsa-nueva», «ocsp», «crls», «todo») de una manera de ``FALLAS``."""
        if como not in FALLAS:
            raise ValueError(como)
        self._fallas[servicio] = como

    def apagar(self) -> None:
        """Cierra el puerto: las conexiones se rehúsan hasta ``encender``."""
        self._soltar.set()
        if self._servidor:
            self._servidor.shutdown()
            self._servidor.server_close()
            self._servidor = None

    def encender(self) -> None:
        """Vuelve a abrir el mismo puerto; si ya estaba abierto, no hace nada."""
        if self._servidor is None:
            self._soltar.clear()
            self._servidor = _servidor(self, self._puerto)
            self._atender()

    def reiniciar(self, *, reloj: datetime | None = None) -> None:
        """Deja todo como al principio: sin revocados, sin fallas, encendido, con el reloj dado."""
        self._soltar.set()
        self._fallas.clear()
        self.al_pedir.clear()
        self.al_responder.clear()
        self.pedidos.clear()
        self.arquitectura._cert_specs.update(self._originales)
        self.reloj = reloj
        self.encender()
        self._soltar.clear()

    def emitir(
        self,
        nombre: str,
        *,
        privada: LlavePrivada | None = None,
        sujeto: x509.Name | None = None,
        desde: datetime = datetime(2025, 1, 1, tzinfo=UTC),
        hasta: datetime = datetime(2029, 1, 1, tzinfo=UTC),
        usos: Iterable[str] = ("content_commitment",),
        usos_extendidos: Iterable[ObjectIdentifier] = (),
        con_servicios: bool = True,
        resumen: Any = None,
    ) -> LlaveDeSoftware:
        """Emite con la emisora un certificado a la medida de la prueba; el OCSP y la CRL responden también por él.

        :param usos: nombres de ``cryptography.x509.KeyUsage``; ninguno, sin esa extensión
        :param con_servicios: si lleva las direcciones de OCSP y CRL
        """
        propia = privada or ec.generate_private_key(ec.SECP256R1())
        quien = sujeto or x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "PE"),
                x509.NameAttribute(NameOID.SERIAL_NUMBER, "PNOPE-40000009"),
                x509.NameAttribute(NameOID.COMMON_NAME, f"{nombre.upper()} FIR 40000009 soft"),
            ]
        )
        emisora = self.certificado("emisora")
        constructor = (
            x509.CertificateBuilder()
            .subject_name(quien)
            .issuer_name(emisora.subject)
            .public_key(propia.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(desde)
            .not_valid_after(hasta)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(propia.public_key()), critical=False)
            .add_extension(_identificador_de(emisora), critical=False)
        )
        if usos:
            constructor = constructor.add_extension(_usos(usos), critical=True)
        if extendidos := list(usos_extendidos):
            solo_tiempo = extendidos == [ExtendedKeyUsageOID.TIME_STAMPING]
            constructor = constructor.add_extension(x509.ExtendedKeyUsage(extendidos), critical=solo_tiempo)
        if con_servicios:
            constructor = self._con_servicios(constructor)
        firmante = self.privada("emisora")
        certificado = constructor.sign(firmante, resumen or hashes.SHA256())
        self._adoptar(nombre, certificado, propia, desde, hasta)
        return self.llave(nombre)

    # --- Por dentro ------------------------------------------------------------------------------------------
    def _con_servicios(self, constructor: x509.CertificateBuilder) -> x509.CertificateBuilder:
        ocsp = x509.UniformResourceIdentifier(f"{self.url}/{ARQUITECTURA}/ocsp/emisora")
        lista = x509.UniformResourceIdentifier(f"{self.url}/{ARQUITECTURA}/crls/emisora/latest.crl")
        aia = x509.AuthorityInformationAccess(
            [x509.AccessDescription(AuthorityInformationAccessOID.OCSP, ocsp)]
        )
        puntos = x509.CRLDistributionPoints([x509.DistributionPoint([lista], None, None, None)])
        return constructor.add_extension(aia, critical=False).add_extension(puntos, critical=False)

    def _adoptar(
        self,
        nombre: str,
        certificado: x509.Certificate,
        privada: LlavePrivada,
        desde: datetime,
        hasta: datetime,
    ) -> None:
        etiqueta, emisora = CertLabel(nombre), EntityLabel("emisora")
        molde = self._originales[CertLabel("firmante")]
        self.arquitectura._cert_specs[etiqueta] = dataclasses.replace(
            molde,
            label=etiqueta,
            serial=certificado.serial_number,
            validity=Validity(valid_from=desde, valid_to=hasta),
        )
        der = certificado.public_bytes(serialization.Encoding.DER)
        self.arquitectura._cert_cache[etiqueta] = asn1_x509.Certificate.load(der)
        etiquetas = self.arquitectura._cert_labels_by_issuer[emisora]
        if etiqueta not in etiquetas:
            etiquetas.append(etiqueta)
        self._privadas[nombre] = privada

    def _hora(self) -> datetime:
        return (self.reloj or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)

    def _atender(self) -> None:
        assert self._servidor is not None
        threading.Thread(target=self._servidor.serve_forever, args=(0.02,), daemon=True).start()

    def __call__(self, entorno: dict[str, Any], empezar: Any) -> Iterable[bytes]:
        """Atiende una petición (WSGI), con la falla que la prueba haya pedido."""
        pedido = Request(entorno)
        self.pedidos.append(pedido.path)
        partes = pedido.path.strip("/").split("/")
        clase, servicio = (partes[1], "/".join(partes[1:3])) if len(partes) > 2 else ("", "")
        falla = self._fallas.get(servicio) or self._fallas.get(clase) or self._fallas.get("todo")
        if falla:
            return self._responder_mal(falla, entorno, empezar)
        if alterar := self.al_pedir.get(servicio) or self.al_pedir.get(clase):
            pedido = Request(_con_cuerpo(entorno, alterar(pedido.get_data())))
        self._animador.fixed_time = self._hora()
        respuesta = self._animador.dispatch(pedido)
        if (cambiar := self.al_responder.get(servicio) or self.al_responder.get(clase)) and isinstance(
            respuesta, Response
        ):
            respuesta.set_data(cambiar(respuesta.get_data()))
        return respuesta(entorno, empezar)  # type: ignore[no-any-return]

    def _responder_mal(self, falla: str, entorno: dict[str, Any], empezar: Any) -> Iterable[bytes]:
        if falla == "cuelga":
            self._soltar.wait(60)
        if falla in {"cuelga", "corta"}:
            entorno["werkzeug.socket"].close()
            return []
        if falla == "infinita":
            empezar("200 OK", [("Content-Type", "application/timestamp-reply")])
            return self._sin_fin()
        cuerpo = {"500": b"error", "vacia": b""}.get(falla, b"<html><body>Mantenimiento</body></html>")
        estado = "500 INTERNAL SERVER ERROR" if falla == "500" else "200 OK"
        tipo = "text/html" if falla == "html" else "application/timestamp-reply"
        empezar(estado, [("Content-Type", tipo), ("Content-Length", str(len(cuerpo)))])
        return [cuerpo]

    def _sin_fin(self) -> Iterator[bytes]:
        while not self._soltar.is_set():
            yield b"\x00" * 65536


def _con_cuerpo(entorno: dict[str, Any], cuerpo: bytes) -> dict[str, Any]:
    return entorno | {"wsgi.input": io.BytesIO(cuerpo), "CONTENT_LENGTH": str(len(cuerpo))}


def _servidor(aplicacion: Any, puerto: int = 0) -> BaseWSGIServer:
    return make_server("127.0.0.1", puerto, aplicacion, threaded=True, request_handler=_SinRegistro)


def _crear_llaves(carpeta: Path) -> dict[str, LlavePrivada]:
    privadas: dict[str, LlavePrivada] = {}
    for nombre in ENTIDADES:
        privada: LlavePrivada = (
            rsa.generate_private_key(public_exponent=65537, key_size=2048)
            if nombre in RSA
            else ec.generate_private_key(ec.SECP256R1())
        )
        privadas[nombre] = privada
        (carpeta / f"{nombre}.pem").write_bytes(
            privada.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    return privadas


def _arquitectura(carpeta: Path, url: str) -> PKIArchitecture:
    configuracion = {
        "external-url-prefix": url,
        "keysets": {
            ARQUITECTURA: {"keys": {nombre: {"path": f"{nombre}.pem"} for nombre in ENTIDADES}},
        },
        "pki-architectures": {
            ARQUITECTURA: {
                "keyset": ARQUITECTURA,
                "entity-defaults": {"country-name": "PE"},
                "entities": ENTIDADES,
                "certs": CERTIFICADOS,
                "services": SERVICIOS,
            }
        },
    }
    armada = CertomancerConfig(configuracion, key_search_dir=str(carpeta))
    return armada.get_pki_arch(ArchLabel(ARQUITECTURA))


def _identificador_de(emisora: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    ski = emisora.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ski)


def _usos(nombres: Iterable[str]) -> x509.KeyUsage:
    todos = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
    pedidos = set(nombres)
    return x509.KeyUsage(**{uso: uso in pedidos for uso in todos})
