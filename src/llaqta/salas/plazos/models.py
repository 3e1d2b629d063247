"""Lo que guardan los plazos: las reglas que la municipalidad cambió o confirmó, las distancias y las interrupciones.

De las dos primeras nada se borra ni se corrige: una fila nueva, desde otra fecha, ocupa el lugar de la anterior.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from llaqta.salas.cuentas.models import Persona


class Verificacion(models.TextChoices):
    """Si alguien leyó la norma que sostiene una regla."""

    VERIFICADA = "VERIFICADA", "Verificada"
    SEGUNDA_MANO = "SEGUNDA_MANO", "De segunda mano: pendiente de verificar"
    POR_CONFIRMAR = "POR_CONFIRMAR", "Pendiente de verificar"


class ReglaDeLaEntidad(models.Model):
    """Una regla del procedimiento como la dejó la municipalidad: con otra cifra, o con la misma y ya verificada."""

    codigo = models.CharField("código de la regla", max_length=40)
    valor = models.CharField("valor", max_length=40)
    norma = models.CharField("norma", max_length=160)
    articulo = models.CharField("artículo", max_length=60, blank=True)
    estado = models.CharField("verificación", max_length=13, choices=Verificacion)
    desde = models.DateField("rige desde")
    confirma = models.BooleanField("confirma la que regía, sin cambiar su valor", default=False)
    nota = models.CharField("por qué", max_length=600)
    por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    en = models.DateTimeField("cuándo se escribió")

    class Meta:
        ordering = ["codigo", "desde", "pk"]
        indexes = [models.Index(fields=["codigo", "desde", "id"], name="regla_por_codigo_y_fecha")]

    def __str__(self) -> str:
        return f"{self.codigo} = {self.valor} desde {self.desde}"


class DistanciaDeOrigen(models.Model):
    """Cuántos días hábiles se agregan a quien viene de un lugar (Ley 27444, art. 135), desde una fecha."""

    codigo = models.SlugField("código", max_length=40)
    nombre = models.CharField("lugar", max_length=100)
    dias = models.PositiveSmallIntegerField("días hábiles que se agregan")
    norma = models.CharField("norma o cuadro que los fija", max_length=200)
    estado = models.CharField("verificación", max_length=13, choices=Verificacion)
    desde = models.DateField("rige desde")
    por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    en = models.DateTimeField("cuándo se escribió")

    class Meta:
        ordering = ["nombre", "desde", "pk"]
        constraints = [
            models.CheckConstraint(name="distancia_de_0_a_60_dias", condition=Q(dias__lte=60)),
        ]

    def __str__(self) -> str:
        return f"{self.nombre}: {self.dias} desde {self.desde}"


class Interrupcion(models.Model):
    """Un tiempo en que un servicio digital no atendió; certificada, corre los plazos que vencían ese día."""

    class Servicio(models.TextChoices):
        """Qué dejó de atender."""

        PLATAFORMA = "PLATAFORMA", "Toda la plataforma"
        MESA_DIGITAL = "MESA_DIGITAL", "Mesa de partes digital"
        CASILLA = "CASILLA", "Casilla electrónica"

    servicio = models.CharField("servicio", max_length=12, choices=Servicio)
    inicio_en = models.DateTimeField("desde cuándo")
    fin_en = models.DateTimeField("hasta cuándo", null=True, blank=True)
    causa = models.CharField("causa", max_length=300)
    norma = models.CharField("norma", max_length=160)
    difundida_en = models.DateTimeField("avisada al público el", null=True, blank=True)
    registrada_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    registrada_en = models.DateTimeField("registrada el")
    certificada_por = models.ForeignKey(
        Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    certificada_en = models.DateTimeField("certificada el", null=True, blank=True)
    nota = models.CharField("lo que se tuvo a la vista al certificarla", max_length=600, blank=True)

    class Meta:
        ordering = ["-inicio_en", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="interrupcion_termina_despues",
                condition=Q(fin_en__isnull=True) | Q(fin_en__gt=F("inicio_en")),
            ),
            models.CheckConstraint(
                name="interrupcion_certificada_completa",
                condition=Q(certificada_en__isnull=True)
                | Q(fin_en__isnull=False, certificada_por__isnull=False, difundida_en__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["inicio_en", "fin_en"],
                condition=Q(certificada_en__isnull=False),
                name="interrupcion_certificada",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_servicio_display()} desde {self.inicio_en:%d/%m/%Y %H:%M}"
