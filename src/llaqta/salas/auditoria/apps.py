"""La sala como aplicación de Django."""

from django.apps import AppConfig


class AuditoriaConfig(AppConfig):
    """Aplicación de la sala."""

    name = "llaqta.salas.auditoria"
    label = "auditoria"

    def ready(self) -> None:
        """El trabajador late desde que se enciende: sin esto esperaría a la tarea del minuto siguiente."""
        from llaqta.salas.auditoria import ritmo  # noqa: PLC0415 — los modelos no se pueden importar antes

        ritmo.asegurar()
