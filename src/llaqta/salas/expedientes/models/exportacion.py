"""Lo que se guarda cuando un expediente sale entero de la casa, y cuando uno de otra entidad llega."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Archivo, Documento
from llaqta.salas.expedientes.models.expediente import Expediente


class Exportacion(models.Model):
    """Un pedido de llevarse el expediente completo: lo arma el trabajador y su ZIP se puede descargar unos días."""

    class Estado(models.TextChoices):
        """Por dónde va."""

        PENDIENTE = "PENDIENTE", "En espera"
        EN_CURSO = "EN_CURSO", "Se está armando"
        LISTA = "LISTA", "Lista para descargar"
        FALLIDA = "FALLIDA", "No se pudo armar"
        VENCIDA = "VENCIDA", "Ya no se puede descargar"

    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="exportaciones")
    pedida_por = models.ForeignKey(Persona, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField("versión del expediente que se lleva")
    estado = models.CharField("estado", max_length=9, choices=Estado, default=Estado.PENDIENTE)
    pedida_en = models.DateTimeField("pedida el")
    hechos = models.PositiveIntegerField("documentos ya puestos", default=0)
    total = models.PositiveIntegerField("documentos por poner", default=0)
    excluidos = models.PositiveIntegerField("documentos que no van", default=0)
    archivo = models.ForeignKey(Archivo, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    huella = models.CharField("huella SHA-256 del ZIP", max_length=64, blank=True)
    lista_en = models.DateTimeField("lista el", null=True, blank=True)
    vence_en = models.DateTimeField("se puede descargar hasta", null=True, blank=True)
    motivo = models.CharField("por qué no se pudo", max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="exportacion_lista_con_archivo",
                condition=~Q(estado="LISTA")
                | Q(archivo__isnull=False, lista_en__isnull=False, vence_en__isnull=False),
            ),
            models.CheckConstraint(
                name="exportacion_vencida_sin_archivo",
                condition=~Q(estado="VENCIDA") | Q(archivo__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["expediente", "pedida_por", "-id"], name="exportacion_por_quien")]

    def __str__(self) -> str:
        return f"{self.expediente}: {self.get_estado_display()}"

    @property
    def en_marcha(self) -> bool:
        """Verdadero mientras el trabajador la tenga pendiente."""
        return self.estado in (self.Estado.PENDIENTE, self.Estado.EN_CURSO)


class ExpedienteRecibido(models.Model):
    """Un expediente de otra entidad, comprobado entero al llegar: se lee y no se tramita ni cambia."""

    huella = models.CharField("huella del paquete", max_length=64, unique=True)
    numero = models.CharField("número en su entidad", max_length=40)
    entidad_nombre = models.CharField("entidad que lo envía", max_length=150)
    entidad_ruc = models.CharField("su RUC", max_length=11, blank=True)
    asunto = models.CharField("asunto", max_length=300)
    administrado = models.CharField("administrado", max_length=200, blank=True)
    exportado_en = models.DateTimeField("exportado el")
    firmado_por = models.CharField("titular del sello del índice", max_length=200)
    certificado = models.CharField("huella SHA-256 del certificado del índice", max_length=64)
    indice = models.JSONField("lo que dice el índice", default=dict)
    comprobaciones = models.JSONField("lo que se comprobó al llegar", default=list)
    paquete = models.ForeignKey(Archivo, on_delete=models.PROTECT, related_name="+")
    recibido_en = models.DateTimeField("recibido el")
    recibido_por = models.ForeignKey(Persona, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.numero} de {self.entidad_nombre}"


class DocumentoRecibido(models.Model):
    """Un documento de un expediente recibido, con su lugar y lo que su índice dice de él."""

    recibido = models.ForeignKey(ExpedienteRecibido, on_delete=models.PROTECT, related_name="documentos")
    documento = models.OneToOneField(Documento, on_delete=models.PROTECT, related_name="recibido_en_paquete")
    orden = models.PositiveIntegerField("orden")
    folio_desde = models.PositiveIntegerField("desde el folio")
    folio_hasta = models.PositiveIntegerField("hasta el folio")
    veredicto = models.CharField("lo que dicen sus firmas al llegar", max_length=13)
    veredicto_de_origen = models.CharField("lo que decían al salir", max_length=13, blank=True)
    hoja = models.BigIntegerField("hoja en el registro de su entidad", null=True, blank=True)

    class Meta:
        ordering = ["orden"]
        constraints = [
            models.UniqueConstraint(fields=["recibido", "orden"], name="documento_recibido_orden_unico")
        ]

    def __str__(self) -> str:
        return f"{self.recibido} {self.orden}"
