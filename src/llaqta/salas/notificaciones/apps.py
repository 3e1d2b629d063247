"""La sala como aplicación de Django."""

from django.apps import AppConfig


class NotificacionesConfig(AppConfig):
    """Aplicación de la sala."""

    name = "llaqta.salas.notificaciones"
    label = "notificaciones"
