"""El silencio administrativo: lo que la ley da por hecho cuando nadie notifica a tiempo (arts. 33-A, 33-B y 188).

Lo que salva una decisión es su notificación eficaz, no su firma ni su depósito. Por eso se mira la fecha en que surtió
efecto y no el estado del expediente: si el programa estuvo apagado una semana, el resultado es el mismo.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from llaqta.cimientos.calendario import fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.events import Evento, emit, emit_varios
from llaqta.salas.casilla.models import Notificacion
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import policies, rules
from llaqta.salas.expedientes.events import (
    DeclaracionJuradaAnotada,
    SilencioNegativoOperado,
    SilencioPositivoOperado,
)
from llaqta.salas.expedientes.models import CON_RELOJ, Estado, Expediente, NotificacionDelExpediente
from llaqta.salas.expedientes.services.acto import tomar
from llaqta.salas.expedientes.services.foliar import foliar
from llaqta.salas.notificaciones.models import Diligencia

POSITIVO, NEGATIVO = "SILENCIO_POSITIVO", "SILENCIO_NEGATIVO"
NORMA_DE_LA_DECLARACION = "Ley 27444, art. 33-B"
APROBABLES = [fila.desde for fila in rules.TRANSICIONES if fila.acto == "aprobar_por_silencio"]
"""Desde qué estados aprueba el silencio positivo: los de la tabla."""
LOTE = 2000
"""Cuántos expedientes en cada transacción: suficientes para no repetir sentencias, pocos para no retener a nadie."""


def declarar_positivos(*, ahora: datetime, lote: int = LOTE) -> int:
    """Aprueba por silencio un lote de lo que llegó a su día sin decisión notificada (arts. 33-A y 188.1).

    Queda aprobado desde las 00:00 de ``silencio_desde``, aunque se declare después. Lo que otro acto tiene tomado en
    ese momento se mira en la vuelta siguiente.

    :returns: cuántos aprobó; cero, si ya no hay
    """
    with transaction.atomic():
        tomados = _tomar_lote(
            get_vencidos(POSITIVO, al=hoy_en_lima(ahora)).filter(estado__in=APROBABLES), lote
        )
        _aprobar(tomados, ahora)
    return len(tomados)


def declarar_negativos(*, ahora: datetime, lote: int = LOTE) -> int:
    """Anota el silencio negativo de un lote: el administrado puede impugnar y la entidad sigue obligada a decidir.

    No es una decisión ni deniega nada: el estado no cambia y ningún plazo para impugnar empieza (188.3 a 188.5).

    :returns: cuántos anotó; cero, si ya no hay
    """
    with transaction.atomic():
        tomados = _tomar_lote(
            get_vencidos(NEGATIVO, al=hoy_en_lima(ahora)).filter(estado__in=CON_RELOJ), lote
        )
        Expediente.objects.filter(pk__in=[e.pk for e in tomados]).update(
            silencio_operado_el=F("silencio_desde"), version=F("version") + 1
        )
        _anunciar(tomados, SilencioNegativoOperado, ahora)
    return len(tomados)


@transaction.atomic
def anotar_declaracion_jurada(
    *, actor: Persona, expediente: Expediente, documento: Documento, ahora: datetime
) -> Expediente:
    """Incorpora la declaración jurada con que el administrado hace valer la aprobación ficta; nadie se la exige (33-B).

    Si el silencio ya operó y todavía no se había declarado, se declara en este mismo acto. Anotarla dos veces es una.

    :param documento: el escrito del administrado, ya guardado; su cargo prueba que la presentó
    :raises Denegado: si no es el administrado, su representante ni la ventanilla
    :raises NoProcede: si lo pedido no quedó aprobado por silencio
    """
    tomado = tomar(expediente, version=None)
    policies.check_administrado(actor, tomado, al=hoy_en_lima(ahora))
    if tomado.estado != Estado.APROBADO_FICTO:
        tomado = _operar_ahora(tomado, ahora)
    if puestos := foliar(tomado, [documento], por=actor, ahora=ahora):
        tomado.version += 1
        tomado.save(update_fields=["folios", "version"])
        emit(
            DeclaracionJuradaAnotada(expediente_id=tomado.pk, documento_id=puestos[0].documento_id),
            actor_id=actor.pk, ahora=ahora, objeto=tomado,
        )  # fmt: skip
    for campo in ("estado", "version", "folios", "silencio_operado_el"):
        setattr(expediente, campo, getattr(tomado, campo))
    return tomado


def get_vencidos(calificacion: str, *, al: date) -> QuerySet[Expediente]:
    """Los que llegaron a su día de silencio sin que la decisión de su etapa surtiera efecto antes."""
    return Expediente.objects.filter(
        ~_notificado_a_tiempo(al),
        calificacion=calificacion,
        silencio_operado_el__isnull=True,
        silencio_desde__lte=al,
    )


def _notificado_a_tiempo(al: date) -> Exists:
    """La decisión de la etapa surtió efecto antes del día del silencio, se haya declarado ya o no."""
    leidas = [Notificacion.Estado.LEIDA, Notificacion.Estado.EFECTIVA]
    practicadas = [Diligencia.Estado.PRACTICADA, Diligencia.Estado.EFECTIVA]
    por_casilla = Q(notificacion__estado__in=leidas) | Q(
        notificacion__in=Notificacion.objects.por_surtir_efecto(al=al).order_by()
    )
    por_diligencia = Q(diligencia__estado__in=practicadas)
    por_donde = (por_casilla & _de_la_decision("notificacion")) | (
        por_diligencia & _de_la_decision("diligencia")
    )
    return Exists(NotificacionDelExpediente.objects.filter(por_donde, expediente=OuterRef("pk")).order_by())


def _de_la_decision(medio: str) -> Q:
    """Lo notificado es la decisión de la etapa, y surtió efecto antes del día del silencio."""
    return Q(
        **{
            f"{medio}__documento__proyecto__pone_fin": True,
            f"{medio}__documento__proyecto__etapa": OuterRef("etapa"),
            f"{medio}__efecto_el__lt": OuterRef("silencio_desde"),
        }
    )


def _tomar_lote(consulta: QuerySet[Expediente], lote: int) -> list[Expediente]:
    """Bloquea los primeros del lote; lo que otro tiene tomado se salta."""
    libres = consulta.select_for_update(skip_locked=True, no_key=True, of=("self",))
    return list(libres.order_by("silencio_desde", "pk").only("pk", "numero", "silencio_desde")[:lote])


def _aprobar(tomados: Sequence[Expediente], ahora: datetime) -> None:
    Expediente.objects.filter(pk__in=[e.pk for e in tomados]).update(
        estado=Estado.APROBADO_FICTO, silencio_operado_el=F("silencio_desde"), version=F("version") + 1
    )
    _anunciar(tomados, SilencioPositivoOperado, ahora)


def _anunciar(
    tomados: Sequence[Expediente],
    clase: type[SilencioPositivoOperado] | type[SilencioNegativoOperado],
    ahora: datetime,
) -> None:
    anuncios: list[tuple[Evento, Expediente]] = [
        (clase(expediente_id=e.pk, desde=e.silencio_desde.isoformat()), e)
        for e in tomados
        if e.silencio_desde
    ]
    emit_varios(anuncios, actor_id=None, ahora=ahora)


def _operar_ahora(tomado: Expediente, ahora: datetime) -> Expediente:
    """Declara el silencio positivo de un expediente ya tomado.

    :raises NoProcede: si no opera
    """
    hoy = hoy_en_lima(ahora)
    vencido = get_vencidos(POSITIVO, al=hoy).filter(estado__in=APROBABLES, pk=tomado.pk).first()
    if vencido is not None:
        _aprobar([vencido], ahora)
        return Expediente.objects.get(pk=tomado.pk)
    if tomado.calificacion != POSITIVO:
        raise NoProcede(
            "Este procedimiento no se aprueba por silencio: la ley lo califica con silencio negativo.",
            norma="Ley 27444, arts. 34 y 188.3",
        )
    if tomado.silencio_desde is not None and tomado.silencio_desde > hoy:
        raise NoProcede(
            "Todavía no opera el silencio: si no se le notifica una decisión, lo pedido queda aprobado desde el "
            f"{fecha_en_palabras(tomado.silencio_desde)}.",
            norma="Ley 27444, arts. 33-A y 33-B",
        )
    raise NoProcede(
        "Lo pedido en este expediente no quedó aprobado por silencio.", norma=NORMA_DE_LA_DECLARACION
    )
