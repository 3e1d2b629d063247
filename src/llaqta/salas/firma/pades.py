"""El motor PAdES B-B: añade una firma a un PDF sin tocar ninguno de sus bytes anteriores (ETSI EN 319 142-1).

pyHanko escribe la revisión nueva; el sobre es nuestro (``cades``) y la llave llega ya abierta (``llaves``). Aquí no hay
personas, ni base de datos, ni reloj: la hora de la firma es la que da quien llama.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.validation.pdf_embedded import read_certification_data

from llaqta.cimientos.pdf import Caja
from llaqta.salas.firma import cades
from llaqta.salas.firma.bloque import LIMA, Bloque, dibujar
from llaqta.salas.firma.llaves import Llave


class NoSePuedeFirmar(Exception):
    """El PDF no admite una firma: dañado, cifrado, o una anterior prohíbe todo cambio. El texto dice cuál."""


@dataclass(frozen=True)
class Acto:
    """Lo que la firma declara: quién, por qué, con qué cargo y cuándo."""

    titular: str
    motivo: str
    fecha: datetime
    cargo: str = ""


class _Revision(IncrementalPdfFileWriter):
    """Una revisión que solo añade la firma.

    pyHanko además reescribe los metadatos (fecha de modificación del reloj del sistema, programa); en un documento del
    Estado eso sería otro cambio, y descuadraría ``/Info`` de los metadatos XMP que exige PDF/A.
    """

    def _update_meta(self) -> None:
        pass


def firmar_bytes(
    pdf: bytes, *, llave: Llave, acto: Acto, caja: Caja | None = None, bloque: Bloque | None = None
) -> bytes:
    """Devuelve ``pdf`` con una firma más; los bytes recibidos son el comienzo exacto de los devueltos.

    :raises NoSePuedeFirmar: si el PDF no admite la firma
    """
    flujo = io.BytesIO(pdf)
    firmar_flujo(flujo, llave=llave, acto=acto, caja=caja, bloque=bloque)
    return flujo.getvalue()


def firmar_flujo(
    flujo: BinaryIO, *, llave: Llave, acto: Acto, caja: Caja | None = None, bloque: Bloque | None = None
) -> None:
    """Añade la firma al final de un archivo abierto para leer y escribir; así un PDF de 100 MB no entra en la memoria.

    :param caja: dónde va el bloque visible; sin ella, o sin ``bloque``, la firma no se ve
    :raises NoSePuedeFirmar: si el PDF no la admite; el archivo pudo quedar a medias, trabaje sobre una copia
    """
    visible = None
    if caja and bloque:
        # Fuera del «try»: un fallo al dibujar es nuestro, no del PDF que nos dieron.
        visible = _Visible(caja, dibujar(bloque, ancho=caja.x1 - caja.x0, alto=caja.y1 - caja.y0))
    try:
        _firmar(flujo, llave, acto, visible)
    except (
        PdfError,
        SigningError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        RecursionError,
    ) as error:
        raise NoSePuedeFirmar("El PDF está dañado o no cumple su norma, y así no se puede firmar.") from error


@dataclass(frozen=True)
class _Visible:
    """El bloque ya dibujado y dónde va."""

    caja: Caja
    pdf: bytes


def _firmar(flujo: BinaryIO, llave: Llave, acto: Acto, visible: _Visible | None) -> None:
    lector = PdfFileReader(flujo)
    _comprobar_que_admite(lector)
    revision = _Revision.from_reader(lector)
    nombre = _nombre_libre(lector)
    paso = PdfCMSEmbedder(new_field_spec=_campo(nombre, acto, visible)).write_cms(nombre, revision)
    campo = next(paso).get_object()
    if visible:
        apariencia = revision.import_page_as_xobject(PdfFileReader(io.BytesIO(visible.pdf)))
        campo["/AP"] = generic.DictionaryObject({pdf_name("/N"): apariencia})  # type: ignore[no-untyped-call]
    objeto = SignatureObject(
        timestamp=acto.fecha.astimezone(LIMA).replace(microsecond=0),
        subfilter=SigSeedSubFilter.PADES,
        name=acto.titular,
        reason=acto.motivo,
        bytes_reserved=2 * cades.tamano_del_sobre(llave, cargo=acto.cargo),
    )
    paso.send(SigObjSetup(sig_placeholder=objeto))
    resumen, _ = paso.send(SigIOSetup(md_algorithm="sha256", in_place=True))
    paso.send(cades.firmar_resumen(llave, resumen.document_digest, cargo=acto.cargo))


def _comprobar_que_admite(lector: PdfFileReader) -> None:
    if lector.encrypted:
        raise NoSePuedeFirmar("El PDF está protegido con contraseña; quítesela antes de firmarlo.")
    if lector.xrefs.hybrid_xrefs_present:
        raise NoSePuedeFirmar(
            "El PDF tiene dos índices distintos (híbrido) y ninguna firma sobre él sería segura."
        )
    certificacion = read_certification_data(lector)
    if certificacion and certificacion.permission == MDPPerm.NO_CHANGES:
        raise NoSePuedeFirmar("Quien certificó este PDF prohibió todo cambio posterior, también más firmas.")


def _nombre_libre(lector: PdfFileReader) -> str:
    """Devuelve ``FirmaN``, el primer nombre de campo que el documento no usa."""
    try:
        campos = [campo.get_object() for campo in lector.root["/AcroForm"]["/Fields"]]
    except KeyError:
        campos = []
    usados = {str(campo["/T"]) for campo in campos if "/T" in campo}
    numero = len(usados) + 1
    while f"Firma{numero}" in usados:
        numero += 1
    return f"Firma{numero}"


def _campo(nombre: str, acto: Acto, visible: _Visible | None) -> SigFieldSpec:
    caja = visible.caja if visible else None
    return SigFieldSpec(
        nombre,
        on_page=caja.pagina if caja else 0,
        # pyHanko escribe las medidas con decimales, aunque su anotación diga enteros.
        box=(caja.x0, caja.y0, caja.x1, caja.y1) if caja else None,  # type: ignore[arg-type]
        readable_field_name=f"Firma digital de {acto.titular}",
    )
