"""La oportunidad de los actos menos frecuentes: si la ley los permite hoy, y la frase que dice por qué no.

Lo que aquí se niega lo niegan igual el servicio y el botón apagado. Quién puede actuar lo dice ``policies``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from llaqta.cimientos.calendario import fecha_en_palabras, sumar_habiles
from llaqta.cimientos.errors import Denegado, NoProcede
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.cuentas.models import Persona, Puesto, UnidadOrganica
from llaqta.salas.expedientes import rules
from llaqta.salas.expedientes.models import (
    Desistimiento,
    EfectoDeActo,
    Estado,
    Expediente,
    Movimiento,
    Proyecto,
    RevisionDeOficio,
)
from llaqta.salas.expedientes.models.foliacion import NumeroReservado
from llaqta.salas.plazos import queries as plazos

ART_PRORROGA = "Ley 27444, arts. 132.3 y 136.2"
ART_ABANDONO = "Ley 27444, art. 191"
ART_DESISTIMIENTO = "Ley 27444, art. 189"
ART_NULIDAD = "Ley 27444, art. 202 (TUO, art. 213)"

ABIERTOS = (
    Estado.PRESENTADO, Estado.OBSERVADO, Estado.EN_TRAMITE, Estado.EN_INFORME, Estado.EMPLAZADO, Estado.SUSPENDIDO,
    Estado.IMPUGNADO, Estado.RESUELTO, Estado.POR_NOTIFICAR,
)  # fmt: skip
"""Hasta que se notifique la decisión, uno puede desistirse (189.5)."""


def check_prorrogar(pedido: Movimiento, *, al: date) -> None:
    """Un informe se prorroga una vez, y se pide antes de que venza.

    :raises NoProcede: si ya se prorrogó, ya se rindió o ya venció
    """
    if pedido.vencia_el is not None:
        raise NoProcede(
            "El plazo de este informe ya se prorrogó, y se prorroga una sola vez.", norma=ART_PRORROGA
        )
    if pedido.atendido_en is not None or pedido.vence_el is None:
        raise NoProcede("Ese informe ya no se espera.")
    if al > pedido.vence_el:
        raise NoProcede(
            f"El plazo de este informe venció el {pedido.vence_el:%d/%m/%Y}: la prórroga se pide antes.",
            norma=ART_PRORROGA,
        )


def check_paralizar(expediente: Expediente) -> None:
    """Se anota como detenido lo que está en trámite y todavía no constaba que lo estuviera.

    :raises NoProcede: si no está en trámite, o si ya constaba
    """
    if expediente.estado not in (Estado.EN_TRAMITE, Estado.IMPUGNADO):
        raise NoProcede("Solo se paraliza un expediente que está en trámite.", norma=ART_ABANDONO)
    if expediente.paralizado_desde is not None:
        raise NoProcede(
            f"Ya consta que está detenido desde el {fecha_en_palabras(expediente.paralizado_desde)}.",
            norma=ART_ABANDONO,
        )


def check_principal(expediente: Expediente) -> None:
    """Se acumula a un expediente que está en trámite.

    :raises NoProcede: si no lo está
    """
    if expediente.estado not in (Estado.EN_TRAMITE, Estado.PRESENTADO):
        raise NoProcede("El expediente principal debe estar en trámite.", norma="Ley 27444, arts. 116 y 149")


def get_dia_del_abandono(paralizado_desde: date, *, al: date) -> date:
    """El primer día en que se puede declarar el abandono: el siguiente hábil a los treinta de paralización (191)."""
    dias = plazos.get_entero("ABANDONO", al=al)
    return sumar_habiles(paralizado_desde, dias + 1, get_calendario()).fecha


def check_abandono(expediente: Expediente, *, al: date) -> None:
    """El abandono se resuelve solo después de treinta días hábiles de paralización por causa del administrado.

    :raises NoProcede: si no consta la paralización, o si todavía no pasan los días
    """
    if expediente.paralizado_desde is None:
        raise NoProcede(
            "Primero anote desde cuándo está detenido el expediente por causa del administrado.",
            norma=ART_ABANDONO,
        )
    dia = get_dia_del_abandono(expediente.paralizado_desde, al=al)
    if al < dia:
        raise NoProcede(
            f"El abandono se puede declarar desde el {fecha_en_palabras(dia)}: deben pasar treinta días hábiles "
            f"desde el {fecha_en_palabras(expediente.paralizado_desde)}.",
            norma=ART_ABANDONO,
        )


def check_desistirse(expediente: Expediente) -> None:
    """Se desiste quien todavía no fue notificado de la decisión.

    :raises NoProcede: si ya terminó
    """
    if expediente.estado not in ABIERTOS:
        raise NoProcede(
            "Este procedimiento ya terminó: no hay de qué desistirse.", norma="Ley 27444, art. 189.5"
        )


def check_aceptar(expediente: Expediente) -> None:
    """Se resuelve aceptar un desistimiento solo si alguien lo presentó en esta etapa.

    :raises NoProcede: si nadie se desistió
    """
    if not Desistimiento.objects.filter(expediente=expediente, etapa=expediente.etapa).exists():
        raise NoProcede("Nadie se ha desistido en este expediente.", norma=ART_DESISTIMIENTO)


def check_revisar_de_oficio(actor: Persona, expediente: Expediente, *, al: date) -> UnidadOrganica:
    """Revisa la jefatura superior de quien decidió, dentro de los años de la regla; devuelve su unidad.

    :raises Denegado: si es otra persona
    :raises NoProcede: si ya pasaron los años
    """
    superior = get_superior_que_anula(expediente)
    _check_superior(actor, superior)
    _check_a_tiempo(expediente, al)
    return superior


def get_superior_que_anula(expediente: Expediente) -> UnidadOrganica:
    """La unidad superior de la que decidió; si nadie está por encima, ella misma (202.2)."""
    decision = (
        Proyecto.objects.filter(expediente=expediente, pone_fin=True, estado=Proyecto.Estado.EMITIDO)
        .select_related("firmante__unidad__padre")
        .order_by("-etapa")
        .first()
    )
    unidad = decision.firmante.unidad if decision else expediente.version_tramite.unidad_aprobacion
    return unidad.padre or unidad


def check_anular(expediente: Expediente, *, al: date) -> None:
    """La nulidad se resuelve después de los días que el administrado tiene para dar sus razones.

    :raises NoProcede: si no hay revisión abierta, si el traslado aún no surte efecto o si todavía corre ese plazo
    """
    revision = _get_revision(expediente)
    if revision.alegar_hasta is None:
        raise NoProcede(
            "Primero se oye al administrado: redacte, firme y notifique la carta que le corre traslado. Sus días se "
            "cuentan desde que esa notificación surta efecto.",
            norma=ART_NULIDAD,
        )
    if al <= revision.alegar_hasta:
        raise NoProcede(
            f"El administrado tiene hasta el {fecha_en_palabras(revision.alegar_hasta)} para dar sus razones.",
            norma=ART_NULIDAD,
        )


def check_trasladar(expediente: Expediente) -> None:
    """Se corre traslado una vez, mientras la revisión está abierta.

    :raises NoProcede: si no hay revisión abierta, o si el traslado ya se firmó
    """
    revision = _get_revision(expediente)
    firmados = Proyecto.objects.filter(
        expediente=expediente, efecto=EfectoDeActo.TRASLADO, etapa=revision.etapa, estado=Proyecto.Estado.EMITIDO
    )  # fmt: skip
    if revision.oido_desde is not None or firmados.exists():
        raise NoProcede("El traslado de esta revisión ya se firmó: notifíquelo.", norma=ART_NULIDAD)


def check_reponer(expediente: Expediente) -> None:
    """Se repone lo que una nulidad de oficio dejó sin decidir, si hubo una evaluación a la que volver.

    :raises NoProcede: si no hay una nulidad notificada, o si era de aprobación automática
    """
    if expediente.estado != Estado.ANULADO:
        raise NoProcede(
            "Se repone lo que una nulidad de oficio ya notificada dejó sin decidir.",
            norma="Ley 27444, arts. 202.2 y 217.2",
        )
    if expediente.version_tramite.condiciones(expediente.modalidad).calificacion == rules.AUTOMATICA:
        raise NoProcede(
            "Este trámite es de aprobación automática: anulada la aprobación, no hay una evaluación a la que volver.",
            norma="Ley 27444, arts. 31 y 217.2",
        )


def _get_revision(expediente: Expediente) -> RevisionDeOficio:
    revision = RevisionDeOficio.objects.filter(expediente=expediente, cerrada_en__isnull=True).first()
    if revision is None or expediente.estado != Estado.EN_NULIDAD:
        raise NoProcede("Primero inicie la revisión de oficio.", norma=ART_NULIDAD)
    return revision


def _check_superior(actor: Persona, superior: UnidadOrganica) -> None:
    if not any(
        a.puesto.es_jefatura and a.puesto.unidad_id == superior.pk for a in actor.asignaciones_vigentes
    ):
        raise Denegado(
            f"La nulidad de oficio la declara el superior de quien decidió: {superior}.", norma=ART_NULIDAD
        )


def _check_a_tiempo(expediente: Expediente, hoy: date) -> None:
    """Dos años desde que quedó consentido (202.3): se mira la fecha más antigua que pudo serlo."""
    anios = plazos.get_entero("NULIDAD_ANIOS", al=hoy)
    consentido = expediente.silencio_operado_el or expediente.fecha_presentacion
    notificada = expediente.notificaciones.order_by("-pk").first()
    if notificada is not None and notificada.efecto_el is not None:
        consentido = notificada.efecto_el
    limite = date(consentido.year + anios, consentido.month, min(consentido.day, 28))
    if hoy > limite:
        raise NoProcede(
            f"Pasaron más de {anios} años: la nulidad ya no se declara de oficio; cabe demandarla ante el Poder "
            "Judicial.",
            norma="Ley 27444, arts. 202.3 y 202.4",
        )


def check_firme(expediente: Expediente, *, al: date) -> None:
    """Se archiva lo que ya no se puede impugnar: pasaron los días para los recursos desde que surtió efecto (212).

    :raises NoProcede: si todavía corre ese plazo
    """
    notificada = expediente.notificaciones.order_by("-pk").first()
    if expediente.estado not in (Estado.NOTIFICADO, Estado.ABANDONADO) or notificada is None:
        return
    efecto = notificada.efecto_el
    if efecto is None:
        return
    hasta = sumar_habiles(efecto, plazos.get_entero("RECURSO_PRESENTAR", al=al), get_calendario()).fecha
    if al <= hasta:
        raise NoProcede(
            f"El administrado puede impugnar hasta el {fecha_en_palabras(hasta)}: se archiva después.",
            norma="Ley 27444, arts. 207.2 y 212",
        )


def check_sin_numero_reservado(expediente: Expediente) -> None:
    """No se archiva con un número tomado para algo que nadie firmó: la serie tendría un hueco sin explicar (157).

    :raises NoProcede: si lo hay, y dice cuál
    """
    reserva = NumeroReservado.objects.filter(proyecto__expediente=expediente, documento=None).first()
    if reserva is not None:
        raise NoProcede(
            f"El número {reserva.numero} está reservado para un proyecto que no se firmó: quien lo iba a firmar debe "
            "firmarlo o renunciar a ese número antes de archivar.",
            norma="Ley 27444, art. 157",
        )


DECIDIDOS = (Estado.NOTIFICADO, Estado.APROBADO_AUTOMATICO, Estado.APROBADO_FICTO)


def check_efecto(efecto: str, expediente: Expediente, *, al: date) -> None:
    """Lo que la ley pide antes de dictar un acto con ese efecto, ese día.

    :raises NoProcede: si todavía no, o si ya no, con su artículo
    """
    if check := _POR_EFECTO.get(efecto):
        check(expediente, al)


def check_competencia(efecto: str, expediente: Expediente, puesto: Puesto) -> None:
    """Lo pedido lo decide la autoridad que dice el TUPA, o una superior (arts. 3.1 y 61).

    :raises Denegado: si el puesto que firma no es de esa autoridad
    """
    if efecto != EfectoDeActo.DECIDE or not expediente.decide_lo_pedido:
        return
    autoridad = expediente.version_tramite.unidad_aprobacion
    if puesto.unidad_id not in {unidad.pk for unidad in _con_superiores(autoridad)}:
        raise Denegado(
            f"Según el TUPA, este procedimiento lo resuelve {autoridad}: {puesto.unidad} no es competente.",
            norma="Ley 27444, arts. 3.1 y 61",
        )


def _con_superiores(unidad: UnidadOrganica) -> list[UnidadOrganica]:
    cadena, actual = [], unidad
    while actual is not None and actual not in cadena:
        cadena.append(actual)
        actual = actual.padre  # type: ignore[assignment]
    return cadena


def _check_enmienda(expediente: Expediente, al: date) -> None:
    if expediente.estado not in DECIDIDOS:
        raise NoProcede(
            "Se corrige el error material de una decisión ya notificada.", norma="Ley 27444, art. 201"
        )


_POR_EFECTO: dict[str, Callable[[Expediente, date], None]] = {
    EfectoDeActo.ABANDONO: lambda expediente, al: check_abandono(expediente, al=al),
    EfectoDeActo.DESISTIMIENTO: lambda expediente, al: check_aceptar(expediente),
    EfectoDeActo.NULIDAD: lambda expediente, al: check_anular(expediente, al=al),
    EfectoDeActo.ENMIENDA: _check_enmienda,
    EfectoDeActo.TRASLADO: lambda expediente, al: check_trasladar(expediente),
}
