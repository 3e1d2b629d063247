"""Todo lo que muestra la página de un expediente: sus datos, sus secciones y qué puede hacer ahora quien la mira."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import Negativa
from llaqta.cimientos.queries import get_calendario
from llaqta.cimientos.web.piezas import Reloj
from llaqta.salas.cuentas import queries as organigrama
from llaqta.salas.cuentas.models import Asignacion, Persona, Puesto, UnidadOrganica
from llaqta.salas.documentos.models import Documento, Vista
from llaqta.salas.expedientes import policies, rules
from llaqta.salas.expedientes.models import (
    Expediente,
    Incorporado,
    Movimiento,
    Plantilla,
    Proyecto,
    Visto,
)
from llaqta.salas.expedientes.queries.acciones import Accion, get_acciones
from llaqta.salas.expedientes.queries.expediente import get_documentos, get_expediente
from llaqta.salas.expedientes.queries.foliacion import Foliado, get_foliado
from llaqta.salas.expedientes.queries.historia import Hito, get_historia
from llaqta.salas.expedientes.queries.palabras import get_palabras
from llaqta.salas.expedientes.queries.porque import PorQue, get_por_que
from llaqta.salas.expedientes.queries.recorrido import get_movimientos
from llaqta.salas.expedientes.queries.reloj import AvisoDePlazo, avisos_del_plazo, reloj


@dataclass(frozen=True)
class Ficha:
    """La página de un expediente."""

    expediente: Expediente
    reloj: Reloj
    avisos: Sequence[AvisoDePlazo]
    porque: PorQue
    palabras: rules.Palabras
    tono: str
    documentos: Sequence[Incorporado]
    foliado: Foliado
    elegido: Incorporado | None
    vistas: Sequence[Vista]
    movimientos: Sequence[Movimiento]
    proyectos: Sequence[Proyecto]
    en_curso: Sequence[Proyecto]
    historia: Sequence[Hito]
    acciones: Sequence[Accion]
    por_recibir: Sequence[Movimiento]
    informes_debidos: Sequence[Movimiento]
    informes_vencidos: Sequence[Movimiento]
    decision: Proyecto | None


def get_ficha(numero: str, *, para: Persona, documento: int | None = None, ahora: datetime) -> Ficha:
    """La página del expediente con ese número.

    :param documento: el que se quiere tener a la vista; por omisión, el último
    :raises NoEncontrado: si no existe o no le corresponde verlo
    """
    expediente, calendario = get_expediente(numero, para=para), get_calendario()
    movimientos = get_movimientos(expediente, para=para)
    documentos = get_documentos(expediente, para=para)
    proyectos = list(
        expediente.proyectos.select_related(
            "tipo", "unidad", "firmante__unidad", "redactado_por", "documento"
        ).order_by("-pk")
    )
    elegido = next(
        (i for i in documentos if i.documento_id == documento), documentos[-1] if documentos else None
    )
    suyos = [m for m in movimientos if m.para_unidad_id in para.unidades]
    pendientes = [m for m in movimientos if _es_pedido(m) and m.atendido_en is None]
    decision = next((p for p in proyectos if p.pone_fin and p.estado == Proyecto.Estado.EMITIDO), None)
    return Ficha(
        expediente=expediente,
        reloj=reloj(expediente, ahora, para=para, calendario=calendario),
        avisos=avisos_del_plazo(expediente, ahora, para=para, calendario=calendario),
        porque=get_por_que(expediente, para=para, al=hoy_en_lima(ahora)),
        palabras=get_palabras(expediente, para=para),
        tono=rules.TONOS[expediente.estado],
        documentos=documentos,
        foliado=get_foliado(expediente, para=para, al=hoy_en_lima(ahora), documentos=documentos),
        elegido=elegido,
        vistas=list(elegido.documento.archivo.vistas.all()) if elegido else [],
        movimientos=movimientos,
        proyectos=proyectos,
        en_curso=[p for p in proyectos if p.documento_id is None and _lo_ve(p, para)],
        historia=get_historia(expediente, para=para),
        acciones=get_acciones(expediente, para=para, ahora=ahora),
        por_recibir=[m for m in suyos if m.recibido_en is None and m.atendido_en is None],
        informes_debidos=[m for m in pendientes if m in suyos and m.recibido_en is not None],
        informes_vencidos=[m for m in pendientes if _vencido(m, hoy_en_lima(ahora))],
        decision=decision,
    )


def _lo_ve(proyecto: Proyecto, para: Persona) -> bool:
    try:
        policies.check_ver_proyecto(para, proyecto)
    except Negativa:
        return False
    return True


def _es_pedido(movimiento: Movimiento) -> bool:
    return movimiento.clase == Movimiento.Clase.INFORME and movimiento.responde_a_id is None


def _vencido(movimiento: Movimiento, hoy: date) -> bool:
    return movimiento.vence_el is not None and movimiento.vence_el < hoy


def get_proyecto(pk: int, *, para: Persona) -> Proyecto:
    """Un proyecto de un expediente que ``para``, del personal, puede ver.

    :raises NoEncontrado: si no existe o no le corresponde
    """
    con_datos = ("tipo", "unidad", "firmante__unidad", "movimiento", "documento", "redactado_por")
    proyectos = Proyecto.objects.select_related(
        *con_datos, "expediente__administrado", "expediente__version_tramite"
    )
    proyecto = proyectos.filter(pk=pk, expediente__in=Expediente.objects.visible_to(para)).first()
    policies.check_ver_proyecto(para, proyecto)
    assert proyecto is not None
    return proyecto


def get_por_firmar(pks: Sequence[int], *, para: Persona) -> list[Proyecto]:
    """De esos proyectos, los que hoy esperan la firma de uno de los puestos de ``para``, en el orden pedido."""
    puestos = [asignacion.puesto_id for asignacion in para.asignaciones_vigentes]
    if not puestos or not para.puede("expedientes.firmar"):
        return []
    hallados = Proyecto.objects.select_related(
        "tipo", "unidad", "firmante__unidad", "redactado_por", "documento",
        "expediente__administrado", "expediente__version_tramite",
    ).filter(
        pk__in=pks, estado=Proyecto.Estado.PARA_FIRMA, firmante__in=puestos,
        expediente__in=Expediente.objects.visible_to(para),
    )  # fmt: skip
    return sorted(hallados, key=lambda proyecto: pks.index(proyecto.pk))


def get_vistos(proyecto: Proyecto, *, para: Persona, todos: bool = False) -> list[Visto]:
    """Los vistos buenos de la versión actual, en orden; con ``todos``, también los de antes y las devoluciones."""
    vistos = proyecto.vistos.select_related("persona", "puesto__unidad").order_by("visto_en", "pk")
    return list(vistos if todos else vistos.filter(version=proyecto.version, conforme=True))


def get_vistos_que_faltan(proyecto: Proyecto, *, para: Persona) -> list[Puesto]:
    """Los puestos cuyo visto bueno se espera sobre la versión actual."""
    dados = proyecto.vistos.filter(version=proyecto.version, conforme=True).values("puesto")
    return list(
        Puesto.objects.filter(pk__in=proyecto.visadores).exclude(pk__in=dados).select_related("unidad")
    )


def get_vistas(documento: Documento, *, para: Persona) -> list[Vista]:
    """Las imágenes ya hechas de las páginas de un documento que quien llama ya obtuvo."""
    return list(documento.archivo.vistas.all())


def get_puestos_que_firman(*, para: Persona, al: date) -> list[Puesto]:
    """Los puestos de jefatura que alguien ocupa ese día, por unidad: los que pueden visar y firmar."""
    ocupados = Asignacion.objects.vigentes(al=al).values("puesto")
    return list(
        Puesto.objects.filter(es_jefatura=True, pk__in=ocupados)
        .select_related("unidad")
        .order_by("unidad__nombre", "nombre")
    )


def get_plantillas(*, para: Persona) -> list[Plantilla]:
    """Las plantillas que puede usar: las de todos y las de sus unidades."""
    vigentes = Plantilla.objects.filter(vigente=True).select_related("tipo")
    return [p for p in vigentes if p.unidad_id is None or p.unidad_id in para.unidades]


def get_personal(unidad: UnidadOrganica, *, para: Persona, al: date) -> list[Persona]:
    """Quienes trabajan ese día en una unidad, por apellido."""
    asignadas = Asignacion.objects.vigentes(al=al).filter(puesto__unidad=unidad).values("persona")
    return list(
        Persona.objects.filter(pk__in=asignadas).order_by("apellido_paterno", "apellido_materno", "nombres")
    )


def get_responsable(expediente: Expediente, *, para: Persona | None, al: date) -> Persona | None:
    """La persona que responde por el expediente: la asignada o, si no hay, la jefatura de la unidad (art. 157)."""
    if expediente.responsable is not None:
        return expediente.responsable
    try:
        return organigrama.ocupante(organigrama.get_jefatura(expediente.unidad_responsable, al), al)
    except Negativa:
        return None
