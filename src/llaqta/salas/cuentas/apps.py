"""La sala como aplicación de Django."""

from django.apps import AppConfig


class CuentasConfig(AppConfig):
    """Aplicación de la sala."""

    name = "llaqta.salas.cuentas"
    label = "cuentas"
