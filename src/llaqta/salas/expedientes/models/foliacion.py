"""Lo que ocupa o deja un lugar entre los folios de un expediente, y las firmas de un documento que firman varios."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from llaqta.salas.cuentas.models import Persona, Puesto, UnidadOrganica
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes.models.expediente import Expediente, Incorporado, Proyecto


class ExpedienteAgregado(models.Model):
    """Un expediente ya foliado que llegó de fuera y se agregó a este: no continúa su foliación (art. 152.2).

    Queda constancia de que se agregó y de cuántos folios trae; después del folio 40 el siguiente sigue siendo el 41.
    Los que se acumulan dentro de la casa son ``Acumulacion``, que se cuenta igual.
    """

    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="agregados")
    numero = models.CharField("número o denominación", max_length=120)
    procedencia = models.CharField("de dónde viene", max_length=120)
    folios = models.PositiveIntegerField("folios que trae")
    tras_folio = models.PositiveIntegerField("después del folio")
    motivo = models.CharField("por qué se agrega", max_length=200)
    agregado_en = models.DateTimeField("agregado el")
    agregado_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["expediente", "numero"], name="agregado_una_vez"),
            models.CheckConstraint(name="agregado_con_folios", condition=Q(folios__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.numero} en {self.expediente}"


class Desglose(models.Model):
    """Un documento devuelto a quien lo presentó: en su lugar queda copia autenticada, con su foliación (153.2)."""

    incorporado = models.OneToOneField(Incorporado, on_delete=models.PROTECT, related_name="desglose")
    constancia = models.ForeignKey(Documento, on_delete=models.PROTECT, related_name="+")
    entregado_a = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    motivo = models.CharField("motivo", max_length=200)
    desglosado_en = models.DateTimeField("desglosado el")
    desglosado_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(name="desglose_con_motivo", condition=~Q(motivo=""))]

    def __str__(self) -> str:
        return f"Desglose de {self.incorporado}"


class FirmaConjunta(models.Model):
    """Una de las firmas de un documento que firman varios puestos, en orden; está emitido cuando están todas."""

    proyecto = models.ForeignKey(Proyecto, on_delete=models.PROTECT, related_name="firmas_conjuntas")
    documento = models.ForeignKey(Documento, on_delete=models.PROTECT, related_name="firmas_conjuntas")
    orden = models.PositiveSmallIntegerField("orden")
    puesto = models.ForeignKey(Puesto, on_delete=models.PROTECT, related_name="+")
    persona = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    firmado_en = models.DateTimeField("firmado el")

    class Meta:
        ordering = ["orden"]
        constraints = [
            models.UniqueConstraint(fields=["documento", "orden"], name="firma_conjunta_en_orden"),
            models.UniqueConstraint(fields=["documento", "puesto"], name="firma_conjunta_una_por_puesto"),
        ]

    def __str__(self) -> str:
        return f"{self.documento}: firma {self.orden}"


class NumeroReservado(models.Model):
    """El número que un proyecto ya tiene mientras se firma en el equipo de la persona: va dentro de lo que se firma.

    Si no se llega a firmar, el siguiente intento del mismo año lo usa; si ya no sirve, se anula con su razón.
    """

    proyecto = models.ForeignKey(Proyecto, on_delete=models.PROTECT, related_name="numeros_reservados")
    numero = models.CharField("número", max_length=120)
    serie = models.CharField("serie", max_length=120)
    anio = models.PositiveSmallIntegerField("año")
    para = models.CharField("para qué clase, unidad y firmante se tomó", max_length=200)
    unidad = models.ForeignKey(UnidadOrganica, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField("versión del proyecto que se compuso")
    fechado_el = models.DateField("fecha que lleva lo compuesto")
    cvd = models.CharField("código de verificación que lleva impreso", max_length=19)
    cvd_desde = models.DateField("verificable desde")
    cvd_hasta = models.DateField("verificable hasta")
    huella = models.CharField("huella SHA-256 de lo compuesto", max_length=64)
    reservado_en = models.DateTimeField("reservado el")
    reservado_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    documento = models.OneToOneField(
        Documento, on_delete=models.PROTECT, null=True, blank=True, related_name="numero_reservado"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["proyecto"],
                condition=Q(documento__isnull=True),
                name="numero_reservado_uno_por_proyecto",
            ),
            models.UniqueConstraint(
                fields=["numero"], condition=Q(documento__isnull=True), name="numero_reservado_una_vez"
            ),
        ]

    def __str__(self) -> str:
        return self.numero
