"""Emplazar, por única vez, a corregir lo que la recepción no podía advertir; y recibir lo corregido (art. 125.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from llaqta.cimientos.calendario import Computo, fecha_en_palabras, hoy_en_lima, sumar_habiles
from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.events import emit
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.expedientes import policies
from llaqta.salas.expedientes.events import EmplazamientoCorregido, ExpedienteEmplazado
from llaqta.salas.expedientes.models import (
    CambioDePlazo,
    Emplazamiento,
    Estado,
    Expediente,
    Suspension,
)
from llaqta.salas.expedientes.services import reloj
from llaqta.salas.expedientes.services.acto import pasar, tomar
from llaqta.salas.expedientes.services.foliar import foliar
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.plazos.explicacion import pasos_en_json

NORMA = "Ley 27444, art. 125.5"
_UN_DIA = timedelta(days=1)


@transaction.atomic
def emplazar(
    *,
    actor: Persona,
    expediente: Expediente,
    defecto: str,
    por_que_no_se_vio: str,
    version: int | None = None,
    ahora: datetime,
) -> Emplazamiento:
    """Requiere al administrado, una sola vez, que corrija un defecto que la mesa de partes no podía advertir.

    Mientras no corrija no corre el plazo para decidir ni el del silencio (125.3 y 125.5): el plazo se detiene desde el
    día siguiente. El término para corregir es el de la regla EMPLAZAMIENTO.

    :param defecto: qué debe corregir
    :param por_que_no_se_vio: por qué la recepción no podía verlo; sin esto, sería una segunda observación (126.2)
    :param version: la que tenía a la vista quien emplaza
    :raises Denegado: si el expediente no está a cargo de una unidad donde hoy trabaja
    :raises NoProcede: si ya se emplazó, si el estado no lo admite, si ya venció el plazo para decidir con silencio
        positivo, o si otra persona acaba de actuar
    :raises EntradaInvalida: si falta decir qué se corrige o por qué no se vio antes
    """
    tomado = tomar(expediente, version=version)
    hoy = hoy_en_lima(ahora)
    policies.check_emplazar(actor, tomado, al=hoy)
    _check_motivos(defecto, por_que_no_se_vio)
    computo = prever_emplazamiento(ahora=ahora)
    emplazamiento = Emplazamiento.objects.create(
        expediente=tomado,
        emplazado_en=ahora,
        emplazado_por=actor,
        defecto=defecto.strip(),
        por_que_no_se_vio=por_que_no_se_vio.strip(),
        corregir_hasta=computo.fecha,
        explicacion=pasos_en_json(computo.pasos),
    )
    Suspension.objects.create(
        expediente=tomado,
        etapa=tomado.etapa,
        clase=Suspension.Clase.EMPLAZAMIENTO,
        desde=hoy + _UN_DIA,
        motivo=defecto.strip()[:300],
        anotada_en=ahora,
    )
    reloj.detener(tomado, corregir_hasta=computo.fecha)
    pasar(tomado, "emplazar", guardar=("corregir_hasta", *reloj.CAMPOS))
    emit(ExpedienteEmplazado(expediente_id=tomado.pk), actor_id=actor.pk, ahora=ahora, objeto=tomado)
    return _reflejar(tomado, expediente, emplazamiento)


@transaction.atomic
def corregir_emplazamiento(
    *, actor: Persona, expediente: Expediente, documentos: Sequence[Documento], ahora: datetime
) -> Emplazamiento:
    """Recibe lo que se pidió en el emplazamiento: se tiene por recibido desde el inicio y el plazo continúa (126.1).

    Los días hábiles desde el siguiente al emplazamiento hasta hoy no se cuentan. Corregir dos veces es corregir una.

    :param documentos: lo corregido, ya guardado; vacío, si bastó un escrito que ya está en el expediente
    :raises Denegado: si no es el administrado, su representante ni la ventanilla
    :raises NoProcede: si no hay emplazamiento, o si venció el término para corregir (125.4)
    """
    tomado = tomar(expediente, version=None)
    hoy = hoy_en_lima(ahora)
    policies.check_administrado(actor, tomado, al=hoy)
    emplazamiento = Emplazamiento.objects.filter(expediente=tomado).first()
    if emplazamiento is not None and emplazamiento.corregido_en is not None:
        return emplazamiento
    if emplazamiento is None or tomado.estado != Estado.EMPLAZADO:
        raise NoProcede("Este expediente no tiene un emplazamiento pendiente de corregir.", norma=NORMA)
    assert tomado.corregir_hasta is not None
    if hoy > tomado.corregir_hasta:
        raise NoProcede(
            f"El término para corregir venció el {fecha_en_palabras(tomado.corregir_hasta)}: la solicitud se tiene por "
            "no presentada. Puede pedir la devolución de sus documentos y de su pago, y presentarla de nuevo.",
            norma="Ley 27444, arts. 125.4 y 125.5",
        )
    foliar(tomado, documentos, por=actor, ahora=ahora)
    emplazamiento.corregido_en = ahora
    emplazamiento.save(update_fields=["corregido_en"])
    antes = reloj.get_antes(tomado)
    tomado.corregir_hasta = None
    _cerrar_suspension(tomado, hasta=hoy)
    pasar(tomado, "corregir_emplazamiento", guardar=("corregir_hasta", "folios"))
    reloj.mover(
        tomado, causa=CambioDePlazo.Causa.EMPLAZAMIENTO, antes=antes, ahora=ahora,
        motivo="Se corrigió lo que pedía el emplazamiento: los días que se esperó no se cuentan (art. 125.5).",
    )  # fmt: skip
    tomado.save(update_fields=[*reloj.CAMPOS])
    emit(EmplazamientoCorregido(expediente_id=tomado.pk), actor_id=actor.pk, ahora=ahora, objeto=tomado)
    return _reflejar(tomado, expediente, emplazamiento)


def prever_emplazamiento(*, ahora: datetime) -> Computo:
    """Hasta cuándo podría corregir quien fuera emplazado en este instante, con la regla que rige ese día."""
    hoy = hoy_en_lima(ahora)
    return sumar_habiles(hoy, plazos.get_entero("EMPLAZAMIENTO", al=hoy), get_calendario())


def _check_motivos(defecto: str, por_que_no_se_vio: str) -> None:
    if not defecto.strip():
        raise EntradaInvalida("Diga qué debe corregir el administrado.", campo="defecto", norma=NORMA)
    if not por_que_no_se_vio.strip():
        raise EntradaInvalida(
            "Diga por qué la mesa de partes no podía advertirlo al recibir: lo que se podía ver ya no se observa.",
            campo="por_que_no_se_vio",
            norma="Ley 27444, arts. 125.5 y 126.2",
        )


def _cerrar_suspension(expediente: Expediente, *, hasta: date) -> None:
    """Los días de espera terminan hoy; si se corrigió el mismo día del emplazamiento, no hubo ninguno."""
    abierta = expediente.suspensiones.filter(hasta__isnull=True).first()
    if abierta is None:
        return
    if hasta < abierta.desde:
        abierta.delete()
        return
    abierta.hasta = hasta
    abierta.save(update_fields=["hasta"])


def _reflejar(tomado: Expediente, expediente: Expediente, emplazamiento: Emplazamiento) -> Emplazamiento:
    """Pone en el objeto de quien llama lo que cambió, para que no siga con datos viejos."""
    for campo in ("estado", "version", "corregir_hasta", "folios", *reloj.CAMPOS):
        setattr(expediente, campo, getattr(tomado, campo))
    return emplazamiento
