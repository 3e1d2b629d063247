"""Lo que guardan los expedientes: el caso, su índice foliado, su recorrido y los proyectos que se redactan en él."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.salas.cuentas.models import Persona, Puesto, Representacion, UnidadOrganica
from llaqta.salas.documentos.models import Delegacion, Documento, TipoDocumento
from llaqta.salas.tramites.models import Modalidad, VersionProcedimiento

if TYPE_CHECKING:
    from llaqta.salas.expedientes.models.foliacion import FirmaConjunta, NumeroReservado
    from llaqta.salas.expedientes.models.incidencias import ActoNulo

SIN_PLAZO = date(9999, 12, 31)
"""La fecha con que se ordena lo que no vence: al final de la bandeja."""


class Estado(models.TextChoices):
    """Estados de un expediente; al ciudadano se le dicen con ``rules.EN_PALABRAS``."""

    PRESENTADO = "PRESENTADO", "Presentado"
    OBSERVADO = "OBSERVADO", "Observado"
    EN_TRAMITE = "EN_TRAMITE", "En trámite"
    EN_INFORME = "EN_INFORME", "En informe"
    RESUELTO = "RESUELTO", "Resuelto"
    POR_NOTIFICAR = "POR_NOTIFICAR", "Por notificar"
    NOTIFICADO = "NOTIFICADO", "Notificado"
    APROBADO_AUTOMATICO = "APROBADO_AUTOMATICO", "Aprobado automáticamente"
    APROBADO_FICTO = "APROBADO_FICTO", "Aprobado por silencio"
    NO_PRESENTADO = "NO_PRESENTADO", "No presentado"
    EMPLAZADO = "EMPLAZADO", "Emplazado"
    SUSPENDIDO = "SUSPENDIDO", "Suspendido"
    IMPUGNADO = "IMPUGNADO", "Impugnado"
    ACUMULADO = "ACUMULADO", "Acumulado a otro"
    DERIVADO_A_OTRA_ENTIDAD = "DERIVADO_A_OTRA_ENTIDAD", "Derivado a otra entidad"
    ABANDONADO = "ABANDONADO", "En abandono"
    DESISTIDO = "DESISTIDO", "Desistido"
    EN_NULIDAD = "EN_NULIDAD", "En revisión de oficio"
    ANULADO = "ANULADO", "Anulado de oficio"
    ARCHIVADO = "ARCHIVADO", "Archivado"


SIN_RELOJ = (Estado.OBSERVADO, Estado.EMPLAZADO)
"""Mientras se espera que el administrado corrija no corre ningún plazo de la entidad (art. 125.3)."""

CON_RELOJ = (
    Estado.PRESENTADO, Estado.EN_TRAMITE, Estado.EN_INFORME, Estado.IMPUGNADO, Estado.SUSPENDIDO,
    Estado.RESUELTO, Estado.POR_NOTIFICAR,
)  # fmt: skip
"""Estados en que el plazo para decidir y notificar todavía corre, o puede volver a correr: los relojes abiertos."""


def _firmas_de(persona: Persona) -> models.QuerySet[FirmaConjunta]:
    """Las que esa persona puso en un documento conjunto: sigue viendo lo que firmó aunque ya no sea su turno."""
    from llaqta.salas.expedientes.models.foliacion import FirmaConjunta  # noqa: PLC0415 (se nombran una a otra)

    return FirmaConjunta.objects.filter(proyecto=models.OuterRef("pk"), persona=persona)


class ExpedienteQuerySet(models.QuerySet["Expediente"]):
    """Expedientes."""

    def visible_to(self, persona: Persona) -> ExpedienteQuerySet:
        """Los que puede ver: los propios y los de quienes representa (art. 160); los que pasaron por sus unidades o
        esperan su visto bueno o su firma; los de las unidades que dependen de la que dirige; todos, si su rol lo dice.
        """
        if persona.puede("expedientes.ver_todo"):
            return self
        representa = Representacion.objects.vigentes(al=hoy_en_lima(timezone.now())).filter(
            representante=persona
        )
        # Quien presentó con su carta en la mano lo sigue viendo; si su poder se registró, solo mientras valga.
        registrada = Representacion.objects.filter(
            representante=persona, representado=models.OuterRef("administrado")
        )
        suyos = (
            Q(administrado=persona)
            | (Q(representante=persona) & ~Q(models.Exists(registrada)))
            | Q(administrado__in=representa.values("representado"))
        )
        if unidades := persona.unidades:
            este = models.OuterRef("pk")
            puestos = [asignacion.puesto_id for asignacion in persona.asignaciones_vigentes]
            pasaron = Movimiento.objects.filter(expediente=este)
            pasaron = pasaron.filter(Q(para_unidad__in=unidades) | Q(de_unidad__in=unidades))
            esperan = Proyecto.objects.filter(expediente=este).exclude(estado=Proyecto.Estado.BORRADOR)
            esperan = esperan.filter(
                Q(firmante__in=puestos)
                | Q(visadores__overlap=puestos)
                | Q(firmantes_conjuntos__overlap=puestos)
                | models.Exists(_firmas_de(persona))
            )
            suyos |= (
                Q(unidad_responsable__in=persona.unidades_a_la_vista)
                | Q(models.Exists(pasaron))
                | Q(models.Exists(esperan))
            )
        return self.filter(suyos)


class Expediente(models.Model):
    """Un caso: un solo expediente, con número invariable en todos los órganos (arts. 150 y 157 Ley 27444)."""

    numero = models.CharField("número", max_length=20, unique=True)
    anio = models.PositiveSmallIntegerField("año")
    correlativo = models.PositiveIntegerField("correlativo")
    clave = models.CharField("clave de seguimiento", max_length=20, unique=True)
    version_tramite = models.ForeignKey(
        VersionProcedimiento, on_delete=models.PROTECT, related_name="expedientes"
    )
    modalidad = models.ForeignKey(
        Modalidad, on_delete=models.PROTECT, null=True, blank=True, related_name="expedientes"
    )
    administrado = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="expedientes")
    representante = models.ForeignKey(
        Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="expedientes_representados"
    )
    asunto = models.CharField("asunto", max_length=300)
    estado = models.CharField("estado", max_length=24, choices=Estado, default=Estado.PRESENTADO)
    estado_previo = models.CharField("estado al que vuelve", max_length=24, choices=Estado, blank=True)
    etapa = models.PositiveSmallIntegerField("etapa: 0, la solicitud; 1 en adelante, sus recursos", default=0)
    etapa_repuesta = models.PositiveSmallIntegerField("etapa en que lo pedido se decide otra vez", default=0)
    unidad_responsable = models.ForeignKey(
        UnidadOrganica, on_delete=models.PROTECT, related_name="expedientes_a_cargo"
    )
    responsable = models.ForeignKey(
        Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="expedientes_asignados"
    )
    presentado_en = models.DateTimeField("enviado el")
    fecha_presentacion = models.DateField("fecha de presentación")
    inicio_computo = models.DateField("inicio del cómputo", null=True, blank=True)
    politica_horario = models.CharField(
        "regla con que se contó la hora de envío", max_length=16, default="DIA_COMPLETO"
    )
    calificacion = models.CharField(
        "cómo termina si nadie contesta",
        max_length=20,
        choices=VersionProcedimiento.Calificacion,
        default=VersionProcedimiento.Calificacion.SILENCIO_NEGATIVO,
    )
    dias_plazo = models.PositiveSmallIntegerField("plazo para decidir, en su unidad")
    plazo_unidad = models.CharField(
        "unidad del plazo",
        max_length=10,
        choices=VersionProcedimiento.Unidad,
        default=VersionProcedimiento.Unidad.HABILES,
    )
    domicilio = models.CharField("domicilio señalado para notificarle", max_length=200, blank=True)
    origen = models.CharField("comunidad o lugar de donde viene", max_length=80, blank=True)
    dias_distancia = models.PositiveSmallIntegerField("término de la distancia, en días hábiles", default=0)
    vence_el = models.DateField("vence el", null=True, blank=True)
    limite_notificacion = models.DateField("último día para notificar", null=True, blank=True)
    silencio_desde = models.DateField("el silencio opera desde", null=True, blank=True)
    ultimo_deposito_seguro = models.DateField("último depósito seguro", null=True, blank=True)
    silencio_operado_el = models.DateField("operó el silencio el", null=True, blank=True)
    corregir_hasta = models.DateField("el administrado corrige hasta", null=True, blank=True)
    paralizado_desde = models.DateField("paralizado por el administrado desde", null=True, blank=True)
    acumulado_en = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="acumulados"
    )
    explicacion = models.JSONField("por qué esa fecha", default=dict, blank=True)
    folios = models.PositiveIntegerField("folios", default=0)
    version = models.PositiveIntegerField("versión", default=1)

    objects = ExpedienteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["anio", "correlativo"], name="expediente_correlativo_unico"),
            models.CheckConstraint(
                name="expediente_observado_sin_reloj",
                condition=~Q(estado__in=["OBSERVADO", "EMPLAZADO"])
                | Q(vence_el__isnull=True, limite_notificacion__isnull=True, silencio_desde__isnull=True),
            ),
            models.CheckConstraint(
                name="expediente_observado_con_fecha_para_corregir",
                condition=~Q(estado__in=["OBSERVADO", "EMPLAZADO"]) | Q(corregir_hasta__isnull=False),
            ),
            models.CheckConstraint(
                name="expediente_silencio_no_antes_de_su_dia",
                condition=Q(silencio_operado_el__isnull=True)
                | Q(silencio_operado_el__gte=F("silencio_desde")),
            ),
            models.CheckConstraint(
                name="expediente_ficto_solo_con_silencio_positivo",
                condition=~Q(estado="APROBADO_FICTO")
                | Q(calificacion="SILENCIO_POSITIVO", silencio_operado_el__isnull=False),
            ),
            models.CheckConstraint(
                name="expediente_acumulado_en_otro",
                condition=Q(estado="ACUMULADO", acumulado_en__isnull=False)
                | (~Q(estado="ACUMULADO") & Q(acumulado_en__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["administrado", "-id"], name="expediente_por_administrado"),
            models.Index(fields=["estado", "vence_el", "id"], name="expediente_por_vencer"),
            models.Index(
                fields=["silencio_desde", "id"],
                # Solo los relojes abiertos: lo ya notificado queda con su fecha y, sin esto, se recorrería cada hora.
                condition=Q(
                    silencio_operado_el__isnull=True,
                    silencio_desde__isnull=False,
                    estado__in=[estado.value for estado in CON_RELOJ],
                ),
                name="expediente_por_silencio",
            ),
            models.Index(
                fields=["corregir_hasta", "id"],
                condition=Q(estado__in=["OBSERVADO", "EMPLAZADO"]),
                name="expediente_por_corregir",
            ),
        ]

    def __str__(self) -> str:
        return self.numero

    @property
    def decide_lo_pedido(self) -> bool:
        """Verdadero si la etapa en curso es la de lo pedido, y no la de un recurso ni la de una revisión."""
        return self.etapa == self.etapa_repuesta


class Incorporado(models.Model):
    """Un documento dentro de un expediente, con su orden y sus folios: el índice digital (art. 29-B)."""

    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="incorporados")
    documento = models.OneToOneField(Documento, on_delete=models.PROTECT, related_name="incorporado")
    orden = models.PositiveIntegerField("orden")
    folio_desde = models.PositiveIntegerField("desde el folio")
    folio_hasta = models.PositiveIntegerField("hasta el folio")
    incorporado_en = models.DateTimeField("incorporado el")
    incorporado_por = models.ForeignKey(Persona, on_delete=models.PROTECT, null=True, related_name="+")
    visible_para_administrado = models.BooleanField("lo ve el administrado", default=True)
    nulo: ActoNulo | None = None
    """La nulidad que lo alcanza, cuando quien lista los documentos la buscó."""

    class Meta:
        ordering = ["orden"]
        constraints = [
            models.UniqueConstraint(fields=["expediente", "orden"], name="incorporado_orden_unico"),
            models.UniqueConstraint(fields=["expediente", "folio_desde"], name="incorporado_folio_unico"),
            models.CheckConstraint(
                name="incorporado_folios_en_orden", condition=Q(folio_hasta__gte=F("folio_desde"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expediente} f. {self.folio_desde}-{self.folio_hasta}"


class Movimiento(models.Model):
    """Una fila de la hoja de ruta: quién deriva qué a quién, con proveído, y cuándo se recibió y atendió."""

    class Clase(models.TextChoices):
        """Qué se envía. Solo el original hace responsable; la copia nunca; el informe tiene su propio plazo."""

        ORIGINAL = "ORIGINAL", "Original"
        COPIA = "COPIA", "Copia para conocimiento"
        INFORME = "INFORME", "Pedido de informe u opinión"

    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="movimientos")
    orden = models.PositiveIntegerField("orden")
    clase = models.CharField("clase", max_length=8, choices=Clase)
    de_unidad = models.ForeignKey(UnidadOrganica, on_delete=models.PROTECT, related_name="+")
    de_persona = models.ForeignKey(Persona, on_delete=models.PROTECT, null=True, related_name="+")
    para_unidad = models.ForeignKey(UnidadOrganica, on_delete=models.PROTECT, related_name="movimientos")
    para_persona = models.ForeignKey(
        Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    responde_a = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="respuestas"
    )
    motivo = models.CharField("motivo", max_length=60)
    proveido = models.TextField("proveído", blank=True)
    folios = models.PositiveIntegerField("folios al enviar")
    enviado_en = models.DateTimeField("enviado el")
    vence_el = models.DateField("vence el", null=True, blank=True)
    vencia_el = models.DateField("vencía el, antes de su prórroga", null=True, blank=True)
    motivo_de_prorroga = models.CharField("por qué se prorrogó", max_length=200, blank=True)
    recibido_en = models.DateTimeField("recibido el", null=True, blank=True)
    recibido_por = models.ForeignKey(
        Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    atendido_en = models.DateTimeField("atendido el", null=True, blank=True)
    urgencia_el = models.GeneratedField(
        verbose_name="fecha con que se ordena en la bandeja",
        expression=Coalesce(F("vence_el"), Value(SIN_PLAZO)),
        output_field=models.DateField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["orden"]
        constraints = [
            models.UniqueConstraint(fields=["expediente", "orden"], name="movimiento_orden_unico"),
            models.UniqueConstraint(
                fields=["expediente"],
                condition=Q(clase="ORIGINAL", atendido_en__isnull=True),
                name="movimiento_un_solo_responsable",
            ),
            models.CheckConstraint(
                name="movimiento_recibido_despues",
                condition=Q(recibido_en__isnull=True) | Q(recibido_en__gte=F("enviado_en")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["para_unidad", "clase", "urgencia_el", "id"],
                condition=Q(atendido_en__isnull=True),
                name="movimiento_bandeja",
            ),
            # Sin este, lo que la unidad todavía no recibe se recorre entero antes de llegar a lo que tiene a su cargo.
            models.Index(
                fields=["para_unidad", "clase", "urgencia_el", "id"],
                condition=Q(atendido_en__isnull=True, recibido_en__isnull=False),
                name="movimiento_a_cargo",
            ),
            models.Index(
                fields=["para_unidad", "urgencia_el", "id"],
                condition=Q(
                    atendido_en__isnull=True, recibido_en__isnull=True, clase__in=["ORIGINAL", "INFORME"]
                ),
                name="movimiento_por_recibir",
            ),
            models.Index(fields=["de_unidad", "-id"], name="movimiento_destinos_de_unidad"),
        ]

    def __str__(self) -> str:
        return f"{self.expediente} movimiento {self.orden}"


class EfectoDeActo(models.TextChoices):
    """Qué le hace al expediente un acto firmado, cuando surte efecto su notificación."""

    DECIDE = "DECIDE", "Decide lo pedido"
    ABANDONO = "ABANDONO", "Declara el abandono (art. 191)"
    DESISTIMIENTO = "DESISTIMIENTO", "Acepta el desistimiento (art. 189)"
    NULIDAD = "NULIDAD", "Declara la nulidad de oficio (art. 202)"
    ENMIENDA = "ENMIENDA", "Corrige un error material (art. 201)"
    TRASLADO = "TRASLADO", "Da la palabra antes de anular de oficio (art. 202.2)"


APARTE = (EfectoDeActo.ENMIENDA, EfectoDeActo.TRASLADO)
"""Los actos que se notifican sin cambiar el estado del expediente."""


class Plantilla(models.Model):
    """Un modelo de documento con campos que se rellenan desde el expediente."""

    nombre = models.CharField("nombre", max_length=120, unique=True)
    tipo = models.ForeignKey(TipoDocumento, on_delete=models.PROTECT, related_name="plantillas")
    unidad = models.ForeignKey(
        UnidadOrganica, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asunto = models.CharField("asunto", max_length=300)
    cuerpo = models.TextField("cuerpo")
    pone_fin = models.BooleanField("resuelve el procedimiento", default=False)
    efecto = models.CharField(
        "qué hace con el expediente", max_length=14, choices=EfectoDeActo, blank=True, default=""
    )
    vigente = models.BooleanField("vigente", default=True)

    class Meta:
        ordering = ["nombre"]

    def __str__(self) -> str:
        return self.nombre


class Proyecto(models.Model):
    """Un documento que se está redactando; se numera, fecha y firma en un solo acto."""

    class Estado(models.TextChoices):
        """Por dónde va (peru-law 3.2)."""

        BORRADOR = "BORRADOR", "Borrador"
        PARA_VISTO = "PARA_VISTO", "Para visto bueno"
        PARA_FIRMA = "PARA_FIRMA", "Para firma"
        EMITIDO = "EMITIDO", "Emitido"
        ANULADO = "ANULADO", "Anulado"

    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="proyectos")
    movimiento = models.ForeignKey(
        Movimiento, on_delete=models.PROTECT, null=True, blank=True, related_name="proyectos"
    )
    plantilla = models.ForeignKey(
        Plantilla, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    tipo = models.ForeignKey(TipoDocumento, on_delete=models.PROTECT, related_name="+")
    unidad = models.ForeignKey(UnidadOrganica, on_delete=models.PROTECT, related_name="proyectos")
    asunto = models.CharField("asunto", max_length=300)
    cuerpo = models.TextField("cuerpo")
    pone_fin = models.BooleanField("resuelve el procedimiento", default=False)
    efecto = models.CharField(
        "qué hace con el expediente", max_length=14, choices=EfectoDeActo, blank=True, default=""
    )
    etapa = models.PositiveSmallIntegerField("etapa en que se dicta", default=0)
    estado = models.CharField("estado", max_length=10, choices=Estado, default=Estado.BORRADOR)
    redactado_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="proyectos")
    creado_en = models.DateTimeField("creado el")
    cambiado_en = models.DateTimeField("cambiado el")
    visadores = ArrayField(
        models.BigIntegerField(), verbose_name="puestos que deben visar", default=list, blank=True
    )
    firmante = models.ForeignKey(Puesto, on_delete=models.PROTECT, related_name="+")
    delegacion = models.ForeignKey(
        Delegacion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    firmantes_conjuntos = ArrayField(
        models.BigIntegerField(),
        verbose_name="puestos que firman después, en orden",
        default=list,
        blank=True,
    )
    documento = models.OneToOneField(
        Documento, on_delete=models.PROTECT, null=True, blank=True, related_name="proyecto"
    )
    version = models.PositiveIntegerField("versión", default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="proyecto_emitido_con_documento",
                condition=~Q(estado="EMITIDO") | Q(documento__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["expediente", "etapa"],
                condition=Q(estado="EMITIDO", pone_fin=True),
                name="proyecto_una_sola_decision_por_etapa",
            ),
        ]
        indexes = [
            GinIndex(fields=["visadores"], condition=Q(estado="PARA_VISTO"), name="proyecto_para_visto"),
            models.Index(
                fields=["firmante", "cambiado_en", "id"],
                condition=Q(estado="PARA_FIRMA"),
                name="proyecto_para_firma",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tipo}: {self.asunto}"

    @property
    def firmas_vigentes(self) -> list[FirmaConjunta]:
        """Las firmas que lleva un documento conjunto todavía no anulado, en orden."""
        if not self.firmantes_conjuntos:
            return []
        vigentes = self.firmas_conjuntas.filter(documento__anulado_en__isnull=True)
        return list(vigentes.select_related("persona", "documento__archivo"))

    @property
    def numero_reservado(self) -> NumeroReservado | None:
        """El número que ya tiene mientras se firma en el equipo de la persona; ``None`` si no tiene o ya lo usó."""
        return self.numeros_reservados.filter(documento__isnull=True).first()

    @property
    def documento_a_medias(self) -> Documento | None:
        """El documento que ya tiene número y alguna firma, y espera las demás."""
        firmas = [] if self.documento_id else self.firmas_vigentes
        return firmas[0].documento if firmas else None


class Visto(models.Model):
    """El visto bueno, o la devolución con su motivo, de un puesto sobre una versión exacta del proyecto."""

    proyecto = models.ForeignKey(Proyecto, on_delete=models.PROTECT, related_name="vistos")
    version = models.PositiveIntegerField("versión vista")
    huella = models.CharField("huella SHA-256 de lo visto", max_length=64)
    puesto = models.ForeignKey(Puesto, on_delete=models.PROTECT, related_name="+")
    persona = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    conforme = models.BooleanField("conforme")
    nota = models.CharField("nota", max_length=400, blank=True)
    visto_en = models.DateTimeField("visto el")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proyecto", "version", "puesto"], name="visto_uno_por_version_y_puesto"
            ),
            models.CheckConstraint(name="visto_devuelto_con_nota", condition=Q(conforme=True) | ~Q(nota="")),
        ]

    def __str__(self) -> str:
        return f"{self.persona}: {'conforme' if self.conforme else 'devuelto'}"
