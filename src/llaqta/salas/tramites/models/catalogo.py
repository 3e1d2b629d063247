"""El catálogo: temas, procedimientos, el valor de la UIT y las maneras de hablar con que se encuentra un trámite."""

from __future__ import annotations

from django.db import models


class Tema(models.Model):
    """Un tema con que el ciudadano busca: negocios, construcción, familia…"""

    nombre = models.CharField("nombre", max_length=60, unique=True)
    codigo = models.SlugField("código", unique=True)
    orden = models.PositiveSmallIntegerField("orden", default=0)

    class Meta:
        ordering = ["orden", "nombre"]

    def __str__(self) -> str:
        return self.nombre


class Procedimiento(models.Model):
    """Un procedimiento o servicio del TUPA; lo que se exige está en su versión vigente."""

    codigo = models.SlugField("código local", max_length=20, unique=True)
    codigo_sut = models.CharField("código SUT", max_length=20, blank=True)
    tema = models.ForeignKey(Tema, on_delete=models.PROTECT, related_name="procedimientos")
    palabras = models.TextField("palabras con que la gente lo busca", blank=True)
    es_frecuente = models.BooleanField("aparece en el inicio", default=False)

    class Meta:
        ordering = ["codigo"]

    def __str__(self) -> str:
        return self.codigo


class UnidadImpositiva(models.Model):
    """Cuánto vale la UIT en un año; con ella se expresa el derecho de trámite (art. 45 Ley 27444)."""

    anio = models.PositiveSmallIntegerField("año", primary_key=True)
    monto = models.DecimalField("valor en soles", max_digits=9, decimal_places=2)
    norma = models.CharField("norma que la fija", max_length=120, blank=True)

    class Meta:
        ordering = ["-anio"]

    def __str__(self) -> str:
        return f"UIT {self.anio}"


class Sinonimo(models.Model):
    """Una manera de hablar y lo que el TUPA entiende por ella: «casarme» quiere decir «matrimonio civil»."""

    dice = models.CharField("la gente dice", max_length=80, unique=True)
    quiere_decir = models.CharField("el TUPA dice", max_length=160)

    class Meta:
        ordering = ["dice"]

    def __str__(self) -> str:
        return f"{self.dice} → {self.quiere_decir}"
