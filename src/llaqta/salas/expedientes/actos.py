"""Los actos que se ofrecen en la página de un expediente: una fila por acto, con su botón y la política que lo niega.

Para ofrecer un acto basta una fila en ``POSIBLES``; una sala de más arriba agrega las suyas con ``ofrecer``. El mismo
``check`` que niega el servicio apaga el botón, y su frase se muestra con su norma.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import modalidades, oportunidad, policies, rules
from llaqta.salas.expedientes.models import Estado, Expediente

Check = Callable[[Persona, Expediente, datetime], object]
"""Recibe quién, qué expediente y cuándo; levanta la negativa con su artículo, o no hace nada."""


@dataclass(frozen=True)
class Posible:
    """Un acto que se puede ofrecer en la página del expediente.

    :param ruta: el nombre de la dirección, que recibe el número del expediente
    :param check: la política que usa también el servicio
    :param otros: los actos menos frecuentes, que se agrupan en «Otros actos»
    :param por_post: se hace con un solo botón, sin pantalla propia
    :param resalta_en: los estados en que es lo que toca hacer
    :param parametros: lo que va detrás de la dirección, ya con su ``?``
    """

    nombre: str
    texto: str
    ruta: str
    check: Check
    otros: bool = False
    atajo: str = ""
    por_post: bool = False
    resalta_en: tuple[str, ...] = ()
    parametros: str = ""


def por_tabla(acto: str, *politicas: Callable[[Persona, Expediente], object], tramitar: bool = True) -> Check:
    """El ``check`` corriente: la unidad que lo tiene, la tabla de estados y, después, las políticas dadas.

    :param tramitar: ``False`` si lo hace alguien más que la unidad responsable
    """

    def check(actor: Persona, expediente: Expediente, ahora: datetime) -> None:
        if tramitar:
            policies.check_tramitar(actor, expediente)
        if not any(f.acto == acto and f.desde == expediente.estado for f in rules.TRANSICIONES):
            rules.get_transicion(acto, expediente.estado)
        for politica in politicas:
            politica(actor, expediente)

    return check


def _redactar(actor: Persona, expediente: Expediente) -> None:
    policies.check_redactar(actor, expediente, None)


def _emplazar(actor: Persona, expediente: Expediente, ahora: datetime) -> None:
    policies.check_emplazar(actor, expediente, al=hoy_en_lima(ahora))


def _notificar(actor: Persona, expediente: Expediente, ahora: datetime) -> None:
    policies.check_tramitar(actor, expediente)
    if modalidades.get_aparte_por_notificar(expediente) is None:
        rules.get_transicion("notificar", expediente.estado)


def _reponer(actor: Persona, expediente: Expediente, ahora: datetime) -> None:
    policies.check_tramitar(actor, expediente)
    oportunidad.check_reponer(expediente)


def _paralizar(actor: Persona, expediente: Expediente, ahora: datetime) -> None:
    policies.check_derivar(actor, expediente)
    oportunidad.check_paralizar(expediente)


def _acumular(actor: Persona, expediente: Expediente, ahora: datetime) -> None:
    policies.check_derivar(actor, expediente)
    oportunidad.check_principal(expediente)


def _separar(actor: Persona, expediente: Expediente, ahora: datetime) -> None:
    rules.get_transicion("desacumular", expediente.estado)
    assert expediente.acumulado_en is not None
    policies.check_derivar(actor, expediente.acumulado_en)


def _revisar_de_oficio(actor: Persona, expediente: Expediente, ahora: datetime) -> None:
    rules.get_transicion("iniciar_nulidad", expediente.estado)
    oportunidad.check_revisar_de_oficio(actor, expediente, al=hoy_en_lima(ahora))


POSIBLES: list[Posible] = [
    Posible("derivar", "Derivar", "derivar_expediente", por_tabla("derivar", policies.check_derivar), atajo="d"),
    Posible("asignar", "Asignar", "asignar_expediente", por_tabla("derivar", policies.check_derivar)),
    Posible("pedir_informe", "Pedir informe", "pedir_informe",
            por_tabla("pedir_informe", policies.check_derivar), atajo="i"),
    Posible("redactar", "Redactar", "redactar_proyecto", por_tabla("derivar", _redactar), atajo="e",
            resalta_en=(Estado.EN_TRAMITE, Estado.IMPUGNADO)),
    Posible("notificar", "Notificar", "notificar_decision", _notificar, atajo="n",
            resalta_en=(Estado.RESUELTO, Estado.POR_NOTIFICAR)),
    Posible("archivar", "Archivar", "archivar_expediente", por_tabla("archivar", policies.check_derivar),
            por_post=True),
    Posible("emplazar", "Requerir una corrección", "emplazar_expediente", _emplazar, otros=True),
    Posible("paralizar", "Anotar que está detenido", "anotar_paralizacion", _paralizar, otros=True),
    Posible("acumular", "Acumular otro a este", "acumular_expediente", _acumular, otros=True),
    Posible("separar", "Separar del principal", "separar_expediente", _separar, otros=True),
    Posible("otra_entidad", "Enviar a otra entidad", "derivar_a_otra_entidad",
            por_tabla("derivar_a_otra_entidad", policies.check_derivar), otros=True),
    Posible("revisar", "Revisar de oficio", "revisar_de_oficio", _revisar_de_oficio, otros=True),
    Posible("reponer", "Reponer el procedimiento", "reponer_expediente", _reponer, resalta_en=(Estado.ANULADO,)),
    Posible("cerrar_revision", "Cerrar la revisión de oficio", "cerrar_revision", por_tabla("cerrar_nulidad"),
            otros=True),
]  # fmt: skip
"""Los actos de la página de un expediente, en el orden en que se muestran."""


def ofrecer(*posibles: Posible) -> None:
    """Agrega actos de otra sala a la página del expediente; los que ya estaban se reemplazan."""
    for posible in posibles:
        POSIBLES[:] = [p for p in POSIBLES if p.nombre != posible.nombre] + [posible]
