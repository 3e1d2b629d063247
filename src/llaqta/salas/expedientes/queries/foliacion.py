"""Los folios de un expediente: sus cuerpos, lo que hay en cada uno, lo que se agregó y lo que se desglosó."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from llaqta.cimientos.errors import Negativa, NoEncontrado
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import policies
from llaqta.salas.expedientes.models import Acumulacion, Desglose, Expediente, ExpedienteAgregado, Incorporado
from llaqta.salas.expedientes.queries.expediente import get_documentos
from llaqta.salas.expedientes.rules.folios import Cuerpo, en_cuerpos
from llaqta.salas.plazos import queries as plazos


@dataclass(frozen=True)
class Agregado:
    """Un expediente foliado que se agregó a este: después de qué folio, y cuántos trae sin continuar la cuenta."""

    numero: str
    nota: str
    folios: int
    tras_folio: int
    agregado_en: datetime
    separado_en: datetime | None = None


@dataclass(frozen=True)
class Renglon:
    """Un lugar del índice: un documento, con su desglose si lo devolvieron, o un expediente agregado."""

    documento: Incorporado | None = None
    desglose: Desglose | None = None
    agregado: Agregado | None = None


@dataclass(frozen=True)
class CuerpoConRenglones:
    """Un cuerpo y lo que ``para`` puede ver en él."""

    cuerpo: Cuerpo
    renglones: Sequence[Renglon]


@dataclass(frozen=True)
class Foliado:
    """El índice de un expediente repartido en cuerpos.

    :ivar puede_actuar: verdadero si quien lo mira puede agregar o desglosar
    :ivar dirige: las unidades que hoy dirige, cuyos números puede anular; además, lo que él mismo firmó
    """

    cuerpos: Sequence[CuerpoConRenglones]
    puede_actuar: bool = False
    dirige: frozenset[int] = frozenset()

    @property
    def total(self) -> int:
        """Cuántos cuerpos tiene."""
        return len(self.cuerpos)


def get_cuerpos(expediente: Expediente, *, para: Persona | None, al: date) -> list[Cuerpo]:
    """Los cuerpos del expediente entero, con la cantidad de folios que rige ese día."""
    folios = [
        hasta - desde + 1
        for desde, hasta in expediente.incorporados.order_by("orden").values_list(
            "folio_desde", "folio_hasta"
        )
    ]
    return en_cuerpos(folios, plazos.get_entero("FOLIOS_POR_CUERPO", al=al))


def get_foliado(
    expediente: Expediente,
    *,
    para: Persona | None,
    al: date,
    documentos: Sequence[Incorporado] | None = None,
) -> Foliado:
    """El índice por cuerpos, con lo que ``para`` puede ver; los folios son los mismos para todos.

    :param documentos: lo que ``get_documentos`` ya le dio a quien llama
    """
    visibles = get_documentos(expediente, para=para) if documentos is None else documentos
    desgloses = {
        desglose.incorporado_id: desglose
        for desglose in Desglose.objects.filter(incorporado__expediente=expediente).select_related(
            "entregado_a"
        )
    }
    agregados = get_agregados(expediente, para=para)
    cuerpos = get_cuerpos(expediente, para=para, al=al)
    return Foliado(
        cuerpos=[
            CuerpoConRenglones(cuerpo, _renglones(cuerpo, cuerpos, visibles, desgloses, agregados))
            for cuerpo in cuerpos
        ],
        puede_actuar=_puede_actuar(expediente, para),
        dirige=_dirige(para),
    )


def get_agregados(expediente: Expediente, *, para: Persona | None) -> list[Agregado]:
    """Los expedientes foliados que se agregaron a este, de fuera o acumulados, en el orden en que entraron."""
    de_fuera = [
        Agregado(fila.numero, fila.procedencia, fila.folios, fila.tras_folio, fila.agregado_en)
        for fila in ExpedienteAgregado.objects.filter(expediente=expediente)
    ]
    acumulaciones = list(Acumulacion.objects.filter(principal=expediente).select_related("acumulado"))
    if acumulaciones:
        entraron = list(
            expediente.incorporados.order_by("orden").values_list("incorporado_en", "folio_hasta")
        )
        momentos = [momento for momento, _ in entraron]
        for fila in acumulaciones:
            lugar = bisect_right(momentos, fila.acumulado_en)
            tras = entraron[lugar - 1][1] if lugar else 0
            de_fuera.append(
                Agregado(
                    fila.acumulado.numero, "acumulado", fila.folios, tras, fila.acumulado_en, fila.separado_en
                )
            )
    return sorted(de_fuera, key=lambda agregado: (agregado.tras_folio, agregado.agregado_en))


def get_incorporado(documento_id: int, *, para: Persona) -> Incorporado:
    """El lugar de un documento en el expediente, si ``para`` puede ver ese expediente.

    :raises NoEncontrado: si no existe o no le corresponde
    """
    hallado = (
        Incorporado.objects.filter(documento=documento_id, expediente__in=Expediente.objects.visible_to(para))
        .select_related("expediente", "documento__tipo", "documento__archivo__firmas", "documento__autor")
        .first()
    )
    if hallado is None:
        raise NoEncontrado
    return hallado


def _renglones(
    cuerpo: Cuerpo,
    todos: Sequence[Cuerpo],
    visibles: Sequence[Incorporado],
    desgloses: dict[int, Desglose],
    agregados: Sequence[Agregado],
) -> list[Renglon]:
    """Lo de este cuerpo, en orden: cada agregado va después del folio que seguía cuando entró."""
    es_el_primero, es_el_ultimo = cuerpo.numero == 1, cuerpo.numero == len(todos)
    con_folio: list[tuple[int, int, Renglon]] = [
        (fila.folio_hasta, 0, Renglon(documento=fila, desglose=desgloses.get(fila.pk)))
        for fila in visibles
        if cuerpo.folio_desde <= fila.folio_desde <= cuerpo.folio_hasta
    ]
    con_folio += [
        (agregado.tras_folio, n, Renglon(agregado=agregado))
        for n, agregado in enumerate(agregados, start=1)
        if (es_el_primero or cuerpo.folio_desde <= agregado.tras_folio)
        and (es_el_ultimo or agregado.tras_folio <= cuerpo.folio_hasta)
    ]
    return [renglon for *_, renglon in sorted(con_folio, key=lambda trio: trio[:2])]


def _puede_actuar(expediente: Expediente, para: Persona | None) -> bool:
    if para is None:
        return False
    try:
        policies.check_tramitar(para, expediente)
    except Negativa:
        return False
    return True


def _dirige(para: Persona | None) -> frozenset[int]:
    if para is None or not para.puede("expedientes.firmar"):
        return frozenset()
    return frozenset(a.puesto.unidad_id for a in para.asignaciones_vigentes if a.puesto.es_jefatura)
