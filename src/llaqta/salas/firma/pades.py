"""El motor PAdES B-B: añade una firma a un PDF sin tocar ninguno de sus bytes anteriores (ETSI EN 319 142-1).

Los demás niveles están en ``niveles``. pyHanko escribe la revisión nueva; el sobre es nuestro (``cades``) y la llave
llega ya abierta (``llaves``). Aquí no hay personas, ni base de datos, ni reloj: la hora de la firma es la que da quien
llama.
"""

from __future__ import annotations

import enum
import io
import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.validation.pdf_embedded import read_certification_data

from llaqta.salas.firma import cades
from llaqta.salas.firma.bloque import LIMA, Bloque, dibujar
from llaqta.salas.firma.llaves import Llave

if TYPE_CHECKING:
    from llaqta.cimientos.pdf import Caja


FALLOS_DEL_PDF = (
    PdfError, SigningError, LookupError, TypeError, ValueError, AttributeError, RecursionError,
)  # fmt: skip
"""Lo que pyHanko llega a lanzar con un PDF que no cumple su norma."""


class NoSePuedeFirmar(Exception):
    """El PDF no admite una firma: dañado, cifrado, o una anterior prohíbe todo cambio. El texto dice cuál."""


class Cambios(enum.IntEnum):
    """Lo que admite después de sí una firma que certifica el documento (ISO 32000, DocMDP)."""

    NINGUNO = 1
    FIRMAS = 2
    FIRMAS_Y_NOTAS = 3


@dataclass(frozen=True)
class Acto:
    """Lo que la firma declara: quién, por qué, con qué cargo y cuándo.

    :param certifica: solo en la primera firma: qué cambios admite después quien la pone (DocMDP)
    """

    titular: str
    motivo: str
    fecha: datetime
    cargo: str = ""
    certifica: Cambios | None = None


class Revision(IncrementalPdfFileWriter):
    """Una revisión que solo añade la firma.

    pyHanko además reescribe los metadatos (fecha de modificación del reloj del sistema, programa); en un documento del
    Estado eso sería otro cambio, y descuadraría ``/Info`` de los metadatos XMP que exige PDF/A.
    """

    def _update_meta(self) -> None:
        pass


def esta_certificado(pdf: bytes) -> bool:
    """Dice si la primera firma certificó el documento (DocMDP); lo que no se puede leer, no lo está."""
    try:
        return read_certification_data(PdfFileReader(io.BytesIO(pdf))) is not None
    except (PdfError, SigningError, LookupError, TypeError, ValueError, AttributeError, RecursionError):
        return False


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
    except FALLOS_DEL_PDF as error:
        raise NoSePuedeFirmar("El PDF está dañado o no cumple su norma, y así no se puede firmar.") from error


def firmar_archivo(
    origen: Path,
    destino: Path,
    *,
    llave: Llave,
    acto: Acto,
    caja: Caja | None = None,
    bloque: Bloque | None = None,
) -> None:
    """Copia un PDF y firma la copia en su sitio: 100 MB no entran en la memoria. Si no se puede, no queda la copia.

    :param destino: no debe existir
    :raises NoSePuedeFirmar: si el PDF no admite la firma
    :raises FileExistsError: si ``destino`` ya existe
    """
    with destino.open("x+b") as flujo:
        try:
            with origen.open("rb") as entrada:
                shutil.copyfileobj(entrada, flujo, 1024 * 1024)
            flujo.seek(0)
            firmar_flujo(flujo, llave=llave, acto=acto, caja=caja, bloque=bloque)
            flujo.flush()
            os.fsync(flujo.fileno())
        except BaseException:
            destino.unlink(missing_ok=True)
            raise


@dataclass(frozen=True)
class _Visible:
    """El bloque ya dibujado y dónde va."""

    caja: Caja
    pdf: bytes


def _firmar(flujo: BinaryIO, llave: Llave, acto: Acto, visible: _Visible | None) -> None:
    lector = PdfFileReader(flujo)
    _comprobar_que_admite(lector)
    revision = Revision.from_reader(lector)
    nombre = nombre_libre(lector)
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
    paso.send(SigObjSetup(sig_placeholder=objeto, mdp_setup=_certificacion(lector, acto)))
    resumen, _ = paso.send(SigIOSetup(md_algorithm="sha256", in_place=True))
    paso.send(cades.firmar_resumen(llave, resumen.document_digest, cargo=acto.cargo))


def _certificacion(lector: PdfFileReader, acto: Acto) -> SigMDPSetup | None:
    if acto.certifica is None:
        return None
    if lector.embedded_signatures:
        raise NoSePuedeFirmar("Solo la primera firma puede certificar el documento, y este ya tiene otra.")
    return SigMDPSetup(md_algorithm="sha256", certify=True, docmdp_perms=MDPPerm(acto.certifica.value))


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


def nombre_libre(lector: PdfFileReader, base: str = "Firma") -> str:
    """Devuelve ``FirmaN`` (o ``SelloN``…), el primer nombre de campo que el documento no usa."""
    try:
        campos = [campo.get_object() for campo in lector.root["/AcroForm"]["/Fields"]]
    except KeyError:
        campos = []
    usados = {str(campo["/T"]) for campo in campos if "/T" in campo}
    numero = len(usados) + 1
    while f"{base}{numero}" in usados:
        numero += 1
    return f"{base}{numero}"


def _campo(nombre: str, acto: Acto, visible: _Visible | None) -> SigFieldSpec:
    caja = visible.caja if visible else None
    return SigFieldSpec(
        nombre,
        on_page=caja.pagina if caja else 0,
        # pyHanko escribe las medidas con decimales, aunque su anotación diga enteros.
        box=(caja.x0, caja.y0, caja.x1, caja.y1) if caja else None,  # type: ignore[arg-type]
        readable_field_name=f"Firma digital de {acto.titular}",
    )
