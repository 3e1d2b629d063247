"""El sello con que la municipalidad puede firmar hoy: el que se abre, rige y no fue revocado.

Por aquí pasa todo lo que la entidad sella, sea un PDF o un XML; ``sello`` solo abre la llave.
"""

from __future__ import annotations

from datetime import datetime

from llaqta.cimientos.errors import NoProcede
from llaqta.salas.firma import sello
from llaqta.salas.firma.llaves import Llave, LlaveNoDisponible
from llaqta.salas.firma.models import Certificado


def get_sello_vigente(*, ahora: datetime) -> Llave:
    """La llave del sello, comprobado que a esta hora se puede sellar con ella.

    En el proceso que atiende páginas lo que se recibe es el llavero, que firma sin entregar la llave.

    :raises NoProcede: si el certificado del sello venció, fue revocado o no se puede abrir
    """
    try:
        llave = sello.get_sello(ahora=ahora)
    except LlaveNoDisponible as error:
        raise NoProcede(
            "La llave del sello de la entidad no se pudo abrir; avise a la unidad de informática."
        ) from error
    certificado = llave.certificado
    if not certificado.not_valid_before_utc <= ahora < certificado.not_valid_after_utc:
        raise NoProcede(
            "El certificado del sello de la entidad no está vigente; avise a la unidad de informática."
        )
    if Certificado.objects.filter(
        numero_de_serie=f"{certificado.serial_number:x}", revocado_en__isnull=False, revocado_en__lte=ahora
    ).exists():
        raise NoProcede(
            "El certificado del sello de la entidad fue revocado; avise a la unidad de informática."
        )
    return llave
