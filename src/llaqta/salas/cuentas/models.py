"""Lo que guardan las cuentas: personas, unidades, puestos, asignaciones y roles.

Una cuenta es de una persona natural, nunca de un correo ni de un puesto (Reglamento DL 1412, arts. 14.1 y 17): los
puestos y las representaciones son cosas que una persona tiene por un tiempo.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any, ClassVar, Self, TypeVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from llaqta.cimientos.calendario import hoy_en_lima

M = TypeVar("M", bound=models.Model)


class Persona(models.Model):
    """Una persona natural o jurídica. El número de documento es texto: los ceros de la izquierda cuentan."""

    class Clase(models.TextChoices):
        """Natural o jurídica."""

        NATURAL = "NATURAL", "Persona natural"
        JURIDICA = "JURIDICA", "Persona jurídica"

    class TipoDocumento(models.TextChoices):
        """Documentos de identidad admitidos (art. 113 Ley 27444)."""

        DNI = "DNI", "DNI"
        CE = "CE", "Carné de extranjería"
        PASAPORTE = "PAS", "Pasaporte"
        PTP = "PTP", "Permiso temporal (PTP/CPP)"
        RUC = "RUC", "RUC"

    clase = models.CharField("clase", max_length=8, choices=Clase, default=Clase.NATURAL)
    tipo_documento = models.CharField("tipo de documento", max_length=3, choices=TipoDocumento)
    numero_documento = models.CharField("número de documento", max_length=15)
    nombres = models.CharField("nombres", max_length=80, blank=True)
    apellido_paterno = models.CharField("apellido paterno", max_length=60, blank=True)
    apellido_materno = models.CharField("apellido materno", max_length=60, blank=True)
    razon_social = models.CharField("razón social", max_length=150, blank=True)
    correo = models.EmailField("correo", blank=True)
    telefono = models.CharField("teléfono", max_length=20, blank=True)
    domicilio = models.CharField("domicilio", max_length=200, blank=True)
    ubigeo = models.CharField("ubigeo INEI", max_length=6, blank=True)
    registrada_en = models.DateTimeField("registrada el", default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tipo_documento", "numero_documento"], name="persona_un_documento"
            ),
            models.CheckConstraint(
                name="persona_dni_ocho_digitos",
                condition=~Q(tipo_documento="DNI") | Q(numero_documento__regex=r"^\d{8}$"),
            ),
            models.CheckConstraint(
                name="persona_ruc_once_digitos",
                condition=~Q(tipo_documento="RUC") | Q(numero_documento__regex=r"^\d{11}$"),
            ),
            models.CheckConstraint(
                name="persona_tiene_nombre",
                condition=(Q(clase="NATURAL") & ~Q(nombres="") & ~Q(apellido_paterno=""))
                | (Q(clase="JURIDICA") & ~Q(razon_social="")),
            ),
        ]

    def __str__(self) -> str:
        return self.nombre_completo

    @property
    def nombre_completo(self) -> str:
        """``Rosa Quispe Huamán``, o la razón social."""
        if self.clase == self.Clase.JURIDICA:
            return self.razon_social
        return " ".join(
            parte for parte in (self.nombres, self.apellido_paterno, self.apellido_materno) if parte
        )

    @property
    def documento(self) -> str:
        """``DNI 45678901``."""
        return f"{self.get_tipo_documento_display()} {self.numero_documento}"

    @cached_property
    def asignaciones_vigentes(self) -> list[Asignacion]:
        """Los puestos que ocupa hoy, con su unidad; se leen una vez por petición."""
        hoy = hoy_en_lima(timezone.now())
        return list(
            self.asignaciones.vigentes(al=hoy).select_related("puesto__unidad").order_by("desde", "pk")
        )

    @cached_property
    def permisos(self) -> frozenset[str]:
        """Los permisos que hoy le dan sus roles; se leen una vez por petición."""
        hoy = hoy_en_lima(timezone.now())
        listas = (
            RolDePersona.objects.vigentes(al=hoy).filter(persona=self).values_list("rol__permisos", flat=True)
        )
        return frozenset(permiso for lista in listas for permiso in lista)

    @property
    def unidades(self) -> list[int]:
        """Los identificadores de las unidades orgánicas donde hoy trabaja."""
        return [asignacion.puesto.unidad_id for asignacion in self.asignaciones_vigentes]

    @property
    def unidades_a_la_vista(self) -> list[int] | models.QuerySet[UnidadOrganica]:
        """Las unidades cuyo trabajo ve: las suyas y, si dirige alguna, las que dependen directamente de ella.

        El superior resuelve las quejas contra ellas y puede revisar de oficio lo que decidieron (arts. 158 y 202).
        """
        dirige = [a.puesto.unidad_id for a in self.asignaciones_vigentes if a.puesto.es_jefatura]
        if not dirige:
            return self.unidades
        return UnidadOrganica.objects.filter(Q(pk__in=self.unidades) | Q(padre__in=dirige))

    @property
    def es_del_personal(self) -> bool:
        """Verdadero si hoy ocupa un puesto o tiene un rol en la municipalidad."""
        return bool(self.permisos or self.asignaciones_vigentes)

    def puede(self, permiso: str) -> bool:
        """Verdadero si alguno de sus roles vigentes incluye ``permiso`` (por ejemplo ``expedientes.firmar``)."""
        return permiso in self.permisos

    def jefatura_de(self, unidad_id: int) -> bool:
        """Verdadero si hoy dirige esa unidad."""
        return any(
            a.puesto.unidad_id == unidad_id and a.puesto.es_jefatura for a in self.asignaciones_vigentes
        )


class CuentaManager(BaseUserManager["Cuenta"]):
    """Crea cuentas; el usuario es el número del documento de su persona."""

    def get_queryset(self) -> models.QuerySet[Cuenta]:
        """Cada cuenta llega con su persona: quien lee una necesita la otra."""
        return super().get_queryset().select_related("persona")

    def create_user(self, *, persona: Persona, password: str | None, **extra: Any) -> Cuenta:
        """Crea y guarda la cuenta de ``persona`` con esa contraseña (``None``: no podrá entrar con contraseña)."""
        cuenta = self.model(persona=persona, usuario=persona.numero_documento, email=persona.correo, **extra)
        cuenta.set_password(password)
        cuenta.save(using=self._db)
        return cuenta


class Cuenta(AbstractBaseUser):
    """La llave con que una persona natural entra."""

    persona = models.OneToOneField(Persona, on_delete=models.PROTECT, related_name="cuenta")
    usuario = models.CharField("número de documento", max_length=15, unique=True)
    email = models.EmailField("correo", blank=True)
    is_active = models.BooleanField("activa", default=True)
    clave_provisional = models.BooleanField("con contraseña provisional", default=False)
    creada_en = models.DateTimeField("creada el", default=timezone.now)

    objects: ClassVar[CuentaManager] = CuentaManager()

    USERNAME_FIELD = "usuario"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.usuario


class UnidadOrganica(models.Model):
    """Una unidad del organigrama."""

    nombre = models.CharField("nombre", max_length=120)
    siglas = models.CharField("siglas", max_length=20, unique=True)
    padre = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="dependencias"
    )
    es_mesa_de_partes = models.BooleanField("es la mesa de partes", default=False)
    vigente_desde = models.DateField("vigente desde")
    vigente_hasta = models.DateField("vigente hasta", null=True, blank=True)

    class Meta:
        ordering = ["nombre"]
        constraints = [
            models.CheckConstraint(
                name="unidad_fechas_en_orden",
                condition=Q(vigente_hasta__isnull=True) | Q(vigente_hasta__gte=F("vigente_desde")),
            ),
            models.UniqueConstraint(
                fields=["es_mesa_de_partes"],
                condition=Q(es_mesa_de_partes=True),
                name="unidad_una_mesa_de_partes",
            ),
        ]

    def __str__(self) -> str:
        return self.nombre


class Puesto(models.Model):
    """Un puesto de una unidad; lo ocupa quien tenga la asignación."""

    nombre = models.CharField("nombre", max_length=120)
    unidad = models.ForeignKey(UnidadOrganica, on_delete=models.PROTECT, related_name="puestos")
    es_jefatura = models.BooleanField("dirige la unidad", default=False)

    class Meta:
        ordering = ["unidad__nombre", "nombre"]

    def __str__(self) -> str:
        return f"{self.nombre} – {self.unidad}"


class ConFechasQuerySet(models.QuerySet[M]):
    """Filas que valen entre dos fechas."""

    def vigentes(self, *, al: date) -> Self:
        """Las que valen el día ``al``."""
        return self.filter(Q(desde__lte=al) & (Q(hasta__isnull=True) | Q(hasta__gte=al)))


class AsignacionQuerySet(ConFechasQuerySet["Asignacion"]):
    """Asignaciones."""


class RolDePersonaQuerySet(ConFechasQuerySet["RolDePersona"]):
    """Roles dados."""


class RepresentacionQuerySet(ConFechasQuerySet["Representacion"]):
    """Representaciones."""


class Asignacion(models.Model):
    """Quién ocupa un puesto, y entre qué fechas."""

    persona = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="asignaciones")
    puesto = models.ForeignKey(Puesto, on_delete=models.PROTECT, related_name="asignaciones")
    desde = models.DateField("desde")
    hasta = models.DateField("hasta", null=True, blank=True)

    objects = AsignacionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="asignacion_fechas_en_orden", condition=Q(hasta__isnull=True) | Q(hasta__gte=F("desde"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.persona}, {self.puesto}"


class Rol(models.Model):
    """Un conjunto de permisos con nombre; es un dato que la administración edita."""

    codigo = models.CharField("código", max_length=40, unique=True)
    nombre = models.CharField("nombre", max_length=80)
    permisos = ArrayField(models.CharField(max_length=60), verbose_name="permisos", default=list)

    def __str__(self) -> str:
        return self.nombre


class RolDePersona(models.Model):
    """Quién tiene un rol, y entre qué fechas."""

    persona = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="roles")
    rol = models.ForeignKey(Rol, on_delete=models.PROTECT, related_name="personas")
    desde = models.DateField("desde")
    hasta = models.DateField("hasta", null=True, blank=True)

    objects = RolDePersonaQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.persona}: {self.rol}"


class Representacion(models.Model):
    """Una persona natural actúa por otra: carta poder simple o especial (art. 115 Ley 27444)."""

    representado = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="representantes")
    representante = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="representados")
    desde = models.DateField("desde")
    hasta = models.DateField("hasta", null=True, blank=True)
    sustento = models.CharField("documento que la acredita", max_length=160)
    es_especial = models.BooleanField(
        "poder formal para desistirse de la pretensión, cobrar o terminar por convenio (115.2)", default=False
    )

    objects = RepresentacionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="representacion_de_otra_persona", condition=~Q(representado=F("representante"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.representante} por {self.representado}"


class TextoDeConsentimiento(models.Model):
    """Un texto que las personas aceptan, con su versión y fecha; nunca se corrige: se publica otra versión."""

    clave = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    texto = models.TextField()
    vigente_desde = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clave", "version"], name="consentimiento_version_unica")
        ]

    def __str__(self) -> str:
        return f"{self.clave} v{self.version}"
