"""Los recursos como aplicación de Django."""

from django.apps import AppConfig


class RecursosConfig(AppConfig):
    """Aplicación de los recursos y las quejas."""

    name = "llaqta.salas.recursos"
    label = "recursos"
    verbose_name = "Recursos y quejas"

    def ready(self) -> None:
        """Ofrece sus actos en la página del expediente."""
        # Se importa aquí: al leer este archivo todavía no hay modelos.
        from llaqta.salas.recursos.oferta import ofrecer_actos  # noqa: PLC0415

        ofrecer_actos()
