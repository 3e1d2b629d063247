"""Los actos que la máquina de vidas intenta, lícitos o no, y lo que siempre debe ser cierto después de cada uno.

Un acto es una función que, con un expediente y una persona, llama al servicio de verdad. ``None`` dice que ahora no hay
sobre qué intentarlo: no existe todavía un proyecto que firmar, una notificación que abrir.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import connection

from llaqta.cimientos.calendario import LIMA
from llaqta.conftest import PIN
from llaqta.salas.casilla import services as casilla
from llaqta.salas.casilla.models import Notificacion
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente, Movimiento, Plantilla, Proyecto
from llaqta.salas.mesapartes import services as mesapartes
from llaqta.salas.mesapartes.models import ItemObservado, Presentacion

from .municipalidad import OTORGA, Municipalidad, papel

Llamada = Callable[[], Any]
SIN_HUELLA = ("firma_intento", "cimientos_memoria", "tramites_", "cuentas_", "plazos_")
"""Lo que ningún acto de un expediente escribe, y los intentos de PIN, que se cuentan aunque fracasen."""


@dataclass
class Mundo:
    """La municipalidad, quienes actúan y la hora que es."""

    muni: Municipalidad
    gente: dict[str, Persona]
    tramites: list[str]
    ahora: datetime = datetime(2026, 6, 1, 9, 0, tzinfo=LIMA)
    expedientes: list[int] = field(default_factory=list)

    @property
    def hoy(self) -> date:
        """La fecha de Lima."""
        return self.ahora.date()

    def pasar(self, dias: int, minutos: int) -> None:
        """El reloj avanza, nunca retrocede."""
        self.ahora += timedelta(days=dias, minutes=minutos)


# --- Los actos --------------------------------------------------------------------------------------------------------
def _presentacion(expediente: Expediente) -> Presentacion:
    return Presentacion.objects.get(expediente=expediente)


def observar(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    requisito = e.version_tramite.requisitos_en_orden[1]
    items = [mesapartes.ItemPorObservar(requisito.pk, "Falta el plano firmado.")]
    return lambda: mesapartes.observar(actor=quien, presentacion=_presentacion(e), items=items, ahora=m.ahora)


def subsanar(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    items = list(ItemObservado.objects.filter(observacion__presentacion__expediente=e))
    if not items:
        return None
    archivos = {item.requisito_id: [papel("plano.pdf")] for item in items}
    return lambda: mesapartes.subsanar(
        actor=quien, presentacion=_presentacion(e), archivos_por_requisito=archivos, ahora=m.ahora
    )


def derivar_de_mesa(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    return lambda: mesapartes.recibir_y_derivar(
        actor=quien, presentacion=_presentacion(e), para_unidad=m.muni.unidades["SGLC"],
        motivo="para su atención", proveido="Pase.", ahora=m.ahora,
    )  # fmt: skip


def derivar(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    return lambda: expedientes.derivar(
        actor=quien, expediente=e, para_unidad=m.muni.unidades["SGLC"], para_persona=m.muni.lucia,
        motivo="para su atención", proveido="", ahora=m.ahora,
    )  # fmt: skip


def recibir(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    envio = Movimiento.objects.filter(expediente=e, recibido_en=None).order_by("pk").first()
    return envio and (lambda: expedientes.recibir_movimiento(actor=quien, movimiento=envio, ahora=m.ahora))


def pedir_informe(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    return lambda: expedientes.pedir_informe(
        actor=quien, expediente=e, para_unidad=m.muni.unidades["OAJ"], motivo="para opinión",
        proveido="¿Procede?", ahora=m.ahora,
    )  # fmt: skip


def _pedido(e: Expediente) -> Movimiento | None:
    return Movimiento.objects.filter(expediente=e, clase="INFORME", responde_a=None, atendido_en=None).first()


def rendir_informe(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    pedido = _pedido(e)
    return pedido and (
        lambda: expedientes.rendir_informe(actor=quien, movimiento=pedido, nota="Procede.", ahora=m.ahora)
    )


def prescindir(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    pedido = _pedido(e)
    return pedido and (lambda: expedientes.prescindir_informe(actor=quien, movimiento=pedido, ahora=m.ahora))


def redactar(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    if Proyecto.objects.filter(expediente=e).count() > 3:
        return None
    plantilla = Plantilla.objects.get(nombre=OTORGA)
    return lambda: expedientes.redactar_proyecto(
        actor=quien, expediente=e, plantilla=plantilla, ahora=m.ahora
    )


def _proyecto(e: Expediente, *estados: str) -> Proyecto | None:
    return Proyecto.objects.filter(expediente=e, estado__in=estados).order_by("pk").first()


def enviar(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    proyecto = _proyecto(e, "BORRADOR")
    return proyecto and (lambda: expedientes.enviar_proyecto(actor=quien, proyecto=proyecto, ahora=m.ahora))


def firmar(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    proyecto = _proyecto(e, "PARA_FIRMA", "EMITIDO", "BORRADOR")
    return proyecto and (
        lambda: expedientes.firmar_proyecto(actor=quien, proyecto=proyecto, pin=PIN, ahora=m.ahora)
    )


def notificar(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    documento = Documento.objects.filter(incorporado__expediente=e).order_by("-pk").first()
    return lambda: expedientes.notificar_decision(
        actor=quien, expediente=e, documento=documento, ahora=m.ahora
    )


def abrir_la_casilla(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    notificacion = Notificacion.objects.filter(expediente=e.numero).order_by("-pk").first()
    if notificacion is None:
        return None

    def abrir() -> None:
        casilla.abrir_notificacion(actor=quien, codigo=notificacion.codigo, ahora=m.ahora)
        # Lo que hace el oyente de la casilla: el expediente toma conocimiento.
        expedientes.tomar_conocimiento(notificacion_id=notificacion.pk, ahora=m.ahora)

    return abrir


def archivar(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    return lambda: expedientes.archivar(actor=quien, expediente=e, ahora=m.ahora)


@dataclass(frozen=True)
class Acto:
    """Un acto, a quién le toca y qué anuncia."""

    hacer: Callable[[Mundo, Expediente, Persona], Llamada | None]
    a_quien_le_toca: str
    anuncia: str


ACTOS: dict[str, Acto] = {
    "observar": Acto(observar, "mario", "mesapartes.PresentacionObservada"),
    "subsanar": Acto(subsanar, "rosa", "mesapartes.ObservacionSubsanada"),
    "derivar de mesa": Acto(derivar_de_mesa, "mario", "mesapartes.PresentacionRecibida"),
    "derivar": Acto(derivar, "lucia", "expedientes.ExpedienteDerivado"),
    "recibir": Acto(recibir, "lucia", "expedientes.MovimientoRecibido"),
    "pedir informe": Acto(pedir_informe, "lucia", "expedientes.InformePedido"),
    "rendir informe": Acto(rendir_informe, "elmer", "expedientes.InformeRendido"),
    "prescindir del informe": Acto(prescindir, "lucia", "expedientes.InformePrescindido"),
    "redactar": Acto(redactar, "lucia", "expedientes.ProyectoRedactado"),
    "enviar a la firma": Acto(enviar, "lucia", "expedientes.ProyectoEnviado"),
    "firmar": Acto(firmar, "julio", "expedientes.DocumentoEmitido"),
    "notificar": Acto(notificar, "lucia", "expedientes.DecisionDepositada"),
    "abrir la casilla": Acto(abrir_la_casilla, "rosa", "casilla.NotificacionLeida"),
    "archivar": Acto(archivar, "lucia", "expedientes.ExpedienteArchivado"),
}


def lo_que_sigue(m: Mundo, e: Expediente, variante: int) -> tuple[str, str] | None:
    """Lo que la ley espera de este expediente y de quién; sin esto, las vidas al azar no llegarían lejos."""
    if e.estado == "PRESENTADO":
        return ("observar", "mario") if variante == 1 else ("derivar de mesa", "mario")
    if e.estado == "EN_TRAMITE":
        return _en_tramite(e, variante)
    if e.estado == "EN_INFORME":
        pedido = _pedido(e)
        if pedido is not None and pedido.vence_el is not None and pedido.vence_el < m.hoy:
            return "prescindir del informe", "lucia"
        sin_recibir = pedido is not None and pedido.recibido_en is None
        return ("recibir", "elmer") if sin_recibir else ("rendir informe", "elmer")
    acto = {
        "OBSERVADO": "subsanar",
        "RESUELTO": "notificar",
        "POR_NOTIFICAR": "abrir la casilla",
        "NOTIFICADO": "archivar",
    }.get(e.estado)
    return (acto, ACTOS[acto].a_quien_le_toca) if acto else None


def _en_tramite(e: Expediente, variante: int) -> tuple[str, str]:
    if Movimiento.objects.filter(expediente=e, recibido_en=None).exists():
        return "recibir", "lucia"
    if variante in (2, 3):
        return ("pedir informe", "lucia") if variante == 2 else ("derivar", "lucia")
    proyecto = _proyecto(e, "BORRADOR", "PARA_FIRMA")
    if proyecto is None:
        return "redactar", "lucia"
    return ("enviar a la firma", "lucia") if proyecto.estado == "BORRADOR" else ("firmar", "julio")


def presentar(m: Mundo, quien: Persona, tramite: str, *, completo: bool) -> Presentacion:
    """Una solicitud nueva."""
    from llaqta.salas.tramites.models import Requisito  # noqa: PLC0415

    plano = Requisito.objects.get(version__procedimiento__codigo=tramite, orden=2)
    return mesapartes.presentar(
        actor=quien, tramite=tramite, asunto="Licencia para mi bodega", archivos=[papel()],
        requisitos=[plano.pk if completo else None], envio=uuid4(), ahora=m.ahora,
    )  # fmt: skip


# --- La huella --------------------------------------------------------------------------------------------------------
def _tablas() -> list[str]:
    de_la_casa = [m._meta.db_table for m in apps.get_models() if m.__module__.startswith("llaqta.")]
    return [t for t in (*de_la_casa, "procrastinate_jobs") if not t.startswith(SIN_HUELLA)]


def huella() -> dict[str, tuple[int, str]]:
    """Cuántas filas hay en cada tabla y qué dicen: si una negativa cambia un solo dato, se nota."""
    partes = [
        f"SELECT '{t}', count(*), coalesce(md5(string_agg(md5(f::text), '' ORDER BY md5(f::text))), '') FROM {t} f"
        for t in _tablas()
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(partes))
        return {tabla: (cuantas, dicho) for tabla, cuantas, dicho in cursor.fetchall()}
