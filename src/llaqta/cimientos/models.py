"""Lo que guardan los cimientos: la entidad, los sucesos, las series de numeración y los días no laborables."""

from __future__ import annotations

from functools import cached_property

from django.contrib.postgres.indexes import BrinIndex
from django.core.cache import caches
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

SEGUNDOS_EN_MEMORIA = 5
"""Lo que tarda un proceso en saber que otro cambió la entidad: una consulta cada cinco segundos no cuesta nada."""


class Entidad(models.Model):
    """La municipalidad que usa esta instalación: una sola fila, y de ella salen escudo, colores y datos de contacto."""

    nombre = models.CharField("nombre", max_length=150)
    nombre_corto = models.CharField("nombre corto", max_length=60)
    siglas = models.CharField("siglas con que firma", max_length=20)
    ruc = models.CharField("RUC", max_length=11)
    ubigeo = models.CharField("ubigeo INEI", max_length=6)
    direccion = models.CharField("dirección", max_length=200)
    lugar = models.CharField("lugar de emisión", max_length=60)
    telefono = models.CharField("teléfono", max_length=40, blank=True)
    whatsapp = models.CharField("WhatsApp", max_length=40, blank=True)
    correo = models.EmailField("correo", blank=True)
    horario = models.CharField("horario de atención", max_length=120)
    escudo = models.TextField("escudo (SVG)", blank=True)
    color = models.CharField("color de la entidad", max_length=7, default="#8b1538")
    color_oscuro = models.CharField("color oscuro", max_length=7, default="#5f0e26")

    class Meta:
        constraints = [models.CheckConstraint(name="entidad_es_una_sola", condition=Q(pk=1))]

    def __str__(self) -> str:
        return self.nombre

    def save(self, *args: object, **kwargs: object) -> None:
        """Guarda la fila única y olvida la copia en memoria."""
        self.pk = 1
        super().save(*args, **kwargs)  # type: ignore[arg-type]
        self.olvidar()

    @staticmethod
    def olvidar() -> None:
        """Olvida la copia en memoria de este proceso; los demás la olvidan solos en segundos."""
        caches["memoria"].delete("cimientos.entidad")

    @classmethod
    def actual(cls) -> Entidad:
        """La entidad de esta instalación; antes de la puesta en marcha, una sin nombre propio (no se guarda)."""
        entidad: Entidad | None = caches["memoria"].get("cimientos.entidad")
        if entidad is None:
            entidad = cls.objects.filter(pk=1).first() or cls(
                pk=1,
                nombre="Municipalidad",
                nombre_corto="Municipalidad",
                siglas="M",
                horario="",
                lugar="",
                ruc="",
            )
            caches["memoria"].set("cimientos.entidad", entidad, SEGUNDOS_EN_MEMORIA)
        return entidad


class Serie(models.Model):
    """El último número dado en una serie y un año; solo ``numbering.next_number`` escribe aquí."""

    nombre = models.CharField(max_length=80)
    anio = models.PositiveSmallIntegerField()
    ultimo = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["nombre", "anio"], name="serie_unica_por_anio")]

    def __str__(self) -> str:
        return f"{self.nombre} {self.anio}: {self.ultimo}"


class Suceso(models.Model):
    """Algo que ocurrió: quién, en nombre de quién, qué, sobre qué objeto y cuándo. Se inserta y nunca más cambia.

    No lleva datos personales, solo identificadores; un disparador de la base rechaza UPDATE, DELETE y TRUNCATE.
    """

    tipo = models.CharField("qué ocurrió", max_length=80)
    datos = models.JSONField("identificadores", default=dict)
    actor_id = models.BigIntegerField("quién (persona)", null=True)
    en_nombre_de_id = models.BigIntegerField("en nombre de quién (persona)", null=True)
    objeto_tipo = models.CharField("clase del objeto", max_length=60, blank=True)
    objeto_id = models.CharField("identificador del objeto", max_length=40, blank=True)
    ocurrido_en = models.DateTimeField("cuándo ocurrió")
    registrado_en = models.DateTimeField("cuándo se registró", db_default=Now(), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["objeto_tipo", "objeto_id", "id"], name="suceso_por_objeto"),
            models.Index(fields=["tipo", "-id"], name="suceso_por_tipo"),
            models.Index(fields=["actor_id", "-id"], name="suceso_por_actor"),
            BrinIndex(fields=["ocurrido_en"], name="suceso_por_fecha"),
        ]

    def __str__(self) -> str:
        return f"{self.tipo} {self.objeto_tipo} {self.objeto_id}"


class SucesoAtendido(models.Model):
    """Un oyente ya atendió un suceso: se escribe junto con su efecto, y así atender dos veces no hace nada."""

    suceso = models.ForeignKey(Suceso, on_delete=models.PROTECT)
    oyente = models.CharField(max_length=100)
    atendido_en = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["suceso", "oyente"], name="suceso_atendido_una_vez")]

    def __str__(self) -> str:
        return f"{self.oyente} atendió {self.suceso_id}"


class FalloDeOyente(models.Model):
    """Por qué un oyente no pudo atender un suceso, la última vez que lo intentó: lo lee la administración."""

    suceso = models.ForeignKey(Suceso, on_delete=models.PROTECT)
    oyente = models.CharField(max_length=100)
    error = models.CharField(max_length=500)
    fallo_en = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["suceso", "oyente"], name="un_fallo_por_suceso_y_oyente")
        ]

    def __str__(self) -> str:
        return f"{self.oyente} no atendió {self.suceso_id}: {self.error}"


class DiaNoLaborable(models.Model):
    """Un día que no cuenta en los plazos, con la norma que lo dice y desde cuándo se sabe (Ley 27444, art. 134)."""

    class Ambito(models.TextChoices):
        """Quién lo declara. El feriado municipal no suspende plazos; el «no laborable del servicio», sí (134.1)."""

        NACIONAL = "NACIONAL", "Nacional"
        REGIONAL = "REGIONAL", "Regional"
        LOCAL = "LOCAL", "Local (no cuenta para los plazos)"
        SERVICIO = "SERVICIO", "No laborable del servicio"

    fecha = models.DateField("fecha")
    ambito = models.CharField("ámbito", max_length=10, choices=Ambito)
    descripcion = models.CharField("motivo", max_length=120)
    norma = models.CharField("norma que lo dispone", max_length=160)
    efecto_administrativo = models.BooleanField("suspende plazos administrativos", default=True)
    efecto_tributario = models.BooleanField("suspende plazos tributarios", default=True)
    vigente_desde = models.DateField("rige desde", null=True, blank=True)
    vigente_hasta = models.DateField("rige hasta", null=True, blank=True)
    sin_efecto_por = models.CharField("por qué dejó de regir", max_length=160, blank=True, default="")
    modificado_en = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["fecha"]
        constraints = [
            models.UniqueConstraint(
                fields=["fecha", "ambito"],
                condition=Q(vigente_hasta__isnull=True),
                name="dia_no_laborable_unico_por_ambito",
            )
        ]

    def __str__(self) -> str:
        return f"{self.fecha}: {self.descripcion}"

    @cached_property
    def suspende_plazos(self) -> bool:
        """Verdadero si el día no se cuenta en un plazo administrativo."""
        return self.efecto_administrativo and self.ambito != self.Ambito.LOCAL
