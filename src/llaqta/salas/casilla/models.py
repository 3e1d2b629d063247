"""Lo que guarda la casilla: adhesiones, notificaciones y las alertas que se enviaron por cada una."""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q

from llaqta.salas.cuentas.models import Persona, Representacion, TextoDeConsentimiento
from llaqta.salas.documentos.models import Documento


class AdhesionQuerySet(models.QuerySet["Adhesion"]):
    """Adhesiones a la casilla."""

    def vigentes(self, *, en: datetime) -> AdhesionQuerySet:
        """Las que valen en el instante ``en``."""
        return self.filter(Q(aceptada_en__lte=en) & (Q(revocada_en__isnull=True) | Q(revocada_en__gt=en)))


class Adhesion(models.Model):
    """El consentimiento expreso de una persona para ser notificada en su casilla (art. 20.4; Ley 31736)."""

    persona = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="adhesiones")
    texto = models.ForeignKey(TextoDeConsentimiento, on_delete=models.PROTECT, related_name="+")
    aceptada_por = models.ForeignKey(
        Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="representante que la aceptó, si no fue la misma persona",
    )  # fmt: skip
    correo = models.EmailField("correo para las alertas")
    telefono = models.CharField("teléfono para las alertas", max_length=20, blank=True)
    aceptada_en = models.DateTimeField("aceptada el")
    revocada_en = models.DateTimeField("revocada el", null=True, blank=True)

    objects = AdhesionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["persona"], condition=Q(revocada_en__isnull=True), name="adhesion_una_vigente"
            ),
            models.CheckConstraint(
                name="adhesion_revocada_despues",
                condition=Q(revocada_en__isnull=True) | Q(revocada_en__gt=F("aceptada_en")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.persona} desde {self.aceptada_en:%d/%m/%Y}"


class ReglaDeEfecto(models.TextChoices):
    """Desde cuándo surte efecto lo depositado. Queda congelada en cada notificación."""

    LEY31736_5DIAS = "LEY31736_5DIAS", "El día del acuse; sin acuse, el primer día hábil después de cinco"
    DEPOSITO = "DEPOSITO", "El día del depósito"
    ACUSE = "ACUSE", "El día del acuse"


class NotificacionQuerySet(models.QuerySet["Notificacion"]):
    """Notificaciones."""

    def visible_to(self, persona: Persona, *, al: date) -> NotificacionQuerySet:
        """Las de ``persona`` y las de quienes representa el día ``al`` (DS 029-2021-PCM, art. 57.2)."""
        representados = (
            Representacion.objects.vigentes(al=al).filter(representante=persona).values("representado")
        )
        return self.filter(Q(destinatario=persona) | Q(destinatario__in=representados))

    def por_surtir_efecto(self, *, al: date) -> NotificacionQuerySet:
        """Las que ese día ya surten efecto y todavía no se declaró.

        Si la regla exige la alerta (DS 098-2025-PCM, art. 55), la que se intentó avisar y nunca se pudo no está: nadie
        la abrió ni supo de ella, y el paso de los días no la hace eficaz.
        """
        alertas = Alerta.objects.filter(notificacion=models.OuterRef("pk"))
        llego = models.Exists(alertas.filter(resultado=Alerta.Resultado.ENVIADA))
        sin_intentos = ~models.Exists(alertas)
        return self.filter(efecto_el__lte=al).filter(
            Q(estado=Notificacion.Estado.LEIDA)
            | Q(estado=Notificacion.Estado.DEPOSITADA) & (Q(exige_alerta=False) | Q(llego) | Q(sin_intentos))
        )


class Notificacion(models.Model):
    """Un acto depositado en una casilla; el depósito es un acto legal, el correo es solo su alerta."""

    class Estado(models.TextChoices):
        """Dónde está (peru-law 2.3)."""

        DEPOSITADA = "DEPOSITADA", "Depositada"
        LEIDA = "LEIDA", "Leída"
        EFECTIVA = "EFECTIVA", "Surtió efecto"
        REBOTADA_ALERTA = "REBOTADA_ALERTA", "No se pudo avisar"
        DERIVADA_A_CEDULA = "DERIVADA_A_CEDULA", "Se notifica por cédula"
        ANULADA = "ANULADA", "Anulada"

    codigo = models.CharField("número de la notificación", max_length=30, unique=True)
    destinatario = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="notificaciones")
    adhesion = models.ForeignKey(Adhesion, on_delete=models.PROTECT, related_name="+")
    documento = models.ForeignKey(Documento, on_delete=models.PROTECT, related_name="notificaciones")
    expediente = models.CharField("número del expediente", max_length=30)
    asunto = models.CharField("asunto", max_length=300)
    recursos = models.TextField("recursos que proceden", blank=True)
    regla_efecto = models.CharField("regla de efecto", max_length=16, choices=ReglaDeEfecto)
    dias_para_acusar = models.PositiveSmallIntegerField("días hábiles para acusar recibo")
    exige_alerta = models.BooleanField("sin alerta entregada no surte efecto", default=True)
    estado = models.CharField("estado", max_length=17, choices=Estado, default=Estado.DEPOSITADA)
    depositada_en = models.DateTimeField("depositada el")
    deposito_computa_el = models.DateField("fecha legal del depósito")
    leida_en = models.DateTimeField("acuse", null=True, blank=True)
    leida_por = models.ForeignKey(Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    efecto_el = models.DateField("surte efecto el", null=True, blank=True)
    explicacion = models.JSONField("por qué esa fecha", default=list)
    calendario = models.CharField("versión del calendario", max_length=60)
    constancia = models.ForeignKey(
        Documento, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    constancia_de_lectura = models.ForeignKey(
        Documento, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    constancia_de_alerta = models.ForeignKey(
        Documento, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    motivo_anulacion = models.CharField("motivo de la anulación", max_length=200, blank=True)

    objects = NotificacionQuerySet.as_manager()

    class Meta:
        ordering = ["-depositada_en", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["documento", "destinatario"],
                condition=~Q(estado="ANULADA"),
                name="notificacion_una_por_acto_y_persona",
            ),
            models.CheckConstraint(
                name="notificacion_leida_con_acuse", condition=~Q(estado="LEIDA") | Q(leida_en__isnull=False)
            ),
            models.CheckConstraint(
                name="notificacion_anulada_con_motivo",
                condition=~Q(estado="ANULADA") | ~Q(motivo_anulacion=""),
            ),
        ]
        indexes = [
            models.Index(fields=["destinatario", "-depositada_en"], name="notificacion_por_persona"),
            models.Index(
                fields=["efecto_el"],
                condition=Q(estado__in=["DEPOSITADA", "LEIDA"]),
                name="notificacion_por_vencer",
            ),
        ]

    def __str__(self) -> str:
        return self.codigo

    def surte_efecto(self, al: date) -> bool:
        """Verdadero si el día ``al`` ya surtió efecto; con la regla del acuse, sin acuse no hay fecha."""
        if self.estado == self.Estado.REBOTADA_ALERTA or not self.esta_viva:
            return False
        return self.efecto_el is not None and self.efecto_el <= al

    @property
    def esta_viva(self) -> bool:
        """Verdadero si ya notificó o todavía puede notificar; mientras tanto el acto no se notifica otra vez."""
        return self.estado in VIVAS

    @property
    def fue_leida(self) -> bool:
        """Verdadero si hay acuse: alguien abrió el documento."""
        return self.leida_en is not None


VIVAS = (Notificacion.Estado.DEPOSITADA, Notificacion.Estado.LEIDA, Notificacion.Estado.EFECTIVA)


class Alerta(models.Model):
    """Un intento de avisar, con lo que respondió el servidor: el aviso no es la notificación, pero se prueba."""

    class Canal(models.TextChoices):
        """Por dónde se avisó."""

        CORREO = "CORREO", "Correo electrónico"
        SMS = "SMS", "Mensaje de texto"

    class Resultado(models.TextChoices):
        """Qué pasó."""

        PENDIENTE = "PENDIENTE", "Pendiente"
        ENVIADA = "ENVIADA", "Entregada al servidor de correo"
        FALLIDA = "FALLIDA", "No se pudo entregar"

    notificacion = models.ForeignKey(Notificacion, on_delete=models.PROTECT, related_name="alertas")
    canal = models.CharField("canal", max_length=6, choices=Canal)
    direccion = models.CharField("dirección", max_length=254)
    intento = models.PositiveSmallIntegerField("intento")
    resultado = models.CharField("resultado", max_length=9, choices=Resultado, default=Resultado.PENDIENTE)
    detalle = models.CharField("respuesta del servidor", max_length=300, blank=True)
    identificador = models.CharField("identificador del mensaje", max_length=120, blank=True)
    intentada_en = models.DateTimeField("intentada el")

    class Meta:
        ordering = ["canal", "intento"]
        constraints = [
            models.UniqueConstraint(fields=["notificacion", "canal", "intento"], name="alerta_intento_unico")
        ]

    def __str__(self) -> str:
        return f"{self.notificacion} {self.canal} {self.intento}"
