"""Declarar nulo lo decidido y, si no se decidió lo pedido, volver al momento en que se produjo el vicio.

La nulidad vale desde la fecha del acto (arts. 12.1 y 13). Quien anula decide también lo pedido si tiene con qué; si
no, el procedimiento se repone (art. 217.2; TUO, 227.2): el expediente vuelve a la unidad y a quien lo instruyó, con los
días que entonces quedaban, contados desde que la nulidad surtió efecto.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from llaqta.cimientos.calendario import fecha_en_palabras, hoy_en_lima
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.salas.cuentas import policies as cuentas
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import oportunidad, policies
from llaqta.salas.expedientes.events import ActoDeclaradoNulo, ExpedienteDerivado, ProcedimientoRepuesto
from llaqta.salas.expedientes.models import ActoNulo, CambioDePlazo, Expediente, Proyecto
from llaqta.salas.expedientes.rules.reposicion import dias_que_quedan
from llaqta.salas.expedientes.services import reloj
from llaqta.salas.expedientes.services.acto import pasar, tomar
from llaqta.salas.expedientes.services.elevar import elevar

NORMA = "Ley 27444, art. 217.2 (TUO, art. 227.2)"
HECHO = "Surtió efecto la nulidad de lo decidido"
_GUARDAR = (
    "etapa", "etapa_repuesta", "calificacion", "dias_plazo", "plazo_unidad", "inicio_computo", "silencio_operado_el",
    "estado_previo", "paralizado_desde", "unidad_responsable", "responsable", *reloj.CAMPOS,
)  # fmt: skip


@dataclass(frozen=True)
class Vicio:
    """Cuándo se produjo el vicio y a qué momento del procedimiento corresponde volver."""

    el: date
    momento: str


def check_vicio(expediente: Expediente, vicio: Vicio, *, decidido_el: date | None) -> None:
    """El vicio se produjo entre la presentación y la decisión que se anula, y se dice a qué momento se vuelve.

    :raises EntradaInvalida: si la fecha o el momento no sirven
    """
    if not vicio.momento.strip():
        raise EntradaInvalida("Diga a qué momento vuelve el procedimiento.", campo="momento", norma=NORMA)
    if vicio.el < expediente.fecha_presentacion:
        raise EntradaInvalida(
            f"El expediente se presentó el {fecha_en_palabras(expediente.fecha_presentacion)}: el vicio no puede ser "
            "anterior.",
            campo="vicio_el",
        )
    if decidido_el is not None and vicio.el > decidido_el:
        raise EntradaInvalida(
            f"Lo que se anula se decidió el {fecha_en_palabras(decidido_el)}: el vicio no puede ser posterior.",
            campo="vicio_el",
        )


@transaction.atomic
def declarar_nulo(
    *,
    expediente: Expediente,
    etapa: int,
    declarado_por: Documento,
    efecto_el: date,
    despues: str,
    vicio: Vicio | None = None,
    ahora: datetime,
) -> ActoNulo:
    """Anota que lo decidido hasta esa etapa es nulo y, si corresponde, repone el procedimiento. Dos veces es una.

    Lo llama quien aplica una resolución ya notificada: al anular lo que resolvió una reconsideración cae también lo que
    esta confirmó.

    :param etapa: la última cuya decisión se anula
    :param efecto_el: el día en que la resolución que anula surtió efecto
    :param vicio: a qué momento se vuelve, si ``despues`` es ``REPONE``
    """
    tomado = tomar(expediente, version=None)
    if ya := ActoNulo.objects.filter(expediente=tomado, etapa=etapa).first():
        return ya
    decisiones = _get_decisiones(tomado, hasta=etapa)
    nulos = [
        ActoNulo(
            expediente=tomado, etapa=n, documento=decisiones[n].documento if n in decisiones else None,
            declarado_por=declarado_por, efecto_el=efecto_el, despues=despues,
            vicio_el=vicio.el if vicio else None, momento=vicio.momento.strip()[:200] if vicio else "",
            anotado_en=ahora,
        )
        for n in sorted({*decisiones, etapa})
    ]  # fmt: skip
    ActoNulo.objects.bulk_create(nulos)
    emit(
        ActoDeclaradoNulo(expediente_id=tomado.pk, documento_id=declarado_por.pk),
        actor_id=None, ahora=ahora, objeto=tomado,
    )  # fmt: skip
    if vicio is not None:
        _reponer(tomado, nulos[-1], vicio, decisiones.get(tomado.etapa_repuesta), ahora)
    return nulos[-1]


@transaction.atomic
def reponer_procedimiento(
    *,
    actor: Persona,
    expediente: Expediente,
    vicio_el: date,
    momento: str,
    version: int | None = None,
    ahora: datetime,
) -> ActoNulo:
    """El superior que anuló de oficio devuelve el expediente al momento del vicio (arts. 202.2 y 217.2).

    :raises Denegado: si no es la jefatura que tiene el expediente, o si es parte
    :raises NoProcede: si no hay una nulidad notificada, si ya se repuso, o si era de aprobación automática
    :raises EntradaInvalida: si la fecha o el momento no sirven
    """
    cuentas.exigir(actor, "expedientes.firmar")
    tomado = tomar(expediente, version=version)
    policies.check_tramitar(actor, tomado)
    oportunidad.check_reponer(tomado)
    nulo = ActoNulo.objects.select_related("documento").filter(expediente=tomado).last()
    if nulo is None:
        raise NoProcede("No consta la nulidad que lo anuló.", norma=NORMA)
    vicio = Vicio(vicio_el, momento)
    check_vicio(tomado, vicio, decidido_el=nulo.documento.fechado_el if nulo.documento else nulo.efecto_el)
    nulo.despues, nulo.vicio_el, nulo.momento = ActoNulo.Despues.REPONE, vicio.el, momento.strip()[:200]
    nulo.save(update_fields=["despues", "vicio_el", "momento"])
    decisiones = _get_decisiones(tomado, hasta=nulo.etapa)
    _reponer(tomado, nulo, vicio, decisiones.get(tomado.etapa_repuesta), ahora, actor=actor)
    for campo in ("estado", "version", *_GUARDAR):
        setattr(expediente, campo, getattr(tomado, campo))
    return nulo


def _get_decisiones(expediente: Expediente, *, hasta: int) -> dict[int, Proyecto]:
    firmadas = Proyecto.objects.filter(
        expediente=expediente, pone_fin=True, estado=Proyecto.Estado.EMITIDO,
        etapa__range=(expediente.etapa_repuesta, hasta),
    )  # fmt: skip
    return {p.etapa: p for p in firmadas.select_related("documento", "unidad", "redactado_por")}


def _reponer(
    expediente: Expediente,
    nulo: ActoNulo,
    vicio: Vicio,
    decision: Proyecto | None,
    ahora: datetime,
    actor: Persona | None = None,
) -> None:
    """El expediente, ya tomado, vuelve a tramitarse: su unidad, quien lo instruyó y su reloj."""
    antes, quedan = expediente.explicacion, _dias(expediente, vicio)
    condiciones = expediente.version_tramite.condiciones(expediente.modalidad)
    expediente.etapa += 1
    expediente.etapa_repuesta = expediente.etapa
    expediente.calificacion, expediente.plazo_unidad = condiciones.calificacion, condiciones.plazo_unidad
    expediente.dias_plazo = quedan
    expediente.silencio_operado_el, expediente.estado_previo, expediente.paralizado_desde = None, "", None
    pasar(expediente, "reponer")
    # Sin fecha de antes se anota siempre, aunque por azar venza el mismo día que el recurso.
    reloj.mover(
        expediente, causa=CambioDePlazo.Causa.REPOSICION, inicio=nulo.efecto_el, hecho=HECHO, ahora=ahora,
        antes=(None, antes),
        motivo="Se anuló lo decidido y el procedimiento volvió al momento del vicio: corren los días que entonces "
        "quedaban (art. 217.2).",
    )  # fmt: skip
    _devolver(expediente, vicio, decision, actor, ahora)
    expediente.save(update_fields=[*_GUARDAR])
    emit(
        ProcedimientoRepuesto(expediente_id=expediente.pk, acto_nulo_id=nulo.pk),
        actor_id=actor.pk if actor else None, ahora=ahora, objeto=expediente,
    )  # fmt: skip


def _dias(expediente: Expediente, vicio: Vicio) -> int:
    """Los días que quedaban el día del vicio, sin la distancia, que el reloj vuelve a sumar."""
    condiciones = expediente.version_tramite.condiciones(expediente.modalidad)
    primero = CambioDePlazo.objects.filter(
        expediente=expediente, causa=CambioDePlazo.Causa.RECURSO, etapa__gt=expediente.etapa_repuesta
    ).first()  # fmt: skip
    explicacion: dict[str, Any] = primero.explicacion_anterior if primero else expediente.explicacion
    total = condiciones.plazo + expediente.dias_distancia
    quedan = dias_que_quedan(
        explicacion, plazo=total, unidad=condiciones.plazo_unidad, vicio_el=vicio.el
    )  # fmt: skip
    return max(quedan - expediente.dias_distancia, 1)


def _devolver(
    expediente: Expediente, vicio: Vicio, decision: Proyecto | None, actor: Persona | None, ahora: datetime
) -> None:
    """A la unidad que instruyó y, si sigue en ella, a quien lo instruyó."""
    unidad = decision.unidad if decision else expediente.version_tramite.unidad_aprobacion
    movimiento = elevar(
        expediente, a=unidad, por=actor, motivo="se devuelve", vence_el=expediente.vence_el, ahora=ahora,
        proveido=f"Se anuló lo decidido: vuelve al momento del vicio ({vicio.momento.strip()}; art. 217.2).",
    )  # fmt: skip
    if decision is not None and decision.unidad_id in decision.redactado_por.unidades:
        expediente.responsable = decision.redactado_por
    if movimiento is not None:
        emit(
            ExpedienteDerivado(expediente_id=expediente.pk, movimiento_id=movimiento.pk),
            actor_id=actor.pk if actor else None, ahora=ahora, objeto=expediente,
        )  # fmt: skip


def get_efecto(documento: Documento, expediente: Expediente, *, ahora: datetime) -> date:
    """El día en que surtió efecto la notificación de ese acto; hoy, si no consta."""
    vinculos = expediente.notificaciones.del_documento(documento).select_related("notificacion", "diligencia")
    conocidos = [v.efecto_el for v in vinculos if v.efecto_el is not None]
    return min(conocidos, default=hoy_en_lima(ahora))
