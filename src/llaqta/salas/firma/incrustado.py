"""Lo que un PDF trae consigo para comprobarlo: el almacén de validación (DSS) y lo que cada firma lleva dentro.

Nada de esto se cree por estar ahí: son certificados, listas y respuestas que ``revocacion`` comprueba una por una.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from asn1crypto import cms
from pyhanko.pdf_utils.misc import get_and_apply
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import find_cms_attribute_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

registro = logging.getLogger(__name__)
PIEZAS = 400
"""Cuántas piezas del almacén se leen: un documento de verdad trae decenas; más es querer cansar al lector."""
MEGAS = 20 * 1024 * 1024


@dataclass(frozen=True)
class Incrustado:
    """Certificados, listas y respuestas que vienen con el documento (DER); ``hay_almacen``, si trae un DSS."""

    certificados: tuple[bytes, ...] = ()
    listas: tuple[bytes, ...] = ()
    respuestas: tuple[bytes, ...] = ()
    hay_almacen: bool = False


def leer_incrustado(lector: PdfFileReader, sellos: list[EmbeddedPdfSignature]) -> Incrustado:
    """Reúne lo que el documento trae para comprobar sus firmas.

    :raises PdfError: si el almacén no se puede leer
    """
    certificados, listas, respuestas = _del_almacen(lector)
    for sello in sellos:
        for firmado in _sobres(sello):
            listas += _listas_del_sobre(firmado)
        for archivo in find_cms_attribute_iter(
            sello.signer_info["signed_attrs"], "adobe_revocation_info_archival"
        ):
            listas += [lista.dump() for lista in archivo["crl"] or ()]
            respuestas += [respuesta.dump() for respuesta in archivo["ocsp"] or ()]
    return Incrustado(
        tuple(certificados), tuple(listas), tuple(respuestas), hay_almacen="/DSS" in lector.root
    )


def _del_almacen(lector: PdfFileReader) -> tuple[list[bytes], list[bytes], list[bytes]]:
    try:
        almacen = lector.root["/DSS"]
    except KeyError:
        return [], [], []
    reunido: list[list[bytes]] = []
    queda = MEGAS
    for clase in ("/Certs", "/CRLs", "/OCSPs"):
        piezas = []
        for referencia in list(get_and_apply(almacen, clase, list, default=[]))[:PIEZAS]:
            pieza = bytes(referencia.get_object().data)
            queda -= len(pieza)
            if queda < 0:
                break
            piezas.append(pieza)
        reunido.append(piezas)
    return reunido[0], reunido[1], reunido[2]


def _sobres(sello: EmbeddedPdfSignature) -> Iterator[cms.SignedData]:
    """El sobre de la firma y los de sus sellos de tiempo."""
    yield sello.signed_data
    for token in find_cms_attribute_iter(sello.signer_info["unsigned_attrs"], "signature_time_stamp_token"):
        yield token["content"]


def _listas_del_sobre(firmado: cms.SignedData) -> list[bytes]:
    return [lista.chosen.dump() for lista in firmado["crls"] or () if lista.name == "certificate_list"]
