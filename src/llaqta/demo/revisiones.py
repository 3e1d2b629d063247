"""Historias de lo que se deshace: lo que una apelación anuló y vuelve a decidirse, y lo que se revisa de oficio."""

from __future__ import annotations

from datetime import datetime

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.demo.escena import DENIEGA, MARIO, POR_ESCRIBIR, ROSA, TEODORO, Escena
from llaqta.demo.personas import PIN
from llaqta.salas.casilla import services as casilla
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente, Plantilla
from llaqta.salas.mesapartes.services import LoQueDice
from llaqta.salas.recursos import services as recursos
from llaqta.salas.recursos.models import Recurso

CARMEN, SAUL = "41000006", "41000012"
KIOSCO = "Kiosco de artesanías en el paseo del río"
JUGUERIA = "Letrero luminoso de la juguería «Mango»"
PANEL = "Panel publicitario en la carretera Pichari-Kimbiri"
SIN_INFORME = "el paseo no figura en el plano de zonas autorizadas"


def kiosco_denegado(escena: Escena) -> None:
    """A Rosa le negaron un kiosco sin pedir el informe que la ordenanza manda."""
    escena.abrir_casilla(ROSA, escena.hace(21, 8, 30))
    expediente = escena.en_tramite(ROSA, "PA-AMBUL", KIOSCO, 21)
    proyecto = escena.redactar_la_resolucion(expediente, escena.hace(19, 10), DENIEGA, SIN_INFORME)
    documento = escena.firmar(proyecto, escena.hace(18, 9, 30))
    escena.notificar_y_leer(expediente, documento, escena.hace(17, 10), escena.hace(16, 18, 40))


def kiosco_repuesto(escena: Escena) -> None:
    """Rosa apeló y la Gerencia Municipal anuló lo decidido: vuelve a licencias, con los días que le quedaban."""
    texto = "Me negaron el kiosco sin pedir el informe de defensa civil que manda la ordenanza."
    escena.escribir(ROSA, escena.buscar(KIOSCO), LoQueDice("APELACION", texto=texto), escena.hace(15, 8, 30))
    expediente = escena.recibir(CARMEN, escena.buscar(KIOSCO), escena.hace(14, 9))
    recursos.fijar_sentido(
        actor=escena.personas[CARMEN],
        recurso=Recurso.objects.get(expediente=expediente),
        sentido=Recurso.Sentido.NULIDAD,
        anulacion=recursos.Anulacion(
            "REPONE", hoy_en_lima(escena.hace(19, 10)), "antes de decidir, al pedir el informe técnico"
        ),
        ahora=escena.hace(9, 10),
    )
    documento = _firmar(
        escena, CARMEN, expediente, "Resolución que anula en apelación y repone el procedimiento", escena.hace(9, 11),
        "se decidió sin el informe técnico que la ordenanza exige", "falta ese informe", "anterior a pedirlo",
    )  # fmt: skip
    _notificar(escena, CARMEN, expediente, documento, escena.hace(9, 16), escena.hace(8, 18, 10))
    recursos.anotar_resuelto(expediente_id=expediente.pk, ahora=escena.hace(8, 18, 11))


def jugueria_en_revision(escena: Escena) -> None:
    """La gerencia revisa de oficio un letrero ya autorizado: Rosa leyó el traslado y puede dar sus razones."""
    expediente = escena.en_tramite(ROSA, "PA-ANUNC", JUGUERIA, 16)
    documento = escena.firmar(
        escena.redactar_la_resolucion(expediente, escena.hace(14, 9)), escena.hace(14, 12)
    )
    escena.notificar_y_leer(expediente, documento, escena.hace(13, 9), escena.hace(12, 20))
    expedientes.iniciar_nulidad(
        actor=escena.personas[SAUL],
        expediente=escena.releer(expediente),
        causal="CONTRAVENCION",
        motivo="El letrero quedó sobre la vía de evacuación, que la ordenanza de anuncios deja libre.",
        ahora=escena.hace(3, 9),
    )
    expediente = escena.recibir(SAUL, escena.releer(expediente), escena.hace(3, 9, 20))
    carta = _firmar(
        escena, SAUL, expediente, "Carta que corre traslado de la nulidad de oficio", escena.hace(3, 10)
    )
    _notificar(escena, SAUL, expediente, carta, escena.hace(3, 12), escena.hace(2, 19))


def panel_a_otra_entidad(escena: Escena) -> None:
    """La carretera es nacional: la mesa envió el pedido de Teodoro a la entidad competente."""
    presentacion = escena.presentar(TEODORO, "PA-ANUNC", PANEL, escena.hace(5, 15))
    expedientes.derivar_a_otra_entidad(
        actor=escena.personas[MARIO],
        expediente=Expediente.objects.get(pk=presentacion.expediente_id),
        entidad="Provías Nacional",
        motivo="La vía es de la red nacional: su derecho de vía lo administra el Ministerio de Transportes.",
        ahora=escena.hace(5, 16),
    )


def _firmar(
    escena: Escena, dni: str, expediente: Expediente, plantilla: str, en: datetime, *razones: str
) -> Documento:
    """La misma jefatura redacta, completa lo que la plantilla deja por escribir, y firma."""
    quien, quedan = escena.personas[dni], iter(razones)
    proyecto = expedientes.redactar_proyecto(
        actor=quien, expediente=escena.releer(expediente), plantilla=Plantilla.objects.get(nombre=plantilla),
        ahora=en,
    )  # fmt: skip
    proyecto = expedientes.editar_proyecto(
        actor=quien, proyecto=proyecto, asunto=proyecto.asunto, firmante=proyecto.firmante,
        cuerpo=POR_ESCRIBIR.sub(lambda _: next(quedan), proyecto.cuerpo), pone_fin=proyecto.pone_fin, ahora=en,
    )  # fmt: skip
    expedientes.enviar_proyecto(actor=quien, proyecto=proyecto, ahora=en)
    return expedientes.firmar_proyecto(actor=quien, proyecto=proyecto, pin=PIN, ahora=en)


def _notificar(
    escena: Escena,
    dni: str,
    expediente: Expediente,
    documento: Documento,
    deposito: datetime,
    lectura: datetime,
) -> None:
    notificacion = expedientes.notificar_decision(
        actor=escena.personas[dni], expediente=escena.releer(expediente), documento=documento, ahora=deposito
    )
    casilla.abrir_notificacion(actor=expediente.administrado, codigo=notificacion.codigo, ahora=lectura)
    expedientes.tomar_conocimiento(notificacion_id=notificacion.pk, ahora=lectura)
