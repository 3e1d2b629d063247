"""Depositar un acto en una casilla, y abrirlo: los dos hechos de los que todo lo demás depende."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from llaqta.cimientos import reloj_ntp
from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.events import emit
from llaqta.cimientos.numbering import next_number
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.casilla import policies, queries, rules
from llaqta.salas.casilla.events import NotificacionDepositada, NotificacionLeida
from llaqta.salas.casilla.mensajeria import es_celular, hay_mensajeria
from llaqta.salas.casilla.models import Adhesion, Alerta, Notificacion, ReglaDeEfecto
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos import services as documentos
from llaqta.salas.documentos.models import Documento


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
    :raises NoProcede: si el documento no está firmado o fue anulado, o si el reloj de la máquina no está en hora
    """
    policies.check_depositar(actor, documento)
    comprobacion = reloj_ntp.ultima()
    policies.check_reloj(comprobacion)
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
        huella=documento.archivo.sha256,
        regla_efecto=reglas.efecto,
        regla=reglas.version,
        dias_para_acusar=reglas.dias_para_acusar,
        exige_alerta=reglas.exige_alerta,
        canales=get_canales(adhesion),
        canales_exigidos=reglas.canales_exigidos,
        plazo_desde=reglas.plazo_desde,
        reloj=comprobacion.como_datos() if comprobacion else {},
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


def get_canales(adhesion: Adhesion) -> list[str]:
    """Por dónde se le avisa: su correo y, si la municipalidad envía mensajes y tiene celular, también ahí (art. 55)."""
    por_sms = hay_mensajeria() and es_celular(adhesion.telefono)
    return [Alerta.Canal.CORREO, *([Alerta.Canal.SMS] if por_sms else [])]


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
    efecto = rules.calcular_desde(
        deposito=notificacion.deposito_computa_el,
        # De lo que nadie le avisó no le corrió ningún plazo: abrirla, aunque sea tarde, la hace efectiva ese día.
        desde=hoy if notificacion.espera_aviso else notificacion.plazo_corre_el,
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
        notificacion.efecto_por = _que_le_da_efecto(notificacion, hoy)
    notificacion.save(
        update_fields=["leida_en", "leida_por", "estado", "efecto_el", "efecto_por", "explicacion"]
    )
    documentos.dar_acceso(documentos=[notificacion.documento], personas=[notificacion.destinatario, actor])
    emit(
        NotificacionLeida(notificacion_id=notificacion.pk),
        actor_id=actor.pk,
        en_nombre_de_id=None if actor == notificacion.destinatario else notificacion.destinatario_id,
        ahora=ahora,
        objeto=notificacion,
    )
    return notificacion


def _que_le_da_efecto(notificacion: Notificacion, hoy: date) -> str:
    """Abrirla le da efecto, salvo que ya lo tuviera por el depósito o por los días, aunque nadie lo declarara."""
    por = Notificacion.EfectoPor
    if notificacion.regla_efecto == ReglaDeEfecto.DEPOSITO:
        return por.DEPOSITO
    assert notificacion.efecto_el is not None
    return por.LECTURA if hoy <= notificacion.efecto_el else por.VENCIMIENTO
