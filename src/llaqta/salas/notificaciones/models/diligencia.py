"""Una diligencia: el encargo de notificar un acto a una persona por un medio que la ley admite."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos.models import Documento


class OrigenDeDireccion(models.TextChoices):
    """De dónde sale la dirección a que se notifica, en el orden de la ley (art. 21.1 y 21.2)."""

    EXPEDIENTE = "EXPEDIENTE", "Lo señaló en el expediente (art. 21.1)"
    OTRO_PROCEDIMIENTO = "OTRO_PROCEDIMIENTO", "Lo señaló en otro trámite del último año (art. 21.1)"
    REGISTRO = "REGISTRO", "Es el de su documento de identidad o RUC (art. 21.2)"
    AUTORIZADO = "AUTORIZADO", "Autorizó expresamente ese correo (art. 20.4)"
    NINGUNO = "NINGUNO", "Se publica: no tiene dirección (art. 23)"


class DiligenciaQuerySet(models.QuerySet["Diligencia"]):
    """Diligencias."""

    def visible_to(self, persona: Persona) -> DiligenciaQuerySet:
        """El notificador y el control, todas; los demás, las que ordenaron sus unidades y las que les notifican."""
        if persona.puede("notificaciones.diligenciar") or persona.puede("expedientes.ver_todo"):
            return self
        return self.filter(Q(unidad__in=persona.unidades) | Q(destinatario=persona))

    def vivas(self) -> DiligenciaQuerySet:
        """Las que todavía pueden llegar a notificar, o ya notificaron."""
        return self.filter(estado__in=VIVAS)

    def por_diligenciar(self) -> DiligenciaQuerySet:
        """Las cédulas que esperan una visita."""
        return self.filter(modalidad=Diligencia.Modalidad.CEDULA, estado=Diligencia.Estado.POR_DILIGENCIAR)

    def por_surtir_efecto(self, *, al: date) -> DiligenciaQuerySet:
        """Las ya practicadas cuya fecha de efecto llegó y todavía no se declaró."""
        return self.filter(estado=Diligencia.Estado.PRACTICADA, efecto_el__lte=al)

    def sin_acuse(self, *, al: date) -> DiligenciaQuerySet:
        """Los correos cuyo plazo para confirmar terminó antes de ese día (art. 20.4)."""
        return self.filter(estado=Diligencia.Estado.ENVIADA, acusar_hasta__lt=al)


class Diligencia(models.Model):
    """El encargo de notificar un acto, con su dirección, su plazo, lo que pasó y desde cuándo surte efecto."""

    class Modalidad(models.TextChoices):
        """Por dónde (art. 20.1 y 20.4)."""

        CEDULA = "CEDULA", "Cédula, en su domicilio"
        CORREO = "CORREO", "Correo electrónico autorizado"
        PUBLICACION = "PUBLICACION", "Publicación"

    class Estado(models.TextChoices):
        """Dónde está."""

        POR_DILIGENCIAR = "POR_DILIGENCIAR", "Por diligenciar"
        ENVIADA = "ENVIADA", "Enviada: espera que confirme"
        PRACTICADA = "PRACTICADA", "Practicada: surtirá efecto"
        EFECTIVA = "EFECTIVA", "Surtió efecto"
        NO_PRACTICADA = "NO_PRACTICADA", "No se pudo practicar"
        SIN_ACUSE = "SIN_ACUSE", "Sin confirmación de recibo"
        ANULADA = "ANULADA", "Anulada: se rehace"

    codigo = models.CharField("número de la diligencia", max_length=30, unique=True)
    modalidad = models.CharField("modalidad", max_length=11, choices=Modalidad)
    estado = models.CharField("estado", max_length=15, choices=Estado, default=Estado.POR_DILIGENCIAR)
    destinatario = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="diligencias")
    documento = models.ForeignKey(Documento, on_delete=models.PROTECT, related_name="diligencias")
    unidad = models.ForeignKey(
        UnidadOrganica, on_delete=models.PROTECT, null=True, blank=True, related_name="diligencias"
    )
    expediente = models.CharField("número del expediente", max_length=30)
    procedimiento = models.CharField("procedimiento en que se dictó", max_length=300, blank=True)
    asunto = models.CharField("asunto", max_length=300)
    autoridad = models.CharField("autoridad que lo dictó", max_length=200, blank=True)
    recursos = models.TextField("recursos que proceden", blank=True)
    agota_la_via = models.BooleanField("agota la vía administrativa", default=False)
    direccion = models.CharField("dirección o correo", max_length=254, blank=True)
    origen_de_direccion = models.CharField(
        "de dónde sale la dirección", max_length=18, choices=OrigenDeDireccion
    )
    referencia = models.CharField("cómo llegar", max_length=300, blank=True)
    emitido_el = models.DateField("fecha del acto")
    notificar_hasta = models.DateField("se notifica hasta")
    ordenada_en = models.DateTimeField("ordenada el")
    ordenada_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    notificador = models.ForeignKey(
        Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="diligencias_a_cargo"
    )
    visitar_el = models.DateField("se visita el", null=True, blank=True)
    enviada_en = models.DateTimeField("enviada el", null=True, blank=True)
    acusar_hasta = models.DateField("puede confirmar hasta", null=True, blank=True)
    acuse_en = models.DateTimeField("confirmó que la recibió el", null=True, blank=True)
    llave = models.CharField("llave del enlace de acuse", max_length=48, unique=True, null=True, blank=True)
    efecto_el = models.DateField("surte efecto el", null=True, blank=True)
    convalidada_con = models.CharField("acto de la persona que la convalida", max_length=300, blank=True)
    explicacion = models.JSONField("por qué esa fecha", default=list)
    calendario = models.CharField("versión del calendario", max_length=60)
    renotificar_desde = models.DateField("se notifica por cédula desde", null=True, blank=True)
    renotificar_hasta = models.DateField("se notifica por cédula hasta", null=True, blank=True)
    cedula = models.ForeignKey(Documento, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rehace = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="rehecha_con"
    )
    motivo = models.CharField("por qué se anuló o no se practicó", max_length=300, blank=True)

    objects = DiligenciaQuerySet.as_manager()

    class Meta:
        ordering = ["-ordenada_en", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["documento", "destinatario"],
                condition=Q(estado__in=["POR_DILIGENCIAR", "ENVIADA", "PRACTICADA", "EFECTIVA"]),
                name="diligencia_una_viva_por_acto_y_persona",
            ),
            models.CheckConstraint(
                name="diligencia_con_direccion",
                condition=Q(modalidad="PUBLICACION") | ~Q(direccion=""),
            ),
            models.CheckConstraint(
                name="diligencia_practicada_con_efecto",
                condition=~Q(estado__in=["PRACTICADA", "EFECTIVA"]) | Q(efecto_el__isnull=False),
            ),
            models.CheckConstraint(
                name="diligencia_fallida_con_motivo",
                condition=~Q(estado__in=["ANULADA", "NO_PRACTICADA", "SIN_ACUSE"]) | ~Q(motivo=""),
            ),
            models.CheckConstraint(
                name="diligencia_enviada_con_plazo_de_acuse",
                condition=~Q(estado="ENVIADA") | Q(acusar_hasta__isnull=False, llave__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["unidad", "-ordenada_en", "-id"], name="diligencia_por_unidad"),
            models.Index(
                fields=["visitar_el", "id"],
                condition=Q(estado="POR_DILIGENCIAR"),
                name="diligencia_por_visitar",
            ),
            models.Index(
                fields=["efecto_el"], condition=Q(estado="PRACTICADA"), name="diligencia_por_surtir"
            ),
            models.Index(
                fields=["acusar_hasta"], condition=Q(estado="ENVIADA"), name="diligencia_por_confirmar"
            ),
        ]

    def __str__(self) -> str:
        return self.codigo

    @property
    def esta_viva(self) -> bool:
        """Verdadero si todavía puede notificar, o ya notificó."""
        return self.estado in VIVAS

    @property
    def tono(self) -> str:
        """El color con que se dice su estado."""
        return _TONOS[self.estado]

    def surte_efecto(self, al: date) -> bool:
        """Verdadero si el día ``al`` la notificación ya surtió efecto."""
        return self.esta_viva and self.efecto_el is not None and self.efecto_el <= al


VIVAS = (
    Diligencia.Estado.POR_DILIGENCIAR,
    Diligencia.Estado.ENVIADA,
    Diligencia.Estado.PRACTICADA,
    Diligencia.Estado.EFECTIVA,
)
"""Mientras haya una viva no se ordena otra del mismo acto: se espera, o se anula con su razón."""

_TONOS: dict[str, str] = {
    Diligencia.Estado.POR_DILIGENCIAR: "espera",
    Diligencia.Estado.ENVIADA: "espera",
    Diligencia.Estado.PRACTICADA: "curso",
    Diligencia.Estado.EFECTIVA: "hecho",
    Diligencia.Estado.NO_PRACTICADA: "alerta",
    Diligencia.Estado.SIN_ACUSE: "alerta",
    Diligencia.Estado.ANULADA: "neutro",
}
