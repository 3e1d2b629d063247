"""La revisión en la puerta: qué es de verdad un archivo, cuántos folios tiene y si trae algo peligroso.

Son funciones puras sobre el contenido: no guardan ni tocan la base. Hay tres respuestas:

- el archivo se admite (``Revision`` sin ``peligro``);
- trae algo que podría actuar por su cuenta (``Revision`` con ``peligro``): se guarda en cuarentena y nunca se sirve;
- no se puede recibir (``ArchivoInadmisible``), con una frase que dice qué hacer.

Un PDF firmado pasa intacto: aquí solo se lee.
"""

from __future__ import annotations

import os
import re
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import Any, BinaryIO, cast

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.pdfium import TURNO

MB = 1_000_000
MAX_BYTES = 50 * MB
MAX_ARCHIVOS = 40
MAX_BYTES_EN_TOTAL = 300 * MB
MAX_PAGINAS = 3_000
MAX_PIXELES = 60_000_000
MAX_OBJETOS = 400_000
MAX_MEMORIA_POR_FLUJO = 48 * MB
SEGUNDOS = 8.0
LARGO_DEL_NOMBRE = 150

PDF, JPG, PNG = "application/pdf", "image/jpeg", "image/png"
DE_OFICINA = {"docx", "xlsx", "pptx", "odt", "ods"}
EXTENSIONES = {PDF: (".pdf",), JPG: (".jpg", ".jpeg"), PNG: (".png",)}

# Clave o nombre que, de aparecer en un objeto, merece mirarlo de cerca.
_SOSPECHA = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|EF|XFA|RichMedia\w*|OpenAction|SubmitForm|ImportData|GoToE|"
    rb"Rendition|Movie|Sound|FileAttachment|3D)(?![A-Za-z0-9])"
)
_ACCIONES = {
    "/JavaScript": "código JavaScript",
    "/Launch": "una orden para abrir otros programas",
    "/SubmitForm": "un formulario que envía datos a otro lugar",
    "/ImportData": "una orden para importar datos",
    "/GoToE": "un enlace a un archivo incrustado",
    "/Rendition": "contenido multimedia activo",
    "/Movie": "contenido multimedia activo",
    "/Sound": "contenido multimedia activo",
}
_ANOTACIONES = {
    "/FileAttachment": "archivos incrustados",
    "/RichMedia": "contenido multimedia activo",
    "/3D": "contenido multimedia activo",
    "/Movie": "contenido multimedia activo",
    "/Sound": "contenido multimedia activo",
    "/Screen": "contenido multimedia activo",
}
_ABRIR_SIN_RIESGO = {"/GoTo", "/Named"}

_REHACER = (
    "Ábralo en su equipo, guárdelo otra vez con «Imprimir → Guardar como PDF» y adjunte ese archivo nuevo."
)


class ArchivoInadmisible(EntradaInvalida):
    """El archivo no se puede recibir tal como está; la frase dice por qué y qué hacer."""

    def __init__(self, frase: str) -> None:
        super().__init__(frase, campo="archivos")


@dataclass(frozen=True)
class Revision:
    """Lo que se supo de un archivo: su tipo verdadero, sus folios y, si lo hay, el peligro que trae."""

    mime: str
    folios: int
    peligro: str = ""


def check_conjunto(tamanos: list[int], *, ya_entregados: int = 0, bytes_entregados: int = 0) -> None:
    """Comprueba los límites de una entrega: 40 archivos y 300 MB en total (se dicen junto al botón, antes de enviar).

    :param ya_entregados: archivos que la misma entrega ya tenía, y ``bytes_entregados``, su tamaño
    :raises ArchivoInadmisible: si hay de más
    """
    if ya_entregados + len(tamanos) > MAX_ARCHIVOS:
        raise ArchivoInadmisible(
            f"Adjuntó {ya_entregados + len(tamanos)} archivos y el máximo es {MAX_ARCHIVOS}. "
            "Junte varias páginas en un solo PDF e inténtelo otra vez."
        )
    if bytes_entregados + sum(tamanos) > MAX_BYTES_EN_TOTAL:
        raise ArchivoInadmisible(
            f"Los archivos suman más de {MAX_BYTES_EN_TOTAL // MB} MB. "
            "Escanéelos con menor resolución (200 puntos por pulgada bastan) o preséntelos en dos escritos."
        )


def revisar(flujo: BinaryIO, *, nombre: str) -> Revision:
    """Revisa un archivo que se puede recorrer y lo deja de nuevo al principio.

    :param nombre: el nombre ya limpio (``nombre_limpio``), para nombrarlo en la frase
    :raises ArchivoInadmisible: si está vacío, dañado, protegido, es enorme o no es PDF, JPG ni PNG
    """
    total = flujo.seek(0, os.SEEK_END)
    flujo.seek(0)
    if total == 0:
        raise ArchivoInadmisible(
            f"El archivo «{nombre}» está vacío. Revise que se haya guardado bien y adjúntelo otra vez."
        )
    if total > MAX_BYTES:
        raise ArchivoInadmisible(
            f"El archivo «{nombre}» pesa {total / MB:.0f} MB y el máximo es {MAX_BYTES // MB} MB. "
            "Escanéelo con menor resolución (200 puntos por pulgada bastan) o divídalo en partes."
        )
    comienzo = flujo.read(64)
    flujo.seek(0)
    try:
        if comienzo.startswith(b"%PDF-"):
            return _revisar_pdf(flujo, nombre)
        if comienzo.startswith(b"\xff\xd8\xff"):
            return _revisar_imagen(flujo, nombre, "JPEG", JPG)
        if comienzo.startswith(b"\x89PNG\r\n\x1a\n"):
            return _revisar_imagen(flujo, nombre, "PNG", PNG)
    finally:
        flujo.seek(0)
    raise ArchivoInadmisible(_frase_por_tipo(comienzo, nombre))


# --- Otros tipos ------------------------------------------------------------------------------------------------------
def _frase_por_tipo(comienzo: bytes, nombre: str) -> str:
    """Dice qué hacer con lo que no es PDF, JPG ni PNG, según lo que el contenido es de verdad."""
    extension = nombre.lower().rpartition(".")[2]
    if comienzo[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1", b"ftyphevc"}:
        return (
            f"La foto «{nombre}» está en formato HEIC, que todavía no recibimos. En el teléfono elija el formato "
            "«Más compatible» (JPG), o envíe una captura de pantalla de la foto."
        )
    if comienzo.startswith((b"PK\x03\x04", b"PK\x05\x06")) and extension in DE_OFICINA:
        return f"«{nombre}» es un documento de oficina. Guárdelo como PDF («Archivo → Guardar como») y adjunte el PDF."
    if comienzo.startswith(b"\xd0\xcf\x11\xe0"):
        return f"«{nombre}» es un documento de Office antiguo. Guárdelo como PDF y adjunte el PDF."
    if comienzo.startswith((b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf")):
        return f"«{nombre}» es una carpeta comprimida, no un PDF. Ábrala y adjunte uno por uno sus archivos."
    if extension == "pdf":
        return f"«{nombre}» se llama PDF pero su contenido no lo es. Abra el original y guárdelo como PDF otra vez."
    return f"No recibimos archivos como «{nombre}». Envíe un PDF, o una foto en JPG o PNG."


# --- PDF --------------------------------------------------------------------------------------------------------------
def _revisar_pdf(flujo: BinaryIO, nombre: str) -> Revision:
    """Abre el PDF sin reparaciones, cuenta sus páginas y busca lo que podría actuar.

    :raises ArchivoInadmisible: si está protegido, dañado, sin páginas o es desmedido
    """
    # Se importan aquí: las páginas que no reciben archivos no pagan su memoria.
    import pikepdf  # noqa: PLC0415

    _limitar_qpdf()
    danado = ArchivoInadmisible(f"El archivo «{nombre}» está dañado o incompleto. {_REHACER}")
    try:
        with pikepdf.open(flujo, attempt_recovery=False) as pdf:
            peligro = _buscar_peligro(pdf, nombre)
            folios = _contar_paginas(pdf, flujo, nombre)
    except pikepdf.PasswordError:
        raise ArchivoInadmisible(
            f"El archivo «{nombre}» está protegido con contraseña y no podemos leerlo. "
            "Guarde una copia sin contraseña y adjunte esa copia."
        ) from None
    except pikepdf.PdfError as error:
        # qpdf descubre que no hay páginas ya al abrir; es otra frase.
        if "no pages found" not in str(error):
            raise danado from error
        folios, peligro = 0, ""
    except ArchivoInadmisible:
        raise
    except (
        Exception
    ) as error:  # un archivo hostil puede torcer cualquier lectura; para la persona es lo mismo
        raise danado from error
    if folios == 0:
        raise ArchivoInadmisible(f"El archivo «{nombre}» no tiene ninguna página. {_REHACER}")
    return Revision(mime=PDF, folios=folios, peligro=peligro)


@cache
def _limitar_qpdf() -> None:
    """Pone, una vez por proceso, el tope de memoria al abrir un flujo: una bomba de 1 GB termina en error."""
    import pikepdf.settings  # noqa: PLC0415

    pikepdf.settings.set_qpdf_limits(flate_max_memory=MAX_MEMORIA_POR_FLUJO, doc_max_warnings=50)


def _contar_paginas(pdf: Any, flujo: BinaryIO, nombre: str) -> int:
    """Cuenta los folios con pdfium, el mismo motor que los mostrará; qpdf debe estar de acuerdo.

    :raises ArchivoInadmisible: si tiene más páginas de las que se pueden tramitar
    :raises ValueError: si los dos motores no ven lo mismo, o pdfium no lo abre
    """
    import pypdfium2  # noqa: PLC0415

    if len(pdf.Root.Pages.get("/Kids", ())) == 0:
        return 0
    folios = len(pdf.pages)
    if folios > MAX_PAGINAS:
        raise ArchivoInadmisible(
            f"El archivo «{nombre}» tiene {folios} páginas y el máximo es {MAX_PAGINAS}. Divídalo en tomos."
        )
    flujo.seek(0)
    contenido = flujo.read()
    with TURNO:
        try:
            vista = pypdfium2.PdfDocument(contenido)
        except pypdfium2.PdfiumError as error:
            raise ValueError("pdfium no abre el archivo") from error
        contadas = len(vista)
        vista.close()
    if contadas != folios:
        raise ValueError("qpdf y pdfium cuentan distinto")
    return folios


def _buscar_peligro(pdf: Any, nombre: str) -> str:
    """Recorre todos los objetos, también los de flujos de objetos, y dice el primer peligro; vacío si no hay.

    Cada objeto se escribe con sus nombres ya normalizados (``/J#61vaScript`` se vuelve ``/JavaScript``) y se busca en
    ese texto; solo si algo coincide se mira el objeto por dentro, porque un título también puede decir «/JavaScript».

    :raises ArchivoInadmisible: si tiene tantos objetos que revisarlos tardaría demasiado
    """
    import pikepdf  # noqa: PLC0415

    if len(pdf.objects) > MAX_OBJETOS:
        raise ArchivoInadmisible(f"El archivo «{nombre}» es demasiado complejo para revisarlo. {_REHACER}")
    limite = monotonic() + SEGUNDOS
    for orden, objeto in enumerate([pdf.trailer, *pdf.objects]):
        if orden % 500 == 499 and monotonic() > limite:
            raise ArchivoInadmisible(f"Revisar el archivo «{nombre}» tardó demasiado. {_REHACER}")
        if not isinstance(objeto, pikepdf.Object):
            continue  # un número o un nulo suelto
        propio = objeto.stream_dict if isinstance(objeto, pikepdf.Stream) else objeto
        escrito = propio.unparse(resolved=True) if propio.is_indirect else propio.unparse()
        if _SOSPECHA.search(escrito) and (peligro := next(_peligros(propio), "")):
            return peligro
    return ""


def _peligros(objeto: Any, hondo: int = 0) -> Iterator[str]:
    """Da los peligros de un objeto y de lo que lleva dentro sin referencias (esas se visitan por su lado)."""
    import pikepdf  # noqa: PLC0415

    if hondo > 60:
        yield "una estructura anidada sin fin"
        return
    if isinstance(objeto, pikepdf.Array):
        for parte in cast(Any, objeto):
            if isinstance(parte, pikepdf.Object) and not parte.is_indirect:
                yield from _peligros(parte, hondo + 1)
    elif isinstance(objeto, pikepdf.Dictionary):
        yield from _peligros_de_diccionario(objeto)
        for _, parte in objeto.items():
            if isinstance(parte, pikepdf.Object) and not parte.is_indirect:
                yield from _peligros(parte, hondo + 1)


def _peligros_de_diccionario(dic: Any) -> Iterator[str]:
    accion = _nombre(dic.get("/S"))
    if accion in _ACCIONES:
        yield _ACCIONES[accion]
    if "/JS" in dic:
        yield _ACCIONES["/JavaScript"]
    if "/JavaScript" in dic:
        yield _ACCIONES["/JavaScript"]
    if "/EmbeddedFiles" in dic or "/EF" in dic or _nombre(dic.get("/Type")) == "/EmbeddedFile":
        yield "archivos incrustados"
    if "/XFA" in dic:
        yield "un formulario XFA"
    if _nombre(dic.get("/Subtype")) in _ANOTACIONES and (
        "/Rect" in dic or _nombre(dic.get("/Type")) == "/Annot"
    ):
        yield _ANOTACIONES[_nombre(dic.get("/Subtype"))]
    if "/RichMediaContent" in dic or "/RichMediaSettings" in dic:
        yield "contenido multimedia activo"
    if "/OpenAction" in dic and not _abre_sin_riesgo(dic["/OpenAction"]):
        yield "una orden que se ejecuta al abrirlo"


def _abre_sin_riesgo(accion: Any) -> bool:
    """Verdadero si al abrir solo se va a una página: un destino, o las acciones GoTo y Named, sin otra encadenada."""
    import pikepdf  # noqa: PLC0415

    if isinstance(accion, pikepdf.Dictionary):
        return _nombre(accion.get("/S")) in _ABRIR_SIN_RIESGO and "/Next" not in accion
    return True


def _nombre(valor: Any) -> str:
    import pikepdf  # noqa: PLC0415

    return str(valor) if isinstance(valor, pikepdf.Name) else ""


# --- Imágenes ---------------------------------------------------------------------------------------------------------
def _revisar_imagen(flujo: BinaryIO, nombre: str, formato: str, mime: str) -> Revision:
    """Comprueba que la foto se puede ver entera; vale por un folio y sus bytes no se tocan.

    :raises ArchivoInadmisible: si está dañada o mide demasiado
    """
    from PIL import Image  # noqa: PLC0415

    danada = ArchivoInadmisible(
        f"La foto «{nombre}» está dañada o incompleta. Tómela otra vez, o vuelva a descargarla, y adjúntela de nuevo."
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            imagen = Image.open(flujo, formats=[formato])
        if imagen.width * imagen.height > MAX_PIXELES:
            raise ArchivoInadmisible(
                f"La foto «{nombre}» mide {imagen.width} × {imagen.height} puntos, más de lo que podemos mostrar. "
                "Redúzcala a menos de 60 megapíxeles."
            )
        if formato == "JPEG":
            # A un octavo se lee el archivo completo, de modo que se descubre si está cortado, en pocos milisegundos.
            imagen.draft("L", (max(1, imagen.width // 8), max(1, imagen.height // 8)))
            imagen.load()
        else:
            imagen.verify()
    except ArchivoInadmisible:
        raise
    except Exception as error:  # Pillow lanza de todo con una imagen hostil; para la persona es lo mismo
        raise danada from error
    return Revision(mime=mime, folios=1)


# --- Nombres ----------------------------------------------------------------------------------------------------------
_PROHIBIDOS = re.compile(r'[<>:"|?*\x7f]')


def nombre_limpio(nombre: str, *, mime: str = "") -> str:
    """Devuelve un nombre para mostrar: sin carpetas, sin caracteres de control ni que inviertan el texto, y corto.

    :param mime: si se da, la extensión queda de acuerdo con el contenido verdadero
    """
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", nombre))[-1]
    # Cc: saltos de línea; Cf: inversores de derecha a izquierda e invisibles; Cs y Co: sin significado común.
    base = "".join(
        signo for signo in base if unicodedata.category(signo) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    )
    base = re.sub(r"\s+", " ", _PROHIBIDOS.sub("_", base)).strip(" .")
    tronco, punto, extension = base.rpartition(".")
    if not punto or len(extension) > 8:
        tronco, extension = base, ""
    validas = EXTENSIONES.get(mime, ())
    if validas and f".{extension.lower()}" not in validas:
        if extension.lower() not in {"pdf", "jpg", "jpeg", "png", ""}:
            tronco = base
        extension = validas[0][1:]
    final = f".{extension}" if extension else ""
    return (tronco.strip(" .") or "archivo")[: LARGO_DEL_NOMBRE - len(final)] + final
