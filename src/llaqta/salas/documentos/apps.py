"""La sala como aplicación de Django."""

from django.apps import AppConfig


class DocumentosConfig(AppConfig):
    """Aplicación de la sala."""

    name = "llaqta.salas.documentos"
    label = "documentos"
