"""La sala firma como aplicación de Django."""

from django.apps import AppConfig


class FirmaConfig(AppConfig):
    """Aplicación de la sala firma."""

    name = "llaqta.salas.firma"
    label = "firma"
    verbose_name = "Firma digital"
