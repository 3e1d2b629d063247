"""Cuánto durará la prueba de un documento firmado: qué nivel alcanzó, a cuál va y cuándo hay que renovarlo."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from llaqta.salas.documentos.models.documento import Documento


class ConservacionQuerySet(models.QuerySet["Conservacion"]):
    """Búsquedas de lo que falta conservar."""

    def por_hacer(self, *, en: datetime) -> Self:
        """Lo pendiente cuyo turno ya llegó."""
        return self.filter(estado=Conservacion.Estado.PENDIENTE, proximo_intento__lte=en)

    def sin_sello(self) -> Self:
        """Lo que todavía no tiene sello de tiempo."""
        return self.filter(nivel="B").exclude(estado=Conservacion.Estado.AL_DIA)


class Conservacion(models.Model):
    """El camino de un documento firmado hacia un nivel que se pueda comprobar dentro de muchos años (PAdES)."""

    class Nivel(models.TextChoices):
        """Los niveles PAdES, de menos a más."""

        B = "B", "Firma sola"
        T = "T", "Con sello de tiempo"
        LT = "LT", "Con sello y pruebas"
        LTA = "LTA", "De archivo"

    class Estado(models.TextChoices):
        """En qué está."""

        PENDIENTE = "PENDIENTE", "En espera"
        AL_DIA = "AL_DIA", "Al día"
        FALLIDA = "FALLIDA", "No se puede"

    documento = models.OneToOneField(Documento, on_delete=models.CASCADE, related_name="conservacion")
    nivel = models.CharField("nivel que tiene", max_length=3, choices=Nivel, default=Nivel.B)
    pedido = models.CharField("nivel al que va", max_length=3, choices=Nivel, default=Nivel.T)
    estado = models.CharField("estado", max_length=9, choices=Estado, default=Estado.PENDIENTE)
    pedido_en = models.DateTimeField("pedido el")
    alcanzado_en = models.DateTimeField("alcanzado el", null=True, blank=True)
    intentos = models.PositiveIntegerField("intentos seguidos sin lograrlo", default=0)
    proximo_intento = models.DateTimeField("se vuelve a intentar el", null=True, blank=True)
    vence_sello_el = models.DateTimeField("el sello de tiempo se comprueba solo hasta", null=True, blank=True)
    detalle = models.CharField("por qué no se logró", max_length=300, blank=True)

    objects = ConservacionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="conservacion_pendiente_con_turno",
                condition=~Q(estado="PENDIENTE") | Q(proximo_intento__isnull=False),
            ),
            models.CheckConstraint(
                name="conservacion_fallida_con_detalle", condition=~Q(estado="FALLIDA") | ~Q(detalle="")
            ),
            models.CheckConstraint(
                name="conservacion_sello_con_vencimiento",
                condition=Q(nivel="B") | Q(vence_sello_el__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["proximo_intento"], condition=Q(estado="PENDIENTE"), name="conservacion_por_hacer"
            ),
            models.Index(
                fields=["vence_sello_el"], condition=Q(estado="AL_DIA"), name="conservacion_por_vencer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.documento_id}: {self.nivel} → {self.pedido}"

    @property
    def espera_su_sello(self) -> bool:
        """Verdadero si el documento todavía no puede salir porque le falta el sello de tiempo."""
        return self.nivel == self.Nivel.B and self.estado != self.Estado.AL_DIA
