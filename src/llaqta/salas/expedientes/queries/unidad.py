"""Los plazos de las unidades que alguien dirige: cuánto tiene cada una y cada persona, y qué está por vencer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, QuerySet

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.cuentas import queries as organigrama
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.expedientes import policies
from llaqta.salas.expedientes.models import Movimiento
from llaqta.salas.expedientes.urgencia import por_plazo


@dataclass(frozen=True)
class Carga:
    """Lo que tiene a su cargo una persona o una unidad, y lo que de eso apura."""

    nombre: str
    a_cargo: int = 0
    vence_hoy: int = 0
    vencidos: int = 0
    riesgo: int = 0


@dataclass(frozen=True)
class CargaDeUnidad:
    """Una unidad, su total y el de cada persona; ``es_suya`` si su bandeja es la de quien pregunta."""

    unidad: UnidadOrganica
    total: Carga
    personas: Sequence[Carga]
    es_suya: bool


SIN_ASIGNAR = "Sin asignar"


def get_plazos_de_unidades(*, para: Persona, ahora: datetime) -> list[CargaDeUnidad]:
    """Las unidades que dirige ``para`` y las que dependen de ellas, con lo que tiene cada una.

    :raises Denegado: si no dirige ninguna unidad ni controla todos los expedientes
    """
    policies.check_plazos_de_unidades(para)
    hoy = hoy_en_lima(ahora)
    unidades = _las_que_ve(para, hoy)
    por_unidad: dict[int, list[Carga]] = {unidad.pk: [] for unidad in unidades}
    for unidad, carga in _contar([unidad.pk for unidad in unidades], hoy):
        por_unidad[unidad].append(carga)
    return [
        CargaDeUnidad(unidad, _sumar(unidad.nombre, cargas), cargas, unidad.pk in para.unidades)
        for unidad in unidades
        if (cargas := por_unidad[unidad.pk])
    ]


def get_en_riesgo(*, para: Persona | None = None, al: date) -> QuerySet[Movimiento]:
    """Los envíos cuyo expediente puede quedar aprobado por silencio si no se notifica pronto (aviso diario)."""
    return _pendientes().filter(por_plazo("riesgo", al, get_calendario()))


def _contar(unidades: Sequence[int], hoy: date) -> list[tuple[int, Carga]]:
    calendario = get_calendario()
    quien = "expediente__responsable__"
    filas = (
        _pendientes()
        .filter(para_unidad__in=unidades)
        .values_list("para_unidad", f"{quien}nombres", f"{quien}apellido_paterno", f"{quien}apellido_materno")
        .annotate(
            todos=Count("pk"),
            hoy=Count("pk", filter=por_plazo("vence_hoy", hoy, calendario)),
            tarde=Count("pk", filter=por_plazo("vencidos", hoy, calendario)),
            apura=Count("pk", filter=por_plazo("riesgo", hoy, calendario)),
        )
        .order_by("para_unidad", "-tarde", "-apura", "-hoy", "-todos")
    )
    return [
        (fila[0], Carga(" ".join(nombre for nombre in fila[1:4] if nombre) or SIN_ASIGNAR, *fila[4:]))
        for fila in filas
    ]


def _pendientes() -> QuerySet[Movimiento]:
    return Movimiento.objects.filter(clase=Movimiento.Clase.ORIGINAL, atendido_en__isnull=True)


def _sumar(nombre: str, cargas: Sequence[Carga]) -> Carga:
    return Carga(
        nombre,
        sum(c.a_cargo for c in cargas),
        sum(c.vence_hoy for c in cargas),
        sum(c.vencidos for c in cargas),
        sum(c.riesgo for c in cargas),
    )


def _las_que_ve(para: Persona, hoy: date) -> list[UnidadOrganica]:
    todas = organigrama.get_unidades(para, al=hoy)
    if para.puede("expedientes.ver_todo"):
        return todas
    suyas = {a.puesto.unidad_id for a in para.asignaciones_vigentes if a.puesto.es_jefatura}
    # El árbol es de pocas decenas de unidades: se baja nivel por nivel hasta que no se agrega ninguna.
    while nuevas := {u.pk for u in todas if u.padre_id in suyas} - suyas:
        suyas |= nuevas
    return [unidad for unidad in todas if unidad.pk in suyas]
