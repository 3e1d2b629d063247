"""Comprobar lo que un borrador trae: «Guardar y salir» lo guardó tal como estaba escrito."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.web.limpieza import caracteres_negados

if TYPE_CHECKING:
    from llaqta.salas.mesapartes.services.presentar import DatosDelEscrito

LARGOS = {"correo": 254, "telefono": 20, "domicilio": 200, "origen": 80, "pago_numero": 40, "lengua": 40}


def check_datos(datos: DatosDelEscrito) -> None:
    """Antes de presentar, lo escrito cabe, se ve y el correo es un correo.

    :raises EntradaInvalida: con el primer dato que no sirve, en ``campo``
    """
    for campo, largo in LARGOS.items():
        valor = str(getattr(datos, campo))
        if len(valor) > largo or caracteres_negados(valor) or set(valor) & {"\r", "\n"}:
            raise EntradaInvalida(
                "Uno de los datos que escribió no se puede usar. Vuelva a «Dónde avisarle» y corríjalo.",
                campo=campo,
            )
    try:
        if datos.correo:
            validate_email(datos.correo)
    except ValidationError:
        raise EntradaInvalida(
            "Lo que escribió como correo no es un correo. Vuelva a «Dónde avisarle» y corríjalo.",
            campo="correo",
        ) from None
