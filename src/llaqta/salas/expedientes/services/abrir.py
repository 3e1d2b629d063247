"""Abrir un expediente, observarlo una sola vez y recibir su corrección. Los llama la mesa de partes en sus actos."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.events import emit
from llaqta.cimientos.numbering import check_digit, next_number
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas import queries as organigrama
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import policies, rules
from llaqta.salas.expedientes.events import ExpedienteAbierto, ExpedienteObservado, ExpedienteSubsanado
from llaqta.salas.expedientes.models import CambioDePlazo, Estado, Expediente
from llaqta.salas.expedientes.services import reloj
from llaqta.salas.expedientes.services.acto import pasar, tomar
from llaqta.salas.expedientes.services.foliar import foliar
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.tramites.models import Modalidad, VersionProcedimiento

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Las 32 letras y números que no se confunden al dictarlos: sin I, L, O ni U."""


@transaction.atomic
def abrir(
    *,
    actor: Persona | None,
    administrado: Persona,
    representante: Persona | None = None,
    version_tramite: VersionProcedimiento,
    modalidad: Modalidad | None = None,
    asunto: str,
    documentos: Sequence[Documento],
    presentado_en: datetime,
    ahora: datetime,
    completo: bool = True,
    origen: str = "",
    domicilio: str = "",
) -> Expediente:
    """Abre el expediente de una solicitud: número invariable, clave de seguimiento, folios, reloj y responsable.

    La fecha de presentación es la del envío, a cualquier hora (Indecopi 0518-2024). Un trámite de aprobación automática
    nace aprobado y su cargo es el título (art. 31). Se llama dentro de la transacción de la presentación.

    :param modalidad: la del trámite, si las tiene: de ella salen plazo y calificación
    :param completo: ``False`` si falta un requisito: entonces no hay aprobación automática todavía
    :param origen: la comunidad de donde viene, para sumar el término de la distancia (art. 135)
    :param domicilio: el que señaló para que se le notifique (arts. 21.1 y 113.5)
    :raises Denegado: si nadie se ha identificado
    :raises EntradaInvalida: si no trae ningún documento
    """
    policies.check_abrir(actor)
    if not documentos:
        raise EntradaInvalida("Un expediente se abre con al menos un documento.", campo="archivos")
    condiciones = version_tramite.condiciones(modalidad)
    automatica = condiciones.calificacion == VersionProcedimiento.Calificacion.APROBACION_AUTOMATICA
    fila = rules.get_transicion(
        "abrir", "", Estado.APROBADO_AUTOMATICO if automatica and completo else Estado.PRESENTADO
    )
    hoy = hoy_en_lima(presentado_en)
    expediente = Expediente(
        clave=nueva_clave(),
        version_tramite=version_tramite,
        modalidad=modalidad,
        administrado=administrado,
        representante=representante,
        asunto=asunto,
        estado=fila.hacia,
        unidad_responsable=organigrama.get_unidad_de_mesa(),
        presentado_en=presentado_en,
        calificacion=condiciones.calificacion,
        dias_plazo=condiciones.plazo,
        plazo_unidad=condiciones.plazo_unidad,
        domicilio=domicilio.strip()[:200],
        origen=origen,
        dias_distancia=plazos.get_distancia(origen, al=hoy) if origen else 0,
        folios=sum(documento.folios for documento in documentos),
    )
    reloj.arrancar(expediente, enviado_en=presentado_en, completo=completo)
    # El año del número es el del envío, no el de la fecha legal: el 31 de diciembre de noche todavía es ese año.
    _numerar(expediente, hoy.year)
    expediente.save(force_insert=True)
    expediente.folios = 0
    foliar(expediente, documentos, por=actor, ahora=ahora, primero=True)
    emit(
        ExpedienteAbierto(expediente_id=expediente.pk),
        actor_id=actor.pk if actor else None,
        ahora=ahora,
        objeto=expediente,
        en_nombre_de_id=administrado.pk if actor and actor.pk != administrado.pk else None,
    )
    return expediente


@transaction.atomic
def observar(*, actor: Persona, expediente: Expediente, corregir_hasta: date, ahora: datetime) -> Expediente:
    """Detiene el expediente hasta que el administrado corrija: no corre ningún plazo ni se deriva (art. 125.3).

    :param corregir_hasta: el último día para subsanar; pasado, se tiene por no presentado (125.4)
    :raises Denegado: si no es de la mesa de partes
    :raises NoProcede: si ya fue observado (126.2), o si ya salió de la mesa de partes
    """
    cuentas.exigir(actor, "mesapartes.recibir")
    tomado = tomar(expediente, version=None)
    policies.check_mesa(actor, tomado)
    rules.get_transicion("observar", tomado.estado)
    reloj.detener(tomado, corregir_hasta=corregir_hasta)
    tomado.inicio_computo = None
    pasar(tomado, "observar", guardar=("inicio_computo", "corregir_hasta", *reloj.CAMPOS))
    emit(ExpedienteObservado(expediente_id=tomado.pk), actor_id=actor.pk, ahora=ahora, objeto=tomado)
    return _reflejar(tomado, expediente)


@transaction.atomic
def subsanar(
    *, actor: Persona, expediente: Expediente, documentos: Sequence[Documento], ahora: datetime
) -> Expediente:
    """Recibe la corrección: conserva la fecha de presentación (126.1) y el plazo corre desde hoy (131.1).

    :raises Denegado: si no es el administrado, su representante ni la ventanilla
    :raises NoProcede: si no había nada que corregir
    """
    tomado = tomar(expediente, version=None)
    policies.check_administrado(actor, tomado, al=hoy_en_lima(ahora))
    automatica = tomado.calificacion == VersionProcedimiento.Calificacion.APROBACION_AUTOMATICA
    hacia = Estado.APROBADO_AUTOMATICO if automatica else Estado.PRESENTADO
    rules.get_transicion("subsanar", tomado.estado, hacia)
    foliar(tomado, documentos, por=actor, ahora=ahora)
    hoy = hoy_en_lima(ahora)
    tomado.corregir_hasta = None
    antes = reloj.get_antes(tomado)
    pasar(tomado, "subsanar", hacia, guardar=("corregir_hasta", "folios"))
    if automatica:
        reloj.arrancar_automatica(tomado, hoy)
    else:
        reloj.mover(
            tomado, causa=CambioDePlazo.Causa.SUBSANACION, motivo="Se corrigió lo observado: el plazo para decidir "
            "corre desde la corrección (art. 131.1).", inicio=hoy, hecho="Se corrigió lo observado", antes=antes,
            ahora=ahora,
        )  # fmt: skip
    tomado.save(update_fields=["inicio_computo", *reloj.CAMPOS])
    emit(ExpedienteSubsanado(expediente_id=tomado.pk), actor_id=actor.pk, ahora=ahora, objeto=tomado)
    return _reflejar(tomado, expediente)


def nueva_clave() -> str:
    """Una clave de seguimiento que no se adivina: 16 signos, 80 bits al azar."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(16))


def _numerar(expediente: Expediente, anio: int) -> None:
    """El número se toma lo último: la fila de la serie queda bloqueada hasta que la presentación termine."""
    numero = next_number("expedientes", anio)
    expediente.anio, expediente.correlativo = anio, numero
    expediente.numero = f"EXP-{anio}-{numero:06d}-{check_digit(numero, anio)}"


def _reflejar(tomado: Expediente, expediente: Expediente) -> Expediente:
    """Pone en el objeto de quien llama lo que cambió, para que no siga con datos viejos."""
    for campo in ("estado", "version", "inicio_computo", "corregir_hasta", "folios", *reloj.CAMPOS):
        setattr(expediente, campo, getattr(tomado, campo))
    return expediente
