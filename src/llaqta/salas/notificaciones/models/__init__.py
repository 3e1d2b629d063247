"""Lo que guardan las notificaciones: cada diligencia con lo que pasó en ella, y quién autorizó su correo."""

from __future__ import annotations

from llaqta.salas.notificaciones.models.correo import (
    AutorizacionDeCorreo,
    AutorizacionDeCorreoQuerySet,
    EnvioDeCorreo,
)
from llaqta.salas.notificaciones.models.diligencia import (
    VIVAS,
    Diligencia,
    DiligenciaQuerySet,
    OrigenDeDireccion,
)
from llaqta.salas.notificaciones.models.publicacion import Publicacion
from llaqta.salas.notificaciones.models.visita import Visita

__all__ = [
    "VIVAS",
    "AutorizacionDeCorreo",
    "AutorizacionDeCorreoQuerySet",
    "Diligencia",
    "DiligenciaQuerySet",
    "EnvioDeCorreo",
    "OrigenDeDireccion",
    "Publicacion",
    "Visita",
]
