"""Lo que guardan los documentos: archivos tal como llegaron, documentos con sus metadatos, y quién puede verlos."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.salas.cuentas.models import Persona, Representacion, UnidadOrganica


class TipoDocumento(models.Model):
    """Una clase de documento (INFORME, RESOLUCIÓN…) y cómo se numera."""

    codigo = models.CharField("código", max_length=40, unique=True)
    nombre = models.CharField("nombre", max_length=80)
    formato = models.CharField(
        "formato del número", max_length=120, default="{tipo} N° {numero:06d}-{anio}-{entidad}/{unidad}",
        help_text="Campos: {tipo} {numero} {anio} {entidad} {unidad}",
    )  # fmt: skip
    numera_la_entidad = models.BooleanField("una sola serie para toda la entidad", default=False)
    es_externo = models.BooleanField("lo presentan los administrados", default=False)
    plantilla_pdf = models.CharField("plantilla de composición", max_length=40, default="informe")

    class Meta:
        ordering = ["nombre"]

    def __str__(self) -> str:
        return self.nombre


class Archivo(models.Model):
    """Un archivo recibido o producido: sus bytes están en el almacén con su SHA-256 como nombre, y no cambian."""

    class Estado(models.TextChoices):
        """Admitido, o retenido porque trae algo peligroso."""

        ADMITIDO = "ADMITIDO", "Admitido"
        CUARENTENA = "CUARENTENA", "En cuarentena"

    sha256 = models.CharField("huella SHA-256", max_length=64, db_index=True)
    bytes = models.PositiveBigIntegerField("tamaño en bytes")
    nombre = models.CharField("nombre con que llegó", max_length=150)
    mime = models.CharField("tipo de contenido", max_length=100)
    folios = models.PositiveIntegerField("folios (páginas)")
    estado = models.CharField("estado", max_length=10, choices=Estado, default=Estado.ADMITIDO)
    motivo = models.CharField("motivo de la cuarentena", max_length=200, blank=True)
    recibido_de = models.ForeignKey(Persona, on_delete=models.PROTECT, null=True, related_name="+")
    recibido_en = models.DateTimeField("recibido el", default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(name="archivo_no_esta_vacio", condition=Q(bytes__gt=0)),
            models.CheckConstraint(
                name="archivo_cuarentena_con_motivo", condition=~Q(estado="CUARENTENA") | ~Q(motivo="")
            ),
        ]

    def __str__(self) -> str:
        return self.nombre


class Vista(models.Model):
    """La imagen WebP de una página, hecha por el trabajador."""

    archivo = models.ForeignKey(Archivo, on_delete=models.CASCADE, related_name="vistas")
    pagina = models.PositiveIntegerField("página, desde 1")
    sha256 = models.CharField("huella de la imagen", max_length=64, db_index=True)
    ancho = models.PositiveSmallIntegerField()
    alto = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["pagina"]
        constraints = [models.UniqueConstraint(fields=["archivo", "pagina"], name="vista_una_por_pagina")]

    def __str__(self) -> str:
        return f"{self.archivo_id}, página {self.pagina}"


class DocumentoQuerySet(models.QuerySet["Documento"]):
    """Documentos, según quién pregunta."""

    def visible_to(self, persona: Persona | None) -> Self:
        """Los que ``persona`` puede ver; ``None`` es cualquiera, sin cuenta.

        Público: todos. De las partes: su autor, a quien se le dio acceso, quien hoy lo representa, las unidades que lo
        tramitan y quien controla (``expedientes.ver_todo``). Reservado y más: lo mismo, pero la unidad y el control
        necesitan además el permiso ``documentos.ver_reservado`` (Ley 27806, arts. 15 a 17).
        """
        if persona is None:
            return self.filter(confidencialidad=Documento.Confidencialidad.PUBLICO)
        hoy = hoy_en_lima(timezone.now())
        representa = Representacion.objects.vigentes(al=hoy).filter(
            representante=persona, representado=OuterRef("persona")
        )
        propio = Acceso.objects.filter(documento=OuterRef("pk")).filter(
            Q(persona=persona) | Exists(representa)
        )
        permitido = (
            Q(confidencialidad=Documento.Confidencialidad.PUBLICO) | Q(autor=persona) | Q(Exists(propio))
        )
        por_oficio = Q(
            Exists(Acceso.objects.filter(documento=OuterRef("pk"), unidad__in=persona.unidades_a_la_vista))
        )
        if persona.puede("expedientes.ver_todo"):
            por_oficio = Q(pk__isnull=False)
        if not persona.puede("documentos.ver_reservado"):
            por_oficio &= Q(confidencialidad=Documento.Confidencialidad.PARTES)
        return self.filter(permitido | por_oficio)

    def numerados(self) -> Self:
        """Los que llevan un número de la municipalidad."""
        return self.exclude(numero="").exclude(origen=Documento.Origen.EXTERNO)


class Documento(models.Model):
    """Un documento de la municipalidad, recibido o emitido, con sus metadatos (DS 029-2021-PCM, art. 49.3)."""

    class Origen(models.TextChoices):
        """De dónde viene."""

        EXTERNO = "EXTERNO", "Presentado por un administrado"
        INTERNO = "INTERNO", "Emitido por la municipalidad"
        SISTEMA = "SISTEMA", "Generado por el sistema (cargo, constancia, carátula)"

    class Confidencialidad(models.TextChoices):
        """Quién puede verlo además de las partes (Ley 27806, arts. 15 a 17)."""

        PUBLICO = "PUBLICO", "Público"
        PARTES = "PARTES", "Solo las partes y la entidad"
        RESERVADO = "RESERVADO", "Reservado"
        CONFIDENCIAL = "CONFIDENCIAL", "Confidencial"
        SECRETO = "SECRETO", "Secreto"

    class Medio(models.TextChoices):
        """Soporte en que llegó."""

        ELECTRONICO = "ELECTRONICO", "Electrónico"
        FISICO = "FISICO", "Papel digitalizado"

    tipo = models.ForeignKey(TipoDocumento, on_delete=models.PROTECT, related_name="documentos")
    origen = models.CharField("origen", max_length=8, choices=Origen)
    numero = models.CharField("número", max_length=120, blank=True)
    asunto = models.CharField("asunto", max_length=300)
    autor = models.ForeignKey(Persona, on_delete=models.PROTECT, null=True, related_name="documentos")
    unidad = models.ForeignKey(UnidadOrganica, on_delete=models.PROTECT, null=True, related_name="documentos")
    fechado_el = models.DateField("fecha del documento")
    registrado_en = models.DateTimeField("registrado el")
    archivo = models.ForeignKey(Archivo, on_delete=models.PROTECT, related_name="documentos")
    version = models.PositiveSmallIntegerField("versión", default=1)
    folios = models.PositiveIntegerField("folios")
    confidencialidad = models.CharField(
        "confidencialidad", max_length=12, choices=Confidencialidad, default=Confidencialidad.PARTES
    )
    base_legal_reserva = models.CharField("base legal de la reserva", max_length=160, blank=True)
    medio = models.CharField("medio", max_length=11, choices=Medio, default=Medio.ELECTRONICO)
    idioma = models.CharField("idioma", max_length=5, default="es-pe")
    serie_documental = models.CharField("serie documental", max_length=60, blank=True)
    cvd = models.CharField(
        "código de verificación digital", max_length=20, unique=True, null=True, blank=True
    )
    verificable_desde = models.DateField("verificable desde", null=True, blank=True)
    verificable_hasta = models.DateField("verificable hasta", null=True, blank=True)
    firmado = models.BooleanField("lleva firma o sello digital", default=False)
    anulado_en = models.DateTimeField("anulado el", null=True, blank=True)
    motivo_anulacion = models.CharField("motivo de la anulación", max_length=200, blank=True)
    metadatos = models.JSONField("otros metadatos", default=dict, blank=True)

    objects = DocumentoQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["numero"],
                condition=~Q(numero="") & ~Q(origen="EXTERNO"),
                name="documento_numero_unico",
            ),
            models.CheckConstraint(name="documento_tiene_folios", condition=Q(folios__gte=1)),
            models.CheckConstraint(
                name="documento_ventana_en_orden",
                condition=Q(verificable_hasta__isnull=True)
                | Q(verificable_hasta__gte=F("verificable_desde")),
            ),
            models.CheckConstraint(
                name="documento_anulado_con_motivo",
                condition=Q(anulado_en__isnull=True) | ~Q(motivo_anulacion=""),
            ),
            models.CheckConstraint(
                name="documento_reserva_con_base_legal",
                condition=~Q(confidencialidad__in=["RESERVADO", "CONFIDENCIAL", "SECRETO"])
                | ~Q(base_legal_reserva=""),
            ),
        ]

    def __str__(self) -> str:
        return self.numero or f"{self.tipo} {self.pk}"

    @property
    def es_ajeno(self) -> bool:
        """Verdadero si lo mandó alguien de fuera: se entrega encerrado."""
        return self.origen == self.Origen.EXTERNO


class VersionAnterior(models.Model):
    """El archivo que un documento tuvo antes: nada se sobrescribe."""

    documento = models.ForeignKey(Documento, on_delete=models.PROTECT, related_name="versiones_anteriores")
    version = models.PositiveSmallIntegerField()
    archivo = models.ForeignKey(Archivo, on_delete=models.PROTECT, related_name="+")
    reemplazada_en = models.DateTimeField()
    motivo = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["documento", "version"], name="version_unica_por_documento")
        ]

    def __str__(self) -> str:
        return f"{self.documento_id} v{self.version}"


class Acceso(models.Model):
    """A quién se le abrió un documento: la parte en el procedimiento, o la unidad que lo tramita.

    Las salas de arriba dan acceso (``documentos.dar_acceso``); esta sala no sabe de expedientes.
    """

    documento = models.ForeignKey(Documento, on_delete=models.CASCADE, related_name="accesos")
    persona = models.ForeignKey(Persona, on_delete=models.PROTECT, null=True, related_name="+")
    unidad = models.ForeignKey(UnidadOrganica, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="acceso_de_persona_o_de_unidad",
                condition=Q(persona__isnull=False, unidad__isnull=True)
                | Q(persona__isnull=True, unidad__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["documento", "persona"],
                condition=Q(persona__isnull=False),
                name="acceso_persona_unico",
            ),
            models.UniqueConstraint(
                fields=["documento", "unidad"], condition=Q(unidad__isnull=False), name="acceso_unidad_unico"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.documento_id}: {self.persona_id or self.unidad_id}"
