"""El estado de un expediente, como se le dice a un ciudadano."""

from __future__ import annotations

from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import rules
from llaqta.salas.expedientes.models import (
    Emplazamiento,
    Estado,
    Expediente,
    NotificacionDelExpediente,
)
from llaqta.salas.expedientes.rules import Palabras

_POR_DONDE = {
    "CEDULA": Palabras(
        "Le llevamos su respuesta", "Un notificador se la entrega en el domicilio que señaló.", "espera"
    ),
    "CORREO": Palabras(
        "Su respuesta está en su correo",
        "Ábrala en el correo que autorizó y confirme que la recibió.",
        "espera",
    ),
    "PUBLICACION": Palabras(
        "Su respuesta se publicó",
        "Salió en un diario y está en las notificaciones por publicación.",
        "espera",
    ),
}


def get_palabras(expediente: Expediente, *, para: Persona | None = None) -> Palabras:
    """La etiqueta, la explicación y el tono del estado; lo que se está notificando dice por dónde llega.

    Quien llama ya obtuvo el expediente.
    """
    if expediente.estado == Estado.POR_NOTIFICAR:
        ultima = NotificacionDelExpediente.objects.filter(expediente=expediente).order_by("-pk")
        modalidad = ultima.values_list("diligencia__modalidad", flat=True).first()
        if modalidad in _POR_DONDE:
            return _POR_DONDE[modalidad]
    return rules.EN_PALABRAS[expediente.estado]


def get_requerimiento(expediente: Expediente, *, para: Persona | None = None) -> Emplazamiento | None:
    """Lo que la oficina requirió corregir y todavía se espera (125.5); ``None`` si no espera nada.

    Quien llama ya obtuvo el expediente.
    """
    if expediente.estado != Estado.EMPLAZADO:
        return None
    return Emplazamiento.objects.filter(expediente=expediente).select_related("documento").first()
