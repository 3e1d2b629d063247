"""La sala como aplicación de Django."""

from django.apps import AppConfig


class ExpedientesConfig(AppConfig):
    """Aplicación de la sala."""

    name = "llaqta.salas.expedientes"
    label = "expedientes"
