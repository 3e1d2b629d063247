"""Lo que el TUPA dice de un procedimiento entre dos fechas, con los campos del artículo 37 de la Ley 27444."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.tramites.condiciones import Condiciones
from llaqta.salas.tramites.models.catalogo import Procedimiento


class BienProtegido(models.TextChoices):
    """Por qué un procedimiento puede llevar silencio negativo: la lista cerrada del art. 34, o la ley que lo dice."""

    SALUD = "SALUD", "Salud"
    AMBIENTE = "AMBIENTE", "Medio ambiente"
    RECURSOS = "RECURSOS_NATURALES", "Recursos naturales"
    SEGURIDAD = "SEGURIDAD_CIUDADANA", "Seguridad ciudadana"
    FINANZAS = "FINANZAS", "Sistema financiero y de seguros"
    VALORES = "MERCADO_DE_VALORES", "Mercado de valores"
    COMERCIO = "DEFENSA_COMERCIAL", "Defensa comercial"
    DEFENSA = "DEFENSA_NACIONAL", "Defensa nacional"
    PATRIMONIO = "PATRIMONIO_CULTURAL", "Patrimonio cultural de la Nación"
    TRILATERAL = "TRILATERAL", "Procedimiento trilateral"
    REGISTRAL = "REGISTRAL", "Inscripción registral"
    OBLIGACION = "OBLIGACION_DEL_ESTADO", "Obliga al Estado a dar o hacer"
    OTRA_LEY = "OTRA_LEY", "Otra ley lo dispone (tributos, transparencia…)"


class VersionQuerySet(models.QuerySet["VersionProcedimiento"]):
    """Versiones de procedimientos."""

    def vigentes(self, *, al: date) -> VersionQuerySet:
        """Las que rigen el día ``al``: a lo más una por procedimiento."""
        return self.filter(Q(desde__lte=al) & (Q(hasta__isnull=True) | Q(hasta__gte=al)))


class VersionProcedimiento(models.Model):
    """Lo que el TUPA dice de un procedimiento entre dos fechas; un expediente conserva la suya."""

    class Tipo(models.TextChoices):
        """Clase de procedimiento según el SUT."""

        PA = "PA", "Procedimiento administrativo"
        PE = "PE", "Procedimiento estandarizado"
        SE = "SE", "Servicio prestado en exclusividad"

    class Calificacion(models.TextChoices):
        """Cómo termina si nadie contesta (arts. 31, 33 y 34 Ley 27444)."""

        APROBACION_AUTOMATICA = "AUTOMATICA", "Aprobación automática"
        SILENCIO_POSITIVO = "SILENCIO_POSITIVO", "Evaluación previa con silencio positivo"
        SILENCIO_NEGATIVO = "SILENCIO_NEGATIVO", "Evaluación previa con silencio negativo"

    class Unidad(models.TextChoices):
        """En qué se cuenta el plazo."""

        HABILES = "HABILES", "días hábiles"
        CALENDARIO = "CALENDARIO", "días calendario"
        MESES = "MESES", "meses"

    procedimiento = models.ForeignKey(Procedimiento, on_delete=models.PROTECT, related_name="versiones")
    desde = models.DateField("rige desde")
    hasta = models.DateField("rige hasta", null=True, blank=True)
    ordenanza = models.CharField("ordenanza que lo aprueba", max_length=120)
    publicada_el = models.DateField("fecha de publicación", null=True, blank=True)
    ratificacion = models.CharField("acuerdo de ratificación provincial", max_length=120, blank=True)
    derogada_por = models.CharField("norma que lo retira del TUPA", max_length=160, blank=True)
    tipo = models.CharField("tipo", max_length=2, choices=Tipo)
    denominacion = models.CharField("denominación", max_length=200)
    titulo = models.CharField("título en palabras de todos, con verbo", max_length=160, blank=True)
    descripcion = models.TextField("descripción")
    ten_en_cuenta = ArrayField(
        models.TextField(), verbose_name="antes de empezar, tenga en cuenta", default=list, blank=True
    )
    vigencia = models.CharField("cuánto vale lo que se obtiene", max_length=120, blank=True)
    calificacion = models.CharField("calificación", max_length=20, choices=Calificacion)
    plazo = models.PositiveSmallIntegerField("plazo", default=0)
    plazo_unidad = models.CharField("unidad del plazo", max_length=10, choices=Unidad, default=Unidad.HABILES)
    norma_del_plazo = models.CharField("norma que permite un plazo mayor", max_length=160, blank=True)
    bien_protegido = models.CharField(
        "qué protege el silencio negativo", max_length=24, choices=BienProtegido, blank=True
    )
    es_gratuito = models.BooleanField("gratuito", default=False)
    monto = models.DecimalField("derecho de trámite, en soles", max_digits=9, decimal_places=2, default=0)
    porcentaje_uit = models.DecimalField("porcentaje de la UIT", max_digits=8, decimal_places=4, default=0)
    uit_anio = models.PositiveSmallIntegerField("año de la UIT", null=True, blank=True)
    autorizacion_uit = models.CharField(
        "norma que autoriza cobrar más de una UIT", max_length=160, blank=True
    )
    nota_de_pago = models.CharField("nota sobre el pago", max_length=200, blank=True)
    formas_de_pago = ArrayField(
        models.CharField(max_length=60), verbose_name="formas de pago", default=list, blank=True
    )
    canales = ArrayField(models.CharField(max_length=20), verbose_name="canales", default=list)
    sede = models.CharField("sede de atención", max_length=200)
    horario = models.CharField("horario", max_length=120)
    consulta = models.CharField("consultas", max_length=200, blank=True)
    unidad_presentacion = models.ForeignKey(UnidadOrganica, on_delete=models.PROTECT, related_name="+")
    unidad_aprobacion = models.ForeignKey(UnidadOrganica, on_delete=models.PROTECT, related_name="+")
    creada_por = models.ForeignKey(Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    creada_en = models.DateTimeField("creada el", auto_now_add=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["procedimiento__codigo", "-desde"]
        constraints = [
            models.UniqueConstraint(fields=["procedimiento", "desde"], name="version_una_por_fecha"),
            models.UniqueConstraint(
                fields=["procedimiento"], condition=Q(hasta__isnull=True), name="version_una_sola_abierta"
            ),
            models.CheckConstraint(
                name="version_fechas_en_orden", condition=Q(hasta__isnull=True) | Q(hasta__gte=F("desde"))
            ),
            models.CheckConstraint(
                name="version_derogada_termina", condition=Q(derogada_por="") | Q(hasta__isnull=False)
            ),
            models.CheckConstraint(
                name="version_gratuita_sin_monto", condition=Q(es_gratuito=False) | Q(monto=0)
            ),
            models.CheckConstraint(
                name="version_automatica_sin_plazo", condition=~Q(calificacion="AUTOMATICA") | Q(plazo=0)
            ),
            models.CheckConstraint(
                name="version_mas_de_una_uit_autorizada",
                condition=Q(porcentaje_uit__lte=100) | ~Q(autorizacion_uit=""),
            ),
        ]

    def __str__(self) -> str:
        return self.denominacion

    def rige(self, al: date) -> bool:
        """Verdadero si es lo que el TUPA dice el día ``al``."""
        return self.desde <= al and (self.hasta is None or self.hasta >= al)

    @property
    def nombre_llano(self) -> str:
        """El título con verbo, si lo tiene; si no, la denominación del TUPA."""
        return self.titulo or self.denominacion

    @property
    def requisitos_en_orden(self) -> list[Requisito]:
        """Sus requisitos, del primero al último; no consulta si ``get_vigente`` ya los trajo."""
        return list(self.requisitos.all())

    @property
    def modalidades_en_orden(self) -> list[Modalidad]:
        """Sus modalidades, de la primera a la última; vacía si el procedimiento es uno solo."""
        return list(self.modalidades.all())

    def requisitos_de(self, modalidad: Modalidad | None) -> list[Requisito]:
        """Los requisitos comunes y los propios de ``modalidad``; con ``None``, solo los comunes."""
        propio = modalidad.pk if modalidad else None
        return [fila for fila in self.requisitos_en_orden if fila.modalidad_id in (None, propio)]

    def condiciones(self, modalidad: Modalidad | None) -> Condiciones:
        """Calificación, plazo y derecho que rigen para quien pide ``modalidad``; con ``None``, los de la versión.

        Una versión con modalidades repite en sus propios campos los de la primera, que es con la que se lista.
        """
        duenia = modalidad or self
        return Condiciones(
            calificacion=duenia.calificacion,
            plazo=duenia.plazo,
            plazo_unidad=duenia.plazo_unidad,
            es_gratuito=duenia.es_gratuito,
            monto=duenia.monto,
            porcentaje_uit=duenia.porcentaje_uit,
            norma_del_plazo=duenia.norma_del_plazo,
            autorizacion_uit=duenia.autorizacion_uit,
            nota_de_pago=duenia.nota_de_pago,
        )

    @property
    def costo(self) -> str:
        """``Gratuito``, ``S/ 187.00`` o, si sus modalidades cuestan distinto, ``S/ 90.00 a S/ 150.00``."""
        montos = sorted({fila.monto for fila in self.modalidades_en_orden})
        if len(montos) < 2:
            return self.condiciones(None).costo
        menor = f"S/ {montos[0]:,.2f}" if montos[0] else "Gratuito"
        return f"{menor} a S/ {montos[-1]:,.2f}"

    @property
    def plazo_dicho(self) -> str:
        """``8 días hábiles``, ``9 meses``, ``Al momento`` o, si sus modalidades difieren, ``Según la modalidad``."""
        dichos = {self.condiciones(fila).plazo_dicho for fila in self.modalidades_en_orden}
        return self.condiciones(None).plazo_dicho if len(dichos) < 2 else "Según la modalidad"

    @property
    def se_presenta_en_linea(self) -> bool:
        """Verdadero si admite presentación virtual."""
        return "virtual" in self.canales


class Modalidad(models.Model):
    """Una variante de un procedimiento, con su propia calificación, plazo y derecho («licencia A», «B»…)."""

    version = models.ForeignKey(VersionProcedimiento, on_delete=models.CASCADE, related_name="modalidades")
    codigo = models.SlugField("código", max_length=20)
    nombre = models.CharField("nombre", max_length=200)
    orden = models.PositiveSmallIntegerField("orden")
    calificacion = models.CharField("calificación", max_length=20, choices=VersionProcedimiento.Calificacion)
    plazo = models.PositiveSmallIntegerField("plazo", default=0)
    plazo_unidad = models.CharField(
        "unidad del plazo",
        max_length=10,
        choices=VersionProcedimiento.Unidad,
        default=VersionProcedimiento.Unidad.HABILES,
    )
    norma_del_plazo = models.CharField("norma que permite un plazo mayor", max_length=160, blank=True)
    es_gratuito = models.BooleanField("gratuito", default=False)
    monto = models.DecimalField("derecho de trámite, en soles", max_digits=9, decimal_places=2, default=0)
    porcentaje_uit = models.DecimalField("porcentaje de la UIT", max_digits=8, decimal_places=4, default=0)
    autorizacion_uit = models.CharField(
        "norma que autoriza cobrar más de una UIT", max_length=160, blank=True
    )
    nota_de_pago = models.CharField("nota sobre el pago", max_length=200, blank=True)

    class Meta:
        ordering = ["orden"]
        constraints = [
            models.UniqueConstraint(fields=["version", "codigo"], name="modalidad_codigo_unico"),
            models.UniqueConstraint(fields=["version", "orden"], name="modalidad_orden_unico"),
            models.CheckConstraint(
                name="modalidad_gratuita_sin_monto", condition=Q(es_gratuito=False) | Q(monto=0)
            ),
            models.CheckConstraint(
                name="modalidad_automatica_sin_plazo", condition=~Q(calificacion="AUTOMATICA") | Q(plazo=0)
            ),
            models.CheckConstraint(
                name="modalidad_mas_de_una_uit_autorizada",
                condition=Q(porcentaje_uit__lte=100) | ~Q(autorizacion_uit=""),
            ),
        ]

    def __str__(self) -> str:
        return self.nombre

    @property
    def condiciones(self) -> Condiciones:
        """Las suyas, como las pide quien compone un expediente."""
        return self.version.condiciones(self)


class Requisito(models.Model):
    """Un requisito de una versión, con su orden; es de todas sus modalidades salvo que nombre una."""

    class Clase(models.TextChoices):
        """Qué se pide."""

        SOLICITUD = "SOLICITUD", "Solicitud o formulario"
        DECLARACION = "DECLARACION", "Declaración jurada"
        DOCUMENTO = "DOCUMENTO", "Documento"
        DATO = "DATO", "Dato que se escribe"
        PAGO = "PAGO", "Fecha y número del pago"

    version = models.ForeignKey(VersionProcedimiento, on_delete=models.CASCADE, related_name="requisitos")
    modalidad = models.ForeignKey(
        Modalidad,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="requisitos",
        verbose_name="modalidad que lo pide",
    )
    orden = models.PositiveSmallIntegerField("orden")
    texto = models.CharField("requisito", max_length=400)
    clase = models.CharField("clase", max_length=12, choices=Clase, default=Clase.DOCUMENTO)
    es_opcional = models.BooleanField("solo si corresponde", default=False)
    formato = models.CharField("formulario", max_length=60, blank=True)
    nota = models.CharField("nota", max_length=200, blank=True)

    class Meta:
        ordering = ["orden"]
        constraints = [models.UniqueConstraint(fields=["version", "orden"], name="requisito_orden_unico")]

    def __str__(self) -> str:
        return self.texto

    @property
    def admite_archivo(self) -> bool:
        """Verdadero si se cumple adjuntando un archivo."""
        return self.clase in {self.Clase.SOLICITUD, self.Clase.DECLARACION, self.Clase.DOCUMENTO}
