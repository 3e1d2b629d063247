"""La publicación de un acto: por qué procede, en qué diario y desde cuándo se ve en el portal (arts. 20.1.3 y 23)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from llaqta.salas.documentos.models import Documento
from llaqta.salas.notificaciones.models.diligencia import Diligencia


class Publicacion(models.Model):
    """Cómo se publicó un acto, y la causa que lo permite."""

    class Causa(models.TextChoices):
        """Las únicas que la ley admite."""

        DISPOSICION_GENERAL = "DISPOSICION_GENERAL", "Interesa a un número indeterminado de personas (23.1.1)"
        LA_LEY_LO_EXIGE = "LA_LEY_LO_EXIGE", "Una ley exige publicarlo (23.1.2)"
        DOMICILIO_IGNORADO = "DOMICILIO_IGNORADO", "Se ignora su domicilio, pese a haberlo indagado (23.1.2)"
        DOMICILIO_EQUIVOCADO = "DOMICILIO_EQUIVOCADO", "El domicilio que dio es equivocado (23.1.2)"
        DESAPARECIDA = "DESAPARECIDA", "La persona ha desaparecido (23.1.2)"
        EN_EL_EXTRANJERO = (
            "EN_EL_EXTRANJERO",
            "Está en el extranjero sin representante, pese a buscarla (23.1.2)",
        )

    diligencia = models.OneToOneField(Diligencia, on_delete=models.PROTECT, related_name="publicacion")
    causa = models.CharField("causa", max_length=20, choices=Causa)
    sustento = models.CharField("qué se hizo antes, o qué ley lo exige", max_length=600)
    diario = models.CharField("diario", max_length=120)
    publicado_el = models.DateField("publicado en el diario el")
    en_el_portal_desde = models.DateTimeField("en el portal desde")
    recorte = models.ForeignKey(Documento, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-en_el_portal_desde", "-pk"]
        constraints = [
            models.CheckConstraint(name="publicacion_con_sustento", condition=~Q(sustento="")),
        ]

    def __str__(self) -> str:
        return f"{self.diligencia} en {self.diario}"
