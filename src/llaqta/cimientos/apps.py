"""Los cimientos como aplicación de Django."""

from django.apps import AppConfig


class CimientosConfig(AppConfig):
    """Aplicación de los cimientos."""

    name = "llaqta.cimientos"
    label = "cimientos"
    verbose_name = "Cimientos"
