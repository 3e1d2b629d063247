"""Los avisos de un depósito: un intento por fila, con lo que pasó antes y después de enviarlo, y lo que rebota."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.events import diferir, emit
from llaqta.cimientos.models import Entidad
from llaqta.salas.casilla import policies
from llaqta.salas.casilla.avisada import anotar_avisada
from llaqta.salas.casilla.events import AlertaDevuelta, AlertaRebotada, AlertaReintentada
from llaqta.salas.casilla.mensajeria import Despacho, normalizar_celular
from llaqta.salas.casilla.models import POR_RESOLVER, Alerta, CanalesExigidos, Notificacion
from llaqta.salas.casilla.rebotes import DEVUELTO, LLEGO, Rebote
from llaqta.salas.casilla.services.surtir import declarar_una
from llaqta.salas.cuentas.models import Persona

ESPERAS = (1, 5, 30, 120)
"""Minutos que se espera antes de cada nuevo intento de avisar por un medio."""
TAREA = "casilla.enviar_alerta"
_POR_QUE_NO = {
    CanalesExigidos.UNO: "No se pudo avisar a su titular por ningún medio",
    CanalesExigidos.TODOS: "No se pudo avisar a su titular por todos los medios que la regla exige",
}


@transaction.atomic
def abrir_alertas(*, notificacion_id: int, ahora: datetime) -> list[Alerta]:
    """Anota un primer intento por cada medio que todavía no lo tiene, y deja su envío en la cola."""
    notificacion = (
        Notificacion.objects.select_for_update(no_key=True, of=("self",))
        .select_related("adhesion")
        .get(pk=notificacion_id)
    )
    con_intento = set(notificacion.alertas.values_list("canal", flat=True))
    faltan = [canal for canal in notificacion.canales or [Alerta.Canal.CORREO] if canal not in con_intento]
    abiertas = [abrir_alerta(notificacion=notificacion, canal=canal, ahora=ahora) for canal in faltan]
    for alerta in abiertas:
        diferir(TAREA, candado=_candado(alerta), alerta_id=alerta.pk)
    return abiertas


@transaction.atomic
def abrir_alerta(
    *,
    notificacion: Notificacion,
    canal: str = Alerta.Canal.CORREO,
    dentro_de: timedelta = timedelta(0),
    ahora: datetime,
) -> Alerta:
    """Anota que se va a avisar a donde la persona dijo al aceptar la casilla; enviarlo es del trabajador."""
    adhesion = notificacion.adhesion
    es_correo = canal == Alerta.Canal.CORREO
    return Alerta.objects.create(
        notificacion=notificacion,
        canal=canal,
        direccion=adhesion.correo if es_correo else normalizar_celular(adhesion.telefono),
        intento=notificacion.alertas.filter(canal=canal).count() + 1,
        intentada_en=ahora,
        programada_para=ahora + dentro_de,
        detalle=f"De parte de {Entidad.actual().nombre_corto}",
    )


@transaction.atomic
def tomar_alerta(*, alerta_id: int, ahora: datetime) -> Alerta | None:
    """Escribe que se va a enviar ahora, antes de enviar; ``None`` si ya se resolvió o ya no se debe insistir.

    Quien la encuentra ``EN_CURSO`` sabe que otro murió sin decir si salió: la envía una vez más con la misma llave, y
    nunca una tercera: si también murió, queda ``INCIERTA`` y decide una persona.
    """
    alerta = (
        Alerta.objects.select_for_update(no_key=True, of=("self",))
        .select_related("notificacion__destinatario", "notificacion__adhesion")
        .get(pk=alerta_id)
    )
    if alerta.resultado not in POR_RESOLVER:
        return None
    if alerta.resultado == Alerta.Resultado.EN_CURSO:
        if alerta.retomas:
            alerta.resultado, alerta.resuelta_en = Alerta.Resultado.INCIERTA, ahora
            alerta.detalle = "La máquina se apagó dos veces mientras se enviaba: no se sabe si salió."
            alerta.save(update_fields=["resultado", "resuelta_en", "detalle"])
            return None
        alerta.retomas += 1
    alerta.resultado, alerta.tomada_en = Alerta.Resultado.EN_CURSO, ahora
    alerta.save(update_fields=["resultado", "tomada_en", "retomas"])
    return alerta


@transaction.atomic
def anotar_envio(*, alerta_id: int, despacho: Despacho, ahora: datetime) -> Alerta:
    """Escribe lo que contestó quien la entrega; si falló, deja el siguiente intento o, agotados, ve si rebotó."""
    alerta = _tomar(alerta_id)
    if alerta.resultado not in (*POR_RESOLVER, Alerta.Resultado.INCIERTA):
        return alerta
    alerta.resultado = Alerta.Resultado.ENVIADA if despacho.entregado else Alerta.Resultado.FALLIDA
    alerta.identificador, alerta.detalle, alerta.resuelta_en = (
        despacho.identificador[:120],
        despacho.detalle[:300],
        ahora,
    )
    alerta.entregada_en = ahora if despacho.llego else None
    alerta.save(update_fields=["resultado", "identificador", "detalle", "resuelta_en", "entregada_en"])
    if despacho.entregado:
        anotar_avisada(alerta.notificacion, ahora=ahora)
    else:
        _insistir_o_rebotar(alerta, definitivo=despacho.definitivo, ahora=ahora)
    return alerta


@transaction.atomic
def anotar_rebote(*, rebote: Rebote, ahora: datetime) -> Alerta | None:
    """Anota lo que un informe de entrega dice de un aviso; ``None`` si su uuid no es de ninguno.

    Lo que vuelve después de darse por enviado deja de estarlo. Si la fecha de la notificación ya llegó, lo que surtió
    efecto no se deshace: se declara antes de anotar el rebote.
    """
    pk = Alerta.objects.filter(token=rebote.token).values_list("pk", flat=True).first()
    if pk is None:
        return None
    alerta = _tomar(pk)
    if alerta.resultado == Alerta.Resultado.FALLIDA:
        return alerta
    if rebote.que == LLEGO:
        alerta.entregada_en = alerta.entregada_en or ahora
        alerta.save(update_fields=["entregada_en"])
    elif rebote.que == DEVUELTO:
        _declarar_si_ya_surtia(alerta.notificacion_id, ahora)
        alerta.resultado, alerta.devuelta_en = Alerta.Resultado.FALLIDA, ahora
        alerta.detalle = f"Devuelto: {rebote.diagnostico}"[:300]
        alerta.save(update_fields=["resultado", "devuelta_en", "detalle"])
        emit(AlertaDevuelta(alerta_id=alerta.pk), actor_id=None, ahora=ahora, objeto=alerta.notificacion)
        _insistir_o_rebotar(alerta, definitivo=rebote.definitivo, ahora=ahora)
    return alerta


@transaction.atomic
def reintentar_alerta(*, actor: Persona, alerta: Alerta, ahora: datetime) -> Alerta:
    """Manda intentar otra vez un aviso del que no se sabe si salió, o que no salió, con una llave nueva.

    :raises Denegado: si no administra el sistema
    :raises NoProcede: si ese aviso sí salió, o si la notificación ya no lo necesita
    """
    policies.check_conciliar(actor)
    tomada = _tomar(alerta.pk)
    if tomada.resultado not in (Alerta.Resultado.INCIERTA, Alerta.Resultado.FALLIDA):
        raise NoProcede("Ese aviso ya salió, o todavía se está intentando.")
    if tomada.notificacion.estado != Notificacion.Estado.DEPOSITADA:
        raise NoProcede("Esa notificación ya no espera un aviso.")
    if tomada.resultado == Alerta.Resultado.INCIERTA:
        tomada.resultado = Alerta.Resultado.FALLIDA
        tomada.save(update_fields=["resultado"])
    nueva = abrir_alerta(notificacion=tomada.notificacion, canal=tomada.canal, ahora=ahora)
    diferir(TAREA, candado=_candado(nueva), alerta_id=nueva.pk)
    emit(AlertaReintentada(alerta_id=nueva.pk), actor_id=actor.pk, ahora=ahora, objeto=tomada.notificacion)
    return nueva


@transaction.atomic
def rebotar(*, notificacion_id: int, ahora: datetime) -> Notificacion:
    """Anota que no se la pudo avisar: nadie la abrió, y el paso de los días ya no la hace eficaz.

    Si la regla ``CASILLA_EXIGE_ALERTA`` no regía al depositarla, si algún medio todavía se intenta o llegó, o si
    alguien ya la abrió, no cambia nada.
    """
    notificacion = Notificacion.objects.select_for_update(no_key=True).get(pk=notificacion_id)
    abierta = notificacion.estado == Notificacion.Estado.DEPOSITADA
    if not notificacion.exige_alerta or not abierta or not _se_agotaron_los_medios(notificacion):
        return notificacion
    notificacion.estado, notificacion.efecto_el = Notificacion.Estado.REBOTADA_ALERTA, None
    notificacion.explicacion = [
        *notificacion.explicacion[:1],
        _POR_QUE_NO[CanalesExigidos(notificacion.canales_exigidos)]
        + ": la alerta es parte de la notificación, y sin ella el paso de "
        "los días no le da efecto (DS 098-2025-PCM, art. 55). Si la abre, surte efecto ese día; si no, se notifica por "
        "cédula.",
    ]
    notificacion.save(update_fields=["estado", "efecto_el", "explicacion"])
    emit(AlertaRebotada(notificacion_id=notificacion.pk), actor_id=None, ahora=ahora, objeto=notificacion)
    return notificacion


def _tomar(alerta_id: int) -> Alerta:
    """La notificación se bloquea antes que su alerta, siempre en ese orden."""
    de_quien = Alerta.objects.values_list("notificacion", flat=True).get(pk=alerta_id)
    Notificacion.objects.select_for_update(no_key=True).only("pk").get(pk=de_quien)
    return (
        Alerta.objects.select_for_update(no_key=True, of=("self",))
        .select_related("notificacion__adhesion")
        .get(pk=alerta_id)
    )


def _insistir_o_rebotar(alerta: Alerta, *, definitivo: bool, ahora: datetime) -> None:
    if not definitivo and alerta.intento <= len(ESPERAS):
        espera = timedelta(minutes=ESPERAS[alerta.intento - 1])
        siguiente = abrir_alerta(
            notificacion=alerta.notificacion, canal=alerta.canal, dentro_de=espera, ahora=ahora
        )
        diferir(TAREA, dentro_de=espera, candado=_candado(siguiente), alerta_id=siguiente.pk)
    else:
        rebotar(notificacion_id=alerta.notificacion_id, ahora=ahora)


def _se_agotaron_los_medios(notificacion: Notificacion) -> bool:
    """Con «uno», cuando ninguno llegó ni queda por intentar; con «todos», en cuanto uno se agotó sin llegar."""
    resultados: dict[str, set[str]] = {
        canal: set() for canal in notificacion.canales or [Alerta.Canal.CORREO]
    }
    for canal, resultado in notificacion.alertas.values_list("canal", "resultado"):
        resultados.setdefault(canal, set()).add(resultado)
    vivos = {*POR_RESOLVER, Alerta.Resultado.ENVIADA, Alerta.Resultado.INCIERTA}
    agotados = [not (vistos & vivos) and bool(vistos) for vistos in resultados.values()]
    if notificacion.canales_exigidos == CanalesExigidos.TODOS:
        return any(agotados)
    return not any(vistos & vivos for vistos in resultados.values())


def _declarar_si_ya_surtia(notificacion_id: int, ahora: datetime) -> None:
    hoy = hoy_en_lima(ahora)
    if ya := Notificacion.objects.por_surtir_efecto(al=hoy).filter(pk=notificacion_id).first():
        declarar_una(ya, ahora=ahora)


def _candado(alerta: Alerta) -> str | None:
    """Un módem envía de a uno; los demás medios, a la vez."""
    return "casilla.sms" if alerta.canal == Alerta.Canal.SMS else None
