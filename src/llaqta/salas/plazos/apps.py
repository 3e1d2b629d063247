"""La sala de plazos como aplicación de Django."""

from django.apps import AppConfig


class PlazosConfig(AppConfig):
    name = "llaqta.salas.plazos"
    label = "plazos"
    verbose_name = "Plazos"
