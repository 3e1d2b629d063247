"""Una visita al domicilio: quién fue, cuándo, qué encontró y el acta que lo prueba (arts. 21.3 a 21.5)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.notificaciones.models.diligencia import Diligencia


class Visita(models.Model):
    """La primera o la segunda visita de una cédula."""

    class Resultado(models.TextChoices):
        """Qué pasó, con su artículo."""

        ENTREGADA_AL_INTERESADO = "ENTREGADA_AL_INTERESADO", "La recibió la persona notificada (21.3)"
        ENTREGADA_A_OTRA_PERSONA = (
            "ENTREGADA_A_OTRA_PERSONA",
            "La recibió otra persona, en el domicilio (21.4)",
        )
        SE_NEGO = "SE_NEGO", "Se negó a recibir o a firmar (21.3)"
        AUSENTE = "AUSENTE", "No había nadie: se dejó aviso con nueva fecha (21.5)"
        BAJO_PUERTA = "BAJO_PUERTA", "No había nadie: se dejó bajo la puerta (21.5)"
        DOMICILIO_INEXISTENTE = (
            "DOMICILIO_INEXISTENTE",
            "El domicilio no existe o no es de la persona (23.1.2)",
        )

    diligencia = models.ForeignKey(Diligencia, on_delete=models.PROTECT, related_name="visitas")
    numero = models.PositiveSmallIntegerField("número de visita")
    realizada_en = models.DateTimeField("realizada el")
    notificador = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    resultado = models.CharField("resultado", max_length=24, choices=Resultado)
    recibio = models.CharField("quién la recibió", max_length=150, blank=True)
    documento_de_quien_recibio = models.CharField("su documento de identidad", max_length=20, blank=True)
    relacion = models.CharField("qué es de la persona notificada", max_length=80, blank=True)
    caracteristicas = models.CharField("características del lugar", max_length=400, blank=True)
    vuelve_el = models.DateTimeField("se avisó que vuelve el", null=True, blank=True)
    nota = models.CharField("observaciones", max_length=400, blank=True)
    anotada_en = models.DateTimeField("anotada el")
    acta_firmada = models.ForeignKey(
        Documento, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["numero"]
        constraints = [
            models.UniqueConstraint(fields=["diligencia", "numero"], name="visita_una_por_numero"),
            models.CheckConstraint(name="visita_primera_o_segunda", condition=Q(numero__in=[1, 2])),
            models.CheckConstraint(
                name="visita_bajo_puerta_solo_la_segunda", condition=~Q(resultado="BAJO_PUERTA") | Q(numero=2)
            ),
            models.CheckConstraint(
                name="visita_ausente_solo_la_primera_y_con_aviso",
                condition=~Q(resultado="AUSENTE") | Q(numero=1, vuelve_el__isnull=False),
            ),
            models.CheckConstraint(
                name="visita_otra_persona_con_sus_datos",
                condition=~Q(resultado="ENTREGADA_A_OTRA_PERSONA")
                | (~Q(recibio="") & ~Q(documento_de_quien_recibio="") & ~Q(relacion="")),
            ),
            models.CheckConstraint(
                name="visita_sin_entrega_con_caracteristicas",
                condition=~Q(resultado__in=["SE_NEGO", "AUSENTE", "BAJO_PUERTA", "DOMICILIO_INEXISTENTE"])
                | ~Q(caracteristicas=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.diligencia}, visita {self.numero}"
