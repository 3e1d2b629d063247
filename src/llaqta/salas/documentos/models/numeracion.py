"""Cómo se numeran los documentos: formatos con fecha, desde qué número continúa una serie, y quién firma por quién."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q

from llaqta.salas.cuentas.models import Persona, Puesto, UnidadOrganica
from llaqta.salas.documentos.models.documento import TipoDocumento


class FormatoDeNumero(models.Model):
    """Cómo se escribe y cómo se cuenta el número de una clase de documento, desde una fecha.

    El de una unidad gana al de toda la entidad; entre dos iguales, el que empezó después. Nada se corrige: un cambio es
    otra fila con otra fecha, y los números ya dados no cambian (Ley 27444, art. 157).
    """

    class Contador(models.TextChoices):
        """Qué documentos comparten la cuenta. Siempre recomienza con el año, en la hora de Lima."""

        UNIDAD = "UNIDAD", "Cada unidad cuenta los suyos"
        TIPO = "TIPO", "Una sola cuenta de esta clase para toda la municipalidad"
        ENTIDAD = "ENTIDAD", "Una sola cuenta para todas las clases que se numeran así"

    tipo = models.ForeignKey(TipoDocumento, on_delete=models.PROTECT, related_name="formatos")
    unidad = models.ForeignKey(
        UnidadOrganica, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    formato = models.CharField("formato", max_length=120)
    contador = models.CharField("cómo se cuenta", max_length=7, choices=Contador, default=Contador.UNIDAD)
    desde = models.DateField("rige desde")
    norma = models.CharField("norma o documento que lo dispone", max_length=160)
    registrado_por = models.ForeignKey(Persona, on_delete=models.PROTECT, null=True, related_name="+")
    registrado_en = models.DateTimeField("registrado el")

    class Meta:
        ordering = ["tipo__nombre", "desde", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tipo", "unidad", "desde"], nulls_distinct=False, name="formato_uno_por_fecha"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tipo}: {self.formato}"


class InicioDeSerie(models.Model):
    """Constancia de que una serie continúa desde un número dado en papel: de cuál a cuál saltó, quién y por qué."""

    serie = models.CharField("serie", max_length=80)
    anio = models.PositiveSmallIntegerField("año")
    habia = models.PositiveIntegerField("último número antes")
    ultimo = models.PositiveIntegerField("último número dado en papel")
    motivo = models.CharField("motivo", max_length=200)
    fijado_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    fijado_en = models.DateTimeField("fijado el")

    class Meta:
        ordering = ["-fijado_en"]
        constraints = [
            models.CheckConstraint(name="inicio_solo_hacia_adelante", condition=Q(ultimo__gt=F("habia"))),
            models.CheckConstraint(name="inicio_con_motivo", condition=~Q(motivo="")),
        ]

    def __str__(self) -> str:
        return f"{self.serie} {self.anio}: {self.habia} → {self.ultimo}"


class DelegacionQuerySet(models.QuerySet["Delegacion"]):
    """Delegaciones."""

    def vigentes(self, *, al: object) -> Self:
        """Las que valen el día ``al``."""
        return self.filter(Q(desde__lte=al) & (Q(hasta__isnull=True) | Q(hasta__gte=al)))


class Delegacion(models.Model):
    """Un puesto resuelve o firma por otro, en virtud de un acto con número y fecha (Ley 27444, arts. 67 y 72)."""

    class Clase(models.TextChoices):
        """Qué se delega: decidir (art. 67; TUO 78) o solo firmar lo que otro decidió (art. 72; TUO 83)."""

        COMPETENCIA = "COMPETENCIA", "Decide y firma por delegación de competencia"
        FIRMA = "FIRMA", "Firma lo que resolvió el delegante"

    clase = models.CharField("qué se delega", max_length=11, choices=Clase)
    delegante = models.ForeignKey(Puesto, on_delete=models.PROTECT, related_name="delegaciones_dadas")
    delegado = models.ForeignKey(Puesto, on_delete=models.PROTECT, related_name="delegaciones_recibidas")
    tipo = models.ForeignKey(TipoDocumento, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    acto = models.CharField("acto que delega", max_length=160)
    materia = models.CharField("materia", max_length=200)
    desde = models.DateField("desde")
    hasta = models.DateField("hasta", null=True, blank=True)
    registrada_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    registrada_en = models.DateTimeField("registrada el")

    objects = DelegacionQuerySet.as_manager()

    class Meta:
        ordering = ["delegante__unidad__nombre", "desde", "pk"]
        constraints = [
            models.CheckConstraint(name="delegacion_a_otro_puesto", condition=~Q(delegante=F("delegado"))),
            models.CheckConstraint(
                name="delegacion_fechas_en_orden",
                condition=Q(hasta__isnull=True) | Q(hasta__gte=F("desde")),
            ),
            models.CheckConstraint(name="delegacion_con_acto", condition=~Q(acto="")),
        ]

    def __str__(self) -> str:
        return f"{self.delegado} por {self.delegante}"
