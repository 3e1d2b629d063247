"""El juicio de una firma: de lo que pyHanko encontró a un veredicto y una frase."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from asn1crypto import x509
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import find_cms_attribute_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus

from llaqta.salas.firma import cadena, sobre
from llaqta.salas.firma.cadena import Comprobada, Eslabon, Instantes, emitio
from llaqta.salas.firma.confianza import Confianza, leer_asn1, leer_x509
from llaqta.salas.firma.revocacion import Conclusion, Evidencias
from llaqta.salas.firma.tiempo import ADELANTO, SelloDeTiempo
from llaqta.salas.firma.veredicto import GRAVEDAD, Veredicto

__all__ = ["GRAVEDAD", "FirmaVista", "Veredicto", "juzgar", "leer"]

LIMA = ZoneInfo("America/Lima")
leer = leer_asn1
_DOCUMENTO = re.compile(r"(PNO|IDC|PAS)PE-(.+)")
_EN_EL_NOMBRE = re.compile(r"\b(?=FIR \d{8}\b|FAU \d{11}\b)(FIR|FAU) (\d+)\b")
_CLASES = {"PNO": "DNI", "IDC": "Carné", "PAS": "Pasaporte"}
_ALGORITMOS = {
    AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE,
    AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE_NO_POE,
}
_DANADA = {AdESFailure.FORMAT_FAILURE, AdESFailure.HASH_FAILURE, AdESFailure.SIG_CRYPTO_FAILURE}


@dataclass(frozen=True)
class FirmaVista:
    """Una firma, como se le cuenta a quien la verifica.

    :param fecha: cuándo dice haberse hecho
    :param subindicacion: por qué no es válida, con la palabra de ETSI EN 319 102-1
    :param existia_el: el instante más antiguo en que consta que existía: el de su sello de tiempo, o el nuestro
    """

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
    subindicacion: str = ""
    existia_el: datetime | None = None
    campo: str = ""
    algoritmo: str = ""
    cadena: tuple[Eslabon, ...] = ()
    sellos: tuple[SelloDeTiempo, ...] = ()


@dataclass(frozen=True)
class Prueba:
    """Con qué se juzga una firma: en quién se confía, qué se sabe de revocaciones, a qué fecha y sus sellos.

    :param probada: si consta que la firma existía en ``instantes.referencia``, o es solo el momento en que se mira
    """

    confianza: Confianza
    evidencias: Evidencias
    instantes: Instantes
    probada: bool
    sellos: tuple[SelloDeTiempo, ...] = ()


class _Fallo(Exception):
    def __init__(self, veredicto: Veredicto, subindicacion: str, frase: str) -> None:
        super().__init__(frase)
        self.veredicto, self.subindicacion, self.frase = veredicto, subindicacion, frase


def juzgar(sello: EmbeddedPdfSignature, estado: PdfSignatureStatus, prueba: Prueba) -> FirmaVista:
    """Da el veredicto de una firma y lo explica. El nivel lo pone ``verificacion``, que ve el documento entero."""
    certificado = sello.signer_cert
    titular = _titular(certificado)
    eslabones: tuple[Eslabon, ...] = ()
    try:
        _check_integra(estado)
        _check_escrita(sello)
        _check_sellos(prueba.sellos, Veredicto.INVALIDA)
        fecha = _check_fecha(sello, certificado, prueba)
        _check_uso(certificado)
        comprobada = _comprobar_cadena(estado, prueba)
        eslabones = comprobada.eslabones if comprobada else ()
        _check_revocacion(comprobada, fecha)
        _check_confianza(sello, estado, prueba.confianza)
        _check_comprobada(comprobada)
        _check_certificados_de_mas(sello, estado, prueba.confianza)
        _check_lista(estado, fecha, prueba)
        _check_sellos(prueba.sellos, Veredicto.INDETERMINADA)
        veredicto, subindicacion, frase = Veredicto.VALIDA, "", f"La firma de {titular} es válida."
    except _Fallo as fallo:
        veredicto, subindicacion, frase = fallo.veredicto, fallo.subindicacion, f"{titular}: {fallo.frase}"
    camino = estado.validation_path
    ancla = camino.first.dump() if camino is not None and camino.first is not None else b""
    return FirmaVista(
        **describir(sello),
        nivel="PAdES B-B" if _es_pades(sello) else "PKCS#7",
        veredicto=veredicto,
        explicacion=frase,
        de_demostracion=bool(ancla) and ancla == prueba.confianza.de_demostracion,
        subindicacion=subindicacion,
        existia_el=prueba.instantes.referencia if prueba.probada else None,
        algoritmo=f"{estado.pkcs7_signature_mechanism} / {estado.md_algorithm}",
        cadena=eslabones,
        sellos=prueba.sellos,
    )


def ilegible(sello: EmbeddedPdfSignature) -> FirmaVista:
    """Una firma que no se pudo leer: se dice de quién parece ser, y que no vale."""
    datos = describir(sello)
    return FirmaVista(
        **datos,
        nivel="PAdES B-B" if _es_pades(sello) else "PKCS#7",
        veredicto=Veredicto.INVALIDA,
        explicacion=f"{datos['titular']}: la firma está dañada o no cumple la norma.",
        de_demostracion=False,
        subindicacion="FORMAT_FAILURE",
    )


def describir(sello: EmbeddedPdfSignature) -> dict[str, Any]:
    """Lo que la firma dice de sí misma y de su titular."""
    certificado = _certificado(sello)
    return {
        "titular": _titular(certificado),
        "documento": _documento(certificado),
        "entidad": _campo(certificado, "organization_name"),
        "cargo": _cargo(sello),
        "motivo": _texto(sello, "/Reason"),
        "fecha": sello.self_reported_timestamp,
        "entidad_certificadora": certificado.issuer.native.get("common_name")
        or certificado.issuer.human_friendly,
        "campo": str(sello.field_name),
    }


def _certificado(sello: EmbeddedPdfSignature) -> x509.Certificate:
    """El certificado que el sobre nombra, aunque la firma diga haberse hecho con otro."""
    try:
        return sello.signer_cert
    except Exception:  # noqa: BLE001 (una firma incoherente: se busca por su número, solo para decir de quién parece)
        nombrado = sello.signer_info["sid"].chosen
        for uno in sello.signed_data["certificates"]:
            suyo = (uno.chosen.issuer.hashable, uno.chosen.serial_number)
            if suyo == (nombrado["issuer"].hashable, nombrado["serial_number"].native):
                return uno.chosen
        raise


# --- Íntegra y bien escrita -------------------------------------------------------------------------------------------
def _check_integra(estado: PdfSignatureStatus) -> None:
    if not estado.intact:
        raise _Fallo(Veredicto.INVALIDA, "HASH_FAILURE", "el documento fue cambiado después de firmarse.")
    if not estado.valid:
        raise _Fallo(
            Veredicto.INVALIDA, "SIG_CRYPTO_FAILURE", "la firma no fue hecha con la llave de su certificado."
        )
    for sello in (estado.timestamp_validity, estado.content_timestamp_validity):
        if sello is not None and not (sello.intact and sello.valid):
            raise _Fallo(
                Veredicto.INVALIDA, "FORMAT_FAILURE", "el sello de tiempo de la firma no corresponde a ella."
            )
    if not estado.docmdp_ok:
        raise _Fallo(
            Veredicto.INVALIDA,
            "FORMAT_FAILURE",
            "después de la firma se añadió o cambió contenido del documento.",
        )


def _check_escrita(sello: EmbeddedPdfSignature) -> None:
    if not sobre.es_canonico(sello):
        raise _Fallo(
            Veredicto.INVALIDA, "FORMAT_FAILURE", "el sobre de la firma fue alterado o no cumple la norma."
        )
    atributos = sello.signer_info["signed_attrs"]
    if any(
        any(True for _ in find_cms_attribute_iter(atributos, nombre))
        for nombre in ("signing_certificate_v2", "signing_certificate")
    ):
        return
    veredicto = Veredicto.INVALIDA if _es_pades(sello) else Veredicto.INDETERMINADA
    raise _Fallo(
        veredicto, "FORMAT_FAILURE", "la firma no dice, dentro de lo firmado, con qué certificado se hizo."
    )


def _check_sellos(sellos: Sequence[SelloDeTiempo], veredicto: Veredicto) -> None:
    for sello in sellos:
        if sello.veredicto is veredicto:
            clase = "FORMAT_FAILURE" if veredicto is Veredicto.INVALIDA else "NO_POE"
            raise _Fallo(veredicto, clase, sello.explicacion[0].lower() + sello.explicacion[1:])


# --- Fechas y uso -----------------------------------------------------------------------------------------------------
def _check_fecha(sello: EmbeddedPdfSignature, certificado: x509.Certificate, prueba: Prueba) -> datetime:
    horas = [uno.hora for uno in prueba.sellos if uno.hora]
    fecha = sello.self_reported_timestamp or (min(horas) if horas else None)
    if fecha is None:
        raise _Fallo(Veredicto.INDETERMINADA, "NO_POE", "la firma no dice cuándo se hizo.")
    if horas and fecha > min(horas) + ADELANTO:
        raise _Fallo(
            Veredicto.INVALIDA,
            "TIMESTAMP_ORDER_FAILURE",
            "la firma dice haberse hecho después de su sello de tiempo.",
        )
    if fecha > prueba.instantes.referencia + ADELANTO:
        raise _Fallo(
            Veredicto.INVALIDA,
            "NOT_YET_VALID",
            "la firma dice haberse hecho en una fecha que todavía no llega.",
        )
    if not certificado.not_valid_before <= fecha <= certificado.not_valid_after:
        raise _Fallo(
            Veredicto.INVALIDA,
            "NOT_YET_VALID" if fecha < certificado.not_valid_before else "EXPIRED",
            "el certificado no estaba vigente en la fecha en que dice haber firmado.",
        )
    return fecha


def _check_uso(certificado: x509.Certificate) -> None:
    """El certificado de autenticación del DNIe no es de firma, aunque sea de la misma persona."""
    usos = certificado.key_usage_value.native if certificado.key_usage_value else set()
    if "non_repudiation" not in usos:
        raise _Fallo(
            Veredicto.INVALIDA,
            "CHAIN_CONSTRAINTS_FAILURE",
            "el certificado no es de firma (no tiene el uso «nonRepudiation»).",
        )
    if certificado.ca:
        raise _Fallo(
            Veredicto.INVALIDA,
            "CHAIN_CONSTRAINTS_FAILURE",
            "el certificado es de una autoridad, y con él no se firman documentos.",
        )
    extendidos = (
        set(certificado.extended_key_usage_value.native) if certificado.extended_key_usage_value else set()
    )
    if extendidos and extendidos <= {"time_stamping", "ocsp_signing", "code_signing", "server_auth"}:
        raise _Fallo(
            Veredicto.INVALIDA,
            "CHAIN_CONSTRAINTS_FAILURE",
            "el certificado es para otra cosa que firmar documentos.",
        )


# --- Cadena, revocación y lista de confianza --------------------------------------------------------------------------
def _comprobar_cadena(estado: PdfSignatureStatus, prueba: Prueba) -> Comprobada | None:
    """La cadena con sus revocaciones; nada si no se llegó a un ancla."""
    if estado.validation_path is None:
        return None
    return cadena.comprobar(estado.validation_path, prueba.evidencias, prueba.confianza, prueba.instantes)


def _check_revocacion(comprobada: Comprobada | None, fecha: datetime) -> None:
    """En contra se mira primero: un certificado revocado no vale aunque además le falte otra cosa."""
    if comprobada is None or comprobada.conclusion is not Conclusion.REVOCADO:
        return
    assert comprobada.revocado_en is not None
    dia = comprobada.revocado_en.astimezone(LIMA)
    if comprobada.del_titular:
        de_quien, clase = "su certificado", ""
    else:
        de_quien, clase = f"el certificado de su autoridad, {comprobada.de_quien},", "_CA"
    if fecha >= comprobada.revocado_en:
        frase = f"firmó con un certificado revocado el {dia:%d/%m/%Y}."
        if not comprobada.del_titular:
            frase = f"firmó cuando {de_quien} estaba revocado, desde el {dia:%d/%m/%Y}."
        raise _Fallo(Veredicto.INVALIDA, "REVOKED", frase)
    raise _Fallo(
        Veredicto.INDETERMINADA,
        f"REVOKED{clase}_NO_POE",
        f"{de_quien} fue revocado el {dia:%d/%m/%Y} y nada prueba que firmara antes (no hay sello de tiempo).",
    )


def _check_confianza(sello: EmbeddedPdfSignature, estado: PdfSignatureStatus, confianza: Confianza) -> None:
    if estado.trusted:
        return
    problema = estado.trust_problem_indic
    if problema in _ALGORITMOS:
        raise _Fallo(
            Veredicto.INVALIDA, "CRYPTO_CONSTRAINTS_FAILURE", "la firma usa un algoritmo que ya no es seguro."
        )
    if problema in _DANADA:
        raise _Fallo(Veredicto.INVALIDA, "FORMAT_FAILURE", "la firma está dañada.")
    if _suplanta(sello, confianza):
        raise _Fallo(
            Veredicto.INVALIDA,
            "NO_CERTIFICATE_CHAIN_FOUND",
            "el certificado es de una autoridad falsa que usa el nombre de una verdadera.",
        )
    if problema is AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND or estado.validation_path is None:
        raise _Fallo(
            Veredicto.INDETERMINADA,
            "NO_CERTIFICATE_CHAIN_FOUND",
            "no reconocemos a la entidad que emitió su certificado.",
        )
    if problema in {AdESFailure.NOT_YET_VALID, AdESIndeterminate.EXPIRED, AdESIndeterminate.OUT_OF_BOUNDS_NO_POE,
                    AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED}:  # fmt: skip
        raise _Fallo(
            Veredicto.INDETERMINADA,
            "OUT_OF_BOUNDS_NO_POE",
            "su certificado ya no está vigente y nada prueba que firmara a tiempo (no hay sello de tiempo).",
        )
    raise _Fallo(
        Veredicto.INDETERMINADA,
        "CERTIFICATE_CHAIN_GENERAL_FAILURE",
        "la cadena de su certificado no es correcta o ya no está vigente.",
    )


def _check_comprobada(comprobada: Comprobada | None) -> None:
    """Lo que no se pudo comprobar nunca es válido."""
    if comprobada is None or comprobada.conclusion is Conclusion.VIGENTE:
        return
    de_quien = (
        "su certificado"
        if comprobada.del_titular
        else f"el certificado de su autoridad, {comprobada.de_quien},"
    )
    raise _Fallo(Veredicto.INDETERMINADA, "TRY_LATER", f"no se pudo comprobar si {de_quien} estaba revocado.")


def _suplanta(sello: EmbeddedPdfSignature, confianza: Confianza) -> bool:
    """Dice si un certificado de la firma dice ser de una autoridad nuestra, y ninguna de ese nombre lo emitió."""
    conocidas = [leer_x509(der) for der in (*confianza.raices, *confianza.otras)]
    for suyo in (sello.signer_cert, *sello.other_embedded_certs):
        certificado = leer_x509(suyo.dump())
        tocayas = [una for una in conocidas if una.subject == certificado.issuer]
        if tocayas and not any(emitio(una, certificado) for una in tocayas):
            return True
    return False


def _check_certificados_de_mas(
    sello: EmbeddedPdfSignature, estado: PdfSignatureStatus, confianza: Confianza
) -> None:
    """Los certificados que la firma trae y ninguna firma cubre deben ser auténticos, byte por byte.

    Los de la cadena lo son; de los demás se exige que los haya emitido otro de los que se tienen a la vista.
    """
    assert estado.validation_path is not None
    cadena_entera = [uno.dump() for uno in estado.validation_path.iter_certs(include_root=True)]
    sueltos = [uno.dump() for uno in sello.other_embedded_certs if uno.dump() not in cadena_entera]
    if not sueltos:
        return
    emisores = [leer_x509(der) for der in (*cadena_entera, *sueltos, *confianza.raices, *confianza.otras)]
    for der in sueltos:
        suelto = leer_x509(der)
        if any(emitio(emisor, suelto) for emisor in emisores):
            continue
        if any(suelto.subject == leer_x509(otro).subject for otro in cadena_entera):
            raise _Fallo(Veredicto.INVALIDA, "FORMAT_FAILURE", "un certificado de la firma fue alterado.")
        raise _Fallo(
            Veredicto.INDETERMINADA,
            "CERTIFICATE_CHAIN_GENERAL_FAILURE",
            "la firma trae un certificado ajeno a su cadena.",
        )


def _check_lista(estado: PdfSignatureStatus, fecha: datetime, prueba: Prueba) -> None:
    """La autoridad debía estar acreditada cuando se firmó; sin prueba de la fecha, también debe estarlo ahora."""
    lista = prueba.confianza.lista
    if lista is None or estado.validation_path is None:
        return
    for al in {fecha, prueba.instantes.referencia}:
        if mal := lista.reparo(
            estado.validation_path, al=al, de_tiempo=False, propias=prueba.confianza.raices
        ):
            raise _Fallo(
                Veredicto.INDETERMINADA,
                "NO_CERTIFICATE_CHAIN_FOUND",
                f"su certificado es de una autoridad {mal}.",
            )


# --- Lo que se lee ----------------------------------------------------------------------------------------------------
def _es_pades(sello: EmbeddedPdfSignature) -> bool:
    return bool(sello.sig_object.get("/SubFilter") == SigSeedSubFilter.PADES.value)


def _campo(certificado: x509.Certificate, nombre: str) -> str:
    valor = certificado.subject.native.get(nombre, "")
    return str(valor[0] if isinstance(valor, list) else valor)


def _titular(certificado: x509.Certificate) -> str:
    """De quién es: su nombre; si no lo dice, su organización; y si tampoco, todo lo que diga de sí."""
    return (
        _campo(certificado, "common_name")
        or _campo(certificado, "organization_name")
        or str(certificado.subject.human_friendly)
        or "Un firmante sin nombre"
    )


def _documento(certificado: x509.Certificate) -> str:
    """``DNI 45678901`` o ``RUC 20171057471``, según de quién sea el certificado.

    Si no está donde la norma lo pone, se mira en el nombre, como lo escriben el DNIe («… FIR 45678901 hard») y los de
    entidad («… FAU 20171057471 soft»); y si tampoco, se da el número de serie del titular tal cual.
    """
    numero, nombre = _campo(certificado, "serial_number"), _campo(certificado, "common_name")
    if hallado := _DOCUMENTO.fullmatch(numero):
        return f"{_CLASES[hallado[1]]} {hallado[2]}"
    if en_el_nombre := _EN_EL_NOMBRE.search(nombre):
        clase = "DNI" if en_el_nombre[1] == "FIR" else "RUC"
        return f"{clase} {en_el_nombre[2]}"
    return _campo(certificado, "organization_identifier").replace("NTRPE-", "RUC ") or numero


def _texto(sello: EmbeddedPdfSignature, nombre: str) -> str:
    return str(sello.sig_object[nombre]) if nombre in sello.sig_object else ""


def _cargo(sello: EmbeddedPdfSignature) -> str:
    """El cargo que el firmante declaró dentro de la firma (CAdES, ``signer-attributes-v2``)."""
    for declarados in find_cms_attribute_iter(sello.signer_info["signed_attrs"], "signer_attributes_v2"):
        for atributo in declarados["claimed_attributes"]:
            if atributo["type"].dotted == "2.5.4.12":
                return str(atributo["values"][0].native)
    return ""
