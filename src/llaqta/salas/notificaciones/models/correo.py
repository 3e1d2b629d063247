"""El correo como medio de notificar: quién lo autorizó, y cada intento de entregarlo (art. 20.4)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from llaqta.salas.cuentas.models import Persona, TextoDeConsentimiento
from llaqta.salas.notificaciones.models.diligencia import Diligencia


class AutorizacionDeCorreoQuerySet(models.QuerySet["AutorizacionDeCorreo"]):
    """Autorizaciones."""

    def vigentes(self, *, en: datetime) -> AutorizacionDeCorreoQuerySet:
        """Las que valen en el instante ``en``."""
        return self.filter(Q(autorizada_en__lte=en) & (Q(revocada_en__isnull=True) | Q(revocada_en__gt=en)))


class AutorizacionDeCorreo(models.Model):
    """El consentimiento expreso de una persona para ser notificada en un correo suyo, con el texto que leyó."""

    persona = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="autorizaciones_de_correo")
    texto = models.ForeignKey(TextoDeConsentimiento, on_delete=models.PROTECT, related_name="+")
    correo = models.EmailField("correo en que se le notifica")
    autorizada_en = models.DateTimeField("autorizada el")
    revocada_en = models.DateTimeField("revocada el", null=True, blank=True)

    objects = AutorizacionDeCorreoQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["persona"],
                condition=Q(revocada_en__isnull=True),
                name="autorizacion_de_correo_una_vigente",
            ),
            models.CheckConstraint(
                name="autorizacion_de_correo_revocada_despues",
                condition=Q(revocada_en__isnull=True) | Q(revocada_en__gt=F("autorizada_en")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.persona}: {self.correo}"


class EnvioDeCorreo(models.Model):
    """Un intento de entregar el correo al servidor, con lo que respondió."""

    diligencia = models.ForeignKey(Diligencia, on_delete=models.PROTECT, related_name="envios")
    intento = models.PositiveSmallIntegerField("intento")
    entregado = models.BooleanField("lo aceptó el servidor de correo")
    detalle = models.CharField("respuesta del servidor", max_length=300, blank=True)
    identificador = models.CharField("identificador del mensaje", max_length=120, blank=True)
    intentado_en = models.DateTimeField("intentado el")

    class Meta:
        ordering = ["intento"]
        constraints = [
            models.UniqueConstraint(fields=["diligencia", "intento"], name="envio_de_correo_intento_unico")
        ]

    def __str__(self) -> str:
        return f"{self.diligencia}, intento {self.intento}"
