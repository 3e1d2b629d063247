"""Lo que se guarda del oficio de testigo: a quién vigilamos, qué vimos de él, y quién nos vigila."""

from __future__ import annotations

from django.db import models


class Vecino(models.Model):
    """El registro de otra entidad que esta instalación vigila, y lo último que le comprobó."""

    class Estado(models.TextChoices):
        """Cómo salió la última revisión."""

        SIN_REVISAR = "SIN_REVISAR", "Todavía no se revisa"
        AL_DIA = "AL_DIA", "Conserva todo lo que ya se le vio"
        NO_RESPONDE = "NO_RESPONDE", "No se pudo revisar"
        CONTRADICE = "CONTRADICE", "Se contradice: reescribió su registro"

    nombre = models.CharField("origen del registro", max_length=200, unique=True)
    url = models.CharField("dirección pública de su registro", max_length=300)
    llave = models.CharField("llave pública (vkey)", max_length=400)
    agregado_en = models.DateTimeField("desde cuándo se vigila")
    estado = models.CharField("estado", max_length=12, choices=Estado, default=Estado.SIN_REVISAR)
    detalle = models.CharField("qué pasó", max_length=400, blank=True)
    revisado_en = models.DateTimeField("última revisión", null=True)
    tamano = models.BigIntegerField("hojas comprobadas", default=0)

    def __str__(self) -> str:
        return f"{self.nombre}: {self.get_estado_display()}"


class PuntoVisto(models.Model):
    """Un punto de control que se le vio a un vecino, ya comprobado, y la firma con que lo atestiguamos."""

    vecino = models.ForeignKey(Vecino, on_delete=models.PROTECT, related_name="vistos")
    tamano = models.BigIntegerField("hojas")
    nota = models.TextField("nota firmada por el vecino")
    cofirma = models.TextField("nuestra línea de firma")
    visto_en = models.DateTimeField("cuándo se vio")
    entregada_en = models.DateTimeField("cuándo recibió nuestra firma", null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vecino", "tamano"], name="un_punto_visto_por_tamano")]

    def __str__(self) -> str:
        return f"{self.vecino_id}: {self.tamano} hojas"


class Contradiccion(models.Model):
    """Dos puntos firmados por el mismo registro que no pueden ser ciertos a la vez: se guardan como prueba."""

    vecino = models.ForeignKey(Vecino, on_delete=models.PROTECT, related_name="contradicciones")
    antes = models.TextField("lo que había firmado")
    despues = models.TextField("lo que firma ahora")
    prueba = models.TextField("la prueba de consistencia que dio", blank=True)
    motivo = models.CharField("por qué se contradicen", max_length=300)
    hallada_en = models.DateTimeField("cuándo se halló")

    def __str__(self) -> str:
        return f"{self.vecino_id}: {self.motivo}"


class TestigoAceptado(models.Model):
    """Una entidad cuya firma aceptamos sobre nuestros puntos de control."""

    __test__ = False  # no es una prueba: se llama así por lo que es

    nombre = models.CharField("nombre de su llave", max_length=200, unique=True)
    llave = models.CharField("llave pública (vkey)", max_length=400)
    agregado_en = models.DateTimeField("desde cuándo se acepta")

    def __str__(self) -> str:
        return self.nombre
