"""La sala como aplicación de Django."""

from django.apps import AppConfig


class AuditoriaConfig(AppConfig):
    """Aplicación de la sala."""

    name = "llaqta.salas.auditoria"
    label = "auditoria"
