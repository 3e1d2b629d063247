"""La sala como aplicación de Django."""

from django.apps import AppConfig


class CuentasConfig(AppConfig):
    """Aplicación de la sala."""

    name = "llaqta.salas.cuentas"
    label = "cuentas"

    def ready(self) -> None:
        """Presenta a las personas ante la auditoría, que solo guarda sus identificadores."""
        from llaqta.salas.auditoria import directorio
        from llaqta.salas.cuentas.directorio import DirectorioDePersonas

        directorio.inscribir(DirectorioDePersonas())
