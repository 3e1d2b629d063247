"""La sala como aplicación de Django."""

from django.apps import AppConfig


class CasillaConfig(AppConfig):
    """Aplicación de la sala."""

    name = "llaqta.salas.casilla"
    label = "casilla"
