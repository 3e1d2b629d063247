"""La nulidad de oficio: el superior revisa lo decidido, oye a quien favorece, y resuelve o cierra (arts. 10 y 202)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from llaqta.cimientos.calendario import hoy_en_lima, sumar_habiles
from llaqta.cimientos.errors import EntradaInvalida
from llaqta.cimientos.events import emit
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import oportunidad, policies, rules
from llaqta.salas.expedientes.events import AudienciaAbierta, NulidadCerrada, NulidadIniciada
from llaqta.salas.expedientes.models import Expediente, RevisionDeOficio
from llaqta.salas.expedientes.services.acto import pasar, tomar
from llaqta.salas.expedientes.services.elevar import elevar
from llaqta.salas.plazos import queries as plazos

NORMA = "Ley 27444, art. 202 (TUO, art. 213)"


@transaction.atomic
def iniciar_nulidad(
    *,
    actor: Persona,
    expediente: Expediente,
    causal: str,
    motivo: str,
    version: int | None = None,
    ahora: datetime,
) -> RevisionDeOficio:
    """El superior de quien decidió abre la revisión; el administrado dará sus razones cuando se le corra traslado.

    El expediente pasa a su cargo. Sus días para dar razones corren desde que el traslado surta efecto (202.2), y lo
    decidido sigue valiendo mientras no se notifique la nulidad (art. 9).

    :raises Denegado: si no es la jefatura superior de quien decidió
    :raises NoProcede: si no hay decisión que revisar, o si pasaron los años de la regla ``NULIDAD_ANIOS``
    :raises EntradaInvalida: si la causal o el motivo no sirven
    """
    cuentas.exigir(actor, "expedientes.firmar")
    tomado = tomar(expediente, version=version)
    policies.check_abstencion(actor, tomado)
    rules.get_transicion("iniciar_nulidad", tomado.estado)
    hoy = hoy_en_lima(ahora)
    superior = oportunidad.check_revisar_de_oficio(actor, tomado, al=hoy)
    if causal not in RevisionDeOficio.Causal.values:
        raise EntradaInvalida("Elija la causal de nulidad.", campo="causal", norma="Ley 27444, art. 10")
    if not motivo.strip():
        raise EntradaInvalida(
            "Diga en qué consiste el vicio y qué interés público agravia.", campo="motivo", norma=NORMA
        )
    revision = RevisionDeOficio.objects.create(
        expediente=tomado,
        etapa=tomado.etapa + 1,
        causal=causal,
        motivo=motivo.strip(),
        iniciada_en=ahora,
        iniciada_por=actor,
    )
    elevar(
        tomado, a=superior, por=actor, motivo="para revisión de oficio", proveido=motivo.strip()[:1000], vence_el=None,
        ahora=ahora,
    )  # fmt: skip
    tomado.estado_previo, tomado.etapa = tomado.estado, tomado.etapa + 1
    pasar(tomado, "iniciar_nulidad", guardar=("estado_previo", "etapa", "unidad_responsable", "responsable"))
    emit(
        NulidadIniciada(expediente_id=tomado.pk, motivo=revision.get_causal_display()),
        actor_id=actor.pk, ahora=ahora, objeto=tomado,
    )  # fmt: skip
    expediente.estado, expediente.version, expediente.etapa = tomado.estado, tomado.version, tomado.etapa
    return revision


@transaction.atomic
def abrir_audiencia(*, expediente: Expediente, efecto_el: date, ahora: datetime) -> RevisionDeOficio | None:
    """El traslado surtió efecto: desde el día siguiente corren los días para dar razones (202.2 y 133.1).

    Lo llama quien anota la notificación, con el expediente ya tomado. ``None`` si no hay revisión que lo espere.
    """
    revision = RevisionDeOficio.objects.filter(
        expediente=expediente, cerrada_en__isnull=True, oido_desde__isnull=True
    ).first()  # fmt: skip
    if revision is None:
        return None
    dias = plazos.get_entero("NULIDAD_AUDIENCIA", al=efecto_el)
    revision.oido_desde = efecto_el
    revision.alegar_hasta = sumar_habiles(efecto_el, dias, get_calendario()).fecha
    revision.save(update_fields=["oido_desde", "alegar_hasta"])
    emit(
        AudienciaAbierta(expediente_id=expediente.pk, hasta=revision.alegar_hasta.isoformat()),
        actor_id=None, ahora=ahora, objeto=expediente,
    )  # fmt: skip
    return revision


@transaction.atomic
def cerrar_nulidad(
    *, actor: Persona, expediente: Expediente, motivo: str, version: int | None = None, ahora: datetime
) -> Expediente:
    """Termina la revisión sin anular: lo decidido queda como estaba, y se puede impugnar como antes.

    :raises Denegado: si no es la jefatura a cargo de la revisión
    :raises NoProcede: si no hay una revisión abierta
    :raises EntradaInvalida: si no se dice por qué
    """
    cuentas.exigir(actor, "expedientes.firmar")
    tomado = tomar(expediente, version=version)
    policies.check_tramitar(actor, tomado)
    rules.get_transicion("cerrar_nulidad", tomado.estado, tomado.estado_previo)
    if not motivo.strip():
        raise EntradaInvalida("Diga por qué no corresponde anular.", campo="motivo", norma=NORMA)
    revision = RevisionDeOficio.objects.get(expediente=tomado, cerrada_en__isnull=True)
    revision.cerrada_en, revision.motivo_de_cierre = ahora, motivo.strip()
    revision.save(update_fields=["cerrada_en", "motivo_de_cierre"])
    hacia, tomado.estado_previo = tomado.estado_previo, ""
    tomado.etapa -= 1  # la que abrió la revisión: la decisión en pie es otra vez la última
    pasar(tomado, "cerrar_nulidad", hacia, guardar=("estado_previo", "etapa"))
    emit(NulidadCerrada(expediente_id=tomado.pk), actor_id=actor.pk, ahora=ahora, objeto=tomado)
    expediente.estado, expediente.version, expediente.etapa = tomado.estado, tomado.version, tomado.etapa
    return expediente
