"""La sala como aplicación de Django."""

from django.apps import AppConfig


class MesapartesConfig(AppConfig):
    """Aplicación de la sala."""

    name = "llaqta.salas.mesapartes"
    label = "mesapartes"
