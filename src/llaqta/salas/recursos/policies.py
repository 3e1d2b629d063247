"""Quién puede impugnar o quejarse, y cuándo; la frase que dice por qué no, con su artículo."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from llaqta.cimientos.calendario import fecha_en_palabras
from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import policies as expedientes
from llaqta.salas.expedientes.models import ActoNulo, Estado, Expediente
from llaqta.salas.recursos import rules
from llaqta.salas.recursos.models import Queja, Recurso

_CON_DEFECTOS_QUE_CORREGIR = (
    Estado.PRESENTADO, Estado.OBSERVADO, Estado.EMPLAZADO, Estado.SUSPENDIDO, Estado.EN_TRAMITE, Estado.EN_INFORME,
    Estado.IMPUGNADO, Estado.RESUELTO, Estado.POR_NOTIFICAR, Estado.EN_NULIDAD,
)  # fmt: skip


def check_parte(actor: Persona, expediente: Expediente, *, al: date) -> None:
    """Impugna y se queja quien es parte, su representante, o la ventanilla a su pedido.

    :raises Denegado: si es otra persona
    """
    try:
        expedientes.check_administrado(actor, expediente, al=al)
    except Denegado:
        raise Denegado(
            "Solo quien es parte en este expediente, o quien lo representa, puede hacerlo.",
            norma="Ley 27444, art. 109 (TUO, art. 120)",
        ) from None


def check_uno_por_vez(vivo: Recurso | None, *, silencio: bool) -> None:
    """Los recursos se presentan de a uno y nunca a la vez; el que nadie contestó a tiempo ya no impide apelar.

    :raises NoProcede: si hay otro en curso
    """
    if vivo is None or (silencio and vivo.clase == Recurso.Clase.RECONSIDERACION):
        return
    raise NoProcede(
        f"Ya hay un recurso de {vivo.get_clase_display().lower()} en curso, que la municipalidad resuelve hasta el "
        f"{fecha_en_palabras(vivo.vence_el)}: los recursos se presentan de a uno, "
        "nunca dos a la vez.",
        norma=rules.ART_UNA_VEZ,
    )


def check_clase(clase: str, *, silencio: bool, posibles: Collection[str], usadas: Collection[str]) -> None:
    """Cada recurso una sola vez, y el que corresponde a lo que se impugna.

    :param posibles: los que la ley da contra esa decisión
    :param usadas: los que ya se presentaron en el procedimiento
    :raises NoProcede: si ya se presentó, si la vía está agotada, o si no corresponde
    """
    dicha = Recurso.Clase(clase).label.lower()
    if clase in usadas:
        raise NoProcede(
            f"Ya se presentó un recurso de {dicha} en este procedimiento: cada recurso se presenta una sola vez.",
            norma=rules.ART_UNA_VEZ,
        )
    if clase in posibles:
        return
    if silencio and clase == Recurso.Clase.RECONSIDERACION:
        raise NoProcede(
            "La reconsideración es contra una decisión, y no la hay: contra la falta de respuesta se apela.",
            norma=rules.ART_SILENCIO,
        )
    if clase == Recurso.Clase.REVISION:
        raise NoProcede(
            "La revisión solo procede cuando una ley la prevé para ese procedimiento, y el TUPA no la nombra.",
            norma=rules.ART_CLASES,
        )
    raise NoProcede(
        "Lo decidido agota la vía administrativa: no cabe otro recurso en la municipalidad. Puede acudir al Poder "
        "Judicial.",
        norma="Ley 27444, art. 218 (TUO, art. 228); Ley 27972, art. 50",
    )


def check_nueva_prueba(
    clase: str, *, prueba: str, trae_archivos: bool, instancia_unica: bool, en_papel: bool
) -> None:
    """La reconsideración se sustenta en una prueba nueva, salvo que decida un órgano de instancia única.

    Lo que llega en papel se recibe siempre (124.1): si falta la prueba, lo dirá quien resuelve.

    :raises EntradaInvalida: si no trae ninguna
    """
    if clase != Recurso.Clase.RECONSIDERACION or instancia_unica or en_papel:
        return
    if not prueba.strip() and not trae_archivos:
        raise EntradaInvalida(
            "La reconsideración pide una prueba nueva, que la municipalidad no haya visto: descríbala o adjúntela. "
            "Si no tiene una, presente una apelación.",
            campo="nueva_prueba",
            norma=rules.ART_PRUEBA,
        )


def check_resolver(actor: Persona, recurso: Recurso) -> None:
    """El sentido lo anota la unidad que resuelve, mientras el recurso sigue en curso.

    :raises Denegado: si no es de la unidad que hoy tiene el expediente, o si es parte
    :raises NoProcede: si ya se resolvió
    """
    expedientes.check_tramitar(actor, recurso.expediente)
    if recurso.estado not in (Recurso.Estado.EN_REVISION, Recurso.Estado.RESUELTO):
        raise NoProcede("Este recurso ya no se resuelve.", norma="Ley 27444, art. 217")


def check_anular(recurso: Recurso, *, despues: str) -> None:
    """Se anula una decisión, y quien la anula dice si decide lo pedido o si el procedimiento vuelve atrás.

    :raises NoProcede: si el recurso es contra el silencio: no hay decisión que anular
    :raises EntradaInvalida: si no dice qué sigue
    """
    if recurso.contra == Recurso.Contra.SILENCIO:
        raise NoProcede(
            "Este recurso es contra la falta de respuesta: no hay una decisión que anular. Se decide lo pedido.",
            norma=rules.ART_NULIDAD,
        )
    if despues not in (ActoNulo.Despues.FONDO, ActoNulo.Despues.REPONE):
        raise EntradaInvalida(
            "Diga qué sigue: si esta misma resolución decide lo pedido o, si no hay con qué, a qué momento vuelve.",
            campo="despues",
            norma=rules.ART_NULIDAD,
        )


def check_encauzar(actor: Persona, expediente: Expediente) -> None:
    """Un escrito mal nombrado lo encauza la unidad que tiene el expediente.

    :raises Denegado: si no es de esa unidad
    """
    expedientes.check_tramitar(actor, expediente)


def check_quejarse(expediente: Expediente) -> None:
    """La queja sirve para corregir un defecto antes de que se decida; después se impugna la decisión.

    :raises NoProcede: si en esa instancia ya se decidió y se notificó
    """
    if expediente.estado in _CON_DEFECTOS_QUE_CORREGIR:
        return
    raise NoProcede(
        "La queja sirve para corregir una demora o un defecto antes de que se decida, y este procedimiento ya terminó "
        "en esta instancia.",
        norma=rules.ART_QUEJA_ANTES,
    )


def check_resolver_queja(actor: Persona, queja: Queja) -> None:
    """La resuelve el superior de quien tramita, que no sea el mismo quejado ni parte.

    :raises Denegado: si no trabaja hoy en la unidad superior, o si la queja es contra él
    :raises NoProcede: si ya se resolvió: lo decidido no se impugna (158.3)
    """
    cuentas.exigir(actor, "expedientes.tramitar")
    if queja.superior_id not in actor.unidades:
        raise Denegado(
            f"Esta queja la resuelve {queja.superior}, superior de {queja.contra_unidad}.",
            norma=rules.ART_QUEJA,
        )
    expedientes.check_abstencion(actor, queja.expediente)
    if actor.pk == queja.contra_persona_id:
        raise Denegado("La queja es contra usted: la resuelve otra persona.", norma="Ley 27444, art. 88")
    if queja.estado != Queja.Estado.PRESENTADA:
        raise NoProcede(
            "Esta queja ya se resolvió, y lo decidido no se impugna.",
            norma="Ley 27444, art. 158.3 (TUO, 169.3)",
        )


def check_contestar_queja(actor: Persona, queja: Queja) -> None:
    """Contesta la unidad contra la que se dirige, mientras el superior no decide.

    :raises Denegado: si no trabaja hoy en esa unidad
    :raises NoProcede: si ya se contestó o se resolvió
    """
    if not (actor.puede("expedientes.tramitar") or actor.puede("mesapartes.recibir")):
        cuentas.exigir(actor, "expedientes.tramitar")
    if queja.contra_unidad_id not in actor.unidades:
        raise Denegado(f"Informa {queja.contra_unidad}, contra la que es la queja.", norma=rules.ART_QUEJA)
    if queja.descargo_en is not None or queja.estado != Queja.Estado.PRESENTADA:
        raise NoProcede("Esta queja ya se contestó o ya se resolvió.", norma=rules.ART_QUEJA)
