"""La demostración como aplicación de Django."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Aplicación de la demostración."""

    name = "llaqta.demo"
    label = "demo"
