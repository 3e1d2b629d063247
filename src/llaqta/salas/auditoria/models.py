"""Lo que guarda el registro: una hoja por suceso, el secreto que la abre y los puntos de control firmados.

Nada de esto se cambia ni se borra: lo rechaza un disparador, también al dueño de las tablas. Hay dos excepciones: el
secreto de un suceso puede borrarse (Ley 29733), y un punto recibe, una sola vez, su sello de tiempo.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from llaqta.salas.auditoria.modelos_de_testigos import Contradiccion, PuntoVisto, TestigoAceptado, Vecino

__all__ = [
    "Avance", "Cofirma", "Contradiccion", "Hoja", "Punto", "PuntoVisto", "Secreto", "SecretoBorrado",
    "TestigoAceptado", "Vecino", "Verificacion",
]  # fmt: skip


class Hoja(models.Model):
    """La hoja de un suceso en el árbol: su lugar, desde 0, y su huella (RFC 9162, 2.1.1)."""

    hoja = models.BigIntegerField("lugar en el árbol", primary_key=True)
    suceso_id = models.BigIntegerField("suceso", unique=True)
    h = models.BinaryField("huella de la hoja")

    def __str__(self) -> str:
        return f"hoja {self.hoja}: suceso {self.suceso_id}"


class Secreto(models.Model):
    """La semilla de las sales de un suceso: sin ella, sus compromisos no se abren nunca más."""

    suceso_id = models.BigIntegerField("suceso", primary_key=True)
    semilla = models.BinaryField("semilla")

    def __str__(self) -> str:
        return f"secreto del suceso {self.suceso_id}"


class MotivoDeBorrado(models.TextChoices):
    """Por qué se borra el secreto de un suceso (Ley 29733, arts. 20 y 22; Reglamento, DS 016-2024-JUS)."""

    CANCELACION = "CANCELACION", "La persona pidió que se cancelen sus datos"
    PLAZO_CUMPLIDO = "PLAZO_CUMPLIDO", "Venció el plazo por el que se conservan"
    ORDEN = "ORDEN", "Lo ordenó un juez o la autoridad de datos personales"
    REGISTRADO_POR_ERROR = "REGISTRADO_POR_ERROR", "Los datos entraron por error"


class SecretoBorrado(models.Model):
    """Lo que queda de un secreto borrado: la forma canónica de su hoja, que ya no dice nada pero sigue probando."""

    suceso_id = models.BigIntegerField("suceso", primary_key=True)
    canonico = models.TextField("forma canónica de la hoja")
    borrado_en = models.DateTimeField("cuándo se borró")
    constancia_id = models.BigIntegerField("suceso que deja constancia del borrado")

    def __str__(self) -> str:
        return f"secreto borrado del suceso {self.suceso_id}"


class Avance(models.Model):
    """Hasta dónde llegó el secuenciador: una sola fila. ``xid`` es de PostgreSQL (xid8) y Django no lo conoce."""

    hojas = models.BigIntegerField("hojas escritas", default=0)
    suceso_id = models.BigIntegerField("último suceso leído", default=0)
    servidor = models.BigIntegerField("servidor de base de datos en que se leyó", default=0)

    class Meta:
        constraints = [models.CheckConstraint(name="avance_es_uno_solo", condition=Q(pk=1))]

    def __str__(self) -> str:
        return f"{self.hojas} hojas"


class Punto(models.Model):
    """Un punto de control firmado: cuántas hojas hay y la raíz que las resume (C2SP tlog-checkpoint)."""

    tamano = models.BigIntegerField("hojas", primary_key=True)
    anterior = models.BigIntegerField("hojas del punto anterior", default=0)
    raiz = models.BinaryField("raíz")
    nota = models.TextField("nota firmada")
    firmado_en = models.DateTimeField("cuándo se firmó")
    ancla = models.BinaryField("sello de tiempo RFC 3161", null=True)
    anclado_en = models.DateTimeField("cuándo se selló", null=True)

    class Meta:
        indexes = [
            models.Index(fields=["tamano"], name="punto_anclado", condition=Q(ancla__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"punto de control de {self.tamano} hojas"


class Cofirma(models.Model):
    """La firma de un testigo sobre un punto: otra entidad vio el mismo registro (C2SP tlog-witness)."""

    punto = models.ForeignKey(Punto, verbose_name="punto", on_delete=models.PROTECT, related_name="cofirmas")
    testigo = models.CharField("nombre de la llave del testigo", max_length=200)
    linea = models.TextField("línea de firma")
    recibida_en = models.DateTimeField("cuándo se recibió")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["punto", "testigo"], name="una_cofirma_por_testigo")]

    def __str__(self) -> str:
        return f"{self.testigo} sobre {self.punto_id}"


class Verificacion(models.Model):
    """Una verificación completa del registro: qué se revisó y qué se halló."""

    comenzada_en = models.DateTimeField("cuándo comenzó")
    terminada_en = models.DateTimeField("cuándo terminó")
    tamano = models.BigIntegerField("hojas revisadas")
    raiz = models.CharField("raíz calculada", max_length=64, blank=True)
    intacto = models.BooleanField("todo coincide")
    hallazgos = models.JSONField("lo que no coincide", default=list)

    def __str__(self) -> str:
        return f"{self.comenzada_en:%Y-%m-%d}: {'intacto' if self.intacto else 'alterado'}"
