"""Lo que se puede preguntar a la firma."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma import anclas
from llaqta.salas.firma.models import Certificado

if TYPE_CHECKING:
    from llaqta.salas.firma.verificacion import Informe


def get_certificado(*, para: Persona, ahora: datetime) -> Certificado | None:
    """El certificado con que firma ``para``: el vigente más reciente; si no tiene vigentes, el último que tuvo."""
    suyos = Certificado.objects.filter(clase=Certificado.Clase.FIRMA, persona=para)
    return suyos.vigentes(al=ahora).first() or suyos.first()


def verificar(
    pdf: bytes, *, ahora: datetime, existia_el: datetime | None = None, para: Persona | None = None
) -> Informe:
    """Dice si las firmas de un PDF son válidas y por qué.

    Nunca falla: lo que no se puede leer es ``INVALIDA`` con su motivo. Lo que responde es igual para cualquiera.

    :param existia_el: un instante en que nos consta que el documento ya existía así (cuando lo registramos); con él
        vale una firma cuyo certificado venció o fue revocado después
    """
    # pyHanko ocupa unos 40 MB: solo los paga el proceso que verifica.
    from llaqta.salas.firma.verificacion import verificar as comprobar  # noqa: PLC0415

    return comprobar(pdf, confianza=anclas.get_confianza(ahora=ahora), ahora=ahora, existia_el=existia_el)
