"""Verificar un PDF firmado, con la regla estricta de la casa.

pyHanko comprueba la criptografía, la cadena y los cambios posteriores; encima va nuestra regla, porque ningún programa
basta solo: poppler da por buenos seis de seis documentos alterados después de firmar, y pyHanko acepta bytes añadidos
al final y un firmante revocado si no hay lista que consultar. Aquí, lo que no se pudo comprobar nunca es ``VALIDA``.

==============  ========================================================================================================
VALIDA          íntegra, cubre el archivo entero, cadena hasta un ancla nuestra y revocación comprobada
INDETERMINADA   íntegra, pero falta comprobar algo: autoridad que no conocemos, revocación, vigencia
INVALIDA        alterada, de forma ilícita, o de quien se hace pasar por otro; también todo lo que no se pudo leer
SIN_FIRMA       no tiene firmas ni restos de ellas
==============  ========================================================================================================
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, TypeVar

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DSSCompareRule,
    FormUpdatingRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    XrefStreamRule,
)
from pyhanko.sign.validation.pdf_embedded import (
    EmbeddedPdfSignature,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko_certvalidator import ValidationContext

from llaqta.salas.firma import forma, juicio
from llaqta.salas.firma.anclas import Confianza
from llaqta.salas.firma.juicio import FirmaVista, Veredicto

registro = logging.getLogger(__name__)
# Un certificado que no se reconoce es una respuesta, no una avería: pyHanko escribiría su traza entera cada vez.
logging.getLogger("pyhanko.sign.validation").setLevel(logging.ERROR)
T = TypeVar("T")

__all__ = ["FirmaVista", "Informe", "Veredicto", "verificar"]

# Después de una firma solo se admite otra firma (y lo que una de largo plazo añade): ni rellenar campos, ni anotar, ni
# cambiar metadatos. Lo que la política no nombra, altera.
POLITICA = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(),  # type: ignore[no-untyped-call]
        XrefStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        ObjectStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        DSSCompareRule().as_qualified(ModificationLevel.LTA_UPDATES),
    ],
    form_rule=FormUpdatingRule(
        field_rules=[SigFieldCreationRule(), SigFieldModificationRule()]  # type: ignore[no-untyped-call]
    ),
)


@dataclass(frozen=True)
class Informe:
    """El resultado de verificar un documento: el veredicto, cada firma en su orden, y los motivos en castellano."""

    veredicto: Veredicto
    firmas: tuple[FirmaVista, ...]
    motivos: tuple[str, ...]

    @property
    def de_demostracion(self) -> bool:
        """Verdadero si alguna de sus firmas es de demostración, SIN VALOR LEGAL."""
        return any(firma.de_demostracion for firma in self.firmas)


def verificar(
    pdf: bytes, *, confianza: Confianza, ahora: datetime, existia_el: datetime | None = None
) -> Informe:
    """Verifica todas las firmas de un PDF sin usar la red. Nunca lanza: lo que no se puede leer es ``INVALIDA``.

    :param existia_el: instante en que consta que el documento ya existía; las firmas se juzgan a esa fecha
    """
    # Fuera del «try»: un ancla ilegible es culpa de la instalación, no del documento.
    contexto = _contexto(confianza, ahora, existia_el)
    try:
        return _verificar(pdf, contexto, confianza, existia_el or ahora)
    except forma.FormaIlicita as error:
        return _invalido(str(error))
    except Exception as error:  # noqa: BLE001 (la regla es esta: si algo falla al leer, no se da por bueno)
        registro.info("Un PDF no se pudo verificar: %s: %s", type(error).__name__, error)
        return _invalido("El archivo está dañado o fue manipulado, y sus firmas no se pueden leer.")


def _invalido(motivo: str) -> Informe:
    return Informe(Veredicto.INVALIDA, (), (motivo,))


def _verificar(pdf: bytes, contexto: ValidationContext, confianza: Confianza, momento: datetime) -> Informe:
    forma.check_comienzo(pdf)
    lector = PdfFileReader(BytesIO(pdf))
    if lector.encrypted:
        return _invalido("El PDF está protegido con contraseña y sus firmas no se pueden comprobar.")
    sellos = list(lector.embedded_signatures)
    if not sellos:
        if forma.tiene_restos_de_firma(pdf):
            return _invalido("El documento tuvo una firma que fue retirada o dañada.")
        return Informe(Veredicto.SIN_FIRMA, (), ("El documento no tiene firmas digitales.",))
    _check_cobertura(pdf, sellos)
    if any(sello.sig_object_type not in {"/Sig", "/DocTimeStamp"} for sello in sellos):
        return _invalido("Una firma del documento fue alterada: no dice lo que es.")
    firmas = [_mirar(sello, contexto, confianza, momento) for sello in lector.embedded_regular_signatures]
    motivos = [firma.explicacion for firma in firmas if firma.veredicto is not Veredicto.VALIDA]
    veredictos = [firma.veredicto for firma in firmas]
    for sello in lector.embedded_timestamp_signatures:
        veredicto, motivo = _mirar_sello_de_tiempo(sello, contexto)
        veredictos.append(veredicto)
        motivos += [motivo] if motivo else []
    if not firmas:
        return Informe(
            Veredicto.INDETERMINADA, (), ("El documento solo tiene sellos de tiempo, nadie lo firma.",)
        )
    return Informe(max(veredictos, key=juicio.GRAVEDAD.index), tuple(firmas), tuple(dict.fromkeys(motivos)))


def _check_cobertura(pdf: bytes, sellos: list[EmbeddedPdfSignature]) -> None:
    """Cada firma cubre desde el primer byte y la última llega al último.

    :raises FormaIlicita: si no
    """
    alcances = [forma.check_rango(pdf, sello.byte_range, sello.pkcs7_content) for sello in sellos]
    if len(set(alcances)) != len(alcances):
        raise forma.FormaIlicita("Dos campos muestran la misma firma.")
    if forma.contar_firmas_escritas(pdf) > len(sellos):
        raise forma.FormaIlicita("El documento tuvo otra firma, que fue retirada.")
    if max(alcances) != len(pdf):
        raise forma.FormaIlicita("Después de la última firma se añadió algo al archivo.")


def _contexto(confianza: Confianza, ahora: datetime, existia_el: datetime | None) -> ValidationContext:
    return ValidationContext(
        trust_roots=[juicio.leer(der) for der in confianza.raices],
        other_certs=[juicio.leer(der) for der in confianza.otras],
        crls=list(confianza.listas),
        allow_fetching=False,
        # «require»: sin lista que lo diga, ningún certificado se da por no revocado.
        revocation_mode="require",
        moment=existia_el or ahora,
        # Una lista posterior dice la verdad sobre una fecha anterior.
        retroactive_revinfo=existia_el is not None,
    )


def _mirar(
    sello: EmbeddedPdfSignature, contexto: ValidationContext, confianza: Confianza, momento: datetime
) -> FirmaVista:
    estado = _correr(async_validate_pdf_signature(sello, contexto, diff_policy=POLITICA))
    return juicio.juzgar(sello, estado, confianza=confianza, momento=momento)


def _mirar_sello_de_tiempo(sello: EmbeddedPdfSignature, contexto: ValidationContext) -> tuple[Veredicto, str]:
    estado = _correr(async_validate_pdf_timestamp(sello, contexto, diff_policy=POLITICA))
    if not (estado.intact and estado.valid and estado.docmdp_ok):
        return Veredicto.INVALIDA, "El sello de tiempo del documento no corresponde a su contenido."
    if not estado.trusted:
        return Veredicto.INDETERMINADA, "No conocemos a la autoridad que puso el sello de tiempo."
    return Veredicto.VALIDA, ""


def _correr(tarea: Coroutine[Any, Any, T]) -> T:
    """Corre una corrutina de pyHanko hasta su fin, haya o no un bucle de eventos en este hilo."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(tarea)
    with ThreadPoolExecutor(1) as hilo:
        return hilo.submit(asyncio.run, tarea).result()
