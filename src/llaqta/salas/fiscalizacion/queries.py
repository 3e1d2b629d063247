"""Lo que se puede preguntar a la fiscalización posterior."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from llaqta.cimientos.errors import NoEncontrado
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes.models import Estado, Expediente
from llaqta.salas.fiscalizacion import policies, rules
from llaqta.salas.fiscalizacion.models import Candidato, Sorteo
from llaqta.salas.tramites.models import VersionProcedimiento

SIN_REVISAR_ANTES = (
    VersionProcedimiento.Calificacion.APROBACION_AUTOMATICA,
    VersionProcedimiento.Calificacion.SILENCIO_POSITIVO,
)
"""Lo que se aprueba creyendo en lo declarado, o puede aprobarse solo con el paso del tiempo."""

CONCLUIDOS = (
    Estado.APROBADO_AUTOMATICO, Estado.APROBADO_FICTO, Estado.NOTIFICADO, Estado.ARCHIVADO, Estado.IMPUGNADO,
)  # fmt: skip


@dataclass(frozen=True)
class Avance:
    """Un sorteo y cuánto va de su comprobación."""

    sorteo: Sorteo
    candidatos: int
    elegidos: int
    comprobados: int
    con_hallazgo: int


def get_universo(*, hasta: date, para: Persona | None = None) -> QuerySet[Expediente]:
    """Los expedientes que entran al sorteo de un semestre que termina ``hasta``.

    De aprobación automática o con silencio positivo, presentados hasta ese día, ya concluidos y que no entraron en un
    sorteo anterior: lo que se concluyó tarde entra en el siguiente, y nada entra dos veces. No entra lo denegado que
    se tuvo por no presentado, desistido o abandonado: ahí no se aprobó nada.
    """
    return Expediente.objects.filter(
        calificacion__in=SIN_REVISAR_ANTES,
        estado__in=CONCLUIDOS,
        fecha_presentacion__lte=hasta,
        etapa=0,
        fiscalizacion__isnull=True,
    )


def list_sorteos(*, para: Persona | None) -> list[Avance]:
    """Los sorteos con su avance, del más reciente al más antiguo; son públicos."""
    contados = Sorteo.objects.annotate(
        n_candidatos=Count("candidatos"),
        n_elegidos=Count("candidatos", filter=Q(candidatos__elegido=True)),
        n_comprobados=Count("candidatos", filter=~Q(candidatos__resultado="")),
        n_hallazgos=Count("candidatos", filter=Q(candidatos__resultado="CON_HALLAZGO")),
    )
    return [Avance(s, s.n_candidatos, s.n_elegidos, s.n_comprobados, s.n_hallazgos) for s in contados]


def get_sorteo(semestre: str, *, para: Persona | None) -> Avance:
    """Un sorteo con su avance.

    :raises NoEncontrado: si ese semestre no se convocó
    """
    for avance in list_sorteos(para=para):
        if avance.sorteo.semestre == semestre:
            return avance
    raise NoEncontrado("Ese semestre todavía no se convocó.")


def get_lista(sorteo: Sorteo, *, para: Persona | None) -> list[str]:
    """Los números de los candidatos, en orden: la lista que se publica; no lleva datos de nadie."""
    return sorted(sorteo.candidatos.values_list("expediente__numero", flat=True))


def get_elegidos(sorteo: Sorteo, *, para: Persona | None) -> list[str]:
    """Los números que salieron sorteados, por su lugar."""
    return list(sorteo.candidatos.filter(elegido=True).values_list("expediente__numero", flat=True))


def get_por_comprobar(sorteo: Sorteo, *, para: Persona) -> list[Candidato]:
    """Los expedientes sorteados, con quién los comprueba y qué encontró.

    :raises Denegado: si ``para`` no fiscaliza
    """
    policies.check_fiscalizar(para)
    return list(
        sorteo.candidatos.filter(elegido=True).select_related(
            "expediente__version_tramite", "expediente__administrado", "revisor", "anotado_por"
        )
    )


def get_candidato(pk: int, *, para: Persona) -> Candidato:
    """Un expediente sorteado.

    :raises Denegado: si ``para`` no fiscaliza
    :raises NoEncontrado: si no existe o no salió sorteado
    """
    policies.check_fiscalizar(para)
    candidato = (
        Candidato.objects.select_related("sorteo", "expediente__version_tramite", "expediente__administrado")
        .filter(pk=pk, elegido=True)
        .first()
    )
    if candidato is None:
        raise NoEncontrado
    return candidato


def get_revisores(*, para: Persona, al: date) -> list[Persona]:
    """Quienes hoy pueden comprobar.

    :raises Denegado: si ``para`` no fiscaliza
    """
    policies.check_fiscalizar(para)
    con_rol = Persona.objects.filter(
        roles__rol__permisos__contains=[policies.PERMISO], roles__desde__lte=al
    ).filter(Q(roles__hasta__isnull=True) | Q(roles__hasta__gte=al))
    return list(con_rol.distinct().order_by("apellido_paterno", "apellido_materno", "nombres"))


def verificar(sorteo: Sorteo, *, para: Persona | None) -> list[str]:
    """Repite el sorteo con la frase y la lista publicadas; devuelve lo que no coincide, en frases. Vacío: coincide."""
    lista, elegidos = get_lista(sorteo, para=para), get_elegidos(sorteo, para=para)
    fallas = []
    if rules.huella(lista) != sorteo.huella:
        fallas.append("La lista de candidatos no es la que se publicó: su huella es otra.")
    cuantos = rules.tamano(len(lista), porcentaje=sorteo.porcentaje, tope=sorteo.tope)
    if elegidos != rules.sortear(lista, frase=sorteo.frase, semestre=sorteo.semestre)[:cuantos]:
        fallas.append("Los expedientes elegidos no son los que salen con esa frase y esa lista.")
    return fallas
