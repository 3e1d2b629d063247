"""Notificar un acto por el medio que la ley manda, y anotar cuándo surte efecto."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import Denegado, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.casilla import services as casilla
from llaqta.salas.casilla.models import Notificacion
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona, Representacion
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import modalidades, policies, rules
from llaqta.salas.expedientes.events import DecisionDepositada, ExpedienteNotificado
from llaqta.salas.expedientes.models import (
    APARTE,
    ActoNulo,
    EfectoDeActo,
    Estado,
    Expediente,
    NotificacionDelExpediente,
    Proyecto,
)
from llaqta.salas.expedientes.queries.recursos import decir_lo_que_cabe
from llaqta.salas.expedientes.services import anular, nulidad
from llaqta.salas.expedientes.services.acto import check_version, pasar, tomar
from llaqta.salas.expedientes.services.foliar import abrir_a
from llaqta.salas.notificaciones import services as notificaciones


@transaction.atomic
def notificar_decision(
    *,
    actor: Persona,
    expediente: Expediente,
    documento: Documento,
    version: int | None = None,
    ahora: datetime,
) -> Notificacion:
    """Deposita en la casilla del administrado el acto firmado, con los recursos que proceden (arts. 20.4 y 24.1).

    Depositarlo dos veces es depositarlo una.

    :raises Denegado: si el expediente no está a cargo de una unidad donde hoy trabaja
    :raises SinCasilla: si el administrado no aceptó la casilla: se notifica con cédula
    :raises NoProcede: si el documento no es un acto de este expediente, si ya se notifica por otro medio, si no se le
        pudo avisar, o si otra persona acaba de actuar
    """
    tomado = _tomar_para_notificar(actor, expediente, None)
    hechas = modalidades.get_notificaciones(tomado, documento)
    for hecha in hechas:
        if hecha.notificacion is not None and hecha.esta_viva:
            return hecha.notificacion  # dos clics son uno, aunque el primero ya haya subido la versión
    check_version(tomado, version)
    check_notificable(tomado, documento)
    modalidades.check_sin_otra_en_curso(hechas, modalidades.CASILLA)
    modalidades.check_casilla(tomado, hechas, en=ahora)
    notificacion = casilla.depositar(
        actor=actor,
        destinatario=tomado.administrado,
        documento=documento,
        expediente=tomado.numero,
        asunto=documento.asunto,
        recursos=decir_lo_que_cabe(tomado, documento, para=actor, al=hoy_en_lima(ahora)),
        ahora=ahora,
    )
    NotificacionDelExpediente.objects.create(expediente=tomado, notificacion=notificacion)
    quedar_por_notificar(tomado, documento)
    emit(
        DecisionDepositada(expediente_id=tomado.pk, notificacion_id=notificacion.pk),
        actor_id=actor.pk, ahora=ahora, objeto=tomado,
    )  # fmt: skip
    expediente.estado, expediente.version = tomado.estado, tomado.version
    return notificacion


@transaction.atomic
def anular_notificacion(
    *,
    actor: Persona,
    expediente: Expediente,
    documento: Documento,
    motivo: str,
    version: int | None = None,
    ahora: datetime,
) -> NotificacionDelExpediente:
    """Anula, antes de que surta efecto, la notificación defectuosa en curso de un acto, para rehacerla (art. 26.1).

    :raises Denegado: si el expediente no está a cargo de una unidad donde hoy trabaja
    :raises EntradaInvalida: si falta el motivo
    :raises NoProcede: si no hay una en curso, si ya surtió efecto, o si otra persona acaba de actuar
    """
    tomado = _tomar_para_notificar(actor, expediente, version)
    viva = next((h for h in modalidades.get_notificaciones(tomado, documento) if h.esta_viva), None)
    if viva is None:
        raise NoProcede("Este acto no tiene una notificación en curso que anular.")
    if viva.notificacion is not None:
        casilla.anular_notificacion(actor=actor, notificacion=viva.notificacion, motivo=motivo, ahora=ahora)
    elif viva.diligencia is not None:
        notificaciones.anular_diligencia(actor=actor, diligencia=viva.diligencia, motivo=motivo, ahora=ahora)
    tomado.version += 1
    tomado.save(update_fields=["version"])
    expediente.version = tomado.version
    return NotificacionDelExpediente.objects.select_related("notificacion", "diligencia").get(pk=viva.pk)


@transaction.atomic
def tomar_conocimiento(
    *, notificacion_id: int | None = None, diligencia_id: int | None = None, ahora: datetime
) -> Expediente | None:
    """Anota que el acto surtió efecto: por la casilla o por una diligencia (arts. 16.1 y 25).

    Desde ahora el administrado lo ve en su expediente. Devuelve ``None`` si no es de un expediente.

    :param notificacion_id: el depósito en la casilla; o bien ``diligencia_id``, la cédula, el correo o la publicación
    """
    por_casilla = {"notificacion": notificacion_id} if notificacion_id else {"diligencia": diligencia_id}
    vinculo = (
        NotificacionDelExpediente.objects.select_related("notificacion", "diligencia")
        .filter(**por_casilla)
        .first()
    )
    if vinculo is None:
        return None
    tomado = tomar(Expediente(pk=vinculo.expediente_id), version=None)
    documento = vinculo.documento
    acto = Proyecto.objects.filter(expediente=tomado, documento=documento).first()
    aparte = acto is not None and acto.efecto in APARTE
    if tomado.estado != Estado.POR_NOTIFICAR and not aparte:
        return tomado
    ya_lo_veia = tomado.incorporados.filter(documento=documento, visible_para_administrado=True).exists()
    if aparte and ya_lo_veia:
        return tomado
    tomado.incorporados.filter(documento=documento).update(visible_para_administrado=True)
    abrir_a(tomado, [documento], a_las_partes=True, unidades=[])
    if not aparte:
        pasar(tomado, "tomar_conocimiento", _ADONDE.get(acto.efecto if acto else "", Estado.NOTIFICADO))
    emit(
        ExpedienteNotificado(
            expediente_id=tomado.pk,
            notificacion_id=vinculo.notificacion_id or 0,
            diligencia_id=vinculo.diligencia_id or 0,
        ),
        actor_id=None, ahora=ahora, objeto=tomado,
    )  # fmt: skip
    if acto is not None:
        _aplicar(acto, tomado, vinculo.efecto_el or hoy_en_lima(ahora), ahora)
    return tomado


def _aplicar(acto: Proyecto, expediente: Expediente, efecto_el: date, ahora: datetime) -> None:
    """Lo que el acto hace, además de notificarse: abre la audiencia, o deja constancia de lo que anula."""
    if acto.efecto == EfectoDeActo.TRASLADO:
        nulidad.abrir_audiencia(expediente=expediente, efecto_el=efecto_el, ahora=ahora)
    elif acto.efecto == EfectoDeActo.NULIDAD and acto.documento is not None:
        expediente.revisiones_de_oficio.filter(cerrada_en__isnull=True).update(cerrada_en=ahora)
        anular.declarar_nulo(
            expediente=expediente, etapa=acto.etapa - 1, declarado_por=acto.documento, efecto_el=efecto_el,
            despues=ActoNulo.Despues.NADA, ahora=ahora,
        )  # fmt: skip


@transaction.atomic
def dar_por_notificado(
    *, actor: Persona, expediente: Expediente, hecho: str, ahora: datetime
) -> Expediente | None:
    """La persona actuó o recurrió: conocía la decisión, y desde hoy se la tiene por bien notificada (art. 27.2).

    Lo llama quien recibe su escrito, antes de tramitarlo. Si la decisión ya surtía efecto, no cambia nada. Devuelve
    ``None`` si no hay notificación que convalidar.

    :param actor: quien actuó, que debe ser parte en el expediente
    :param hecho: qué hizo, en pasado: «presentó recurso de apelación»
    :raises Denegado: si no es parte: los actos de un tercero no convalidan nada
    """
    _check_parte(actor, expediente, ahora)
    ultima = (
        NotificacionDelExpediente.objects.filter(expediente=expediente)
        .select_related("notificacion", "diligencia")
        .order_by("-pk")
        .first()
    )
    if ultima is None:
        return None
    if ultima.notificacion is not None:
        casilla.convalidar(actor=actor, notificacion=ultima.notificacion, hecho=hecho, ahora=ahora)
    elif ultima.diligencia is not None:
        notificaciones.convalidar(actor=actor, diligencia=ultima.diligencia, hecho=hecho, ahora=ahora)
    ultima.refresh_from_db()
    if not ultima.surtio_efecto(hoy_en_lima(ahora)):
        return None
    hecho_en = tomar_conocimiento(
        notificacion_id=ultima.notificacion_id, diligencia_id=ultima.diligencia_id, ahora=ahora
    )
    if hecho_en is not None:
        expediente.estado, expediente.version = hecho_en.estado, hecho_en.version
    return hecho_en


def check_notificable(expediente: Expediente, documento: Documento) -> None:
    """Se notifica la decisión firmada del expediente, la corrección de su error o un traslado, en su momento.

    :raises NoProcede: si el documento es otro, o si el estado no lo permite
    """
    acto = modalidades.get_acto(expediente, documento)
    if acto is None:
        raise NoProcede(
            "Se notifica la decisión firmada que resuelve este expediente; ese documento no lo es.",
            norma="Ley 27444, art. 24.1",
        )
    if acto.efecto not in APARTE:
        rules.get_transicion("notificar", expediente.estado)


def quedar_por_notificar(expediente: Expediente, documento: Documento) -> None:
    """Pasa el expediente a «por notificar»; corregir un error o correr traslado no cambia su estado (201 y 202.2)."""
    acto = modalidades.get_acto(expediente, documento)
    if acto is not None and acto.efecto in APARTE:
        expediente.version += 1
        expediente.save(update_fields=["version"])
        return
    pasar(expediente, "notificar")


def _tomar_para_notificar(actor: Persona, expediente: Expediente, version: int | None) -> Expediente:
    cuentas.exigir(actor, "expedientes.tramitar")
    tomado = tomar(expediente, version=version)
    policies.check_tramitar(actor, tomado)
    return tomado


def _check_parte(actor: Persona, expediente: Expediente, ahora: datetime) -> None:
    representa = Representacion.objects.vigentes(al=hoy_en_lima(ahora)).filter(
        representante=actor, representado=expediente.administrado_id
    )
    if not policies.es_parte(actor, expediente) and not representa.exists():
        raise Denegado(
            "Solo lo que hace la persona notificada muestra que conocía el acto.",
            norma="Ley 27444, art. 27.2",
        )


_ADONDE: dict[str, str] = {
    EfectoDeActo.ABANDONO: Estado.ABANDONADO,
    EfectoDeActo.DESISTIMIENTO: Estado.DESISTIDO,
    EfectoDeActo.NULIDAD: Estado.ANULADO,
}
