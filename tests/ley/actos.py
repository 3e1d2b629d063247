"""Los actos que la máquina de vidas intenta, lícitos o no, y lo que la ley espera en cada estado.

Un acto es una función que, con un expediente y una persona, devuelve la llamada al servicio de verdad; ``None`` dice
que ahora no hay sobre qué intentarlo: no existe todavía un proyecto que firmar, una notificación que abrir.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from llaqta.conftest import PIN
from llaqta.salas.casilla import services as casilla
from llaqta.salas.casilla.models import Notificacion
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Acumulacion, Expediente, Movimiento, Plantilla, Proyecto
from llaqta.salas.mesapartes import services as mesapartes
from llaqta.salas.mesapartes.models import ItemObservado, Presentacion
from llaqta.salas.mesapartes.services.escritos import LoQueDice, presentar_escrito
from llaqta.salas.recursos.models import Queja

from .municipalidad import OTORGA, papel
from .vida import Mundo

Llamada = Callable[[], Any]


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


def prorrogar(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    pedido = _pedido(e)
    return pedido and (
        lambda: expedientes.prorrogar_informe(
            actor=quien, movimiento=pedido, motivo="Falta una visita", ahora=m.ahora
        )
    )


def emplazar(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    return lambda: expedientes.emplazar(
        actor=quien, expediente=e, defecto="El plano no coincide con el local.",
        por_que_no_se_vio="Se advirtió en la inspección.", ahora=m.ahora,
    )  # fmt: skip


def corregir(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    return lambda: expedientes.corregir_emplazamiento(actor=quien, expediente=e, documentos=[], ahora=m.ahora)


def suspender(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    desde = m.hoy + timedelta(days=m.azar % 7 - 1)
    hasta = desde + timedelta(days=m.azar % 11 - 1)
    return lambda: expedientes.suspender(actor=quien, expediente=e, desde=desde, hasta=hasta, ahora=m.ahora)


def reanudar(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    return lambda: expedientes.reanudar(actor=quien, expediente=e, ahora=m.ahora)


def paralizar(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    return lambda: expedientes.anotar_paralizacion(
        actor=quien, expediente=e, desde=m.hoy, motivo="No publicó el aviso.", ahora=m.ahora
    )


def desistir(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    clase = "PRETENSION" if m.azar % 2 else "PROCEDIMIENTO"
    return lambda: expedientes.anotar_desistimiento(actor=quien, expediente=e, clase=clase, ahora=m.ahora)


def aceptar_desistimiento(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    plantilla = Plantilla.objects.get(nombre="Resolución que acepta el desistimiento")
    return lambda: expedientes.redactar_proyecto(
        actor=quien, expediente=e, plantilla=plantilla, ahora=m.ahora
    )


def declarar_abandono(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    plantilla = Plantilla.objects.get(nombre="Resolución que declara el abandono")
    return lambda: expedientes.redactar_proyecto(
        actor=quien, expediente=e, plantilla=plantilla, ahora=m.ahora
    )


def acumular(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    hermanos = Expediente.objects.filter(unidad_responsable=e.unidad_responsable, estado="EN_TRAMITE")
    parecidos = list(hermanos.filter(calificacion=e.calificacion).exclude(pk=e.pk).order_by("pk"))
    todos = parecidos or list(Expediente.objects.filter(pk__in=m.expedientes).order_by("pk"))
    otro = todos[m.azar % len(todos)]
    return lambda: expedientes.acumular(
        actor=quien, principal=e, acumulado=otro, motivo="Es el mismo local", ahora=m.ahora
    )


def desacumular(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    acumulacion = Acumulacion.objects.filter(principal=e).order_by("-pk").first()
    return acumulacion and (
        lambda: expedientes.desacumular(
            actor=quien, acumulacion=acumulacion, motivo="Son distintos", ahora=m.ahora
        )
    )


def derivar_a_otra_entidad(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    if m.azar % 4:  # termina la vida del expediente: que no ocurra siempre
        return None
    return lambda: expedientes.derivar_a_otra_entidad(
        actor=quien, expediente=e, entidad="Gobierno Regional", motivo="Es de su competencia", ahora=m.ahora
    )


def impugnar(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    clase = ("RECONSIDERACION", "APELACION", "REVISION")[m.azar % 3 if m.azar % 5 else 2]
    dice = LoQueDice(clase=clase, texto="No estoy de acuerdo.", nueva_prueba="Un plano nuevo")
    return lambda: presentar_escrito(
        actor=quien, expediente=e, dice=dice, archivos=[], envio=uuid4(), ahora=m.ahora
    )


def quejarse(m: Mundo, e: Expediente, quien: Persona) -> Llamada | None:
    dice = LoQueDice(clase="QUEJA", motivo=Queja.Motivo.PARALIZACION, texto="Nadie lo mueve.")
    return lambda: presentar_escrito(
        actor=quien, expediente=e, dice=dice, archivos=[], envio=uuid4(), ahora=m.ahora
    )


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
    "prorrogar el informe": Acto(prorrogar, "elmer", "expedientes.InformeProrrogado"),
    "emplazar": Acto(emplazar, "lucia", "expedientes.ExpedienteEmplazado"),
    "corregir lo emplazado": Acto(corregir, "rosa", "expedientes.EmplazamientoCorregido"),
    "suspender": Acto(suspender, "rosa", "expedientes.ExpedienteSuspendido"),
    "reanudar": Acto(reanudar, "rosa", "expedientes.ExpedienteReanudado"),
    "anotar la paralización": Acto(paralizar, "lucia", "expedientes.ParalizacionAnotada"),
    "desistirse": Acto(desistir, "rosa", "expedientes.DesistimientoPresentado"),
    "aceptar el desistimiento": Acto(aceptar_desistimiento, "lucia", "expedientes.ProyectoRedactado"),
    "declarar el abandono": Acto(declarar_abandono, "lucia", "expedientes.ProyectoRedactado"),
    "acumular": Acto(acumular, "lucia", "expedientes.ExpedienteAcumulado"),
    "desacumular": Acto(desacumular, "lucia", "expedientes.ExpedienteSeparado"),
    "impugnar": Acto(impugnar, "rosa", "mesapartes.EscritoPresentado"),
    "quejarse": Acto(quejarse, "rosa", "mesapartes.EscritoPresentado"),
    "derivar a otra entidad": Acto(derivar_a_otra_entidad, "lucia", "expedientes.DerivadoAOtraEntidad"),
}


def lo_que_sigue(m: Mundo, e: Expediente, variante: int) -> tuple[str, str] | None:
    """Lo que la ley espera de este expediente, y de quién; sin esto, las vidas al azar no llegarían lejos."""
    if e.estado == "EN_TRAMITE":
        acto = _en_tramite(m, e, variante)
    elif e.estado == "EN_INFORME":
        acto = _en_informe(m, e, variante)
    else:
        acto = {
            "PRESENTADO": "observar" if variante == 1 else "derivar de mesa",
            "OBSERVADO": "subsanar",
            "EMPLAZADO": "corregir lo emplazado",
            "SUSPENDIDO": "reanudar",
            "RESUELTO": "notificar",
            "POR_NOTIFICAR": "abrir la casilla",
            "NOTIFICADO": "archivar" if variante > 12 else "impugnar" if variante > 8 else "",
        }.get(e.estado, "")
    if acto == "recibir":
        return acto, "elmer" if e.estado == "EN_INFORME" else "lucia"
    return (acto, ACTOS[acto].a_quien_le_toca) if acto else None


def _en_tramite(m: Mundo, e: Expediente, variante: int) -> str:
    if Movimiento.objects.filter(expediente=e, recibido_en=None).exists():
        return "recibir"
    if e.paralizado_desde is not None and (m.hoy - e.paralizado_desde).days > 50:
        return "declarar el abandono"
    if variante == 1 and Acumulacion.objects.filter(principal=e, separado_en=None).exists():
        return "desacumular"
    if rodeo := RODEOS.get(variante):
        return rodeo
    proyecto = _proyecto(e, "BORRADOR", "PARA_FIRMA")
    if proyecto is None:
        return "redactar"
    return "enviar a la firma" if proyecto.estado == "BORRADOR" else "firmar"


def _en_informe(m: Mundo, e: Expediente, variante: int) -> str:
    pedido = _pedido(e)
    if pedido is not None and pedido.vence_el is not None and pedido.vence_el < m.hoy:
        return "prescindir del informe"
    if pedido is not None and pedido.recibido_en is None:
        return "recibir"
    return "prorrogar el informe" if variante == 1 else "rendir informe"


RODEOS = {
    2: "pedir informe",
    3: "derivar",
    4: "emplazar",
    5: "suspender",
    6: "acumular",
    7: "derivar a otra entidad",
    8: "anotar la paralización",
}
"""Lo que también puede pasar antes de decidir, una vez de cada tantas."""
