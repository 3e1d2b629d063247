"""Lo que se pregunta a los recursos: qué se puede impugnar hoy y hasta cuándo, y qué espera decisión."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import NoEncontrado, NoProcede
from llaqta.cimientos.queries import get_calendario
from llaqta.cimientos.web.paginas import Pagina, paginar
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import policies as politicas_de_expedientes
from llaqta.salas.expedientes import queries as expedientes
from llaqta.salas.expedientes import rules as reglas_de_expedientes
from llaqta.salas.expedientes.models import Estado, Expediente
from llaqta.salas.expedientes.queries import ActoNotificado, RecursoPosible
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.recursos import policies, rules
from llaqta.salas.recursos.models import InformacionErronea, Queja, Recurso, RecursoQuerySet


@dataclass(frozen=True)
class Impugnable:
    """Lo que hoy se puede impugnar en un expediente: una decisión notificada, o el silencio."""

    acto: ActoNotificado | None
    etapa: int
    posibles: Mapping[str, RecursoPosible]
    limites: Mapping[str, rules.Limite]

    @property
    def silencio(self) -> bool:
        """Verdadero si lo que se impugna es la falta de respuesta."""
        return self.acto is None


def get_impugnable(expediente: Expediente, *, para: Persona | None = None, al: date) -> Impugnable:
    """Qué se puede impugnar el día ``al`` y hasta cuándo con cada recurso.

    :raises NoProcede: si todavía no hay nada que impugnar, con la frase que dice por qué
    """
    if expediente.estado in politicas_de_expedientes.SIN_DECISION:
        return _por_silencio(expediente, al)
    acto = expedientes.get_acto_notificado(expediente, para=para, al=al)
    # Lo notificado que ya surte efecto se puede impugnar aunque todavía no se haya anotado.
    if not (acto and expediente.estado == Estado.POR_NOTIFICAR) and not any(
        f.acto == "impugnar" and f.desde == expediente.estado for f in reglas_de_expedientes.TRANSICIONES
    ):
        reglas_de_expedientes.get_transicion("impugnar", expediente.estado)
    if acto is None:
        raise NoProcede(
            "La decisión todavía no surte efecto: el recurso se presenta desde el día siguiente.",
            norma="Ley 27444, arts. 16.1 y 207.2",
        )
    posibles = {
        p.clase: p for p in expedientes.get_recursos_posibles(expediente, para=para, al=acto.efecto_el)
    }
    limites = {
        clase: _limite(expediente, acto.efecto_el, acto.etapa, posible.dias, al)
        for clase, posible in posibles.items()
    }
    return Impugnable(acto, expediente.etapa, posibles, limites)


def _por_silencio(expediente: Expediente, al: date) -> Impugnable:
    politicas_de_expedientes.check_sin_decision(expediente, al=al)
    posibles = {p.clase: p for p in expedientes.get_recursos_posibles(expediente, al=al, silencio=True)}
    return Impugnable(None, expediente.etapa, posibles, {})


def get_limite_de(recurso: Recurso, *, para: Persona | None) -> rules.Limite:
    """Hasta cuándo se podía presentar ese recurso, contado otra vez con lo que hoy se sabe."""
    posible = next(p for p in get_posibles_contra(recurso, para=para) if p.clase == recurso.clase)
    assert recurso.acto_efecto_el is not None
    return _limite(
        recurso.expediente, recurso.acto_efecto_el, recurso.etapa_impugnada, posible.dias,
        presentado_el(recurso, para=para),
    )  # fmt: skip


def presentado_el(recurso: Recurso, *, para: Persona | None) -> date:
    """El día de Lima en que se presentó."""
    return hoy_en_lima(recurso.presentado_en)


def _limite(expediente: Expediente, efecto_el: date, etapa: int, dias: int, al: date) -> rules.Limite:
    calendario = get_calendario()
    malos = InformacionErronea.objects.filter(expediente=expediente, etapa=etapa)
    erroneos = [(m.desde, m.hasta, f"la notificación informó mal: {m.que_decia} (art. 24.2)") for m in malos]
    datos = {"distancia": expediente.dias_distancia, "erroneos": erroneos}
    limite = rules.contar_limite(efecto_el, dias, calendario, **datos)  # type: ignore[arg-type]
    corrido = plazos.correr_por_interrupcion(
        limite.hasta, calendario=calendario, servicio="MESA_DIGITAL", al=al
    )
    if corrido.fecha == limite.hasta:
        return limite
    return rules.contar_limite(efecto_el, dias, calendario, corrido=corrido, **datos)  # type: ignore[arg-type]


def check_interponer(expediente: Expediente, clase: str, *, para: Persona, al: date) -> Impugnable:
    """Lo mismo que mira el servicio antes de recibir un recurso, para encender o apagar su botón.

    :raises Denegado: si no es parte
    :raises NoProcede: si no corresponde, con su artículo
    """
    policies.check_parte(para, expediente, al=al)
    vivo = get_vivo(expediente, para=para)
    # Primero lo exclusivo: con uno en curso, eso es lo que hay que decir, aunque tampoco hubiera qué impugnar.
    silencio = vivo is not None and expediente.silencio_desde is not None and expediente.silencio_desde <= al
    policies.check_uno_por_vez(vivo, silencio=silencio)
    impugnable = get_impugnable(expediente, para=para, al=al)
    usadas = set(usados(expediente).values_list("clase", flat=True))
    policies.check_clase(clase, silencio=impugnable.silencio, posibles=impugnable.posibles, usadas=usadas)
    return impugnable


def usados(expediente: Expediente, *, para: Persona | None = None) -> RecursoQuerySet:
    """Los recursos presentados desde que lo pedido se decide: los de antes de una reposición no cuentan (214)."""
    return Recurso.objects.filter(expediente=expediente, etapa_impugnada__gte=expediente.etapa_repuesta)


def get_posibles_contra(recurso: Recurso, *, para: Persona | None) -> list[RecursoPosible]:
    """Los recursos que cabían contra lo mismo que ese recurso impugna."""
    al = recurso.acto_efecto_el or hoy_en_lima(recurso.presentado_en)
    return expedientes.get_recursos_posibles(
        recurso.expediente,
        para=para,
        al=al,
        etapa=recurso.etapa_impugnada,
        silencio=recurso.contra == Recurso.Contra.SILENCIO,
    )


# --- Recursos -------------------------------------------------------------------------------------------------------
def get_vivo(expediente: Expediente, *, para: Persona | None) -> Recurso | None:
    """El recurso que espera decisión en ese expediente, si lo hay."""
    return Recurso.objects.vivos().filter(expediente=expediente).select_related("autoridad").first()


def get_por_escrito(documento_id: int, *, para: Persona | None) -> Recurso | None:
    """El recurso que se presentó con ese escrito."""
    return Recurso.objects.filter(escrito=documento_id).select_related("expediente", "autoridad").first()


def get_recurso(pk: int, *, para: Persona) -> Recurso:
    """Un recurso, si ``para`` puede ver su expediente.

    :raises NoEncontrado: si no existe o no le corresponde
    """
    hallado = (
        Recurso.objects.visible_to(para)
        .filter(pk=pk)
        .select_related(
            "expediente__version_tramite__procedimiento", "expediente__administrado", "expediente__unidad_responsable",
            "autoridad", "acto__tipo", "escrito__archivo", "decision", "presentado_por", "encauzado_por",
        )
        .first()
    )  # fmt: skip
    if hallado is None:
        raise NoEncontrado
    return hallado


def get_por_resolver(*, para: Persona, cursor: str = "") -> Pagina[Recurso]:
    """Los recursos que esperan decisión en las unidades de ``para``, o todos si los ve todos; antes el que vence antes.

    :raises Denegado: si no tramita ni controla
    """
    _check_personal(para)
    consulta = Recurso.objects.vivos().select_related("expediente__administrado", "autoridad")
    if not para.puede("expedientes.ver_todo"):
        consulta = consulta.filter(expediente__unidad_responsable__in=para.unidades)
    return paginar(consulta, orden=("vence_el", "pk"), cursor=cursor)


# --- Quejas ---------------------------------------------------------------------------------------------------------
def get_queja(pk: int, *, para: Persona) -> Queja:
    """Una queja, si es suya, o la resuelve o contesta su unidad.

    :raises NoEncontrado: si no existe o no le corresponde
    """
    hallada = (
        Queja.objects.visible_to(para)
        .filter(pk=pk)
        .select_related(
            "expediente__administrado", "expediente__unidad_responsable", "contra_unidad", "contra_persona", "superior",
            "escrito", "documento", "presentada_por", "descargo_por", "resuelta_por",
        )
        .first()
    )  # fmt: skip
    if hallada is None:
        raise NoEncontrado
    return hallada


def get_quejas(*, para: Persona, vista: str = "por-resolver", cursor: str = "") -> Pagina[Queja]:
    """Las quejas de las unidades de ``para``: por resolver, por contestar o resueltas.

    :raises Denegado: si no tramita ni controla
    """
    _check_personal(para)
    consulta = Queja.objects.select_related("expediente__administrado", "contra_unidad", "superior")
    todas = para.puede("expedientes.ver_todo")
    if vista == "por-contestar":
        consulta = consulta.filter(estado=Queja.Estado.PRESENTADA, descargo_en__isnull=True)
        return paginar(
            consulta if todas else consulta.filter(contra_unidad__in=para.unidades),
            orden=("descargo_hasta", "pk"),
            cursor=cursor,
        )
    resueltas = vista == "resueltas"
    consulta = consulta.filter(estado=Queja.Estado.RESUELTA if resueltas else Queja.Estado.PRESENTADA)
    return paginar(
        consulta if todas else consulta.filter(superior__in=para.unidades),
        orden=("-resuelta_en", "-pk") if resueltas else ("vence_el", "pk"),
        cursor=cursor,
    )


def contar_quejas(*, para: Persona) -> dict[str, int]:
    """Cuántas esperan algo de las unidades de ``para``, por vista.

    :raises Denegado: si no tramita ni controla
    """
    _check_personal(para)
    abiertas = Queja.objects.filter(estado=Queja.Estado.PRESENTADA)
    sin_informe = abiertas.filter(descargo_en__isnull=True)
    if not para.puede("expedientes.ver_todo"):
        abiertas = abiertas.filter(superior__in=para.unidades)
        sin_informe = sin_informe.filter(contra_unidad__in=para.unidades)
    return {"por-resolver": abiertas.count(), "por-contestar": sin_informe.count()}


def _check_personal(para: Persona) -> None:
    if not para.puede("expedientes.ver_todo") and not para.puede("mesapartes.recibir"):
        cuentas.exigir(para, "expedientes.tramitar")
