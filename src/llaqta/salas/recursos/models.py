"""Lo que guarda esta sala: cada recurso con su plazo y su suerte, cada queja, y las notificaciones que informan mal."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes.models import ActoNulo, Expediente

_DESPUES_DE_ANULAR = [
    (ActoNulo.Despues.FONDO.value, "La misma resolución decide lo pedido: hay con qué"),
    (ActoNulo.Despues.REPONE.value, "No hay con qué decidir: vuelve al momento en que se produjo el vicio"),
]


class RecursoQuerySet(models.QuerySet["Recurso"]):
    """Recursos."""

    def visible_to(self, persona: Persona) -> RecursoQuerySet:
        """Los de los expedientes que puede ver."""
        return self.filter(expediente__in=Expediente.objects.visible_to(persona).values("pk"))

    def vivos(self) -> RecursoQuerySet:
        """Los que esperan decisión."""
        return self.filter(estado=Recurso.Estado.EN_REVISION)


class Recurso(models.Model):
    """Un recurso contra una decisión, o contra el silencio: quién, contra qué, a tiempo o no, y cómo terminó (207)."""

    class Clase(models.TextChoices):
        """Recursos de la Ley 27444."""

        RECONSIDERACION = "RECONSIDERACION", "Reconsideración"
        APELACION = "APELACION", "Apelación"
        REVISION = "REVISION", "Revisión"

    class Contra(models.TextChoices):
        """Qué se impugna."""

        ACTO = "ACTO", "La decisión"
        SILENCIO = "SILENCIO", "La falta de respuesta"

    class Estado(models.TextChoices):
        """Dónde está."""

        EN_REVISION = "EN_REVISION", "En revisión"
        RESUELTO = "RESUELTO", "Resuelto"
        SIN_RESPUESTA = "SIN_RESPUESTA", "Sin respuesta: se apeló el silencio"
        DESISTIDO = "DESISTIDO", "Desistido"

    class Sentido(models.TextChoices):
        """Cómo se resolvió (art. 217)."""

        FUNDADO = "FUNDADO", "Fundado"
        FUNDADO_EN_PARTE = "FUNDADO_EN_PARTE", "Fundado en parte"
        INFUNDADO = "INFUNDADO", "Infundado"
        IMPROCEDENTE = "IMPROCEDENTE", "Improcedente"
        NULIDAD = "NULIDAD", "Nulo lo decidido"

    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="recursos")
    etapa = models.PositiveSmallIntegerField("etapa que abre")
    etapa_impugnada = models.PositiveSmallIntegerField("etapa que impugna")
    clase = models.CharField("recurso", max_length=16, choices=Clase)
    contra = models.CharField("qué impugna", max_length=8, choices=Contra)
    acto = models.ForeignKey(Documento, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    acto_efecto_el = models.DateField("la decisión surtió efecto el", null=True, blank=True)
    presentable_hasta = models.DateField("se podía presentar hasta el", null=True, blank=True)
    en_plazo = models.BooleanField("se presentó a tiempo")
    explicacion = models.JSONField("por qué esa fecha", default=dict)
    presentado_en = models.DateTimeField("presentado el")
    presentado_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    escrito = models.ForeignKey(Documento, on_delete=models.PROTECT, related_name="+")
    nueva_prueba = models.TextField("prueba nueva", blank=True)
    presentado_como = models.CharField("cómo se llamó al presentarlo", max_length=40, blank=True)
    encauzado_en = models.DateTimeField("encauzado el", null=True, blank=True)
    encauzado_por = models.ForeignKey(
        Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    autoridad = models.ForeignKey(UnidadOrganica, on_delete=models.PROTECT, related_name="recursos")
    vence_el = models.DateField("se resuelve hasta el")
    estado = models.CharField("estado", max_length=13, choices=Estado, default=Estado.EN_REVISION)
    sentido = models.CharField("sentido", max_length=16, choices=Sentido, blank=True)
    despues_de_anular = models.CharField(
        "qué sigue a la nulidad", max_length=6, choices=_DESPUES_DE_ANULAR, blank=True
    )
    vicio_el = models.DateField("el vicio se produjo el", null=True, blank=True)
    momento_del_vicio = models.CharField("a qué momento vuelve", max_length=200, blank=True)
    decision = models.ForeignKey(Documento, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    resuelto_en = models.DateTimeField("resuelto y notificado el", null=True, blank=True)
    agota_la_via = models.BooleanField("su decisión agota la vía administrativa", default=False)

    objects = RecursoQuerySet.as_manager()

    class Meta:
        ordering = ["expediente", "etapa"]
        constraints = [
            models.UniqueConstraint(
                fields=["expediente"],
                condition=Q(estado="EN_REVISION"),
                name="recurso_uno_vivo_por_expediente",
            ),
            models.UniqueConstraint(
                fields=["expediente", "etapa_impugnada", "clase"], name="recurso_una_vez_por_acto"
            ),
            models.UniqueConstraint(fields=["expediente", "etapa"], name="recurso_uno_por_etapa"),
            models.CheckConstraint(
                name="recurso_contra_acto_o_silencio",
                condition=Q(contra="ACTO", acto__isnull=False, acto_efecto_el__isnull=False)
                | Q(contra="SILENCIO", acto__isnull=True, presentable_hasta__isnull=True, en_plazo=True),
            ),
            models.CheckConstraint(
                name="recurso_resuelto_con_decision",
                condition=~Q(estado="RESUELTO") | Q(decision__isnull=False, resuelto_en__isnull=False),
            ),
            models.CheckConstraint(
                name="recurso_abre_una_etapa_posterior", condition=Q(etapa__gt=F("etapa_impugnada"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["autoridad", "vence_el", "id"],
                condition=Q(estado="EN_REVISION"),
                name="recurso_por_resolver",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_clase_display()} en {self.expediente}"


class InformacionErronea(models.Model):
    """La notificación informó mal y alguien actuó por eso: esos días no cuentan contra él (art. 24.2)."""

    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="informacion_erronea")
    etapa = models.PositiveSmallIntegerField("etapa de la decisión mal notificada")
    que_decia = models.CharField("qué informaba mal la notificación", max_length=300)
    desde = models.DateField("primer día que no se cuenta")
    hasta = models.DateField("último día que no se cuenta")
    anotada_en = models.DateTimeField("anotada el")
    anotada_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["desde"]
        constraints = [
            models.UniqueConstraint(
                fields=["expediente", "etapa"], name="informacion_erronea_una_por_decision"
            ),
            models.CheckConstraint(
                name="informacion_erronea_fechas_en_orden", condition=Q(hasta__gte=F("desde"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expediente}: {self.que_decia}"


class QuejaQuerySet(models.QuerySet["Queja"]):
    """Quejas."""

    def visible_to(self, persona: Persona) -> QuejaQuerySet:
        """Las suyas, las que debe resolver o contestar su unidad, y todas, si su rol lo dice."""
        if persona.puede("expedientes.ver_todo"):
            return self
        suyas = Q(presentada_por=persona) | Q(expediente__administrado=persona)
        if unidades := persona.unidades:
            suyas |= Q(superior__in=unidades) | Q(contra_unidad__in=unidades)
        return self.filter(suyas)


class Queja(models.Model):
    """Una queja por defectos de tramitación: la resuelve el superior en tres días y no suspende nada (art. 158)."""

    class Motivo(models.TextChoices):
        """Los defectos de que se puede reclamar (158.1)."""

        PARALIZACION = "PARALIZACION", "El trámite está detenido"
        PLAZO = "PLAZO", "No cumplen los plazos"
        DEBERES = "DEBERES", "No cumplen un deber funcional"
        OMISION = "OMISION", "Omiten un paso que debían hacer antes de decidir"

    class Estado(models.TextChoices):
        """Dónde está."""

        PRESENTADA = "PRESENTADA", "Por resolver"
        RESUELTA = "RESUELTA", "Resuelta"

    class Sentido(models.TextChoices):
        """Cómo se resolvió."""

        FUNDADA = "FUNDADA", "Fundada"
        INFUNDADA = "INFUNDADA", "Infundada"
        IMPROCEDENTE = "IMPROCEDENTE", "Improcedente"

    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="quejas")
    motivo = models.CharField("motivo", max_length=12, choices=Motivo)
    texto = models.TextField("qué pasó", blank=True)
    contra_unidad = models.ForeignKey(UnidadOrganica, on_delete=models.PROTECT, related_name="+")
    contra_persona = models.ForeignKey(
        Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    superior = models.ForeignKey(UnidadOrganica, on_delete=models.PROTECT, related_name="quejas")
    presentada_en = models.DateTimeField("presentada el")
    presentada_por = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    escrito = models.ForeignKey(Documento, on_delete=models.PROTECT, related_name="+")
    descargo_hasta = models.DateField("el quejado informa hasta el")
    vence_el = models.DateField("se resuelve hasta el")
    explicacion = models.JSONField("por qué esas fechas", default=list)
    descargo = models.TextField("informe del quejado", blank=True)
    descargo_en = models.DateTimeField("informó el", null=True, blank=True)
    descargo_por = models.ForeignKey(
        Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    estado = models.CharField("estado", max_length=10, choices=Estado, default=Estado.PRESENTADA)
    sentido = models.CharField("sentido", max_length=12, choices=Sentido, blank=True)
    resolucion = models.TextField("lo que se decidió y qué debe hacerse", blank=True)
    resuelta_en = models.DateTimeField("resuelta el", null=True, blank=True)
    resuelta_por = models.ForeignKey(
        Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    documento = models.ForeignKey(
        Documento, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = QuejaQuerySet.as_manager()

    class Meta:
        ordering = ["vence_el", "pk"]
        constraints = [
            models.CheckConstraint(
                name="queja_resuelta_con_todo",
                condition=Q(estado="PRESENTADA", sentido="", resuelta_en__isnull=True)
                | (
                    Q(estado="RESUELTA", resuelta_en__isnull=False, resuelta_por__isnull=False)
                    & ~Q(sentido="")
                    & ~Q(resolucion="")
                ),
            ),
            models.UniqueConstraint(
                fields=["expediente", "motivo", "contra_unidad"],
                condition=Q(estado="PRESENTADA"),
                name="queja_una_por_motivo_mientras_se_resuelve",
            ),
        ]
        indexes = [
            models.Index(
                fields=["superior", "vence_el", "id"],
                condition=Q(estado="PRESENTADA"),
                name="queja_por_resolver",
            )
        ]

    def __str__(self) -> str:
        return f"Queja en {self.expediente}: {self.get_motivo_display().lower()}"
