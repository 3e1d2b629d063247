"""La regla con que se acepta un documento que vuelve firmado del equipo de una persona.

El equipo, el componente y la red son ajenos: lo que llega se compara con lo que se entregó, byte por byte, y después se
verifica como se verificaría el de un desconocido. En orden, y a la primera falta se rechaza:

1. es un PDF y no crece más de lo que crece una firma;
2. los bytes entregados son su comienzo exacto;
3. tiene exactamente una firma más;
4. la nueva llega al último byte, y lo añadido es solo ella (ni guiones, ni páginas, ni notas);
5. el motor de la casa la da por válida, con la revocación comprobada, y también a las anteriores;
6. el certificado es de firma (``nonRepudiation``), de la persona esperada y, si es de una entidad, de esta;
7. tiene el nivel pedido;
8. fuera de la práctica, no es de la autoridad de demostración.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import SuspiciousModification
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from llaqta.salas.firma import queries
from llaqta.salas.firma.local import diferencia
from llaqta.salas.firma.local.policies import FirmaRechazada
from llaqta.salas.firma.politica import POLITICA
from llaqta.salas.firma.verificacion import FirmaVista, Informe, Veredicto

CRECE_A_LO_MAS = 4 * 1024 * 1024
"""Lo que puede ocupar una firma con su cadena, su dibujo y sus datos de revocación."""
_DOCUMENTO = re.compile(r"(?:(?:PNO|IDC|PAS)PE-)?([0-9A-Z]{6,15})")
_RUC = re.compile(r"(?:NTRPE-)?(\d{11})")


@dataclass(frozen=True)
class Esperado:
    """Quién debía firmar y cómo."""

    documento: str
    ruc: str
    nivel: str
    entrenamiento: bool


@dataclass(frozen=True)
class FirmaAceptada:
    """La firma nueva, ya verificada."""

    titular: str
    documento: str
    nivel: str
    de_demostracion: bool


def contar_firmas(pdf: bytes) -> int:
    """Cuántas firmas lleva un PDF nuestro antes de entregarlo."""
    return len(list(PdfFileReader(BytesIO(pdf)).embedded_signatures))


def check_devuelto(original: bytes, devuelto: bytes, esperado: Esperado, *, ahora: datetime) -> FirmaAceptada:
    """Aplica la regla a un documento devuelto.

    :param original: los bytes exactos que se entregaron
    :raises FirmaRechazada: a la primera falta
    """
    _check_continua(original, devuelto)
    try:
        nueva = _check_una_mas(original, devuelto)
        _check_solo_la_firma(original, devuelto, nueva)
    except FirmaRechazada:
        raise
    except Exception as error:  # noqa: BLE001 (lo que no se puede leer no se acepta)
        raise FirmaRechazada(
            "ILEGIBLE", "El archivo que volvió está dañado o no cumple la norma de los PDF firmados."
        ) from error
    # La revocación de una autoridad de verdad se pregunta por la red; la de práctica la publicamos nosotros.
    informe = queries.verificar(devuelto, ahora=ahora, en_linea=not esperado.entrenamiento)
    vista = _check_valida(informe)
    _check_certificado(nueva.signer_cert, esperado)
    _check_nivel(vista, esperado)
    if informe.de_demostracion and not esperado.entrenamiento:
        raise FirmaRechazada(
            "DE_PRACTICA", "La firma se hizo con un certificado de práctica, que no tiene valor legal."
        )
    return FirmaAceptada(vista.titular, vista.documento, vista.nivel, vista.de_demostracion)


def _check_continua(original: bytes, devuelto: bytes) -> None:
    if not devuelto.startswith(b"%PDF-"):
        raise FirmaRechazada("NO_ES_PDF", "Lo que volvió no es un PDF.")
    if len(devuelto) > len(original) + CRECE_A_LO_MAS:
        raise FirmaRechazada("CRECIO", "El archivo que volvió pesa mucho más de lo que agrega una firma.")
    if not devuelto.startswith(original):
        raise FirmaRechazada(
            "OTRO_DOCUMENTO",
            "Lo que volvió firmado no es el documento que se entregó: cambió por lo menos un byte.",
        )
    if len(devuelto) == len(original):
        raise FirmaRechazada("SIN_FIRMA", "El documento volvió sin firmar.")


def _check_una_mas(original: bytes, devuelto: bytes) -> EmbeddedPdfSignature:
    """Exactamente una firma más, y que llegue hasta el último byte; devuelve esa firma."""
    previas = contar_firmas(original)
    firmas = list(PdfFileReader(BytesIO(devuelto)).embedded_signatures)
    if len(firmas) == previas:
        raise FirmaRechazada("SIN_FIRMA", "El documento volvió sin una firma nueva.")
    if len(firmas) != previas + 1:
        raise FirmaRechazada("VARIAS_FIRMAS", "El documento volvió con más firmas que la suya.")
    nueva: EmbeddedPdfSignature = max(
        firmas, key=lambda firma: int(firma.byte_range[2]) + int(firma.byte_range[3])
    )
    if nueva.sig_object_type != "/Sig":
        raise FirmaRechazada("SIN_FIRMA", "El documento volvió con un sello de tiempo y sin una firma.")
    if int(nueva.byte_range[2]) + int(nueva.byte_range[3]) != len(devuelto):
        raise FirmaRechazada("BYTES_DESPUES", "Después de firmar se añadió algo al archivo.")
    return nueva


def _check_solo_la_firma(original: bytes, devuelto: bytes, nueva: EmbeddedPdfSignature) -> None:
    """Lo añadido a lo entregado es solo la firma: lo que se leyó es lo que se firmó."""
    try:
        diferencia.check_tamano(nueva.sig_field)
        if not diferencia.tiene_formulario(original):
            diferencia.check_solo_una_firma(original, devuelto)
            return
    except diferencia.NoEsSoloUnaFirma as error:
        raise _agregado() from error
    base = PdfFileReader(BytesIO(original)).xrefs.total_revisions - 1
    if isinstance(POLITICA.review_file(PdfFileReader(BytesIO(devuelto)), base), SuspiciousModification):
        raise _agregado()


def _agregado() -> FirmaRechazada:
    return FirmaRechazada(
        "CONTENIDO_AGREGADO",
        "Además de la firma, al documento se le agregó o cambió contenido antes de firmarlo.",
    )


def _check_valida(informe: Informe) -> FirmaVista:
    """La nueva y las anteriores son válidas; devuelve la nueva, que es la última."""
    if informe.veredicto is not Veredicto.VALIDA or not informe.firmas:
        motivo = " ".join(informe.motivos) or "no se pudo comprobar."
        raise FirmaRechazada("NO_VALIDA", f"La firma no se pudo dar por válida: {motivo}"[:400])
    return informe.firmas[-1]


def _check_certificado(certificado: x509.Certificate, esperado: Esperado) -> None:
    usos = certificado.key_usage_value.native if certificado.key_usage_value else set()
    if "non_repudiation" not in usos:
        raise FirmaRechazada(
            "NO_ES_DE_FIRMA", "Firmó con su certificado de identidad (AUT). Elija el de firma (FIR o FAU)."
        )
    documento = _DOCUMENTO.fullmatch(_campo(certificado, "serial_number"))
    if documento is None or documento[1] != esperado.documento:
        raise FirmaRechazada(
            "OTRA_PERSONA",
            "El certificado con que se firmó es de otra persona. Debe firmar usted, con el suyo.",
        )
    ruc = _RUC.fullmatch(_campo(certificado, "organization_identifier"))
    if ruc and ruc[1] != esperado.ruc:
        raise FirmaRechazada(
            "OTRA_ENTIDAD", "El certificado es de otra entidad. Use el suyo propio o el que tiene por esta."
        )


def _check_nivel(vista: FirmaVista, esperado: Esperado) -> None:
    minimo = "PAdES B-B" if esperado.nivel == "B" else "PAdES B-T"
    orden = ("PAdES B-B", "PAdES B-T", "PAdES B-LT", "PAdES B-LTA")
    if vista.nivel not in orden or orden.index(vista.nivel) < orden.index(minimo):
        raise FirmaRechazada(
            "NIVEL",
            f"La firma es «{vista.nivel}» y se pidió «{minimo}»: revise cómo está configurado su componente.",
        )


def _campo(certificado: x509.Certificate, nombre: str) -> str:
    valor = certificado.subject.native.get(nombre, "")
    return str(valor[0] if isinstance(valor, list) else valor)
