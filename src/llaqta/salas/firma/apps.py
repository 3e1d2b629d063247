"""La sala firma como aplicación de Django."""

# asn1crypto aprende los atributos de una firma PDF al importarse, y solo si nadie consultó antes su lista:
# quien pide un sello de tiempo la consulta, y después pyHanko no podría escribir el suyo.
import asn1crypto.pdf  # noqa: F401
from django.apps import AppConfig


class FirmaConfig(AppConfig):
    """Aplicación de la sala firma."""

    name = "llaqta.salas.firma"
    label = "firma"
    verbose_name = "Firma digital"
