"""La sala como aplicación de Django."""

from django.apps import AppConfig


class SedeConfig(AppConfig):
    """Aplicación de la sala."""

    name = "llaqta.salas.sede"
    label = "sede"
