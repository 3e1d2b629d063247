"""Qué se admite que cambie en un PDF después de una firma: otra firma, y lo que una de largo plazo añade. Nada más.

Ni rellenar campos, ni anotar, ni cambiar el título: lo que la política no nombra, altera. De los metadatos se admiten
solo la fecha de modificación y el nombre del programa, que casi todos los firmadores vuelven a escribir.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.generic import DictionaryObject, Reference, StreamObject
from pyhanko.pdf_utils.metadata import model
from pyhanko.pdf_utils.metadata.xmp_xml import parse_xmp
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DocInfoRule,
    DSSCompareRule,
    FormUpdatingRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    SuspiciousModification,
    XrefStreamRule,
)
from pyhanko.sign.diff_analysis.rules_api import ReferenceUpdate

DE_INFO = {"/ModDate", "/Producer"}
DE_XMP = {
    ("http://ns.adobe.com/xap/1.0/", "ModifyDate"),
    ("http://ns.adobe.com/xap/1.0/", "MetadataDate"),
    ("http://ns.adobe.com/xap/1.0/mm/", "InstanceID"),
    ("http://ns.adobe.com/pdf/1.3/", "Producer"),
}
TOPE_DE_XMP = 1024 * 1024


class _Info(DocInfoRule):
    """El diccionario ``/Info``: puede cambiar la fecha y el programa."""

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterable[ReferenceUpdate]:
        antes, despues = (
            _diccionario(uno.trailer_view.get_value_as_reference("/Info", optional=True))
            for uno in (old, new)
        )
        if antes != despues:
            raise SuspiciousModification("Cambiaron los datos del documento (/Info).")
        yield from super().apply(old, new)


class _Xmp(MetadataUpdateRule):
    """Los metadatos XMP: lo mismo."""

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterable[ReferenceUpdate]:
        antes, despues = _metadatos(old), _metadatos(new)
        if antes == despues:
            # Iguales byte por byte: si además son XMP pueden haberse vuelto a escribir; si no, que nadie los toque.
            with suppress(SuspiciousModification):
                yield from super().apply(old, new)
            return
        if antes is None or despues is None or _xmp(antes) != _xmp(despues):
            raise SuspiciousModification("Cambiaron los metadatos del documento (XMP).")
        yield from super().apply(old, new)


def _diccionario(referencia: Reference | None) -> dict[str, Any]:
    if referencia is None:
        return {}
    objeto = referencia.get_object()
    if not isinstance(objeto, DictionaryObject) or isinstance(objeto, StreamObject):
        raise SuspiciousModification("/Info no es un diccionario.")
    return {clave: valor for clave, valor in objeto.items() if clave not in DE_INFO}


def _metadatos(documento: HistoricalResolver) -> bytes | None:
    try:
        flujo = documento.root.get_value_as_reference("/Metadata").get_object()
        if not isinstance(flujo, StreamObject):
            raise SuspiciousModification("Los metadatos del documento no son un flujo.")
        return bytes(flujo.read_data(DecodePurpose.XMP_METADATA))
    except KeyError:
        return None
    except PdfError as error:
        raise SuspiciousModification("Los metadatos del documento no son un flujo.") from error


def _xmp(contenido: bytes) -> list[Any]:
    if len(contenido) > TOPE_DE_XMP or b"<!DOCTYPE" in contenido or b"<!ENTITY" in contenido:
        raise SuspiciousModification("Los metadatos del documento no son XMP.")
    try:
        return [_sin_fechas(raiz) for raiz in parse_xmp(io.BytesIO(contenido))]
    except ValueError as error:
        raise SuspiciousModification("Los metadatos del documento no son XMP.") from error


def _sin_fechas(raiz: model.XmpStructure) -> dict[Any, Any]:
    return {nombre: valor for nombre, valor in raiz if (nombre.ns, nombre.local_name) not in DE_XMP}


POLITICA = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(),  # type: ignore[no-untyped-call]
        _Info().as_qualified(ModificationLevel.LTA_UPDATES),
        XrefStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        ObjectStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        DSSCompareRule().as_qualified(ModificationLevel.LTA_UPDATES),
        _Xmp().as_qualified(ModificationLevel.LTA_UPDATES),  # type: ignore[no-untyped-call]
    ],
    form_rule=FormUpdatingRule(
        field_rules=[SigFieldCreationRule(), SigFieldModificationRule()]  # type: ignore[no-untyped-call]
    ),
)
