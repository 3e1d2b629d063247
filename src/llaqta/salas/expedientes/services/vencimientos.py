"""Lo que ocurre solo cuando llega un día: silencios, lo que nadie corrigió y las suspensiones que empiezan o terminan.

Todo se mira por conjuntos y por fecha: cien mil expedientes abiertos se revisan en segundos, correrlo dos veces no hace
nada, y da igual si el programa estuvo apagado.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery

from llaqta.cimientos.calendario import Calendario, fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.errors import Negativa
from llaqta.cimientos.events import Evento, emit_varios
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.expedientes import rules
from llaqta.salas.expedientes.events import (
    ExpedienteNoPresentado,
    ExpedienteReanudado,
    ExpedienteSuspendido,
)
from llaqta.salas.expedientes.models import (
    CON_RELOJ,
    SIN_RELOJ,
    CambioDePlazo,
    Estado,
    Expediente,
    Suspension,
)
from llaqta.salas.expedientes.services import reloj
from llaqta.salas.expedientes.services.silencio import LOTE, declarar_negativos, declarar_positivos
from llaqta.salas.plazos import queries as plazos

SUSPENDIBLES = [fila.desde for fila in rules.TRANSICIONES if fila.acto == "suspender"]
_FECHAS = ("limite_notificacion", "silencio_desde", "ultimo_deposito_seguro")


@dataclass(frozen=True)
class Vencimientos:
    """Cuántos expedientes tocó una vuelta, por lo que les pasó."""

    llenados: int = 0
    reanudados: int = 0
    suspendidos: int = 0
    aprobados: int = 0
    con_silencio_negativo: int = 0


def declarar_vencimientos(*, ahora: datetime, hasta: int | None = None, lote: int = LOTE) -> Vencimientos:
    """Declara lo que la ley da por hecho a esta hora, en el orden en que debe mirarse.

    Primero se completan los relojes antiguos y se mueven las suspensiones, porque de ellos depende el silencio. Cada
    lote es una transacción: si una falla, lo anterior queda hecho y la vuelta siguiente continúa.

    :param hasta: cuántos expedientes a lo más de cada clase en esta vuelta; ``None``, todos
    :param lote: cuántos en cada transacción
    """
    return Vencimientos(
        llenados=llenar_relojes(ahora=ahora, lote=lote),
        reanudados=_agotar(terminar_suspensiones, ahora, hasta, lote),
        suspendidos=_agotar(comenzar_suspensiones, ahora, hasta, lote),
        aprobados=_agotar(declarar_positivos, ahora, hasta, lote),
        con_silencio_negativo=_agotar(declarar_negativos, ahora, hasta, lote),
    )


def _agotar(declarar: Callable[..., int], ahora: datetime, hasta: int | None, lote: int) -> int:
    """Repite un lote tras otro hasta que no queda nada, o hasta el tope."""
    total = 0
    while hasta is None or total < hasta:
        hechos = declarar(ahora=ahora, lote=lote if hasta is None else min(lote, hasta - total))
        if not hechos:
            break
        total += hechos
    return total


# --- Lo que nadie corrigió ------------------------------------------------------------------------------------------
@transaction.atomic
def declarar_no_presentados(*, ahora: datetime, lote: int = LOTE) -> list[int]:
    """Tiene por no presentado lo observado o emplazado que nadie corrigió a tiempo (art. 125.4).

    El término valió hasta las 23:59:59 del último día: se declara desde el siguiente. Lo llama la mesa de partes, que
    en la misma transacción ordena devolver lo pagado.

    :returns: los identificadores de esos expedientes; vacío, si no hay más
    """
    hoy = hoy_en_lima(ahora)
    vencidos = Expediente.objects.filter(estado__in=SIN_RELOJ, corregir_hasta__lt=hoy)
    # Si ese día la plataforma falló y aún no se certifica, se espera: lo declarado no se deshace.
    if en_duda := plazos.get_dias_por_certificar(al=hoy, calendario=get_calendario()):
        vencidos = vencidos.exclude(corregir_hasta__in=en_duda)
    tomados = _tomar(vencidos.order_by("corregir_hasta", "pk"), ("estado", "corregir_hasta", "numero"), lote)
    ids = [e.pk for e in tomados]
    if not ids:
        return []
    Suspension.objects.filter(expediente__in=ids, hasta__isnull=True).update(
        hasta=Subquery(Expediente.objects.filter(pk=OuterRef("expediente")).values("corregir_hasta")[:1])
    )
    Expediente.objects.filter(pk__in=ids).update(estado=Estado.NO_PRESENTADO, version=F("version") + 1)
    anuncios: list[tuple[Evento, Expediente]] = [
        (ExpedienteNoPresentado(expediente_id=e.pk, motivo=_por_que(e)), e) for e in tomados
    ]
    emit_varios(anuncios, actor_id=None, ahora=ahora)
    return ids


def _por_que(expediente: Expediente) -> str:
    assert expediente.corregir_hasta is not None
    que = "lo observado" if expediente.estado == Estado.OBSERVADO else "lo que pedía el emplazamiento"
    return f"No se corrigió {que} hasta el {fecha_en_palabras(expediente.corregir_hasta)}."


# --- Suspensiones ---------------------------------------------------------------------------------------------------
@transaction.atomic
def terminar_suspensiones(*, ahora: datetime, lote: int = LOTE) -> int:
    """Continúa lo que estuvo suspendido a pedido y cuyo lapso ya pasó; su plazo ya contaba con esos días."""
    hoy = hoy_en_lima(ahora)
    pedidas = Suspension.objects.filter(
        expediente=OuterRef("pk"), etapa=OuterRef("etapa"), clase=Suspension.Clase.A_PEDIDO, desde__lte=hoy
    )
    suspendidos = Expediente.objects.filter(estado=Estado.SUSPENDIDO).annotate(
        ultima=Subquery(pedidas.order_by("-hasta").values("pk")[:1]),
        termina=Subquery(pedidas.order_by("-hasta").values("hasta")[:1]),
    )
    tomados = _tomar(suspendidos.filter(termina__lt=hoy).order_by("pk"), ("numero",), lote)
    Expediente.objects.filter(pk__in=[e.pk for e in tomados]).update(
        estado=F("estado_previo"), estado_previo="", version=F("version") + 1
    )
    anuncios: list[tuple[Evento, Expediente]] = [
        (ExpedienteReanudado(expediente_id=e.pk, suspension_id=e.ultima), e)  # type: ignore[attr-defined]
        for e in tomados
    ]
    emit_varios(anuncios, actor_id=None, ahora=ahora)
    return len(tomados)


@transaction.atomic
def comenzar_suspensiones(*, ahora: datetime, lote: int = LOTE) -> int:
    """Suspende lo que se pidió suspender desde hoy; su plazo ya contaba con esos días."""
    hoy = hoy_en_lima(ahora)
    en_curso = Suspension.objects.filter(
        expediente=OuterRef("pk"), etapa=OuterRef("etapa"), clase=Suspension.Clase.A_PEDIDO, desde__lte=hoy,
        hasta__gte=hoy,
    )  # fmt: skip
    por_empezar = Expediente.objects.filter(
        estado__in=SUSPENDIBLES,
        pk__in=Suspension.objects.filter(
            clase=Suspension.Clase.A_PEDIDO, desde__lte=hoy, hasta__gte=hoy
        ).values("expediente"),
    ).annotate(suspension=Subquery(en_curso.values("pk")[:1]))
    tomados = _tomar(por_empezar.filter(suspension__isnull=False).order_by("pk"), ("numero",), lote)
    Expediente.objects.filter(pk__in=[e.pk for e in tomados]).update(
        estado_previo=F("estado"), estado=Estado.SUSPENDIDO, version=F("version") + 1
    )
    anuncios: list[tuple[Evento, Expediente]] = [
        (ExpedienteSuspendido(expediente_id=e.pk, suspension_id=e.suspension), e)  # type: ignore[attr-defined]
        for e in tomados
    ]
    emit_varios(anuncios, actor_id=None, ahora=ahora)
    return len(tomados)


# --- Relojes que faltan ---------------------------------------------------------------------------------------------
def llenar_relojes(*, ahora: datetime, lote: int = LOTE) -> int:
    """Completa los expedientes abiertos antes de que se guardara su día de silencio.

    El plazo se cuenta una sola vez para todos los que empezaron el mismo día con las mismas condiciones.

    :returns: cuántos completó
    """
    total, ultimo, calendario = 0, 0, None
    while True:
        with transaction.atomic():
            faltan = Expediente.objects.filter(
                estado__in=CON_RELOJ, calificacion__in=list(rules.SILENCIOS), vence_el__isnull=False,
                silencio_desde__isnull=True, inicio_computo__isnull=False, dias_plazo__gt=0, pk__gt=ultimo,
            )  # fmt: skip
            tomados = _tomar(faltan.order_by("pk"), (), lote)
            if not tomados:
                return total
            calendario = calendario or get_calendario()
            ultimo = tomados[-1].pk
            total += _llenar(tomados, calendario, ahora)


def _llenar(tomados: list[Expediente], calendario: Calendario, ahora: datetime) -> int:
    grupos: dict[tuple[object, ...], list[Expediente]] = defaultdict(list)
    for expediente in tomados:
        grupos[_condiciones(expediente)].append(expediente)
    return sum(_llenar_iguales(iguales, calendario, ahora) for iguales in grupos.values())


def _condiciones(expediente: Expediente) -> tuple[object, ...]:
    e = expediente
    return (
        e.inicio_computo,
        e.dias_plazo,
        e.plazo_unidad,
        e.dias_distancia,
        e.calificacion,
        e.vence_el,
        e.etapa,
    )


def _llenar_iguales(iguales: list[Expediente], calendario: Calendario, ahora: datetime) -> int:
    """Cuenta el primero y copia sus fechas a los demás; si su vencimiento cambia, cada uno guarda el que tenía."""
    primero = iguales[0]
    antes: date | None = primero.vence_el
    try:
        reloj.mover(
            primero,
            causa=CambioDePlazo.Causa.CALENDARIO,
            calendario=calendario,
            ahora=ahora,
            motivo=_AL_LLENAR,
        )
    except Negativa:
        return 0  # un plazo antiguo que hoy no se podría escribir se queda como estaba
    primero.save(update_fields=[*reloj.CAMPOS])
    if primero.vence_el == antes:
        fechas = {campo: getattr(primero, campo) for campo in _FECHAS}
        Expediente.objects.filter(pk__in=[e.pk for e in iguales[1:]]).update(**fechas)
        return len(iguales)
    for otro in iguales[1:]:
        reloj.mover(
            otro, causa=CambioDePlazo.Causa.CALENDARIO, calendario=calendario, ahora=ahora, motivo=_AL_LLENAR
        )
        otro.save(update_fields=[*reloj.CAMPOS])
    return len(iguales)


_AL_LLENAR = "El plazo se volvió a contar con el calendario vigente al completar su día de silencio."


def _tomar(consulta: QuerySet[Expediente], campos: tuple[str, ...], lote: int) -> list[Expediente]:
    """Bloquea los primeros del lote; lo que otro tiene tomado se salta y se mira en la vuelta siguiente."""
    libres = consulta.select_for_update(skip_locked=True, no_key=True, of=("self",))
    return list((libres.only("pk", *campos) if campos else libres)[:lote])
