"""Lo que guarda la sede: cuántas veces alguien probó claves y códigos, para que nadie los adivine probando."""

from __future__ import annotations

from django.db import models


class Intento(models.Model):
    """Cuántas veces se usó una puerta pública desde un mismo lugar en un tramo de tiempo.

    El lugar es la huella de una dirección IP con el secreto de la instalación: cuenta, y no dice quién fue.
    """

    puerta = models.CharField("puerta", max_length=20)
    lugar = models.CharField("huella del lugar", max_length=32)
    tramo = models.DateTimeField("comienzo del tramo")
    cuantos = models.PositiveIntegerField("cuántos", default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["puerta", "lugar", "tramo"], name="intento_uno_por_tramo")
        ]

    def __str__(self) -> str:
        return f"{self.puerta}: {self.cuantos}"
