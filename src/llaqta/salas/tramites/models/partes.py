"""Lo demás que una versión dice: sus normas, sus recursos, sus tarifas de copia y el texto por donde se encuentra."""

from __future__ import annotations

from django.db import models

from llaqta.salas.cuentas.models import UnidadOrganica
from llaqta.salas.tramites.models.version import VersionProcedimiento


class BaseLegal(models.Model):
    """Una norma que sostiene el procedimiento, con la fecha de su publicación (art. 37.1)."""

    version = models.ForeignKey(VersionProcedimiento, on_delete=models.CASCADE, related_name="bases_legales")
    tipo = models.CharField("tipo de norma", max_length=40)
    numero = models.CharField("número", max_length=40, blank=True)
    denominacion = models.CharField("denominación", max_length=250, blank=True)
    articulos = models.CharField("artículos", max_length=60, blank=True)
    publicada_el = models.DateField("fecha de publicación", null=True, blank=True)
    verificada = models.BooleanField("verificada", default=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return " ".join(parte for parte in (self.tipo, self.numero, self.denominacion) if parte)


class RecursoAdministrativo(models.Model):
    """Ante quién se impugna, en cuántos días se presenta y en cuántos se resuelve (art. 207.2)."""

    class Clase(models.TextChoices):
        """Recursos de la Ley 27444."""

        RECONSIDERACION = "RECONSIDERACION", "Reconsideración"
        APELACION = "APELACION", "Apelación"
        REVISION = "REVISION", "Revisión"

    version = models.ForeignKey(VersionProcedimiento, on_delete=models.CASCADE, related_name="recursos")
    clase = models.CharField("recurso", max_length=16, choices=Clase)
    autoridad = models.ForeignKey(UnidadOrganica, on_delete=models.PROTECT, related_name="+")
    dias_presentacion = models.PositiveSmallIntegerField("días hábiles para presentarlo", default=15)
    dias_resolucion = models.PositiveSmallIntegerField("días hábiles para resolverlo")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "clase"], name="recurso_uno_por_clase")]

    def __str__(self) -> str:
        return self.get_clase_display()


class TarifaDeReproduccion(models.Model):
    """Lo que cuesta recibir lo pedido en un medio: la hoja, el disco, el correo (art. 20 TUO Ley 27806)."""

    version = models.ForeignKey(VersionProcedimiento, on_delete=models.CASCADE, related_name="tarifas")
    medio = models.SlugField("medio", max_length=12)
    nombre = models.CharField("nombre", max_length=60)
    precio = models.DecimalField("precio en soles", max_digits=7, decimal_places=2)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "medio"], name="tarifa_una_por_medio"),
            models.CheckConstraint(name="tarifa_no_negativa", condition=models.Q(precio__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.nombre}: S/ {self.precio:,.2f}"


class TextoDeBusqueda(models.Model):
    """El texto por donde se encuentra una versión; de él la base saca raíces y sonidos (migración 0002)."""

    version = models.OneToOneField(
        VersionProcedimiento, on_delete=models.CASCADE, primary_key=True, related_name="texto_de_busqueda"
    )
    titulo = models.TextField("título, denominación y código")
    palabras = models.TextField("palabras de la gente y tema", blank=True)
    descripcion = models.TextField("descripción", blank=True)
    requisitos = models.TextField("requisitos", blank=True)

    def __str__(self) -> str:
        return self.titulo
