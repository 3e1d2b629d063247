"""Volver a contar los relojes abiertos cuando cambia el calendario, y decir antes cuáles cambiarían (peru-law (a) 51).

Solo se mueve lo que todavía no produjo efecto: el silencio que ya operó, o la decisión ya notificada, quedan como
están. La fecha de antes no se borra: queda en la historia. Se cuenta una vez por plazo distinto, no por expediente.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from llaqta.cimientos.calendario import Calendario, fecha_en_palabras
from llaqta.cimientos.errors import Negativa
from llaqta.cimientos.events import emit_varios
from llaqta.cimientos.prevision import PRIMERAS, Cambio, FechaQueCambia, Prevision, preve
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.expedientes.events import PlazoCambiado
from llaqta.salas.expedientes.models import CON_RELOJ, CambioDePlazo, Expediente, Suspension
from llaqta.salas.expedientes.services import reloj
from llaqta.salas.plazos.rules import Plazo

POR_LOTE = 2_000
_CLAVE = ("inicio_computo", "dias_plazo", "plazo_unidad", "dias_distancia", "calificacion", "hecho")
_FECHAS = ("vence_el", "limite_notificacion", "silencio_desde", "ultimo_deposito_seguro")
_UNIDAD = "unidad_responsable__nombre"
_TRAMITE = "version_tramite__denominacion"


@dataclass(frozen=True)
class _Movida:
    """Un expediente cuyo plazo cambiaría: sus datos de ahora y el plazo nuevo."""

    fila: dict[str, Any]
    plazo: Plazo

    @property
    def antes(self) -> date:
        """La fecha que tiene: la de vencimiento o, si esa no cambia, la última para notificar."""
        cual = "vence_el" if self.fila["vence_el"] != self.plazo.vence else "limite_notificacion"
        return self.fila[cual] or self.fila["vence_el"]  # type: ignore[no-any-return]

    @property
    def despues(self) -> date:
        """La que tendría."""
        if self.fila["vence_el"] != self.plazo.vence:
            assert not isinstance(self.plazo.vence, datetime)
            return self.plazo.vence
        return self.plazo.limite_notificacion or self.antes


@dataclass
class _Contador:
    """Cuenta cada plazo distinto una sola vez."""

    calendario: Calendario
    hechos: dict[tuple[Any, ...], Plazo | None] = field(default_factory=dict)

    def contar(self, fila: dict[str, Any], *, con_pausas: bool) -> Plazo | None:
        """El plazo de la fila con este calendario; ``None`` si con él no se puede contar."""
        clave = tuple(fila[campo] for campo in _CLAVE)
        if con_pausas:
            return self._de(Expediente(pk=fila["pk"], etapa=fila["etapa"]), clave)
        if clave not in self.hechos:
            self.hechos[clave] = self._de(Expediente(), clave)
        return self.hechos[clave]

    def _de(self, expediente: Expediente, clave: tuple[Any, ...]) -> Plazo | None:
        for campo, valor in zip(_CLAVE[:-1], clave, strict=False):
            setattr(expediente, campo, valor)
        expediente.explicacion = {"hecho": clave[-1]}
        try:
            return reloj.prever(expediente, self.calendario)
        except Negativa:
            return None


@preve
def prever_plazos(cambio: Cambio) -> Prevision:
    """Los plazos de la municipalidad que un cambio del calendario movería: cuántos, por unidad, y los primeros."""
    contador, por_unidad, primeras, vencidos = _Contador(cambio.despues), Counter[str](), list[_Movida](), 0
    for filas in _en_lotes(_abiertos(cambio.dias)):
        for movida in _movidas(filas, contador):
            por_unidad[movida.fila[_UNIDAD]] += 1
            vencidos += movida.despues < cambio.hoy <= movida.antes
            if len(primeras) < PRIMERAS:
                primeras.append(movida)
    nota = f"{vencidos} quedarían vencidos a la fecha de hoy." if vencidos else ""
    return Prevision(
        "Plazos para decidir y notificar",
        por_unidad.total(),
        dict(por_unidad.most_common()),
        [_fecha_que_cambia(movida) for movida in primeras],
        nota,
    )


def recontar_abiertos(*, dias: Sequence[date], motivo: str, ahora: datetime) -> int:
    """Vuelve a contar los relojes abiertos que pasan por ``dias``, por lotes; dice cuántos cambiaron.

    Cada lote es una transacción: otro puede seguir si este se detiene, y contar dos veces lo mismo no hace nada.

    :param motivo: por qué cambió el calendario, como se leerá en la historia de cada expediente
    """
    contador, cambiados = _Contador(get_calendario()), 0
    ids = list(_abiertos(dias).order_by("pk").values_list("pk", flat=True))
    for desde in range(0, len(ids), POR_LOTE):
        with transaction.atomic():
            # Se bloquean en orden y se leen de nuevo: entretanto alguien pudo decidir uno.
            tomados = _abiertos(dias).filter(pk__in=ids[desde : desde + POR_LOTE])
            filas = list(_leer(tomados.select_for_update(no_key=True, of=("self",)).order_by("pk")))
            cambiados += _guardar(list(_movidas(filas, contador)), motivo, ahora)
    _anotar_los_que_no(dias, contador, motivo, ahora)
    return cambiados


def _abiertos(dias: Sequence[date]) -> QuerySet[Expediente]:
    """Los que tienen el reloj abierto y en cuyo plazo cae alguno de ``dias``."""
    return _que_pasan_por(dias).filter(estado__in=CON_RELOJ, silencio_operado_el__isnull=True)


def _que_pasan_por(dias: Sequence[date]) -> QuerySet[Expediente]:
    return Expediente.objects.filter(inicio_computo__lt=max(dias), vence_el__isnull=False).filter(
        Q(vence_el__gte=min(dias)) | Q(limite_notificacion__gte=min(dias))
    )


def _leer(expedientes: QuerySet[Expediente]) -> QuerySet[Expediente, dict[str, Any]]:
    con_hecho: QuerySet[Any] = expedientes.annotate(hecho=KeyTextTransform("hecho", "explicacion"))
    return con_hecho.values("pk", "etapa", "numero", *_CLAVE, *_FECHAS, _UNIDAD, _TRAMITE)


def _en_lotes(expedientes: QuerySet[Expediente]) -> Iterator[list[dict[str, Any]]]:
    desde = 0
    while filas := list(_leer(expedientes.filter(pk__gt=desde).order_by("pk"))[:POR_LOTE]):
        yield filas
        desde = filas[-1]["pk"]


def _movidas(filas: Sequence[dict[str, Any]], contador: _Contador) -> Iterator[_Movida]:
    con_pausas = set(
        Suspension.objects.filter(
            expediente__in=[fila["pk"] for fila in filas], etapa=F("expediente__etapa")
        ).values_list("expediente_id", flat=True)
    )
    for fila in filas:
        plazo = contador.contar(fila, con_pausas=fila["pk"] in con_pausas)
        if plazo is not None and _fechas(plazo) != tuple(fila[campo] for campo in _FECHAS):
            yield _Movida(fila, plazo)


def _fechas(plazo: Plazo) -> tuple[Any, ...]:
    return (plazo.vence, plazo.limite_notificacion, plazo.silencio_desde, plazo.ultimo_deposito_seguro)


def _fecha_que_cambia(movida: _Movida) -> FechaQueCambia:
    que = movida.fila[_TRAMITE]
    if movida.fila["vence_el"] == movida.plazo.vence:
        que += ": el último día para notificar"
    return FechaQueCambia(que, movida.fila[_UNIDAD], movida.antes, movida.despues, movida.fila["numero"])


_CAMBIAR = """
    WITH nuevas AS (
        SELECT * FROM unnest(%s::int[], %s::date[], %s::date[], %s::date[], %s::date[], %s::text[])
            AS n (clave, vence, limite, silencio, seguro, explicacion)
    ), cuales AS (
        SELECT c.id, c.motivo, n.* FROM unnest(%s::bigint[], %s::int[], %s::text[]) AS c (id, clave, motivo)
            JOIN nuevas n USING (clave)
    ), guardados AS (
        INSERT INTO expedientes_cambiodeplazo
            (expediente_id, etapa, causa, motivo, antes, despues, explicacion_anterior, explicacion, cambiado_en)
        SELECT e.id, e.etapa, %s, c.motivo, e.vence_el, c.vence, e.explicacion, c.explicacion::jsonb, %s
            FROM cuales c JOIN expedientes_expediente e USING (id) ORDER BY e.id
        RETURNING id, expediente_id
    ), envios AS (
        UPDATE expedientes_movimiento m SET vence_el = c.vence FROM cuales c
            WHERE m.expediente_id = c.id AND m.clase = 'ORIGINAL' AND m.atendido_en IS NULL
    ), movidos AS (
        UPDATE expedientes_expediente e SET vence_el = c.vence, limite_notificacion = c.limite,
            silencio_desde = c.silencio, ultimo_deposito_seguro = c.seguro, explicacion = c.explicacion::jsonb
            FROM cuales c WHERE e.id = c.id
    )
    SELECT id, expediente_id FROM guardados ORDER BY id
"""
"""Una sola sentencia por lote: guarda la fecha de antes, pone la nueva y la lleva al envío que ordena la bandeja."""


def _guardar(movidas: Sequence[_Movida], motivo: str, ahora: datetime) -> int:
    if not movidas:
        return 0
    plazos: dict[int, Plazo] = {id(movida.plazo): movida.plazo for movida in movidas}
    orden = {quien: n for n, quien in enumerate(plazos)}
    de_plazos = [
        list(orden.values()),
        *([getattr(plazo, campo) for plazo in plazos.values()] for campo in
          ("vence", "limite_notificacion", "silencio_desde", "ultimo_deposito_seguro")),
        [json.dumps(plazo.explicacion) for plazo in plazos.values()],
    ]  # fmt: skip
    de_filas = [
        [movida.fila["pk"] for movida in movidas],
        [orden[id(movida.plazo)] for movida in movidas],
        [_decir(movida, motivo) for movida in movidas],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_CAMBIAR, [*de_plazos, *de_filas, CambioDePlazo.Causa.CALENDARIO, ahora])
        hechos = cursor.fetchall()
    emit_varios(
        [(PlazoCambiado(expediente_id=de, cambio_id=pk), Expediente(pk=de)) for pk, de in hechos],
        actor_id=None, ahora=ahora,
    )  # fmt: skip
    return len(hechos)


def _decir(movida: _Movida, motivo: str) -> str:
    """El motivo con las fechas que cambian, como se lee en la historia."""
    if movida.fila["vence_el"] != movida.plazo.vence:
        return motivo[:300]
    antes, despues = fecha_en_palabras(movida.antes), fecha_en_palabras(movida.despues)
    return f"{motivo[:180]} El último día para notificar era el {antes} y ahora es el {despues}."[:300]


def _anotar_los_que_no(dias: Sequence[date], contador: _Contador, motivo: str, ahora: datetime) -> None:
    """A los que ya surtieron efecto no se les mueve nada; en su historia queda dicho que se vio y por qué no."""
    queda = f"{motivo[:180]} El plazo ya había vencido y produjo su efecto: la fecha no cambia."
    ya_dichos = CambioDePlazo.objects.filter(motivo=queda, causa=CambioDePlazo.Causa.CALENDARIO).values(
        "expediente"
    )
    operados = _que_pasan_por(dias).filter(silencio_operado_el__isnull=False).exclude(pk__in=ya_dichos)
    for filas in _en_lotes(operados):
        with transaction.atomic():
            cambios = CambioDePlazo.objects.bulk_create(
                CambioDePlazo(
                    expediente_id=movida.fila["pk"], etapa=movida.fila["etapa"], motivo=queda, cambiado_en=ahora,
                    causa=CambioDePlazo.Causa.CALENDARIO, antes=movida.fila["vence_el"],
                    despues=movida.fila["vence_el"],
                )
                for movida in _movidas(filas, contador)
            )  # fmt: skip
            emit_varios(
                [
                    (PlazoCambiado(expediente_id=c.expediente_id, cambio_id=c.pk), Expediente(pk=c.expediente_id))
                    for c in cambios
                ],
                actor_id=None, ahora=ahora,
            )  # fmt: skip
