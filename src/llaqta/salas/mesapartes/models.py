"""Lo que guarda la mesa de partes: borradores, presentaciones, la revisión de requisitos y la observación única."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from llaqta.salas.cuentas.models import Persona, TextoDeConsentimiento
from llaqta.salas.documentos.models import Archivo, Documento
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.tramites.models import Requisito, VersionProcedimiento


class Borrador(models.Model):
    """Un escrito a medio hacer: sobrevive a la señal, a la sesión y al equipo."""

    persona = models.ForeignKey(Persona, on_delete=models.CASCADE, related_name="borradores")
    version_tramite = models.ForeignKey(VersionProcedimiento, on_delete=models.PROTECT, related_name="+")
    datos = models.JSONField("lo escrito, por paso", default=dict)
    envio = models.UUIDField("identificador del envío", unique=True)
    creado_en = models.DateTimeField("creado el")
    cambiado_en = models.DateTimeField("cambiado el")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["persona", "version_tramite"], name="borrador_uno_por_tramite"),
        ]

    def __str__(self) -> str:
        return f"{self.persona}: {self.version_tramite}"


class AdjuntoDeBorrador(models.Model):
    """Un archivo ya recibido que espera la presentación."""

    borrador = models.ForeignKey(Borrador, on_delete=models.CASCADE, related_name="adjuntos")
    requisito = models.ForeignKey(
        Requisito, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    archivo = models.OneToOneField(Archivo, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["requisito__orden", "pk"]

    def __str__(self) -> str:
        return str(self.archivo)


class PresentacionQuerySet(models.QuerySet["Presentacion"]):
    """Presentaciones."""

    def visible_to(self, persona: Persona) -> PresentacionQuerySet:
        """Las que presentó o se presentaron a su nombre; la mesa de partes y quien ve todo, todas."""
        if any(
            persona.puede(p) for p in ("mesapartes.recibir", "mesapartes.registrar", "expedientes.ver_todo")
        ):
            return self
        return self.filter(Q(presentada_por=persona) | Q(administrado=persona))

    def por_recibir(self) -> PresentacionQuerySet:
        """Las que la mesa todavía no recibió ni derivó."""
        return self.filter(recibida_en__isnull=True)

    def vigentes(self) -> PresentacionQuerySet:
        """Las que no se tienen por no presentadas (art. 125.4)."""
        return self.exclude(expediente__estado="NO_PRESENTADO")


class Presentacion(models.Model):
    """Un escrito recibido: su número de registro, cuándo llegó, por dónde, y su cargo (arts. 113, 114 y 117)."""

    class Canal(models.TextChoices):
        """Por dónde llegó."""

        VIRTUAL = "VIRTUAL", "Mesa de partes digital"
        VENTANILLA = "VENTANILLA", "Ventanilla"

    numero = models.CharField("número de registro", max_length=20, unique=True)
    anio = models.PositiveSmallIntegerField()
    correlativo = models.PositiveIntegerField()
    expediente = models.OneToOneField(Expediente, on_delete=models.PROTECT, related_name="presentacion")
    canal = models.CharField("canal", max_length=10, choices=Canal)
    presentada_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="presentaciones")
    administrado = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    registrada_por = models.ForeignKey(
        Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    presentada_en = models.DateTimeField("presentada el")
    asunto = models.CharField("asunto", max_length=300)
    correo = models.EmailField("correo para avisos", blank=True)
    telefono = models.CharField("teléfono", max_length=20, blank=True)
    domicilio = models.CharField("domicilio", max_length=200, blank=True)
    origen = models.CharField("comunidad o lugar de donde viene (art. 135)", max_length=80, blank=True)
    pago_numero = models.CharField("número del comprobante de pago", max_length=40, blank=True)
    pago_fecha = models.DateField("fecha del pago", null=True, blank=True)
    necesita_interprete = models.BooleanField("necesita intérprete", default=False)
    lengua = models.CharField("lengua", max_length=40, blank=True)
    folios = models.PositiveIntegerField("folios")
    envio = models.UUIDField("identificador del envío")
    cargo = models.OneToOneField(Documento, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recibida_en = models.DateTimeField("recibida por la mesa el", null=True, blank=True)
    recibida_por = models.ForeignKey(
        Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = PresentacionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["anio", "correlativo"], name="presentacion_correlativo_unico"),
            models.UniqueConstraint(fields=["presentada_por", "envio"], name="presentacion_un_envio_una_vez"),
            models.CheckConstraint(
                name="presentacion_ventanilla_con_registrador",
                condition=~Q(canal="VENTANILLA") | Q(registrada_por__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["presentada_por", "-id"], name="presentacion_por_persona"),
            models.Index(
                fields=["presentada_en", "id"],
                condition=Q(recibida_en__isnull=True),
                name="presentacion_por_recibir",
            ),
        ]

    def __str__(self) -> str:
        return self.numero


class Anexo(models.Model):
    """Un documento de la presentación y el requisito que cumple."""

    presentacion = models.ForeignKey(Presentacion, on_delete=models.PROTECT, related_name="anexos")
    documento = models.OneToOneField(Documento, on_delete=models.PROTECT, related_name="+")
    requisito = models.ForeignKey(
        Requisito, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    de_subsanacion = models.BooleanField("llegó al subsanar", default=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.documento)


class RevisionDeRequisito(models.Model):
    """Lo que la mesa vio de cada requisito."""

    class Resultado(models.TextChoices):
        """Está, falta o no corresponde."""

        CUMPLE = "CUMPLE", "Cumple"
        FALTA = "FALTA", "Falta o no corresponde a lo pedido"
        NO_APLICA = "NO_APLICA", "No aplica"

    presentacion = models.ForeignKey(Presentacion, on_delete=models.CASCADE, related_name="revisiones")
    requisito = models.ForeignKey(Requisito, on_delete=models.PROTECT, related_name="+")
    resultado = models.CharField("resultado", max_length=10, choices=Resultado)
    nota = models.CharField("qué falta", max_length=300, blank=True)
    revisado_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    revisado_en = models.DateTimeField("revisado el")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["presentacion", "requisito"], name="revision_una_por_requisito")
        ]

    def __str__(self) -> str:
        return f"{self.presentacion} requisito {self.requisito_id}: {self.resultado}"


class Observacion(models.Model):
    """La única observación de una presentación (art. 125): la base no admite una segunda."""

    presentacion = models.OneToOneField(Presentacion, on_delete=models.PROTECT, related_name="observacion")
    observada_en = models.DateTimeField("observada el")
    observada_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    subsanar_hasta = models.DateField("se subsana hasta")
    explicacion = models.JSONField("por qué esa fecha", default=list)
    subsanada_en = models.DateTimeField("subsanada el", null=True, blank=True)
    documento = models.ForeignKey(
        Documento, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    constancia = models.ForeignKey(
        Documento,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="cargo de la subsanación",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="observacion_subsanada_despues",
                condition=Q(subsanada_en__isnull=True) | Q(subsanada_en__gte=F("observada_en")),
            ),
        ]

    def __str__(self) -> str:
        return f"Observación de {self.presentacion}"

    @property
    def items_en_orden(self) -> list[ItemObservado]:
        """Lo observado, en el orden de los requisitos; no consulta si ya se trajo."""
        return list(self.items.all())


class ItemObservado(models.Model):
    """Un requisito observado y qué debe corregirse."""

    observacion = models.ForeignKey(Observacion, on_delete=models.PROTECT, related_name="items")
    requisito = models.ForeignKey(Requisito, on_delete=models.PROTECT, related_name="+")
    texto = models.CharField("qué debe corregir", max_length=300)
    subsanado = models.BooleanField("subsanado", default=False)

    class Meta:
        ordering = ["requisito__orden"]
        constraints = [
            models.UniqueConstraint(fields=["observacion", "requisito"], name="item_uno_por_requisito")
        ]

    def __str__(self) -> str:
        return self.texto


class EscritoPosteriorQuerySet(models.QuerySet["EscritoPosterior"]):
    """Escritos que llegan a un expediente que ya existe."""

    def visible_to(self, persona: Persona) -> EscritoPosteriorQuerySet:
        """Los suyos; los de los expedientes que puede ver, y todos para la mesa de partes."""
        if any(persona.puede(p) for p in ("mesapartes.recibir", "mesapartes.registrar")):
            return self
        suyos = Expediente.objects.visible_to(persona).values("pk")
        return self.filter(Q(presentado_por=persona) | Q(expediente__in=suyos))


class EscritoPosterior(models.Model):
    """Un escrito que llega a un expediente que ya existe: con su número, su hora y su cargo (arts. 113 y 117.2)."""

    class Clase(models.TextChoices):
        """Qué pide."""

        RECONSIDERACION = "RECONSIDERACION", "Recurso de reconsideración"
        APELACION = "APELACION", "Recurso de apelación"
        REVISION = "REVISION", "Recurso de revisión"
        QUEJA = "QUEJA", "Queja por defectos de tramitación"
        DESISTIMIENTO = "DESISTIMIENTO", "Desistimiento"
        SUSPENSION = "SUSPENSION", "Pedido de suspensión"
        DJ_SILENCIO = "DJ_SILENCIO", "Declaración jurada de silencio positivo"
        RESPUESTA_A_EMPLAZAMIENTO = "RESPUESTA_A_EMPLAZAMIENTO", "Respuesta al requerimiento"
        OTRO = "OTRO", "Otro escrito"

    numero = models.CharField("número de registro", max_length=20, unique=True)
    anio = models.PositiveSmallIntegerField()
    correlativo = models.PositiveIntegerField()
    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="escritos")
    clase = models.CharField("clase", max_length=26, choices=Clase)
    canal = models.CharField("canal", max_length=10, choices=Presentacion.Canal)
    presentado_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    registrado_por = models.ForeignKey(
        Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    presentado_en = models.DateTimeField("presentado el")
    texto = models.TextField("qué dice", blank=True)
    datos = models.JSONField("lo demás que dice, según su clase", default=dict, blank=True)
    correo = models.EmailField("correo para avisos", blank=True)
    folios = models.PositiveIntegerField("folios")
    envio = models.UUIDField("identificador del envío")
    principal = models.OneToOneField(Documento, on_delete=models.PROTECT, related_name="escrito_posterior")
    que_sigue = models.TextField("qué produjo, en palabras")
    encauzado_a = models.CharField("se tramita como", max_length=26, choices=Clase, blank=True)
    encauzado_en = models.DateTimeField("encauzado el", null=True, blank=True)
    cargo = models.OneToOneField(Documento, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = EscritoPosteriorQuerySet.as_manager()

    class Meta:
        ordering = ["presentado_en", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["anio", "correlativo"], name="escrito_correlativo_unico"),
            models.UniqueConstraint(fields=["presentado_por", "envio"], name="escrito_un_envio_una_vez"),
            models.CheckConstraint(
                name="escrito_ventanilla_con_registrador",
                condition=~Q(canal="VENTANILLA") | Q(registrado_por__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["expediente", "-id"], name="escrito_por_expediente")]

    def __str__(self) -> str:
        return self.numero

    @property
    def dicho(self) -> str:
        """Su clase en palabras: la que se le reconoció, o la que trajo."""
        return self.Clase(self.encauzado_a or self.clase).label


class AnexoDeEscrito(models.Model):
    """Un documento que acompaña a un escrito posterior."""

    escrito = models.ForeignKey(EscritoPosterior, on_delete=models.PROTECT, related_name="anexos")
    documento = models.OneToOneField(Documento, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.documento)


class FirmaElectronica(models.Model):
    """La firma electrónica de quien presentó con su cuenta. No es una firma digital (Ley 27269).

    Guarda el acto entero en una forma única; su huella va en el suceso, y con él, al registro que nadie reescribe.
    """

    presentacion = models.OneToOneField(
        Presentacion, on_delete=models.PROTECT, null=True, blank=True, related_name="firma"
    )
    escrito = models.OneToOneField(
        EscritoPosterior, on_delete=models.PROTECT, null=True, blank=True, related_name="firma"
    )
    observacion = models.OneToOneField(
        Observacion, on_delete=models.PROTECT, null=True, blank=True, related_name="firma"
    )
    firmante = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    texto = models.ForeignKey(TextoDeConsentimiento, on_delete=models.PROTECT, related_name="+")
    clase = models.CharField("clase, según la regla que regía", max_length=12)
    norma = models.CharField("norma de la que sale ese nombre", max_length=160)
    ingresos = models.JSONField("cómo y cuándo ingresó", default=list)
    firmada_en = models.DateTimeField("firmada el")
    acto = models.TextField("el acto, en su forma única")
    huella = models.CharField("huella SHA-256 del acto", max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="firma_electronica_de_un_solo_acto",
                condition=Q(presentacion__isnull=False, escrito__isnull=True, observacion__isnull=True)
                | Q(presentacion__isnull=True, escrito__isnull=False, observacion__isnull=True)
                | Q(presentacion__isnull=True, escrito__isnull=True, observacion__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.huella

    @property
    def dicha(self) -> str:
        """Cómo se llama, sin llamarla nunca firma digital."""
        return f"Firma electrónica {self.clase.lower()}"


class OrdenDeDevolucion(models.Model):
    """Lo que se pagó por una solicitud que se tiene por no presentada, y se devuelve cuando lo pida (art. 125.4)."""

    class Estado(models.TextChoices):
        """Si ya se devolvió."""

        POR_DEVOLVER = "POR_DEVOLVER", "Por devolver"
        DEVUELTA = "DEVUELTA", "Devuelta"

    presentacion = models.OneToOneField(Presentacion, on_delete=models.PROTECT, related_name="devolucion")
    monto = models.DecimalField("monto", max_digits=9, decimal_places=2)
    comprobante = models.CharField("número del comprobante de pago", max_length=40)
    comprobante_fecha = models.DateField("fecha del pago", null=True, blank=True)
    estado = models.CharField("estado", max_length=12, choices=Estado, default=Estado.POR_DEVOLVER)
    ordenada_en = models.DateTimeField("ordenada el")
    devuelta_en = models.DateTimeField("devuelta el", null=True, blank=True)
    devuelta_por = models.ForeignKey(
        Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    nota = models.CharField("cómo se devolvió y qué documentos se entregaron", max_length=300, blank=True)

    class Meta:
        ordering = ["ordenada_en", "pk"]
        constraints = [
            models.CheckConstraint(
                name="devolucion_hecha_por_alguien",
                condition=Q(estado="POR_DEVOLVER", devuelta_en__isnull=True, devuelta_por__isnull=True)
                | (Q(estado="DEVUELTA", devuelta_en__isnull=False, devuelta_por__isnull=False) & ~Q(nota="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["ordenada_en", "id"],
                condition=Q(estado="POR_DEVOLVER"),
                name="devolucion_pendiente",
            ),
        ]

    def __str__(self) -> str:
        return f"Devolución de {self.presentacion}"
