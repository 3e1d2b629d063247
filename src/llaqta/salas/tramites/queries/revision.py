"""La revisión legal del TUPA: lo que la ley objeta a lo que rige y a lo que está por regir."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from llaqta.salas.cuentas.models import Persona
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.tramites import policies
from llaqta.salas.tramites.criterios import leer_criterios
from llaqta.salas.tramites.models import UnidadImpositiva
from llaqta.salas.tramites.queries.catalogo import versiones_completas
from llaqta.salas.tramites.queries.tupa import a_fila
from llaqta.salas.tramites.rules import FilaDeProcedimiento
from llaqta.salas.tramites.rules.revision import (
    GRAVEDADES,
    Cifras,
    Criterios,
    Objecion,
    ReglaDeRevision,
    revisar_tupa,
)


@dataclass(frozen=True)
class Revision:
    """El resultado: qué se revisó, qué se objetó y con qué reglas."""

    al: date
    procedimientos: int
    objeciones: Sequence[Objecion]
    reglas: Sequence[ReglaDeRevision]

    @property
    def por_procedimiento(self) -> dict[str, list[Objecion]]:
        """Las objeciones de cada código, de la más grave a la menos."""
        grupos: dict[str, list[Objecion]] = {}
        for una in self.objeciones:
            grupos.setdefault(una.codigo, []).append(una)
        return grupos

    @property
    def cuentas(self) -> list[tuple[str, str, int]]:
        """Cuántas hay de cada gravedad: código, nombre y número."""
        veces = Counter(una.regla.gravedad for una in self.objeciones)
        return [(codigo, nombre, veces[codigo]) for codigo, nombre in GRAVEDADES.items()]


def get_revision(*, para: Persona | None, al: date, codigo: str = "", gravedad: str = "") -> Revision:
    """La revisión de lo último que el TUPA dice de cada procedimiento; ``para`` es ``None`` solo en la consola.

    :param codigo: solo la de un procedimiento
    :param gravedad: solo las objeciones de esa gravedad
    :raises Denegado: si ``para`` ni administra el TUPA ni es de la asesoría jurídica
    """
    if para is not None:
        policies.check_revisar(para)
    versiones = versiones_completas(para=para).order_by("procedimiento__codigo", "-desde")
    if codigo:
        versiones = versiones.filter(procedimiento__codigo=codigo)
    filas = [a_fila(version, para=para) for version in versiones.distinct("procedimiento__codigo")]
    objeciones = get_objeciones(filas, para=para, al=al)
    return Revision(
        al=al,
        procedimientos=len(filas),
        objeciones=[una for una in objeciones if not gravedad or una.regla.gravedad == gravedad],
        reglas=list(_criterios(al).reglas.values()),
    )


def _criterios(al: date) -> Criterios:
    """Los criterios, con cada regla pendiente mientras lo esté alguno de los artículos en que se apoya.

    Los artículos se confirman en un solo lugar, «Artículos que se citan», y aquí se ve.
    """
    criterios = leer_criterios()

    def al_dia(regla: ReglaDeRevision) -> ReglaDeRevision:
        pendiente = any(plazos.esta_pendiente(norma, articulo, al=al) for norma, articulo in regla.articulos)
        return replace(regla, estado="POR_CONFIRMAR") if pendiente else regla

    return replace(
        criterios,
        reglas={codigo: al_dia(regla) for codigo, regla in criterios.reglas.items()},
        prohibidos=[replace(uno, regla=al_dia(uno.regla)) for uno in criterios.prohibidos],
    )


def get_objeciones(filas: Sequence[FilaDeProcedimiento], *, para: Persona | None, al: date) -> list[Objecion]:
    """Lo que la ley objeta a unos procedimientos, estén en el TUPA o en un archivo por cargar."""
    cifras = Cifras(
        al=al,
        uit={fila.anio: fila.monto for fila in UnidadImpositiva.objects.all()},
        maximo=plazos.get_entero("EVALUACION_PREVIA_MAXIMO", al=al),
        presentar=plazos.get_entero("RECURSO_PRESENTAR", al=al),
        reconsideracion=plazos.get_entero("RECONSIDERACION_RESOLVER", al=al),
        apelacion=plazos.get_entero("APELACION_RESOLVER", al=al),
    )
    return revisar_tupa(filas, criterios=_criterios(al), cifras=cifras)
