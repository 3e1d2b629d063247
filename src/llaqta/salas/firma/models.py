"""Lo que guarda la firma: certificados con su llave cifrada, y los intentos de PIN."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from cryptography import x509
from django.db import models
from django.db.models import F, Q

from llaqta.salas.cuentas.models import Persona
from llaqta.salas.firma.local.modelos import DocumentoPorFirmar, SesionDeFirma

__all__ = ["Certificado", "CertificadoQuerySet", "DocumentoPorFirmar", "IntentosDePin", "SesionDeFirma"]


class CertificadoQuerySet(models.QuerySet["Certificado"]):
    """Búsquedas de certificados."""

    def vigentes(self, *, al: datetime) -> CertificadoQuerySet:
        """Los que sirven para firmar en ese instante."""
        return self.no_revocados(al=al).filter(valido_desde__lte=al, valido_hasta__gt=al)

    def no_revocados(self, *, al: datetime) -> CertificadoQuerySet:
        """Los que nadie había revocado en ese instante, vigentes o no."""
        return self.filter(Q(revocado_en__isnull=True) | Q(revocado_en__gt=al))


class Certificado(models.Model):
    """Un certificado digital: el de firma de una persona, o el del sello con que firma la entidad misma.

    La llave de una persona se guarda cifrada con su PIN y el secreto de la instalación; la del sello no está aquí, sino
    en un archivo cifrado o en una ficha PKCS#11. Nada se borra: un certificado se revoca (Ley 27269, art. 10).
    """

    class Clase(models.TextChoices):
        """Quién firma: una persona o la entidad, como agente automatizado (DS 052-2008-PCM)."""

        FIRMA = "FIRMA", "Firma de una persona"
        SELLO = "SELLO", "Sello de la entidad"

    clase = models.CharField("clase", max_length=5, choices=Clase)
    persona = models.ForeignKey(
        Persona,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="certificados",
        verbose_name="titular",
    )
    titular = models.CharField("nombre en el certificado", max_length=64)
    numero_de_serie = models.CharField("número de serie (hexadecimal)", max_length=40, unique=True)
    pem = models.TextField("certificado (PEM)")
    llave_cifrada = models.TextField("llave privada cifrada (PKCS#8)", blank=True)
    valido_desde = models.DateTimeField("válido desde")
    valido_hasta = models.DateTimeField("válido hasta")
    revocado_en = models.DateTimeField("revocado el", null=True, blank=True)
    motivo_de_revocacion = models.CharField("motivo de la revocación", max_length=200, blank=True)
    de_demostracion = models.BooleanField("sin valor legal, de demostración", default=False)

    objects = CertificadoQuerySet.as_manager()

    class Meta:
        ordering = ["-valido_desde", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="certificado_de_persona_o_sello",
                condition=Q(clase="FIRMA", persona__isnull=False)
                | Q(clase="SELLO", persona__isnull=True, llave_cifrada=""),
            ),
            models.CheckConstraint(
                name="certificado_fechas_en_orden", condition=Q(valido_hasta__gt=F("valido_desde"))
            ),
            models.CheckConstraint(
                name="certificado_revocado_con_motivo",
                condition=Q(revocado_en__isnull=True, motivo_de_revocacion="")
                | (Q(revocado_en__isnull=False) & ~Q(motivo_de_revocacion="")),
            ),
        ]

    def __str__(self) -> str:
        return self.titular

    @cached_property
    def x509(self) -> x509.Certificate:
        """El certificado, leído."""
        return x509.load_pem_x509_certificate(self.pem.encode())


class IntentosDePin(models.Model):
    """Cuántas veces seguidas se falló el PIN de un certificado.

    No enlaza con ``Certificado`` a propósito: se escribe en una transacción aparte, para que un PIN equivocado cuente
    aunque el acto que lo pidió se deshaga.
    """

    numero_de_serie = models.CharField("número de serie", max_length=40, primary_key=True)
    fallidos = models.PositiveSmallIntegerField("fallos seguidos", default=0)
    bloqueado_hasta = models.DateTimeField("bloqueado hasta", null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.numero_de_serie}: {self.fallidos}"
