"""Lo que guarda la casilla: adhesiones, notificaciones, sus alertas y constancias, y la cuenta que debe cuadrar."""

from __future__ import annotations

import hashlib
import secrets
import uuid
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


class CanalesExigidos(models.TextChoices):
    """Cuándo se da por avisada a la persona (DS 098-2025-PCM, art. 55). Queda congelado en cada notificación."""

    UNO = "UNO", "Todos los medios intentados, y uno al menos lo aceptó"
    TODOS = "TODOS", "Todos los medios lo aceptaron"


class PlazoDesde(models.TextChoices):
    """Desde cuándo corren los días para acusar recibo. Queda congelado en cada notificación."""

    DEPOSITO = "DEPOSITO", "El depósito, aunque el aviso se acepte después"
    AVISO = "AVISO", "El depósito o, si el aviso se acepta otro día, ese día"


class NotificacionQuerySet(models.QuerySet["Notificacion"]):
    """Notificaciones."""

    def visible_to(self, persona: Persona, *, al: date) -> NotificacionQuerySet:
        """Las de ``persona`` y las de quienes representa el día ``al`` (DS 029-2021-PCM, art. 57.2)."""
        representados = (
            Representacion.objects.vigentes(al=al).filter(representante=persona).values("representado")
        )
        return self.filter(Q(destinatario=persona) | Q(destinatario__in=representados))

    def de_oficio(self, persona: Persona) -> NotificacionQuerySet:
        """Las que notificaron las unidades de ``persona``; el control las ve todas."""
        if persona.puede("expedientes.ver_todo"):
            return self
        return self.filter(documento__unidad__in=persona.unidades_a_la_vista)

    def por_surtir_efecto(self, *, al: date) -> NotificacionQuerySet:
        """Las que ese día ya surten efecto y todavía no se declaró.

        Si la regla exige la alerta (DS 098-2025-PCM, art. 55), la que nunca se intentó avisar, o no se pudo, no está:
        nadie la abrió ni supo de ella, y el paso de los días no la hace eficaz.
        """
        alertas = Alerta.objects.filter(notificacion=models.OuterRef("pk"))
        enviadas = alertas.filter(resultado=Alerta.Resultado.ENVIADA)
        por_correo, por_sms = (models.Exists(enviadas.filter(canal=canal)) for canal in Alerta.Canal)
        un_medio = models.Exists(enviadas) & ~models.Exists(
            alertas.filter(intento=1, resultado__in=POR_RESOLVER)
        )
        todos = Q(por_correo) & (Q(por_sms) | ~Q(canales__contains=[Alerta.Canal.SMS]))
        avisada = Q(canales_exigidos=CanalesExigidos.UNO) & Q(un_medio) | Q(todos)
        return self.filter(efecto_el__lte=al).filter(
            Q(estado=Notificacion.Estado.LEIDA)
            | Q(estado=Notificacion.Estado.DEPOSITADA) & (Q(exige_alerta=False) | avisada)
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

    class EfectoPor(models.TextChoices):
        """Qué le dio efecto: la partición de la cuenta se hace con esto."""

        LECTURA = "LECTURA", "La abrió"
        VENCIMIENTO = "VENCIMIENTO", "Pasaron los días sin que la abriera"
        DEPOSITO = "DEPOSITO", "El depósito mismo"
        CONVALIDACION = "CONVALIDACION", "Actuó conociendo el acto"

    codigo = models.CharField("número de la notificación", max_length=30, unique=True)
    destinatario = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="notificaciones")
    adhesion = models.ForeignKey(Adhesion, on_delete=models.PROTECT, related_name="+")
    documento = models.ForeignKey(Documento, on_delete=models.PROTECT, related_name="notificaciones")
    expediente = models.CharField("número del expediente", max_length=30)
    asunto = models.CharField("asunto", max_length=300)
    recursos = models.TextField("recursos que proceden", blank=True)
    huella = models.CharField("huella SHA-256 del archivo depositado", max_length=64, blank=True)
    regla_efecto = models.CharField("regla de efecto", max_length=16, choices=ReglaDeEfecto)
    dias_para_acusar = models.PositiveSmallIntegerField("días hábiles para acusar recibo")
    regla = models.JSONField("la regla de efecto, tal como regía", default=dict)
    exige_alerta = models.BooleanField("sin alerta entregada no surte efecto", default=True)
    canales = models.JSONField("medios por los que se le avisa", default=list)
    canales_exigidos = models.CharField(
        "cuándo se la da por avisada", max_length=5, choices=CanalesExigidos, default=CanalesExigidos.UNO
    )
    plazo_desde = models.CharField(
        "desde cuándo corre el plazo para acusar",
        max_length=8,
        choices=PlazoDesde,
        default=PlazoDesde.DEPOSITO,
    )
    avisada_el = models.DateField("día en que se aceptó el aviso", null=True, blank=True)
    reloj = models.JSONField("comprobación del reloj al depositar", default=dict)
    estado = models.CharField("estado", max_length=17, choices=Estado, default=Estado.DEPOSITADA)
    depositada_en = models.DateTimeField("depositada el")
    deposito_computa_el = models.DateField("fecha legal del depósito")
    leida_en = models.DateTimeField("acuse", null=True, blank=True)
    leida_por = models.ForeignKey(Persona, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    efecto_el = models.DateField("surte efecto el", null=True, blank=True)
    explicacion = models.JSONField("por qué esa fecha", default=list)
    calendario = models.CharField("versión del calendario", max_length=60)
    efecto_por = models.CharField("qué le dio efecto", max_length=13, choices=EfectoPor, blank=True)
    declarada_en = models.DateTimeField("cuándo se declaró su efecto", null=True, blank=True)
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
                name="notificacion_eficaz_por_algo", condition=~Q(estado="EFECTIVA") | ~Q(efecto_por="")
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
    def espera_aviso(self) -> bool:
        """Verdadero si el plazo para acusar recibo corre desde el aviso y todavía no se aceptó ninguno."""
        return self.plazo_desde == PlazoDesde.AVISO and self.exige_alerta and self.avisada_el is None

    @property
    def plazo_corre_el(self) -> date:
        """El día desde el que corre el plazo para acusar recibo: el depósito o, si la regla lo dice, el aviso."""
        if self.plazo_desde == PlazoDesde.AVISO and self.avisada_el is not None:
            return max(self.deposito_computa_el, self.avisada_el)
        return self.deposito_computa_el

    @property
    def esta_viva(self) -> bool:
        """Verdadero si ya notificó o todavía puede notificar; mientras tanto el acto no se notifica otra vez."""
        return self.estado in VIVAS

    @property
    def fue_leida(self) -> bool:
        """Verdadero si hay acuse: alguien abrió el documento."""
        return self.leida_en is not None

    @property
    def constancia_principal(self) -> Constancia | None:
        """La que dice en qué quedó: la de que no se pudo avisar o, si no la hay, la de depósito."""
        por_clase = {una.clase: una for una in self.constancias.all()}
        return por_clase.get(Constancia.Clase.ALERTA) or por_clase.get(Constancia.Clase.DEPOSITO)


VIVAS = (Notificacion.Estado.DEPOSITADA, Notificacion.Estado.LEIDA, Notificacion.Estado.EFECTIVA)


def nueva_sal() -> str:
    """Dieciséis bytes al azar: sin ellos, la huella de un correo se adivina probando correos."""
    return secrets.token_hex(16)


class Alerta(models.Model):
    """Un intento de avisar, con lo que respondió el servidor: el aviso no es la notificación, pero se prueba."""

    class Canal(models.TextChoices):
        """Por dónde se avisó."""

        CORREO = "CORREO", "Correo electrónico"
        SMS = "SMS", "Mensaje de texto"

    class Resultado(models.TextChoices):
        """Qué pasó. Antes de enviar se escribe ``EN_CURSO``: si la máquina se apaga, se sabe que pudo haber salido."""

        PENDIENTE = "PENDIENTE", "Pendiente"
        EN_CURSO = "EN_CURSO", "Enviándose"
        ENVIADA = "ENVIADA", "Aceptada por quien la entrega"
        FALLIDA = "FALLIDA", "No se pudo entregar"
        INCIERTA = "INCIERTA", "No se sabe si salió"

    notificacion = models.ForeignKey(Notificacion, on_delete=models.PROTECT, related_name="alertas")
    canal = models.CharField("canal", max_length=6, choices=Canal)
    direccion = models.CharField("dirección", max_length=254)
    intento = models.PositiveSmallIntegerField("intento")
    token = models.UUIDField("llave del intento ante el proveedor", default=uuid.uuid4, unique=True)
    sal = models.CharField("sal de la huella de la dirección", max_length=32, default=nueva_sal)
    resultado = models.CharField("resultado", max_length=9, choices=Resultado, default=Resultado.PENDIENTE)
    detalle = models.CharField("respuesta del servidor", max_length=300, blank=True)
    identificador = models.CharField("identificador del mensaje", max_length=120, blank=True)
    intentada_en = models.DateTimeField("intentada el")
    programada_para = models.DateTimeField("programada para", null=True, blank=True)
    tomada_en = models.DateTimeField("se comenzó a enviar el", null=True, blank=True)
    retomas = models.PositiveSmallIntegerField("veces que se retomó", default=0)
    resuelta_en = models.DateTimeField("se supo el resultado el", null=True, blank=True)
    entregada_en = models.DateTimeField("consta que llegó el", null=True, blank=True)
    devuelta_en = models.DateTimeField("rebotó el", null=True, blank=True)

    class Meta:
        ordering = ["canal", "intento"]
        constraints = [
            models.UniqueConstraint(fields=["notificacion", "canal", "intento"], name="alerta_intento_unico")
        ]
        indexes = [
            models.Index(
                fields=["resultado"],
                condition=Q(resultado__in=["PENDIENTE", "EN_CURSO", "INCIERTA"]),
                name="alerta_por_resolver",
            )
        ]

    def __str__(self) -> str:
        return f"{self.notificacion} {self.canal} {self.intento}"

    @property
    def huella(self) -> str:
        """SHA-256 de la sal y la dirección: prueba a dónde se avisó sin decirlo."""
        return hashlib.sha256(bytes.fromhex(self.sal) + self.direccion.strip().lower().encode()).hexdigest()


POR_RESOLVER = (Alerta.Resultado.PENDIENTE, Alerta.Resultado.EN_CURSO)


class Constancia(models.Model):
    """Un hecho de la casilla, sellado una sola vez, con su lugar en el registro de sucesos."""

    class Clase(models.TextChoices):
        """De qué deja constancia."""

        DEPOSITO = "DEPOSITO", "Constancia de depósito"
        LECTURA = "LECTURA", "Constancia de lectura (acuse de recibo)"
        VENCIMIENTO = "VENCIMIENTO", "Constancia de vencimiento sin lectura"
        EFICACIA = "EFICACIA", "Constancia de eficacia"
        ALERTA = "ALERTA", "Constancia de alerta no entregada"

    notificacion = models.ForeignKey(Notificacion, on_delete=models.PROTECT, related_name="constancias")
    clase = models.CharField("clase", max_length=11, choices=Clase)
    documento = models.OneToOneField(Documento, on_delete=models.PROTECT, related_name="+")
    suceso_id = models.BigIntegerField("suceso del que da fe", null=True)
    hoja = models.BigIntegerField("hoja en el registro", null=True)
    tamano = models.BigIntegerField("tamaño del registro al sellar", null=True)
    raiz = models.CharField("raíz del registro al sellar", max_length=64, blank=True)
    sellada_en = models.DateTimeField("sellada el")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["notificacion", "clase"], name="constancia_una_por_clase")
        ]

    def __str__(self) -> str:
        return f"{self.notificacion} {self.clase}"


class Balance(models.Model):
    """La cuenta de un día: lo depositado es igual a la suma de en qué quedó, o algo se perdió. Se publica."""

    dia = models.DateField("día", unique=True)
    depositadas = models.PositiveIntegerField("depositadas")
    leidas = models.PositiveIntegerField("leídas")
    vencidas = models.PositiveIntegerField("vencidas sin lectura")
    en_plazo = models.PositiveIntegerField("en plazo")
    anuladas = models.PositiveIntegerField("anuladas")
    alternativas = models.PositiveIntegerField("por otro medio")
    sucesos = models.PositiveIntegerField("depósitos en el libro de sucesos")
    numeros = models.PositiveIntegerField("números dados")
    cuadra = models.BooleanField("cuadra")
    calculado_en = models.DateTimeField("calculado el")

    class Meta:
        ordering = ["-dia"]

    def __str__(self) -> str:
        return f"{self.dia}: {'cuadra' if self.cuadra else 'NO cuadra'}"


class Desajuste(models.Model):
    """Algo que debía ocurrir y no ocurrió: se intenta reparar solo, y si sigue, lo ve la administración."""

    class Clase(models.TextChoices):
        """Qué falta."""

        SIN_CONSTANCIA = "SIN_CONSTANCIA", "Falta sellar una constancia"
        SIN_ALERTA = "SIN_ALERTA", "No se intentó avisar por un medio"
        ALERTA_DETENIDA = "ALERTA_DETENIDA", "Un aviso quedó a medias"
        ALERTA_INCIERTA = "ALERTA_INCIERTA", "No se sabe si un aviso salió"
        SIN_DECLARAR = "SIN_DECLARAR", "Llegó su fecha y no se declaró su efecto"
        COLA_ATRASADA = "COLA_ATRASADA", "Los trabajos de la casilla están atrasados"
        RELOJ = "RELOJ", "El reloj de la máquina no está en hora"
        NO_CUADRA = "NO_CUADRA", "La cuenta de notificaciones no cuadra"

    clase = models.CharField("clase", max_length=15, choices=Clase)
    notificacion = models.ForeignKey(Notificacion, on_delete=models.PROTECT, null=True, related_name="+")
    alerta = models.ForeignKey(Alerta, on_delete=models.PROTECT, null=True, related_name="+")
    que = models.CharField("cuál", max_length=20, blank=True)
    detalle = models.CharField("detalle", max_length=300, blank=True)
    visto_en = models.DateTimeField("visto por primera vez el")
    ultimo_en = models.DateTimeField("visto por última vez el")
    veces = models.PositiveIntegerField("veces", default=1)
    resuelto_en = models.DateTimeField("resuelto el", null=True, blank=True)

    class Meta:
        ordering = ["visto_en", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["clase", "notificacion", "alerta", "que"],
                condition=Q(resuelto_en__isnull=True),
                nulls_distinct=False,
                name="desajuste_abierto_una_vez",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_clase_display()}: {self.notificacion or self.detalle}"
