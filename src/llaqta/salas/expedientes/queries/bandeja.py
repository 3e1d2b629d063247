"""La bandeja: lo que hoy espera algo de una persona, por vistas, de lo más urgente a lo menos.

Cada vista es un tramo de un índice parcial: la página cuesta lo mismo entre mil expedientes y entre un millón.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from llaqta.cimientos.calendario import Calendario, hoy_en_lima
from llaqta.cimientos.queries import get_calendario
from llaqta.cimientos.web.paginas import paginar
from llaqta.cimientos.web.piezas import Reloj
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import rules
from llaqta.salas.expedientes.models import Expediente, Movimiento, Proyecto, Visto
from llaqta.salas.expedientes.queries.reloj import reloj
from llaqta.salas.expedientes.urgencia import por_plazo

VISTAS: dict[str, str] = {
    "por_recibir": "Por recibir",
    "a_mi_cargo": "A mi cargo",
    "vence_hoy": "Vence hoy",
    "vencidos": "Vencidos",
    "riesgo": "Riesgo de silencio positivo",
    "vencen_pronto": "Vencen pronto",
    "informes": "Informes que debemos",
    "para_visto": "Para visto",
    "para_firma": "Para firma",
    "copias": "Copias",
}
"""Las vistas, en el orden en que se muestran."""

DE_PROYECTOS = ("para_visto", "para_firma")
"""Las vistas que muestran proyectos; las demás muestran envíos."""

DE_PLAZO = ("vence_hoy", "vencidos", "riesgo", "vencen_pronto")
"""Las vistas que salen del plazo del expediente."""

TOPE = 100
_DE_MOVIMIENTO = (
    "expediente__administrado",
    "expediente__version_tramite",
    "expediente__responsable",
    "de_unidad",
)
_ORDEN = ("urgencia_el", "pk")
_ORDEN_DE_PROYECTOS = ("cambiado_en", "pk")


@dataclass(frozen=True)
class FilaDeBandeja:
    """Una línea: el expediente, por qué está aquí, de quién vino y cuánto queda."""

    expediente: Expediente
    reloj: Reloj
    de: str
    motivo: str
    tono: str
    movimiento: Movimiento | None = None
    proyecto: Proyecto | None = None


@dataclass(frozen=True)
class Bandeja:
    """Una página de una vista; ``anterior`` y ``siguiente`` son cursores."""

    vista: str
    filas: Sequence[FilaDeBandeja]
    anterior: str = ""
    siguiente: str = ""
    cuentas: Mapping[str, str] = field(default_factory=dict)


def get_bandeja(
    para: Persona, *, vista: str = "", cursor: str = "", ahora: datetime, con_cuentas: bool = False
) -> Bandeja:
    """Veinticinco filas de una vista de la bandeja de ``para``.

    :param vista: una de ``VISTAS``; otra cosa es la primera que tenga algo, si se cuentan, o la primera
    :param cursor: lo que trae la dirección al pasar de página
    :param con_cuentas: si además se dice cuántas hay en cada vista
    """
    hoy, calendario = hoy_en_lima(ahora), get_calendario()
    cuentas = _contar(para, hoy, calendario) if con_cuentas else {}
    if vista not in VISTAS:
        vista = next((codigo for codigo in VISTAS if cuentas.get(codigo)), next(iter(VISTAS)))
    if vista in DE_PROYECTOS:
        con_datos = ("tipo", "unidad", "expediente__administrado", "expediente__version_tramite")
        consulta = (
            _proyectos(para, vista).select_related(*con_datos).defer("cuerpo", "expediente__explicacion")
        )
        proyectos = paginar(consulta, orden=_ORDEN_DE_PROYECTOS, cursor=cursor)
        filas = [_fila_de_proyecto(p, ahora, calendario) for p in proyectos]
        return Bandeja(vista, filas, proyectos.anterior, proyectos.siguiente, cuentas)
    pendientes = _movimientos(para, vista, hoy, calendario).select_related(*_DE_MOVIMIENTO)
    pagina = paginar(pendientes.defer("expediente__explicacion"), orden=_ORDEN, cursor=cursor)
    filas = [_fila(m, ahora, calendario) for m in pagina]
    return Bandeja(vista, filas, pagina.anterior, pagina.siguiente, cuentas)


def contar_bandeja(para: Persona, *, ahora: datetime) -> dict[str, str]:
    """Cuántas hay en cada vista, dicho: ``""`` si ninguna y ``más de 99`` a partir de cien."""
    return _contar(para, hoy_en_lima(ahora), get_calendario())


def _contar(para: Persona, hoy: date, calendario: Calendario) -> dict[str, str]:
    """Una sola consulta: de cada vista se mira a lo más cien filas, nunca todas."""
    partes: list[str] = []
    parametros: list[Any] = []
    for vista in VISTAS:
        consulta = (
            _proyectos(para, vista) if vista in DE_PROYECTOS else _movimientos(para, vista, hoy, calendario)
        )
        if consulta.query.is_empty():
            partes.append("SELECT 0")
            continue
        sql, valores = consulta.order_by().values("pk")[:TOPE].query.sql_with_params()
        partes.append(f"SELECT count(*) FROM ({sql}) AS tramo")
        parametros.extend(valores)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'({parte})' for parte in partes)}", parametros)  # noqa: S608 (SQL de Django)
        cuentas = cursor.fetchone()
    return {vista: _decir(cuantas) for vista, cuantas in zip(VISTAS, cuentas, strict=True)}


def _decir(cuantas: int) -> str:
    if cuantas == 0:
        return ""
    return f"más de {TOPE - 1}" if cuantas >= TOPE else str(cuantas)


def _movimientos(para: Persona, vista: str, hoy: date, calendario: Calendario) -> QuerySet[Movimiento]:
    """Los envíos pendientes de sus unidades que caen en una vista."""
    unidades = para.unidades
    if not unidades:
        return Movimiento.objects.none()
    # Con una sola unidad el índice ya trae las filas en orden; con varias, se junta y ordena solo lo pendiente.
    suyos = Q(para_unidad=unidades[0]) if len(unidades) == 1 else Q(para_unidad__in=unidades)
    pendientes = Movimiento.objects.filter(suyos, atendido_en__isnull=True)
    clases = Movimiento.Clase
    if vista == "por_recibir":
        return pendientes.filter(recibido_en__isnull=True, clase__in=[clases.ORIGINAL, clases.INFORME])
    if vista == "copias":
        return pendientes.filter(clase=clases.COPIA)
    if vista == "informes":
        return pendientes.filter(clase=clases.INFORME, recibido_en__isnull=False)
    originales = pendientes.filter(clase=clases.ORIGINAL)
    if vista in DE_PLAZO:
        return originales.filter(por_plazo(vista, hoy, calendario))
    return originales.filter(recibido_en__isnull=False)


def _proyectos(para: Persona, vista: str) -> QuerySet[Proyecto]:
    """Los proyectos que esperan el visto o la firma de uno de sus puestos."""
    puestos = [asignacion.puesto_id for asignacion in para.asignaciones_vigentes]
    permiso = "expedientes.visar" if vista == "para_visto" else "expedientes.firmar"
    if not puestos or not para.puede(permiso):
        return Proyecto.objects.none()
    if vista == "para_firma":
        return Proyecto.objects.filter(estado=Proyecto.Estado.PARA_FIRMA, firmante__in=puestos)
    dado = Visto.objects.filter(proyecto=OuterRef("pk"), version=OuterRef("version"), puesto__in=puestos)
    return Proyecto.objects.filter(estado=Proyecto.Estado.PARA_VISTO, visadores__overlap=puestos).filter(
        ~Exists(dado)
    )


def _fila(movimiento: Movimiento, ahora: datetime, calendario: Calendario) -> FilaDeBandeja:
    expediente = movimiento.expediente
    if movimiento.clase == Movimiento.Clase.INFORME and movimiento.vence_el:
        palabras, tono = rules.cuanto_queda(hoy_en_lima(ahora), movimiento.vence_el, calendario)
        plazo = Reloj(0, 0, movimiento.vence_el, palabras, tono)
    else:
        plazo = reloj(expediente, ahora, calendario=calendario)
    motivo = "informe que vuelve" if movimiento.responde_a_id else movimiento.motivo
    return FilaDeBandeja(
        expediente,
        plazo,
        movimiento.de_unidad.nombre,
        motivo,
        rules.TONOS[expediente.estado],
        movimiento=movimiento,
    )


def _fila_de_proyecto(proyecto: Proyecto, ahora: datetime, calendario: Calendario) -> FilaDeBandeja:
    plazo = reloj(proyecto.expediente, ahora, calendario=calendario)
    tono = rules.TONOS[proyecto.estado]
    return FilaDeBandeja(
        proyecto.expediente, plazo, proyecto.unidad.nombre, str(proyecto.tipo), tono, proyecto=proyecto
    )
