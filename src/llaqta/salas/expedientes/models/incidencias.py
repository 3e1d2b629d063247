"""Lo que le pasa a un expediente en su camino: se suspende, se emplaza, se acumula, se desiste, cambia su fecha."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from llaqta.salas.casilla.models import Notificacion
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes.models.expediente import Expediente, Proyecto
from llaqta.salas.notificaciones.models import Diligencia


class CambioDePlazo(models.Model):
    """Una fecha de vencimiento que cambió: la de antes no se borra, y queda por qué cambió (peru-law (a) 51)."""

    class Causa(models.TextChoices):
        """Qué movió la fecha."""

        SUBSANACION = "SUBSANACION", "Se corrigió lo observado"
        EMPLAZAMIENTO = "EMPLAZAMIENTO", "Se emplazó al administrado"
        SUSPENSION = "SUSPENSION", "El administrado pidió suspender"
        REANUDACION = "REANUDACION", "Terminó la suspensión"
        CALENDARIO = "CALENDARIO", "Cambió el calendario"
        INTERRUPCION = "INTERRUPCION", "Se interrumpió el servicio"
        RECURSO = "RECURSO", "Se presentó un recurso"
        ACUMULACION = "ACUMULACION", "Se acumuló con otro expediente"
        REPOSICION = "REPOSICION", "Se repuso el procedimiento"

    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="cambios_de_plazo")
    etapa = models.PositiveSmallIntegerField("etapa")
    causa = models.CharField("causa", max_length=14, choices=Causa)
    motivo = models.CharField("en palabras", max_length=300)
    antes = models.DateField("vencía el", null=True, blank=True)
    despues = models.DateField("vence el", null=True, blank=True)
    explicacion_anterior = models.JSONField("por qué la fecha anterior", default=dict)
    explicacion = models.JSONField("por qué la fecha nueva", default=dict)
    cambiado_en = models.DateTimeField("cambiado el")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.expediente}: {self.get_causa_display().lower()}"


class Suspension(models.Model):
    """Un lapso en que no corre el plazo de la entidad; los días hábiles que contiene no se cuentan."""

    class Clase(models.TextChoices):
        """Por qué se detiene."""

        A_PEDIDO = "A_PEDIDO", "A pedido del administrado (art. 136.4)"
        EMPLAZAMIENTO = "EMPLAZAMIENTO", "Por emplazamiento (art. 125.5)"

    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="suspensiones")
    etapa = models.PositiveSmallIntegerField("etapa", default=0)
    clase = models.CharField("clase", max_length=14, choices=Clase)
    desde = models.DateField("primer día que no se cuenta")
    hasta = models.DateField("último día que no se cuenta", null=True, blank=True)
    motivo = models.CharField("motivo", max_length=300, blank=True)
    pedida_por = models.ForeignKey(Persona, on_delete=models.PROTECT, null=True, related_name="+")
    anotada_en = models.DateTimeField("anotada el")

    class Meta:
        ordering = ["desde"]
        constraints = [
            models.CheckConstraint(
                name="suspension_fechas_en_orden", condition=Q(hasta__isnull=True) | Q(hasta__gte=F("desde"))
            ),
            models.UniqueConstraint(
                fields=["expediente"], condition=Q(hasta__isnull=True), name="suspension_una_abierta"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expediente}: {self.get_clase_display()}"


class Emplazamiento(models.Model):
    """El único emplazamiento por un defecto que la mesa de partes no podía advertir (art. 125.5)."""

    expediente = models.OneToOneField(Expediente, on_delete=models.PROTECT, related_name="emplazamiento")
    emplazado_en = models.DateTimeField("emplazado el")
    emplazado_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    defecto = models.TextField("qué debe corregir")
    por_que_no_se_vio = models.TextField("por qué la mesa de partes no podía advertirlo")
    corregir_hasta = models.DateField("corrige hasta")
    explicacion = models.JSONField("por qué esa fecha", default=list)
    documento = models.ForeignKey(
        Documento, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    corregido_en = models.DateTimeField("corregido el", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="emplazamiento_corregido_despues",
                condition=Q(corregido_en__isnull=True) | Q(corregido_en__gte=F("emplazado_en")),
            )
        ]

    def __str__(self) -> str:
        return f"Emplazamiento de {self.expediente}"


class Desistimiento(models.Model):
    """El escrito con que alguien se aparta: del procedimiento (puede volver a pedir) o de su pretensión (no puede)."""

    class Clase(models.TextChoices):
        """De qué se desiste; si no lo dice, del procedimiento (art. 189.4)."""

        PROCEDIMIENTO = "PROCEDIMIENTO", "Del procedimiento"
        PRETENSION = "PRETENSION", "De la pretensión"

    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="desistimientos")
    etapa = models.PositiveSmallIntegerField("etapa", default=0)
    clase = models.CharField("clase", max_length=13, choices=Clase, default=Clase.PROCEDIMIENTO)
    persona = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    documento = models.ForeignKey(
        Documento, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    presentado_en = models.DateTimeField("presentado el")
    aceptado_con = models.ForeignKey(
        Proyecto, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["expediente", "etapa"], name="desistimiento_uno_por_etapa")
        ]

    def __str__(self) -> str:
        return f"{self.expediente}: desistimiento {self.get_clase_display().lower()}"


class Acumulacion(models.Model):
    """Un expediente que sigue dentro de otro por guardar conexión, y cuándo volvió a separarse (arts. 116 y 149)."""

    principal = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="acumulaciones")
    acumulado = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="fue_acumulado")
    motivo = models.CharField("qué conexión guardan", max_length=300)
    folios = models.PositiveIntegerField("folios del acumulado, que no continúan la foliación (152.2)")
    hereda_reloj = models.BooleanField("el principal se quedó con su plazo", default=False)
    acumulado_en = models.DateTimeField("acumulado el")
    acumulado_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    separado_en = models.DateTimeField("separado el", null=True, blank=True)
    separado_por = models.ForeignKey(
        Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    motivo_de_separacion = models.CharField("por qué se separó", max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["acumulado"], condition=Q(separado_en__isnull=True), name="acumulacion_en_uno_solo"
            ),
            models.CheckConstraint(name="acumulacion_no_en_si_mismo", condition=~Q(principal=F("acumulado"))),
        ]

    def __str__(self) -> str:
        return f"{self.acumulado} en {self.principal}"


class DerivacionAEntidad(models.Model):
    """El envío a la entidad competente; el plazo corre desde que ella lo recibe (art. 130.2)."""

    expediente = models.OneToOneField(Expediente, on_delete=models.PROTECT, related_name="derivacion_externa")
    entidad = models.CharField("entidad competente", max_length=200)
    ruc = models.CharField("RUC de la entidad", max_length=11, blank=True)
    motivo = models.CharField("por qué es de su competencia", max_length=400)
    enviado_en = models.DateTimeField("enviado el")
    enviado_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    constancia = models.ForeignKey(
        Documento, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.expediente} a {self.entidad}"


class RevisionDeOficio(models.Model):
    """El superior revisa si lo decidido es nulo, después de oír a quien favorece (arts. 10 y 202)."""

    class Causal(models.TextChoices):
        """Los vicios que causan nulidad de pleno derecho (art. 10)."""

        CONTRAVENCION = "CONTRAVENCION", "Contraviene la Constitución, las leyes o los reglamentos (10.1)"
        REQUISITO = "REQUISITO", "Le falta o es defectuoso un requisito de validez (10.2)"
        CONTRA_LEY = "CONTRA_LEY", "Da por silencio o automáticamente lo que la ley no permite (10.3)"
        DELITO = "DELITO", "Es delito o consecuencia de uno (10.4)"

    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="revisiones_de_oficio")
    etapa = models.PositiveSmallIntegerField("etapa")
    causal = models.CharField("causal", max_length=14, choices=Causal)
    motivo = models.TextField("en qué consiste el vicio y qué interés público agravia")
    iniciada_en = models.DateTimeField("iniciada el")
    iniciada_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    oido_desde = models.DateField("el traslado surtió efecto el", null=True, blank=True)
    alegar_hasta = models.DateField("el administrado da sus razones hasta", null=True, blank=True)
    cerrada_en = models.DateTimeField("cerrada el", null=True, blank=True)
    motivo_de_cierre = models.TextField("por qué se cerró sin anular", blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["expediente"], condition=Q(cerrada_en__isnull=True), name="revision_una_abierta"
            )
        ]

    def __str__(self) -> str:
        return f"{self.expediente}: revisión de oficio"


class ActoNulo(models.Model):
    """Un acto que una resolución declaró nulo: no vale desde que se dictó (arts. 12 y 13), y qué sigue (217.2)."""

    class Despues(models.TextChoices):
        """Qué pasa con lo pedido cuando se anula la decisión."""

        NADA = "NADA", "Lo pedido no se decide otra vez"
        FONDO = "FONDO", "La misma resolución decide lo pedido"
        REPONE = "REPONE", "El procedimiento vuelve al momento en que se produjo el vicio"

    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="actos_nulos")
    etapa = models.PositiveSmallIntegerField("etapa en que se dictó")
    documento = models.ForeignKey(
        Documento, on_delete=models.PROTECT, null=True, blank=True, related_name="nulidades"
    )
    declarado_por = models.ForeignKey(Documento, on_delete=models.PROTECT, related_name="+")
    efecto_el = models.DateField("la nulidad surtió efecto el")
    despues = models.CharField("qué sigue", max_length=6, choices=Despues)
    vicio_el = models.DateField("el vicio se produjo el", null=True, blank=True)
    momento = models.CharField("a qué momento vuelve", max_length=200, blank=True)
    anotado_en = models.DateTimeField("anotado el")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["expediente", "etapa"], name="acto_nulo_una_vez"),
            models.CheckConstraint(
                name="acto_nulo_repuesto_dice_a_que_momento",
                condition=~Q(despues="REPONE") | (Q(vicio_el__isnull=False) & ~Q(momento="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.documento or self.expediente}: nulo"


class NotificacionDelExpedienteQuerySet(models.QuerySet["NotificacionDelExpediente"]):
    """Notificaciones de expedientes, vayan por la casilla o por una diligencia."""

    def del_documento(self, documento: Documento) -> NotificacionDelExpedienteQuerySet:
        """Las de ese acto."""
        return self.filter(Q(notificacion__documento=documento) | Q(diligencia__documento=documento))


class NotificacionDelExpediente(models.Model):
    """Qué notificación corresponde a qué expediente y a qué acto suyo: un depósito en la casilla o una diligencia."""

    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="notificaciones")
    notificacion = models.OneToOneField(
        Notificacion, on_delete=models.PROTECT, null=True, blank=True, related_name="del_expediente"
    )
    diligencia = models.OneToOneField(
        Diligencia, on_delete=models.PROTECT, null=True, blank=True, related_name="del_expediente"
    )

    objects = NotificacionDelExpedienteQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="notificacion_por_la_casilla_o_por_diligencia",
                condition=Q(notificacion__isnull=False, diligencia__isnull=True)
                | Q(notificacion__isnull=True, diligencia__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.expediente}: {self.medio}"

    @property
    def medio(self) -> Notificacion | Diligencia:
        """El depósito o la diligencia."""
        medio = self.notificacion or self.diligencia
        assert medio is not None  # la base lo exige
        return medio

    @property
    def documento(self) -> Documento:
        """El acto que se notifica."""
        return self.medio.documento

    @property
    def efecto_el(self) -> date | None:
        """El día en que surtió, o surtirá, efecto; ``None`` si todavía no se sabe o si fracasó."""
        return self.medio.efecto_el if self.esta_viva else None

    @property
    def esta_viva(self) -> bool:
        """Verdadero si ya notificó o todavía puede notificar: mientras tanto no se ordena otra."""
        return self.medio.esta_viva

    @property
    def tono(self) -> str:
        """El color con que se dice su estado: hecho, en curso, o sin efecto."""
        if not self.esta_viva:
            return "alerta"
        return "hecho" if self.medio.estado in ("EFECTIVA", "LEIDA") else "curso"

    def surtio_efecto(self, al: date) -> bool:
        """Verdadero si el día ``al`` ya surtió efecto, se haya declarado o no."""
        return self.medio.surte_efecto(al)
