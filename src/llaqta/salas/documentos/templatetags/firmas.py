"""Las firmas de un documento recibido, en las plantillas de cualquier sala."""

from __future__ import annotations

from typing import Any

from django import template

from llaqta.salas.documentos import firmas_recibidas
from llaqta.salas.documentos.models import Documento

register = template.Library()


@register.inclusion_tag("documentos/_firmas.html")
def firmas(documento: Documento, *, detalle: bool = False) -> dict[str, Any]:
    """Lo que se sabe de las firmas digitales de un documento que llegó de fuera; nada, si es de la municipalidad.

    Traiga los documentos con ``archivo__firmas`` para que no haga una consulta por cada uno.

    :param detalle: también los datos de cada firma y cuándo se comprobaron
    """
    revision = firmas_recibidas.revision_de(documento) if firmas_recibidas.lleva_revision(documento) else None
    return {
        "insignias": firmas_recibidas.describir(documento),
        "revision": revision,
        "detalle": detalle,
    }
