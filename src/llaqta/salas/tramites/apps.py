"""La sala como aplicación de Django."""

from django.apps import AppConfig


class TramitesConfig(AppConfig):
    """Aplicación de la sala."""

    name = "llaqta.salas.tramites"
    label = "tramites"
