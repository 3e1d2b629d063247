"""Lo que guarda la fiscalización posterior: el sorteo de cada semestre, sus candidatos y lo que se comprobó."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes.models import Expediente


class Sorteo(models.Model):
    """El sorteo de un semestre: la frase se publica antes, y con ella cualquiera repite el resultado (art. 32)."""

    semestre = models.CharField("semestre", max_length=6, unique=True)
    desde = models.DateField("primer día")
    hasta = models.DateField("último día")
    frase = models.CharField("frase del sorteo", max_length=200)
    convocado_en = models.DateTimeField("convocado el")
    convocado_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    porcentaje = models.PositiveSmallIntegerField("porcentaje mínimo")
    tope = models.PositiveSmallIntegerField("tope de la muestra")
    sorteado_en = models.DateTimeField("sorteado el", null=True, blank=True)
    sorteado_por = models.ForeignKey(
        Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    huella = models.CharField("huella de la lista de candidatos", max_length=64, blank=True)
    acta = models.ForeignKey(Documento, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-semestre"]
        constraints = [
            models.CheckConstraint(name="sorteo_con_frase", condition=~Q(frase="")),
            models.CheckConstraint(
                name="sorteo_hecho_con_su_huella", condition=Q(sorteado_en__isnull=True) | ~Q(huella="")
            ),
        ]

    def __str__(self) -> str:
        return f"Sorteo {self.semestre}"


class Candidato(models.Model):
    """Un expediente que entró al sorteo de un semestre, y a uno solo; ``elegido`` si le tocó."""

    class Resultado(models.TextChoices):
        """Qué se comprobó."""

        CONFORME = "CONFORME", "Conforme: lo declarado es verdad"
        CON_HALLAZGO = "CON_HALLAZGO", "Con hallazgo: algo declarado no es verdad"

    sorteo = models.ForeignKey(Sorteo, on_delete=models.PROTECT, related_name="candidatos")
    expediente = models.OneToOneField(Expediente, on_delete=models.PROTECT, related_name="fiscalizacion")
    elegido = models.BooleanField("le tocó", default=False)
    lugar = models.PositiveIntegerField("lugar en el sorteo")
    revisor = models.ForeignKey(Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    resultado = models.CharField("resultado", max_length=12, choices=Resultado, blank=True)
    detalle = models.TextField("qué se comprobó y cómo", blank=True)
    pide_nulidad = models.BooleanField("se pide declarar la nulidad", default=False)
    multa_uit = models.DecimalField("multa, en UIT", max_digits=4, decimal_places=1, null=True, blank=True)
    se_denuncia = models.BooleanField("se comunica al Ministerio Público", default=False)
    anotado_en = models.DateTimeField("anotado el", null=True, blank=True)
    anotado_por = models.ForeignKey(
        Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["lugar"]
        constraints = [
            models.UniqueConstraint(fields=["sorteo", "lugar"], name="candidato_un_lugar"),
            models.CheckConstraint(
                name="candidato_se_revisa_si_le_toco", condition=Q(resultado="") | Q(elegido=True)
            ),
            models.CheckConstraint(
                name="candidato_resultado_con_detalle", condition=Q(resultado="") | ~Q(detalle="")
            ),
            models.CheckConstraint(
                name="candidato_medidas_solo_con_hallazgo",
                condition=Q(resultado="CON_HALLAZGO")
                | Q(pide_nulidad=False, multa_uit__isnull=True, se_denuncia=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expediente} en {self.sorteo}"
