"""Lo que se puede hacer con la casilla: aceptarla, retirarse, depositar, abrir, y declarar lo que ya surtió efecto."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.cimientos.models import Entidad
from llaqta.cimientos.numbering import next_number
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.casilla import policies, queries, rules
from llaqta.salas.casilla.events import (
    AlertaRebotada,
    CasillaAceptada,
    CasillaRevocada,
    NotificacionAnulada,
    NotificacionConvalidada,
    NotificacionDepositada,
    NotificacionDerivadaACedula,
    NotificacionLeida,
    NotificacionSurtioEfecto,
)
from llaqta.salas.casilla.models import Adhesion, Alerta, Notificacion
from llaqta.salas.casilla.policies import SinCasilla
from llaqta.salas.cuentas import queries as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento

__all__ = [
    "SinCasilla",
    "abrir_notificacion",
    "aceptar_casilla",
    "anular_notificacion",
    "convalidar",
    "declarar_eficacia",
    "depositar",
    "derivar_a_cedula",
    "rebotar",
    "revocar_casilla",
]


@transaction.atomic
def aceptar_casilla(
    *, actor: Persona, correo: str, telefono: str = "", titular: Persona | None = None, ahora: datetime
) -> Adhesion:
    """Registra el consentimiento expreso y la versión del texto que se leyó (art. 20.4; Ley 31736).

    :param correo: a donde se avisa cada depósito; obligatorio, porque la alerta es parte de la garantía
    :param titular: la empresa por la que ``actor`` acepta; ``None``, la suya (DS 029-2021-PCM, art. 57.2)
    :raises Denegado: si acepta por otra persona, o por una empresa que hoy no representa
    :raises EntradaInvalida: si no indica un correo
    """
    de_quien = titular or actor
    policies.check_aceptar_por(actor, de_quien, al=hoy_en_lima(ahora))
    if "@" not in correo:
        raise EntradaInvalida("Indique un correo: ahí le avisaremos de cada notificación.", campo="correo")
    if vigente := queries.get_adhesion_vigente(para=de_quien, en=ahora):
        return vigente
    texto = cuentas.get_consentimiento("casilla", hoy_en_lima(ahora))
    adhesion = Adhesion.objects.create(
        persona=de_quien,
        aceptada_por=None if de_quien == actor else actor,
        texto=texto,
        correo=correo,
        telefono=telefono,
        aceptada_en=ahora,
    )
    emit(
        CasillaAceptada(adhesion_id=adhesion.pk),
        actor_id=actor.pk,
        en_nombre_de_id=None if de_quien == actor else de_quien.pk,
        ahora=ahora,
        objeto=adhesion,
    )
    return adhesion


@transaction.atomic
def revocar_casilla(*, actor: Persona, titular: Persona | None = None, ahora: datetime) -> Adhesion:
    """Retira el consentimiento: desde este instante no se le deposita más; lo ya depositado vale (Ley 31736).

    :raises Denegado: si es de otra persona, o de una empresa que hoy no representa
    :raises NoProcede: si no tenía casilla
    """
    de_quien = titular or actor
    policies.check_aceptar_por(actor, de_quien, al=hoy_en_lima(ahora))
    adhesion = (
        Adhesion.objects.select_for_update(no_key=True).vigentes(en=ahora).filter(persona=de_quien).first()
    )
    if adhesion is None:
        raise NoProcede("Usted no tiene una casilla activa.")
    adhesion.revocada_en = ahora
    adhesion.save(update_fields=["revocada_en"])
    emit(
        CasillaRevocada(adhesion_id=adhesion.pk),
        actor_id=actor.pk,
        en_nombre_de_id=None if de_quien == actor else de_quien.pk,
        ahora=ahora,
        objeto=adhesion,
    )
    return adhesion


@transaction.atomic
def depositar(
    *,
    actor: Persona,
    destinatario: Persona,
    documento: Documento,
    expediente: str,
    asunto: str,
    recursos: str = "",
    ahora: datetime,
) -> Notificacion:
    """Deposita un acto firmado en la casilla de ``destinatario``: el depósito es el acto legal (art. 20.4).

    La regla de efecto vigente queda congelada en la notificación; se calcula la fecha suponiendo que nadie la abre.

    :param expediente: número del expediente, para que el destinatario sepa de qué se trata
    :param recursos: qué recursos proceden, ante quién y en qué plazo (art. 24.1)
    :raises Denegado: si quien deposita no tramita expedientes
    :raises SinCasilla: si el destinatario no consintió, o retiró su consentimiento
    :raises NoProcede: si el documento no está firmado o fue anulado
    """
    policies.check_depositar(actor, documento)
    adhesion = policies.get_adhesion(destinatario, en=ahora)
    if repetida := _ya_depositada(documento, destinatario):
        return repetida
    hoy = hoy_en_lima(ahora)
    reglas, calendario = queries.get_reglas(al=hoy), get_calendario()
    legal = rules.fecha_legal_del_deposito(
        hoy, calendario, inhabil_pasa_al_habil=reglas.inhabil_pasa_al_habil
    )
    efecto = rules.calcular_efecto(
        deposito=legal,
        acuse=None,
        regla=reglas.efecto,
        dias=reglas.dias_para_acusar,
        calendario=calendario,
    )
    notificacion = Notificacion.objects.create(
        codigo=f"NOT-{hoy.year}-{next_number('casilla.notificacion', hoy.year):06d}",
        destinatario=destinatario,
        adhesion=adhesion,
        documento=documento,
        expediente=expediente,
        asunto=asunto,
        recursos=recursos,
        regla_efecto=reglas.efecto,
        dias_para_acusar=reglas.dias_para_acusar,
        exige_alerta=reglas.exige_alerta,
        depositada_en=ahora,
        deposito_computa_el=legal,
        efecto_el=efecto.fecha,
        explicacion=list(efecto.explicacion),
        calendario=calendario.version,
    )
    emit(
        NotificacionDepositada(notificacion_id=notificacion.pk),
        actor_id=actor.pk,
        en_nombre_de_id=None,
        ahora=ahora,
        objeto=notificacion,
    )
    return notificacion


def _ya_depositada(documento: Documento, destinatario: Persona) -> Notificacion | None:
    """El depósito anterior del mismo acto a la misma persona: dos clics son un solo depósito.

    Se bloquea el documento para que el segundo clic espere al primero en vez de chocar con él.
    """
    Documento.objects.select_for_update(no_key=True).only("pk").get(pk=documento.pk)
    return (
        Notificacion.objects.filter(documento=documento, destinatario=destinatario)
        .exclude(estado=Notificacion.Estado.ANULADA)
        .first()
    )


@transaction.atomic
def abrir_notificacion(*, actor: Persona, codigo: str, ahora: datetime) -> Notificacion:
    """Abre el documento notificado; la primera vez, ese acto es el acuse y fija la fecha en que surte efecto.

    :raises NoEncontrado: si no existe, es de otra persona o fue anulada
    """
    hoy = hoy_en_lima(ahora)
    vista = queries.get_notificacion(codigo, para=actor, al=hoy)
    policies.check_abrir(vista)
    notificacion = (
        Notificacion.objects.select_for_update(no_key=True).select_related("documento").get(pk=vista.pk)
    )
    if notificacion.fue_leida:
        return notificacion
    efecto = rules.calcular_efecto(
        deposito=notificacion.deposito_computa_el,
        acuse=hoy,
        regla=notificacion.regla_efecto,
        dias=notificacion.dias_para_acusar,
        calendario=get_calendario(),
    )
    notificacion.leida_en, notificacion.leida_por = ahora, actor
    if notificacion.estado in (Notificacion.Estado.DEPOSITADA, Notificacion.Estado.REBOTADA_ALERTA):
        # Si ya había surtido efecto por el paso de los días, abrirla tarde no cambia esa fecha.
        notificacion.estado = Notificacion.Estado.LEIDA
        notificacion.efecto_el, notificacion.explicacion = efecto.fecha, list(efecto.explicacion)
    notificacion.save(update_fields=["leida_en", "leida_por", "estado", "efecto_el", "explicacion"])
    documentos.dar_acceso(documentos=[notificacion.documento], personas=[notificacion.destinatario, actor])
    emit(
        NotificacionLeida(notificacion_id=notificacion.pk),
        actor_id=actor.pk,
        en_nombre_de_id=None if actor == notificacion.destinatario else notificacion.destinatario_id,
        ahora=ahora,
        objeto=notificacion,
    )
    return notificacion


@transaction.atomic
def anular_notificacion(
    *, actor: Persona, notificacion: Notificacion, motivo: str, ahora: datetime
) -> Notificacion:
    """Anula un depósito equivocado antes de que surta efecto; queda, con su razón, y el acto se notifica de nuevo.

    :raises Denegado: si no tramita ni firma expedientes
    :raises EntradaInvalida: si falta el motivo
    :raises NoProcede: si ya surtió efecto, o ya no está en la casilla
    """
    tomada = Notificacion.objects.select_for_update(no_key=True).get(pk=notificacion.pk)
    policies.check_anular(actor, tomada, al=hoy_en_lima(ahora))
    if not motivo.strip():
        raise EntradaInvalida("Falta decir por qué se anula: queda en la constancia.", campo="motivo")
    tomada.estado, tomada.motivo_anulacion = Notificacion.Estado.ANULADA, motivo.strip()[:200]
    tomada.save(update_fields=["estado", "motivo_anulacion"])
    emit(NotificacionAnulada(notificacion_id=tomada.pk), actor_id=actor.pk, ahora=ahora, objeto=tomada)
    return tomada


@transaction.atomic
def rebotar(*, notificacion_id: int, ahora: datetime) -> Notificacion:
    """Anota que ninguna alerta llegó: nadie la abrió, y el paso de los días ya no la hace eficaz.

    Si la regla ``CASILLA_EXIGE_ALERTA`` no regía al depositarla, o si alguien ya la abrió, no cambia nada.
    """
    notificacion = Notificacion.objects.select_for_update(no_key=True).get(pk=notificacion_id)
    llego = notificacion.alertas.filter(resultado=Alerta.Resultado.ENVIADA).exists()
    if not notificacion.exige_alerta or llego or notificacion.estado != Notificacion.Estado.DEPOSITADA:
        return notificacion
    notificacion.estado, notificacion.efecto_el = Notificacion.Estado.REBOTADA_ALERTA, None
    notificacion.explicacion = [
        *notificacion.explicacion[:1],
        "No se pudo avisar a su titular por ningún medio: la alerta es parte de la notificación, y sin ella el paso de "
        "los días no le da efecto (DS 098-2025-PCM, art. 55). Si la abre, surte efecto ese día; si no, se notifica por "
        "cédula.",
    ]
    notificacion.save(update_fields=["estado", "efecto_el", "explicacion"])
    emit(AlertaRebotada(notificacion_id=notificacion.pk), actor_id=None, ahora=ahora, objeto=notificacion)
    return notificacion


@transaction.atomic
def derivar_a_cedula(*, actor: Persona, notificacion: Notificacion, ahora: datetime) -> Notificacion:
    """Cierra un depósito del que no se pudo avisar, porque el acto se notifica por cédula.

    :raises NoProcede: si la alerta no rebotó
    """
    tomada = Notificacion.objects.select_for_update(no_key=True).get(pk=notificacion.pk)
    if tomada.estado == Notificacion.Estado.DERIVADA_A_CEDULA:
        return tomada
    if tomada.estado != Notificacion.Estado.REBOTADA_ALERTA:
        raise NoProcede("Solo pasa a cédula la notificación de la que no se pudo avisar.")
    tomada.estado = Notificacion.Estado.DERIVADA_A_CEDULA
    tomada.save(update_fields=["estado"])
    emit(
        NotificacionDerivadaACedula(notificacion_id=tomada.pk), actor_id=actor.pk, ahora=ahora, objeto=tomada
    )
    return tomada


@transaction.atomic
def convalidar(*, actor: Persona, notificacion: Notificacion, hecho: str, ahora: datetime) -> Notificacion:
    """Da efecto desde hoy a un depósito cuyo acto la persona ya muestra conocer, porque actuó o recurrió (27.2).

    :param actor: la persona que actúa; se anota como quien mostró conocerlo
    :param hecho: qué hizo: «presentó recurso de apelación»
    """
    tomada = Notificacion.objects.select_for_update(no_key=True).get(pk=notificacion.pk)
    hoy = hoy_en_lima(ahora)
    abierta = tomada.estado in (Notificacion.Estado.DEPOSITADA, Notificacion.Estado.REBOTADA_ALERTA)
    if not abierta or tomada.surte_efecto(hoy):
        return tomada
    tomada.estado, tomada.efecto_el = Notificacion.Estado.EFECTIVA, hoy
    tomada.explicacion = [*tomada.explicacion[:1], rules.explicar_convalidacion(hecho, hoy)]
    tomada.save(update_fields=["estado", "efecto_el", "explicacion"])
    emit(NotificacionConvalidada(notificacion_id=tomada.pk), actor_id=actor.pk, ahora=ahora, objeto=tomada)
    return tomada


def declarar_eficacia(*, ahora: datetime, hasta: int = 1000) -> int:
    """Declara, una por una, las notificaciones que ya surtieron efecto; correrla dos veces no hace nada.

    :param hasta: cuántas a lo más en esta vuelta
    :return: cuántas declaró
    """
    pendientes = Notificacion.objects.por_surtir_efecto(al=hoy_en_lima(ahora)).order_by("efecto_el", "pk")
    return sum(_declarar(pk, ahora) for pk in list(pendientes.values_list("pk", flat=True)[:hasta]))


@transaction.atomic
def _declarar(pk: int, ahora: datetime) -> bool:
    notificacion = (
        Notificacion.objects.select_for_update(no_key=True)
        .por_surtir_efecto(al=hoy_en_lima(ahora))
        .filter(pk=pk)
        .first()
    )
    if notificacion is None:
        return False
    notificacion.estado = Notificacion.Estado.EFECTIVA
    notificacion.save(update_fields=["estado"])
    emit(
        NotificacionSurtioEfecto(notificacion_id=notificacion.pk),
        actor_id=None,
        ahora=ahora,
        objeto=notificacion,
    )
    return True


@transaction.atomic
def abrir_alerta(*, notificacion: Notificacion, ahora: datetime) -> Alerta:
    """Anota que se va a avisar al correo con que la persona aceptó la casilla; enviarlo es de ``alertas.enviar``."""
    intento = notificacion.alertas.filter(canal=Alerta.Canal.CORREO).count() + 1
    return Alerta.objects.create(
        notificacion=notificacion,
        canal=Alerta.Canal.CORREO,
        direccion=notificacion.adhesion.correo,
        intento=intento,
        intentada_en=ahora,
        detalle=f"De parte de {Entidad.actual().nombre_corto}",
    )
