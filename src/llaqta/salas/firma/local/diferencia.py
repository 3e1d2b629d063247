"""Lo que una firma añade a un PDF que todavía no tenía ninguna, objeto por objeto; cualquier otra cosa es otra cosa.

La firma cubre todo lo que esté en el archivo cuando se hace: si un equipo enfermo agrega una página o un guion antes de
firmar, la firma sale válida. Aquí se mira que lo escrito encima de lo entregado sea solo: el formulario con su único
campo de firma, la nota que lo muestra en una página y el valor firmado. Los objetos nuevos a los que nada de eso lleva
no se ven ni se ejecutan. Cuando ya hay firmas anteriores, lo mismo lo comprueba el motor (``verificacion.POLITICA``).
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

DEL_FORMULARIO = {"/Fields", "/SigFlags", "/DA", "/DR", "/Type"}
DEL_CAMPO = {
    "/FT",
    "/Type",
    "/Subtype",
    "/T",
    "/TU",
    "/V",
    "/F",
    "/P",
    "/Rect",
    "/AP",
    "/Ff",
    "/DA",
    "/MK",
    "/Parent",
}
DEL_DIBUJO = {"/N"}
ANCHO_MAXIMO, ALTO_MAXIMO = 320.0, 160.0
"""El bloque visible no puede ser un telón que tape lo que se firma."""


class NoEsSoloUnaFirma(Exception):
    """Además de la firma hay algo más; el texto dice dónde."""


def tiene_formulario(original: bytes) -> bool:
    """Dice si lo entregado ya tenía formulario, como todo documento que ya lleva una firma."""
    return "/AcroForm" in PdfFileReader(BytesIO(original)).root


def check_solo_una_firma(original: bytes, devuelto: bytes) -> None:
    """Comprueba que lo añadido al original es solo su primera firma.

    :raises NoEsSoloUnaFirma: si cambió o se agregó otra cosa
    """
    antes, despues = PdfFileReader(BytesIO(original)), PdfFileReader(BytesIO(devuelto))
    _check_cabo(antes, despues)
    campo = _get_campo(despues)
    base = antes.xrefs.total_revisions
    viejos = _refs(despues, range(base))
    for revision in range(base, despues.xrefs.total_revisions):
        if despues.xrefs.refs_freed_in_revision(revision) & viejos:
            raise NoEsSoloUnaFirma("se borró un objeto")
    for ref in _refs(despues, range(base, despues.xrefs.total_revisions)) & viejos:
        _check_cambiado(
            _get(antes, ref), _get(despues, ref), ref, campo,
            es_raiz=ref.idnum == despues.root_ref.idnum,
        )  # fmt: skip


def check_tamano(campo: Any) -> None:
    """Comprueba que el bloque visible de un campo de firma no tapa la página.

    :raises NoEsSoloUnaFirma: si es demasiado grande
    """
    x0, y0, x1, y1 = (float(medida) for medida in campo.get("/Rect", (0, 0, 0, 0)))
    if abs(x1 - x0) > ANCHO_MAXIMO or abs(y1 - y0) > ALTO_MAXIMO:
        raise NoEsSoloUnaFirma("el bloque de la firma tapa la página")


def _get(lector: PdfFileReader, ref: generic.Reference) -> Any:
    return lector.get_object(generic.Reference(ref.idnum, ref.generation, lector))  # type: ignore[no-untyped-call]


def _refs(lector: PdfFileReader, revisiones: range) -> set[generic.Reference]:
    halladas: set[generic.Reference] = set()
    for revision in revisiones:
        halladas |= set(lector.xrefs.explicit_refs_in_revision(revision))
    return halladas


def _check_cabo(antes: PdfFileReader, despues: PdfFileReader) -> None:
    """Los dos nombran el mismo catálogo y los mismos metadatos, y ninguno está cifrado."""
    viejo, nuevo = antes.trailer_view, despues.trailer_view
    for clave in ("/Root", "/Info", "/Encrypt"):
        if _llano(viejo.raw_get(clave) if clave in viejo else None) != _llano(
            nuevo.raw_get(clave) if clave in nuevo else None
        ):
            raise NoEsSoloUnaFirma(f"cambió {clave}")


def _get_campo(despues: PdfFileReader) -> generic.IndirectObject:
    """El único campo del formulario nuevo, que es de firma y no hace nada más."""
    formulario = despues.root["/AcroForm"]
    campos = formulario["/Fields"]
    if set(formulario) - DEL_FORMULARIO or len(campos) != 1:
        raise NoEsSoloUnaFirma("el formulario trae algo más que la firma")
    ref = campos.raw_get(0)
    campo = ref.get_object()
    if not isinstance(ref, generic.IndirectObject) or campo.get("/FT") != "/Sig" or set(campo) - DEL_CAMPO:
        raise NoEsSoloUnaFirma("el campo de la firma trae algo más")
    if "/AP" in campo and set(campo["/AP"]) - DEL_DIBUJO:
        raise NoEsSoloUnaFirma("el dibujo de la firma trae algo más")
    return ref


def _check_cambiado(
    viejo: Any, nuevo: Any, ref: generic.Reference, campo: generic.IndirectObject, *, es_raiz: bool
) -> None:
    """Lo que ya existía solo cambia para enlazar la firma."""
    if _llano(viejo) == _llano(nuevo):
        return
    if es_raiz and _llano(viejo) == _sin(nuevo, "/AcroForm"):
        return
    if isinstance(viejo, generic.DictionaryObject) and viejo.get("/Type") == nuevo.get("/Type") == "/Page":
        if _sin(viejo, "/Annots") == _sin(nuevo, "/Annots") and _notas(nuevo) == [
            *_notas(viejo),
            _llano(campo),
        ]:
            return
    elif isinstance(viejo, generic.ArrayObject) and _llano(nuevo) == [*_llano(viejo), _llano(campo)]:
        return
    raise NoEsSoloUnaFirma(f"cambió el objeto {ref.idnum}")


def _notas(pagina: generic.DictionaryObject) -> list[Any]:
    return list(_llano(pagina["/Annots"])) if "/Annots" in pagina else []


def _sin(objeto: generic.DictionaryObject, clave: str) -> Any:
    return {nombre: valor for nombre, valor in _llano(objeto).items() if nombre != clave}


def _llano(objeto: Any) -> Any:
    """Un objeto de PDF como datos que se pueden comparar; un enlace se compara por su número."""
    if isinstance(objeto, generic.IndirectObject):
        return ("enlace", objeto.idnum, objeto.generation)
    if isinstance(objeto, generic.StreamObject):
        return (_dicho(objeto), objeto.encoded_data)
    if isinstance(objeto, generic.DictionaryObject):
        return _dicho(objeto)
    if isinstance(objeto, generic.ArrayObject):
        return [_llano(objeto.raw_get(lugar)) for lugar in range(len(objeto))]
    return (type(objeto).__name__, repr(objeto))


def _dicho(objeto: generic.DictionaryObject) -> dict[str, Any]:
    return {str(clave): _llano(objeto.raw_get(clave)) for clave in objeto}
