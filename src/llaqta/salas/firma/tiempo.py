"""El juicio de un sello de tiempo (RFC 3161): a qué hora existía lo sellado, según quién, y si se le puede creer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from asn1crypto import cms
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.general import extract_signer_info
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from llaqta.salas.firma import cadena, sobre
from llaqta.salas.firma.cadena import Eslabon, Instantes
from llaqta.salas.firma.confianza import Confianza, leer_x509
from llaqta.salas.firma.revocacion import Conclusion, Evidencias
from llaqta.salas.firma.veredicto import Veredicto

ADELANTO = timedelta(minutes=5)
"""Cuánto pueden diferir dos relojes honrados."""
_DEBILES = {"md5", "sha1", "md2"}
T = TypeVar("T")


@dataclass(frozen=True)
class SelloDeTiempo:
    """Un sello de tiempo, juzgado.

    :param de_documento: si sella el documento entero (``DocTimeStamp``) o una sola firma
    """

    hora: datetime | None
    autoridad: str
    veredicto: Veredicto
    explicacion: str
    de_documento: bool
    cadena: tuple[Eslabon, ...] = ()


class _NoVale(Exception):
    def __init__(self, veredicto: Veredicto, frase: str) -> None:
        super().__init__(frase)
        self.veredicto, self.frase = veredicto, frase


def juzgar(
    firmado: cms.SignedData,
    sellado: Callable[[str], bytes],
    *,
    contexto: ValidationContext,
    confianza: Confianza,
    evidencias: Evidencias,
    instantes: Instantes,
    de_documento: bool,
) -> SelloDeTiempo:
    """Juzga un sello de tiempo a una fecha. Nunca lanza: lo que no se puede leer es ``INVALIDA``.

    :param sellado: da el resumen de lo sellado con el algoritmo que se le pida
    """
    hora: datetime | None = None
    autoridad = ""
    eslabones: tuple[Eslabon, ...] = ()
    try:
        estado = TimestampSignatureStatus(**correr(validate_tst_signed_data(firmado, contexto, sellado)))
        hora, autoridad = estado.timestamp, estado.signing_cert.subject.native.get("common_name", "")
        _check_forma(firmado, estado, instantes)
        eslabones = _check_autoridad(estado, confianza, evidencias, instantes)
    except _NoVale as fallo:
        return SelloDeTiempo(
            hora,
            str(autoridad),
            fallo.veredicto,
            f"El sello de tiempo {fallo.frase}",
            de_documento,
            eslabones,
        )
    except Exception:  # noqa: BLE001 (un sello que no se puede leer no prueba nada)
        return SelloDeTiempo(
            hora,
            str(autoridad),
            Veredicto.INVALIDA,
            "El sello de tiempo está dañado.",
            de_documento,
            eslabones,
        )
    return SelloDeTiempo(hora, str(autoridad), Veredicto.VALIDA, "", de_documento, eslabones)


def _check_forma(firmado: cms.SignedData, estado: TimestampSignatureStatus, instantes: Instantes) -> None:
    if not (estado.intact and estado.valid):
        raise _NoVale(Veredicto.INVALIDA, "no corresponde a su contenido.")
    impronta = firmado["encap_content_info"]["content"].parsed["message_imprint"]["hash_algorithm"]
    if impronta["algorithm"].native in _DEBILES or estado.md_algorithm in _DEBILES:
        raise _NoVale(Veredicto.INVALIDA, "usa un algoritmo que ya no es seguro.")
    if estado.timestamp > instantes.horizonte + ADELANTO:
        raise _NoVale(Veredicto.INVALIDA, "tiene una hora que todavía no llega.")
    quienes = extract_certs_for_validation(firmado)
    if not sobre.es_sello_canonico(firmado, extract_signer_info(firmado), quienes.signer_cert):
        raise _NoVale(Veredicto.INDETERMINADA, "no está escrito como manda la norma.")


def _check_autoridad(
    estado: TimestampSignatureStatus, confianza: Confianza, evidencias: Evidencias, instantes: Instantes
) -> tuple[Eslabon, ...]:
    certificado = leer_x509(estado.signing_cert.dump())
    if not _es_de_tiempo(certificado):
        raise _NoVale(Veredicto.INVALIDA, "no lo puso una autoridad de sellado de tiempo.")
    if not certificado.not_valid_before_utc <= estado.timestamp <= certificado.not_valid_after_utc:
        raise _NoVale(Veredicto.INVALIDA, "tiene una hora en que su autoridad no estaba vigente.")
    if not estado.trusted or estado.validation_path is None:
        if certificado.not_valid_after_utc < instantes.referencia:
            raise _NoVale(
                Veredicto.INDETERMINADA,
                "es de una autoridad cuyo certificado ya venció, y ningún otro lo renovó.",
            )
        raise _NoVale(Veredicto.INDETERMINADA, "es de una autoridad que no conocemos.")
    if confianza.lista and (
        mal := confianza.lista.reparo(
            estado.validation_path, al=estado.timestamp, de_tiempo=True, propias=confianza.raices
        )
    ):
        raise _NoVale(Veredicto.INDETERMINADA, f"es de una autoridad {mal}.")
    comprobada = cadena.comprobar(estado.validation_path, evidencias, confianza, instantes)
    if comprobada.conclusion is Conclusion.REVOCADO:
        raise _NoVale(Veredicto.INDETERMINADA, "es de una autoridad cuyo certificado fue revocado.")
    if comprobada.conclusion is Conclusion.SIN_COMPROBAR:
        raise _NoVale(
            Veredicto.INDETERMINADA, "es de una autoridad de la que no se pudo comprobar si fue revocada."
        )
    return comprobada.eslabones


def _es_de_tiempo(certificado: x509.Certificate) -> bool:
    """El uso extendido debe ser solo sellar el tiempo, y crítico (RFC 3161, 2.3)."""
    try:
        usos = certificado.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return False
    return usos.critical and list(usos.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def correr(tarea: Coroutine[Any, Any, T]) -> T:
    """Corre una corrutina de pyHanko hasta su fin, haya o no un bucle de eventos en este hilo."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(tarea)
    with ThreadPoolExecutor(1) as hilo:
        return hilo.submit(asyncio.run, tarea).result()
