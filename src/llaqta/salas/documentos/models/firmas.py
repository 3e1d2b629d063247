"""Lo que se encontró al comprobar las firmas digitales de un archivo que llegó de fuera."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from llaqta.salas.documentos.models.documento import Archivo


class RevisionDeFirmas(models.Model):
    """El resultado de comprobar las firmas de un archivo recibido: qué se puede afirmar, de quiénes y desde cuándo.

    El resultado es del archivo y no del documento: los bytes no cambian. Lo que sí cambia es lo que se sabe de ellos
    (una lista de revocación que llega después), y por eso lo que quedó sin comprobar se vuelve a comprobar.
    """

    class Veredicto(models.TextChoices):
        """Lo que se puede afirmar."""

        PENDIENTE = "PENDIENTE", "Por comprobar"
        VALIDA = "VALIDA", "Válida"
        INDETERMINADA = "INDETERMINADA", "No se pudo comprobar"
        INVALIDA = "INVALIDA", "No válida"
        SIN_FIRMA = "SIN_FIRMA", "Sin firma digital"

    archivo = models.OneToOneField(Archivo, on_delete=models.CASCADE, related_name="firmas")
    veredicto = models.CharField("veredicto", max_length=13, choices=Veredicto, default=Veredicto.PENDIENTE)
    resumen = models.JSONField("firmas y motivos", default=dict)
    regla = models.PositiveSmallIntegerField("versión de la regla con que se comprobó", default=0)
    revisado_en = models.DateTimeField("comprobado el", null=True, blank=True)
    pedido_en = models.DateTimeField("se pidió comprobar otra vez el", null=True, blank=True)
    intentos = models.PositiveSmallIntegerField("intentos", default=0)
    proximo_intento = models.DateTimeField("se vuelve a intentar el", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="firmas_comprobadas_con_fecha",
                condition=Q(veredicto="PENDIENTE") | Q(revisado_en__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["proximo_intento"],
                condition=Q(proximo_intento__isnull=False),
                name="firmas_por_reintentar",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.archivo_id}: {self.veredicto}"

    @property
    def se_esta_comprobando(self) -> bool:
        """Verdadero si alguien pidió comprobarlas y el trabajador todavía no contesta."""
        return self.pedido_en is not None
