"""Lo que guarda la firma en el equipo de la persona: la sesión y los documentos que en ella se esperan firmados."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q

from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma.local import rules


class SesionDeFirma(models.Model):
    """Un pedido de firma a una persona, de un solo uso: atado a los bytes exactos, a ella y a una hora de vencimiento.

    Las fichas se guardan por su huella. Cada petición del componente tiene la suya: la que trae los argumentos no sirve
    para descargar, ni la de descargar para devolver.
    """

    class Estado(models.TextChoices):
        """Por dónde va; ``rules.TRANSICIONES`` dice de cuál se pasa a cuál."""

        PENDIENTE = rules.PENDIENTE, "Lista para firmar"
        ENTREGADA = rules.ENTREGADA, "Su equipo la recibió"
        DESCARGADA = rules.DESCARGADA, "Firmando en su equipo"
        ACEPTADA = rules.ACEPTADA, "Firmada"
        RECHAZADA = rules.RECHAZADA, "La firma no se aceptó"
        CANCELADA = rules.CANCELADA, "Cancelada"
        VENCIDA = rules.VENCIDA, "Venció sin firmarse"

    referencia = models.UUIDField("referencia", default=uuid.uuid4, unique=True, editable=False)
    persona = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="sesiones_de_firma")
    documento_esperado = models.CharField("documento de quien debe firmar", max_length=40)
    ruc_esperado = models.CharField("RUC por el que puede firmar", max_length=11, blank=True)
    firmante = models.CharField("con qué programa se firma", max_length=20, default="firmaperu")
    destino = models.CharField("qué sala espera la firma", max_length=60)
    volver_a = models.CharField("a qué página se vuelve", max_length=200)
    nivel = models.CharField("nivel pedido", max_length=1, default="B")
    motivo = models.CharField("motivo", max_length=80)
    cargo = models.CharField("cargo", max_length=200, blank=True)
    caja = models.JSONField("dónde se ve la firma", null=True, blank=True)
    entrenamiento = models.BooleanField("de práctica, sin valor legal", default=False)
    estado = models.CharField("estado", max_length=10, choices=Estado, default=Estado.PENDIENTE)
    frase = models.CharField("por qué terminó así", max_length=400, blank=True)
    pedida_en = models.DateTimeField("pedida el")
    vence_en = models.DateTimeField("vence el")
    cambiada_en = models.DateTimeField("último cambio")
    ip = models.GenericIPAddressField("dirección desde la que se pidió", null=True, blank=True)
    ficha_de_argumentos = models.CharField(max_length=64, null=True, blank=True, unique=True)
    ficha_de_descarga = models.CharField(max_length=64, null=True, blank=True, unique=True)
    ficha_de_devolucion = models.CharField(max_length=64, null=True, blank=True, unique=True)

    class Meta:
        ordering = ["-pedida_en", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="sesion_de_firma_vence_despues", condition=Q(vence_en__gt=F("pedida_en"))
            ),
            models.CheckConstraint(name="sesion_de_firma_nivel", condition=Q(nivel__in=rules.NIVELES)),
            models.CheckConstraint(
                name="sesion_rechazada_con_frase", condition=~Q(estado=rules.RECHAZADA) | ~Q(frase="")
            ),
        ]
        indexes = [
            models.Index(
                fields=["vence_en"], condition=Q(estado__in=rules.ABIERTAS), name="sesion_de_firma_abierta"
            )
        ]

    def __str__(self) -> str:
        return f"{self.persona}: {self.get_estado_display()}"

    @property
    def abierta(self) -> bool:
        """Verdadero si todavía espera algo."""
        return self.estado in rules.ABIERTAS

    @property
    def dicho(self) -> str:
        """En qué está, en palabras; lo que se practica no se dice firmado."""
        if self.estado != rules.ACEPTADA:
            return self.get_estado_display()
        if self.entrenamiento:
            return "Practicada en parte" if self.frase else "Practicada"
        return "Firmada en parte" if self.frase else self.get_estado_display()

    def vencida(self, al: datetime) -> bool:
        """Verdadero si a esa hora ya no se puede usar, aunque nadie lo haya anotado."""
        return self.estado == rules.VENCIDA or (self.abierta and al >= self.vence_en)


class DocumentoPorFirmar(models.Model):
    """Un documento de una sesión: la huella de los bytes exactos que se entregan, y la de los que se aceptaron."""

    class Estado(models.TextChoices):
        """Qué pasó con él; los de una misma sesión no corren la misma suerte."""

        ESPERA = "ESPERA", "Por firmar"
        FIRMADO = "FIRMADO", "Firmado"
        RECHAZADO = "RECHAZADO", "No se firmó"

    sesion = models.ForeignKey(SesionDeFirma, on_delete=models.PROTECT, related_name="documentos")
    orden = models.PositiveSmallIntegerField("orden")
    etiqueta = models.CharField("qué es", max_length=80)
    nombre = models.CharField("nombre con que viaja", max_length=100)
    titulo = models.CharField("cómo se llama", max_length=200)
    huella = models.CharField("huella SHA-256 de lo que se firma", max_length=64)
    bytes = models.PositiveBigIntegerField("tamaño")
    firmas_previas = models.PositiveSmallIntegerField("firmas que ya lleva", default=0)
    huella_firmada = models.CharField("huella SHA-256 de lo firmado", max_length=64, blank=True)
    ver_en = models.CharField("en qué página se mira", max_length=200, blank=True)
    estado = models.CharField("qué pasó", max_length=9, choices=Estado, default=Estado.ESPERA)
    frase = models.CharField("por qué no se firmó", max_length=400, blank=True)

    class Meta:
        ordering = ["orden"]
        constraints = [
            models.UniqueConstraint(fields=["sesion", "orden"], name="por_firmar_uno_por_orden"),
            models.UniqueConstraint(fields=["sesion", "nombre"], name="por_firmar_uno_por_nombre"),
            models.CheckConstraint(
                name="por_firmar_rechazado_con_frase", condition=~Q(estado="RECHAZADO") | ~Q(frase="")
            ),
        ]

    def __str__(self) -> str:
        return self.titulo

    @property
    def dicho(self) -> str:
        """Qué pasó, en palabras; lo que se practica no se dice firmado."""
        practicado = self.sesion.entrenamiento and self.estado == self.Estado.FIRMADO
        return "Firma de práctica" if practicado else self.get_estado_display()
