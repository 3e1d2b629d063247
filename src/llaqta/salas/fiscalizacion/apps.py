"""La sala como aplicación de Django."""

from django.apps import AppConfig


class FiscalizacionConfig(AppConfig):
    """Aplicación de la sala."""

    name = "llaqta.salas.fiscalizacion"
    label = "fiscalizacion"
