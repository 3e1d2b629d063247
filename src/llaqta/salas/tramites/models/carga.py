"""El archivo con que alguien quiso cambiar el TUPA: se guarda tal como llegó, se aplique o no."""

from __future__ import annotations

from django.db import models

from llaqta.salas.cuentas.models import Persona


class CargaDeTupa(models.Model):
    """Un archivo YAML o XLSX subido para cambiar el TUPA; no cambia nada hasta que se aplica, una sola vez."""

    nombre = models.CharField("archivo", max_length=120)
    contenido = models.BinaryField("contenido")
    huella = models.CharField("SHA-256", max_length=64)
    desde = models.DateField("rige desde, para lo que cambia", null=True, blank=True)
    subida_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    subida_en = models.DateTimeField("subida el")
    aplicada_en = models.DateTimeField("aplicada el", null=True, blank=True)
    cambios = models.PositiveIntegerField("procedimientos nuevos o cambiados", default=0)

    class Meta:
        ordering = ["-subida_en"]

    def __str__(self) -> str:
        return self.nombre
