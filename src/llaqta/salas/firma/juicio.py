"""El juicio de una firma: de lo que pyHanko encontró a un veredicto y una frase."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import x509
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import find_cms_attribute_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus

from llaqta.salas.firma import sobre
from llaqta.salas.firma.anclas import Confianza
from llaqta.salas.firma.bloque import LIMA

# Cuánto puede adelantarse el reloj de quien firmó.
ADELANTO = timedelta(minutes=5)
_DOCUMENTO = re.compile(r"(PNO|IDC|PAS)PE-(.+)")
_CLASES = {"PNO": "DNI", "IDC": "Carné", "PAS": "Pasaporte"}


class Veredicto(enum.StrEnum):
    """Lo que se puede afirmar de una firma."""

    VALIDA = "VALIDA"
    INDETERMINADA = "INDETERMINADA"
    INVALIDA = "INVALIDA"
    SIN_FIRMA = "SIN_FIRMA"


# De lo mejor a lo peor: un documento vale lo que la peor de sus firmas.
GRAVEDAD = (Veredicto.VALIDA, Veredicto.INDETERMINADA, Veredicto.INVALIDA)


@dataclass(frozen=True)
class FirmaVista:
    """Una firma, como se le cuenta a quien la verifica."""

    titular: str
    documento: str
    entidad: str
    cargo: str
    motivo: str
    fecha: datetime | None
    nivel: str
    veredicto: Veredicto
    explicacion: str
    entidad_certificadora: str
    de_demostracion: bool


@dataclass(frozen=True)
class _Fallo(Exception):
    veredicto: Veredicto
    frase: str


def leer(der: bytes) -> x509.Certificate:
    """Lee un certificado como lo quiere pyHanko."""
    return x509.Certificate.load(der)


def juzgar(
    sello: EmbeddedPdfSignature, estado: PdfSignatureStatus, *, confianza: Confianza, momento: datetime
) -> FirmaVista:
    """Da el veredicto de una firma y lo explica.

    :param momento: a qué fecha se juzga
    """
    certificado = sello.signer_cert
    titular = _campo(certificado, "common_name")
    fecha = sello.self_reported_timestamp
    try:
        _check_integra(estado)
        if not sobre.es_canonico(sello):
            raise _Fallo(Veredicto.INVALIDA, "el sobre de la firma fue alterado o no cumple la norma.")
        _check_fecha(certificado, fecha, momento)
        _check_uso(certificado)
        _check_confianza(estado, certificado, fecha, confianza)
        _check_cadena(sello, estado)
        veredicto, explicacion = Veredicto.VALIDA, f"La firma de {titular} es válida."
    except _Fallo as fallo:
        veredicto, explicacion = fallo.veredicto, f"{titular}: {fallo.frase}"
    cadena = estado.validation_path
    return FirmaVista(
        titular=titular,
        documento=_documento(certificado),
        entidad=_campo(certificado, "organization_name"),
        cargo=_cargo(sello),
        motivo=_texto(sello, "/Reason"),
        fecha=fecha,
        nivel=_nivel(sello, estado),
        veredicto=veredicto,
        explicacion=explicacion,
        entidad_certificadora=certificado.issuer.native.get("common_name")
        or certificado.issuer.human_friendly,
        de_demostracion=cadena is not None and cadena.first.dump() == confianza.de_demostracion,
    )


def _check_integra(estado: PdfSignatureStatus) -> None:
    if not estado.intact:
        raise _Fallo(Veredicto.INVALIDA, "el documento fue cambiado después de firmarse.")
    if not estado.valid:
        raise _Fallo(Veredicto.INVALIDA, "la firma no fue hecha con la llave de su certificado.")
    if estado.timestamp_validity is not None and not (
        estado.timestamp_validity.intact and estado.timestamp_validity.valid
    ):
        raise _Fallo(Veredicto.INVALIDA, "el sello de tiempo de la firma no corresponde a ella.")
    if not estado.docmdp_ok:
        raise _Fallo(Veredicto.INVALIDA, "después de la firma se añadió o cambió contenido del documento.")


def _check_fecha(certificado: x509.Certificate, fecha: datetime | None, momento: datetime) -> None:
    if fecha is None:
        raise _Fallo(Veredicto.INDETERMINADA, "la firma no dice cuándo se hizo.")
    if fecha > momento + ADELANTO:
        raise _Fallo(Veredicto.INVALIDA, "la firma dice haberse hecho en una fecha que todavía no llega.")
    if not certificado.not_valid_before <= fecha <= certificado.not_valid_after:
        raise _Fallo(
            Veredicto.INVALIDA, "el certificado no estaba vigente en la fecha en que dice haber firmado."
        )


def _check_uso(certificado: x509.Certificate) -> None:
    """El certificado de autenticación del DNIe no es de firma, aunque sea de la misma persona."""
    usos = certificado.key_usage_value.native if certificado.key_usage_value else set()
    if "non_repudiation" not in usos:
        raise _Fallo(Veredicto.INVALIDA, "el certificado no es de firma (no tiene el uso «nonRepudiation»).")


def _check_confianza(
    estado: PdfSignatureStatus, certificado: x509.Certificate, fecha: datetime | None, confianza: Confianza
) -> None:
    if revocacion := estado.revocation_details:
        dia = revocacion.revocation_date.astimezone(LIMA)
        if fecha is None or fecha >= revocacion.revocation_date:
            raise _Fallo(Veredicto.INVALIDA, f"firmó con un certificado revocado el {dia:%d/%m/%Y}.")
        raise _Fallo(
            Veredicto.INDETERMINADA,
            f"su certificado fue revocado el {dia:%d/%m/%Y} y nada prueba que firmara antes (no hay sello de tiempo).",
        )
    if estado.trusted:
        return
    problema = estado.trust_problem_indic
    if problema is AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND or estado.validation_path is None:
        if _suplanta(certificado, confianza):
            raise _Fallo(
                Veredicto.INVALIDA,
                "el certificado es de una autoridad falsa que usa el nombre de una verdadera.",
            )
        emitido_por_si_mismo = certificado.issuer == certificado.subject
        if emitido_por_si_mismo or problema in {None, AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND}:
            raise _Fallo(Veredicto.INDETERMINADA, "no reconocemos a la entidad que emitió su certificado.")
    if problema in {AdESFailure.NOT_YET_VALID, AdESIndeterminate.EXPIRED, AdESIndeterminate.OUT_OF_BOUNDS_NO_POE,
                    AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED}:  # fmt: skip
        raise _Fallo(
            Veredicto.INDETERMINADA,
            "su certificado ya no está vigente y nada prueba que firmara a tiempo (no hay sello de tiempo).",
        )
    if problema in {
        AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE,
        AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE_NO_POE,
    }:
        raise _Fallo(Veredicto.INVALIDA, "la firma usa un algoritmo que ya no es seguro.")
    if problema in {AdESFailure.FORMAT_FAILURE, AdESFailure.HASH_FAILURE, AdESFailure.SIG_CRYPTO_FAILURE}:
        raise _Fallo(Veredicto.INVALIDA, "la firma está dañada.")
    raise _Fallo(
        Veredicto.INDETERMINADA,
        "no se pudo comprobar si su certificado estaba revocado o su cadena es correcta.",
    )


def _suplanta(certificado: x509.Certificate, confianza: Confianza) -> bool:
    """Dice si el emisor lleva el nombre de una autoridad nuestra sin serlo: la cadena no llegó hasta ella."""
    conocidas = {leer(der).subject.hashable for der in (*confianza.raices, *confianza.otras)}
    return certificado.issuer.hashable in conocidas


def _check_cadena(sello: EmbeddedPdfSignature, estado: PdfSignatureStatus) -> None:
    """Los certificados incrustados que ninguna firma cubre deben ser los mismos de la cadena, byte por byte."""
    assert estado.validation_path is not None
    cadena = list(estado.validation_path.iter_certs(include_root=True))
    exactos = {certificado.dump() for certificado in cadena}
    for certificado in sello.other_embedded_certs:
        if certificado.dump() in exactos:
            continue
        if any(
            certificado.subject == otro.subject or certificado.public_key.dump() == otro.public_key.dump()
            for otro in cadena
        ):
            raise _Fallo(Veredicto.INVALIDA, "un certificado de la firma fue alterado.")
        raise _Fallo(Veredicto.INDETERMINADA, "la firma trae un certificado ajeno a su cadena.")


def _nivel(sello: EmbeddedPdfSignature, estado: PdfSignatureStatus) -> str:
    if sello.sig_object.get("/SubFilter") != SigSeedSubFilter.PADES.value:
        return "PKCS#7"
    if estado.timestamp_validity is not None and estado.timestamp_validity.trusted:
        return "PAdES B-T"
    return "PAdES B-B"


def _campo(certificado: x509.Certificate, nombre: str) -> str:
    valor = certificado.subject.native.get(nombre, "")
    return str(valor[0] if isinstance(valor, list) else valor)


def _documento(certificado: x509.Certificate) -> str:
    """``DNI 45678901`` o ``RUC 20171057471``, según de quién sea el certificado."""
    if hallado := _DOCUMENTO.fullmatch(_campo(certificado, "serial_number")):
        return f"{_CLASES[hallado[1]]} {hallado[2]}"
    return _campo(certificado, "organization_identifier").replace("NTRPE-", "RUC ")


def _texto(sello: EmbeddedPdfSignature, nombre: str) -> str:
    return str(sello.sig_object[nombre]) if nombre in sello.sig_object else ""


def _cargo(sello: EmbeddedPdfSignature) -> str:
    """El cargo que el firmante declaró dentro de la firma (CAdES, ``signer-attributes-v2``)."""
    for declarados in find_cms_attribute_iter(sello.signer_info["signed_attrs"], "signer_attributes_v2"):
        for atributo in declarados["claimed_attributes"]:
            if atributo["type"].dotted == "2.5.4.12":
                return str(atributo["values"][0].native)
    return ""
