"""De una firma a una que se podrá comprobar dentro de treinta años: los niveles PAdES (ETSI EN 319 142-1).

- **B-B**, la firma sola. Vale mientras viva su certificado.
- **B-T**, con un sello de tiempo encima: prueba que la firma existía entonces, aunque su certificado venza después.
- **B-LT**, con todo lo necesario para comprobarla sin red: cadenas, listas de revocación y respuestas OCSP (``/DSS``).
- **B-LTA**, con otro sello que cubre eso mismo; se renueva antes de que venza el certificado de quien lo puso.

El sello de tiempo es del documento (``/DocTimeStamp``) y no de la firma: así se firma sin esperar a la red, una caída
de la TSA no detiene ningún acto, y el mismo sello sirve a todas las firmas. Cada paso solo añade una revisión al final:
lo que había es el comienzo exacto de lo que queda, y si algo falla el archivo vuelve a quedar como estaba.
"""

from __future__ import annotations

import enum
import hashlib
import io
import itertools
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from asn1crypto import cms, crl, ocsp
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtensionOID
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from llaqta.salas.firma import tsa
from llaqta.salas.firma.cadena import emitio
from llaqta.salas.firma.confianza import Confianza, leer_asn1, leer_x509
from llaqta.salas.firma.pades import FALLOS_DEL_PDF, Revision, nombre_libre
from llaqta.salas.firma.revocacion import Conclusion, Evidencias, Hallazgo

RESERVA = 2 * 12 * 1024
"""El sitio de un sello de tiempo con su cadena, en dígitos hexadecimales; lo que sobra son ceros."""
LARGO_DE_LA_CADENA = 6


class Nivel(enum.StrEnum):
    """Hasta dónde llega una firma; el orden es el de su fuerza."""

    B = "PAdES B-B"
    T = "PAdES B-T"
    LT = "PAdES B-LT"
    LTA = "PAdES B-LTA"

    @property
    def fuerza(self) -> int:
        """0 en B-B; 3 en B-LTA."""
        return list(Nivel).index(self)


class FaltaEvidencia(Exception):
    """Todavía no se puede probar que un certificado no estaba revocado: se vuelve a intentar. El texto dice cuál."""


class NoSePuedeElevar(Exception):
    """El documento no llegará a ese nivel por más que se insista; el texto dice por qué."""


@dataclass(frozen=True)
class Estado:
    """Lo que un documento firmado ya tiene.

    :param vence_sello_el: cuándo vence el certificado del último sello de tiempo, si hay alguno
    """

    nivel: Nivel
    firmas: int
    vence_sello_el: datetime | None = None


def get_estado(origen: Path | bytes) -> Estado:
    """Lee hasta qué nivel llegan las firmas de un PDF, sin juzgar si valen.

    :raises NoSePuedeElevar: si no se puede leer o nadie lo firmó
    """
    with _abierto(origen) as flujo:
        return _leer_estado(flujo)


def elevar(origen: Path | bytes, nivel: Nivel, *, confianza: Confianza, ahora: datetime) -> bytes:
    """Devuelve el documento llevado al nivel pedido; si ya lo tenía, el mismo.

    :raises tsa.TsaNoConfigurada, tsa.TsaNoResponde: si hace falta un sello de tiempo y no lo hay
    :raises FaltaEvidencia: si todavía no se puede comprobar un certificado
    :raises NoSePuedeElevar: si nunca se podrá
    """
    flujo = io.BytesIO(origen if isinstance(origen, bytes) else origen.read_bytes())
    elevar_flujo(flujo, nivel, confianza=confianza, ahora=ahora)
    return flujo.getvalue()


def elevar_archivo(ruta: Path, nivel: Nivel, *, confianza: Confianza, ahora: datetime) -> Estado:
    """Lleva un archivo al nivel pedido en su sitio, sin leerlo entero; devuelve cómo quedó. Falla como ``elevar``."""
    with ruta.open("r+b") as flujo:
        estado = elevar_flujo(flujo, nivel, confianza=confianza, ahora=ahora)
        flujo.flush()
        os.fsync(flujo.fileno())
    return estado


def elevar_flujo(flujo: BinaryIO, nivel: Nivel, *, confianza: Confianza, ahora: datetime) -> Estado:
    """Añade lo que falte al final de un archivo abierto para leer y escribir; si algo falla, queda como estaba.

    Falla como ``elevar``.
    """
    with _todo_o_nada(flujo):
        estado = _leer_estado(flujo)
        if nivel.fuerza > estado.nivel.fuerza and estado.nivel is Nivel.B:
            _sellar_el_tiempo(flujo, ahora)
        if nivel.fuerza >= Nivel.LT.fuerza > estado.nivel.fuerza:
            _incrustar(flujo, confianza, ahora)
        if nivel is Nivel.LTA and estado.nivel is not Nivel.LTA:
            _sellar_el_tiempo(flujo, ahora)
        return _leer_estado(flujo)


def renovar_flujo(flujo: BinaryIO, *, confianza: Confianza, ahora: datetime) -> Estado:
    """Renueva el archivo de un documento: guarda las pruebas del último sello y le pone otro encima.

    Hay que hacerlo antes de que venza el certificado de quien puso el último. Falla como ``elevar``.
    """
    with _todo_o_nada(flujo):
        if _leer_estado(flujo).vence_sello_el is None:
            raise NoSePuedeElevar("El documento todavía no tiene un sello de tiempo que renovar.")
        _incrustar(flujo, confianza, ahora)
        _sellar_el_tiempo(flujo, ahora)
        return _leer_estado(flujo)


@contextmanager
def _todo_o_nada(flujo: BinaryIO) -> Iterator[None]:
    antes = flujo.seek(0, os.SEEK_END)
    try:
        yield
    except FALLOS_DEL_PDF as error:
        flujo.truncate(antes)
        raise NoSePuedeElevar("El PDF está dañado o no cumple su norma, y así no se puede sellar.") from error
    except BaseException:
        flujo.truncate(antes)
        raise


@contextmanager
def _abierto(origen: Path | bytes) -> Iterator[BinaryIO]:
    if isinstance(origen, bytes):
        yield io.BytesIO(origen)
        return
    with origen.open("rb") as flujo:
        yield flujo


# --- Leer -------------------------------------------------------------------------------------------------------------
def _leer_estado(flujo: BinaryIO) -> Estado:
    try:
        lector = PdfFileReader(flujo)
        firmas, sellos = lector.embedded_regular_signatures, lector.embedded_timestamp_signatures
        if not firmas:
            raise NoSePuedeElevar("Nadie ha firmado este documento.")
        ultima = max(firma.signed_revision for firma in firmas)
        posteriores = [sello for sello in sellos if sello.signed_revision > ultima]
        if not posteriores:
            return Estado(Nivel.B, len(firmas), _vence(sellos[-1]) if sellos else None)
        return Estado(_nivel(lector, posteriores), len(firmas), _vence(posteriores[-1]))
    except (PdfError, LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise NoSePuedeElevar("El PDF está dañado o no cumple su norma.") from error


def _nivel(lector: PdfFileReader, posteriores: list[EmbeddedPdfSignature]) -> Nivel:
    if "/DSS" not in lector.root:
        return Nivel.T
    # Archivo: el último sello cubre las pruebas.
    cubiertas = "/DSS" in lector.get_historical_root(posteriores[-1].signed_revision)
    return Nivel.LTA if cubiertas else Nivel.LT


def _vence(sello: EmbeddedPdfSignature) -> datetime:
    vence: datetime = sello.signer_cert.not_valid_after
    return vence


# --- Sellar el tiempo -------------------------------------------------------------------------------------------------
def _sellar_el_tiempo(flujo: BinaryIO, ahora: datetime) -> None:
    lector = PdfFileReader(flujo)
    revision = Revision.from_reader(lector)
    revision.ensure_output_version(version=(1, 7))  # type: ignore[no-untyped-call]
    if revision.output_version < (2, 0):
        revision.register_extension(ESIC_EXTENSION_1)
    nombre = nombre_libre(lector, "Sello")
    campo = SigFieldSpec(nombre, readable_field_name="Sello de tiempo del documento")
    paso = PdfCMSEmbedder(new_field_spec=campo).write_cms(nombre, revision)
    next(paso)
    hueco = DocumentTimestamp(bytes_reserved=RESERVA)  # type: ignore[no-untyped-call]
    paso.send(SigObjSetup(sig_placeholder=hueco))
    resumen, _ = paso.send(SigIOSetup(md_algorithm="sha256", in_place=True))
    token = tsa.pedir_token(resumen.document_digest, ahora=ahora)
    paso.send(cms.ContentInfo.load(token))


# --- Incrustar las pruebas --------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Pruebas:
    certificados: dict[bytes, None]
    listas: dict[bytes, None]
    respuestas: dict[bytes, None]


def _incrustar(flujo: BinaryIO, confianza: Confianza, ahora: datetime) -> None:
    """Añade al documento las cadenas de sus firmas y sellos, y la prueba de que nadie en ellas estaba revocado."""
    lector = PdfFileReader(flujo)
    pruebas = _Pruebas({}, {}, {})
    for firma in lector.embedded_signatures:
        _reunir(firma, confianza, pruebas, ahora)
    revision = Revision.from_reader(lector)
    DocumentSecurityStore.supply_dss_in_writer(
        revision,
        None,
        certs=[leer_asn1(der) for der in pruebas.certificados],
        crls=[crl.CertificateList.load(der) for der in pruebas.listas],
        ocsps=[ocsp.OCSPResponse.load(der) for der in pruebas.respuestas],
    )
    revision.ensure_output_version(version=(1, 7))  # type: ignore[no-untyped-call]
    if revision.output_version < (2, 0):
        revision.register_extension(ESIC_EXTENSION_1)
    revision.write_in_place()  # type: ignore[no-untyped-call]


def _reunir(
    firma: EmbeddedPdfSignature,
    confianza: Confianza,
    pruebas: _Pruebas,
    ahora: datetime,
) -> None:
    raices = [leer_x509(der) for der in confianza.raices]
    if confianza.lista:
        de_tiempo = firma.sig_object_type == "/DocTimeStamp"
        raices += [leer_x509(der) for der in confianza.lista.certificados(de_tiempo=de_tiempo)]
    disponibles = [leer_x509(der) for der in confianza.otras]
    disponibles += [leer_x509(uno.dump()) for uno in firma.other_embedded_certs]
    cadena = _cadena(leer_x509(firma.signer_cert.dump()), disponibles, raices)
    for certificado in cadena:
        pruebas.certificados[_der(certificado)] = None
    for certificado, emisor in itertools.pairwise(cadena):
        _probar(certificado, emisor, confianza, pruebas, ahora)


def _probar(
    certificado: x509.Certificate,
    emisor: x509.Certificate,
    confianza: Confianza,
    pruebas: _Pruebas,
    ahora: datetime,
) -> None:
    """Consigue la constancia de que un certificado no está revocado y la deja lista para incrustar.

    :raises NoSePuedeElevar: si está revocado
    :raises FaltaEvidencia: si no se consigue
    """
    listas, respuestas = list(confianza.listas), list(confianza.respuestas)
    if confianza.consulta:
        traidas, contestadas = confianza.consulta(certificado, emisor)
        listas, respuestas = [*traidas, *listas], [*contestadas, *respuestas]
    hallazgo = _concluir(certificado, emisor, listas, respuestas, confianza, ahora)
    if hallazgo.conclusion is Conclusion.REVOCADO:
        raise NoSePuedeElevar(f"El certificado de {_nombre(certificado)} está revocado.")
    # Una respuesta OCSP ocupa 1 KB y una lista puede ocupar megas, para siempre: si la respuesta basta, va ella.
    breve = _concluir(certificado, emisor, [], respuestas, confianza, ahora)
    mejor = breve if breve.conclusion is Conclusion.VIGENTE else hallazgo
    if mejor.conclusion is Conclusion.SIN_COMPROBAR and not _sin_revocacion(certificado):
        raise FaltaEvidencia(
            f"No se pudo comprobar si el certificado de {_nombre(certificado)} está revocado."
        )
    huella = mejor.constancia.huella if mejor.constancia else ""
    pruebas.listas.update({der: None for der in listas if hashlib.sha256(der).hexdigest() == huella})
    pruebas.respuestas.update({der: None for der in respuestas if hashlib.sha256(der).hexdigest() == huella})


def _concluir(
    certificado: x509.Certificate,
    emisor: x509.Certificate,
    listas: list[bytes],
    respuestas: list[bytes],
    confianza: Confianza,
    ahora: datetime,
) -> Hallazgo:
    evidencias = Evidencias(listas=listas, respuestas=respuestas, revocados=confianza.revocados)
    return evidencias.concluir(certificado, emisor, referencia=ahora, horizonte=ahora)


def _cadena(
    propio: x509.Certificate, disponibles: Iterable[x509.Certificate], raices: list[x509.Certificate]
) -> list[x509.Certificate]:
    """Sube de emisor en emisor hasta un ancla, que va al final.

    :raises NoSePuedeElevar: si no se llega a ninguna
    """
    cadena, otros = [propio], [*raices, *disponibles]
    while cadena[-1] not in raices:
        emisor = next((otro for otro in otros if emitio(otro, cadena[-1])), None)
        if emisor is None or len(cadena) > LARGO_DE_LA_CADENA:
            raise NoSePuedeElevar(f"No conocemos a quien emitió el certificado de {_nombre(propio)}.")
        cadena.append(emisor)
    return cadena


def _sin_revocacion(certificado: x509.Certificate) -> bool:
    """Los que responden OCSP dicen de sí mismos que no se les pregunte (RFC 6960, 4.2.2.2.1)."""
    return any(extension.oid == ExtensionOID.OCSP_NO_CHECK for extension in certificado.extensions)


def _nombre(certificado: x509.Certificate) -> str:
    nombres = certificado.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(nombres[0].value) if nombres else certificado.subject.rfc4514_string()


def _der(certificado: x509.Certificate) -> bytes:
    return certificado.public_bytes(serialization.Encoding.DER)


__all__ = [
    "Estado",
    "FaltaEvidencia",
    "Nivel",
    "NoSePuedeElevar",
    "elevar",
    "elevar_archivo",
    "elevar_flujo",
    "get_estado",
    "renovar_flujo",
]
