"""Qué puede hacer hoy una persona con su expediente: un botón por cada escrito que la ley le permite, y solo esos.

El botón se enciende con la misma política que usa el servicio; lo que no procede no se ofrece.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import Negativa, NoProcede
from llaqta.cimientos.web.palabras import con_articulo
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import oportunidad
from llaqta.salas.expedientes import policies as expedientes
from llaqta.salas.expedientes import services as actos_del_expediente
from llaqta.salas.expedientes.models import Estado, Expediente
from llaqta.salas.mesapartes.models import EscritoPosterior
from llaqta.salas.recursos import policies as politicas_de_recursos
from llaqta.salas.recursos import queries as recursos
from llaqta.salas.recursos.rules import SIN_PLAZO

Clase = EscritoPosterior.Clase


@dataclass(frozen=True)
class Opcion:
    """Un escrito que hoy se puede presentar: qué dice su botón, qué logra y hasta cuándo."""

    clase: str
    boton: str
    explicacion: str
    hasta: date | None = None
    principal: bool = False

    @property
    def ruta(self) -> str:
        """Su nombre en la dirección."""
        return en_direccion(self.clase)


def en_direccion(clase: str) -> str:
    """``DJ_SILENCIO`` → ``dj-silencio``."""
    return clase.lower().replace("_", "-")


def desde_direccion(ruta: str) -> str:
    """``dj-silencio`` → ``DJ_SILENCIO``; vacío, si no es una clase de escrito."""
    clase = ruta.upper().replace("-", "_")
    return clase if clase in Clase.values else ""


def get_opciones(expediente: Expediente, *, para: Persona, ahora: datetime) -> list[Opcion]:
    """Lo que ``para`` puede presentar hoy en ese expediente, lo más urgente primero."""
    hoy = hoy_en_lima(ahora)
    hechas = []
    for posible in _POR_CLASE.values():
        try:
            opcion = posible(expediente, para, hoy)
        except Negativa:
            continue
        if opcion is not None:
            hechas.append(opcion)
    return sorted([*hechas, _otro(expediente, hoy)], key=lambda opcion: not opcion.principal)


def check_opcion(expediente: Expediente, clase: str, *, para: Persona, ahora: datetime) -> Opcion | None:
    """La opción de esa clase, para su página; ``None``, si no se ofrece pero se recibe igual (un recurso tardío).

    :raises NoProcede: si la ley no la permite hoy, con su artículo
    """
    hoy = hoy_en_lima(ahora)
    if clase == Clase.OTRO:
        return _otro(expediente, hoy)
    opcion = _POR_CLASE[Clase(clase)](expediente, para, hoy)
    if opcion is not None and clase == Clase.SUSPENSION:
        return _con_los_dias_que_quedan(opcion, expediente, hoy)
    return opcion


def _otro(expediente: Expediente, hoy: date) -> Opcion:
    """Cualquier otro escrito; si le corrieron traslado de una nulidad, es donde da sus razones, y tiene fecha."""
    if expediente.estado == Estado.EN_NULIDAD:
        revision = expediente.revisiones_de_oficio.filter(cerrada_en__isnull=True).first()
        if revision is not None and revision.alegar_hasta is not None and revision.alegar_hasta >= hoy:
            return Opcion(
                Clase.OTRO, "Dar sus razones", "Diga por qué lo decidido debe mantenerse, y adjunte sus pruebas.",
                revision.alegar_hasta, principal=True,
            )  # fmt: skip
    return Opcion(Clase.OTRO, "Presentar otro escrito", "Se agrega a su expediente, con su cargo.")


def _recurso(
    expediente: Expediente, para: Persona, hoy: date, clase: str, boton: str, que: str
) -> Opcion | None:
    impugnable = recursos.check_interponer(expediente, clase, para=para, al=hoy)
    autoridad = con_articulo(impugnable.posibles[clase].autoridad.nombre)
    limite = impugnable.limites.get(clase)
    if limite is None:
        return Opcion(clase, boton, f"{que.format(autoridad)} {SIN_PLAZO}", principal=True)
    if not limite.en_plazo(hoy):
        return None
    return Opcion(clase, boton, que.format(autoridad), limite.hasta, principal=True)


def _apelacion(expediente: Expediente, para: Persona, hoy: date) -> Opcion | None:
    return _recurso(
        expediente, para, hoy, Clase.APELACION, "Apelar", "La revisa y decide el superior: {0}."
    )  # fmt: skip


def _reconsideracion(expediente: Expediente, para: Persona, hoy: date) -> Opcion | None:
    return _recurso(
        expediente, para, hoy, Clase.RECONSIDERACION, "Pedir que lo reconsideren",
        "Decide otra vez {0}, si usted tiene una prueba nueva.",
    )  # fmt: skip


def _revision(expediente: Expediente, para: Persona, hoy: date) -> Opcion | None:
    return _recurso(
        expediente, para, hoy, Clase.REVISION, "Pedir la revisión", "La decide {0}, porque una ley lo prevé."
    )  # fmt: skip


def _queja(expediente: Expediente, para: Persona, hoy: date) -> Opcion:
    politicas_de_recursos.check_parte(para, expediente, al=hoy)
    politicas_de_recursos.check_quejarse(expediente)
    espera = expediente.estado in expedientes.SIN_DECISION
    vencido = espera and expediente.vence_el is not None and expediente.vence_el < hoy
    return Opcion(
        Clase.QUEJA, "Quejarse por la demora o por un defecto",
        "La decide el superior en tres días hábiles. Su trámite sigue igual.", principal=vencido,
    )  # fmt: skip


def _desistimiento(expediente: Expediente, para: Persona, hoy: date) -> Opcion:
    expedientes.check_administrado(para, expediente, al=hoy)
    oportunidad.check_desistirse(expediente)
    return Opcion(Clase.DESISTIMIENTO, "Desistirse", "Si ya no quiere continuar con su pedido.")


def _suspension(expediente: Expediente, para: Persona, hoy: date) -> Opcion:
    expedientes.check_suspender(para, expediente, al=hoy)
    return Opcion(
        Clase.SUSPENSION,
        "Suspender el plazo",
        "Si necesita tiempo: los días que pida no se cuentan (art. 136.4).",
    )


def _con_los_dias_que_quedan(opcion: Opcion, expediente: Expediente, hoy: date) -> Opcion:
    """Solo en su página, que es donde se eligen las fechas: contarlos en cada lista sería leer de más."""
    quedan = actos_del_expediente.get_dias_por_suspender(expediente, al=hoy)
    if not quedan:
        raise NoProcede(
            "Ya pidió suspender todos los días que la ley permite.", norma=expedientes.ART_SUSPENSION
        )
    dicho = "1 día hábil" if quedan == 1 else f"{quedan} días hábiles"
    return replace(
        opcion,
        explicacion=f"Si necesita tiempo: los días que pida no se cuentan. Puede pedir hasta {dicho} (art. 136.4).",
    )


def _declaracion(expediente: Expediente, para: Persona, hoy: date) -> Opcion | None:
    expedientes.check_administrado(para, expediente, al=hoy)
    if expediente.estado != Estado.APROBADO_FICTO:
        return None
    return Opcion(
        Clase.DJ_SILENCIO, "Declarar que quedó aprobado",
        "Es opcional: su cargo prueba que lo pedido quedó aprobado por silencio.", principal=True,
    )  # fmt: skip


def _respuesta(expediente: Expediente, para: Persona, hoy: date) -> Opcion | None:
    expedientes.check_administrado(para, expediente, al=hoy)
    hasta = expediente.corregir_hasta
    if expediente.estado != Estado.EMPLAZADO or hasta is None or hasta < hoy:
        return None
    return Opcion(
        Clase.RESPUESTA_A_EMPLAZAMIENTO, "Corregir lo que le pidieron",
        "Envíe lo que falta para que su trámite continúe.", hasta, principal=True,
    )  # fmt: skip


_POR_CLASE: dict[Clase, Callable[[Expediente, Persona, date], Opcion | None]] = {
    Clase.RESPUESTA_A_EMPLAZAMIENTO: _respuesta,
    Clase.APELACION: _apelacion,
    Clase.RECONSIDERACION: _reconsideracion,
    Clase.REVISION: _revision,
    Clase.DJ_SILENCIO: _declaracion,
    Clase.QUEJA: _queja,
    Clase.SUSPENSION: _suspension,
    Clase.DESISTIMIENTO: _desistimiento,
}
