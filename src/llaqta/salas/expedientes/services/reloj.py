"""El reloj de un expediente: arranca, se detiene, continúa y se vuelve a contar. La fecha de antes no se borra."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from llaqta.cimientos.calendario import Calendario, hoy_en_lima, sumar_habiles
from llaqta.cimientos.events import emit
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.expedientes import rules
from llaqta.salas.expedientes.events import PlazoCambiado
from llaqta.salas.expedientes.models import SIN_RELOJ, CambioDePlazo, Expediente, Movimiento, Suspension
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.plazos.rules import Pausa, Pedido, Plazo, computar

CAMPOS = (
    "vence_el", "limite_notificacion", "silencio_desde", "ultimo_deposito_seguro", "explicacion",
)  # fmt: skip
"""Lo que cambia en un expediente cuando se cuenta su plazo."""


_MOTIVOS: dict[str, str] = {
    Suspension.Clase.A_PEDIDO: "plazo suspendido a pedido del administrado (136.4)",
    Suspension.Clase.EMPLAZAMIENTO: "plazo suspendido por emplazamiento (125.5)",
}


def arrancar(expediente: Expediente, *, enviado_en: datetime, completo: bool) -> None:
    """Fija la fecha de presentación y el plazo de una solicitud que llega; quien llama guarda el expediente.

    La hora de envío se lee con la política que rige ese día, y queda anotada cuál fue (peru-law 2.1).

    :param completo: ``False`` si falta un requisito: sin él no hay aprobación automática todavía
    """
    hoy = hoy_en_lima(enviado_en)
    expediente.politica_horario = plazos.get_regla("POLITICA_HORARIO", al=hoy).valor
    if expediente.calificacion == rules.AUTOMATICA:
        expediente.fecha_presentacion = expediente.inicio_computo = hoy
        _poner_automatica(expediente, hoy, completo=completo)
        return
    plazo = _contar(
        expediente, enviado_en, politica=expediente.politica_horario, hecho="Se presentó", calendario=None
    )
    expediente.fecha_presentacion = expediente.inicio_computo = plazo.fecha_presentacion
    _poner(expediente, plazo, plazo.explicacion)


def arrancar_automatica(expediente: Expediente, dia: date) -> None:
    """Anota que lo de aprobación automática se aprobó ese día, al completarse (art. 31); quien llama guarda."""
    expediente.inicio_computo = dia
    _poner_automatica(expediente, dia, completo=True)


def detener(expediente: Expediente, *, corregir_hasta: date) -> None:
    """Deja el expediente sin plazo mientras se espera una corrección (125.3); quien llama guarda ``CAMPOS``."""
    expediente.corregir_hasta = corregir_hasta
    _poner(expediente, None, expediente.explicacion)
    expediente.movimientos.filter(clase=Movimiento.Clase.ORIGINAL, atendido_en__isnull=True).update(
        vence_el=None
    )


def parar(expediente: Expediente) -> None:
    """Aquí deja de correr el plazo: lo que sigue es de otra entidad. Quien llama guarda ``CAMPOS``."""
    _poner(expediente, None, expediente.explicacion)


def mover(
    expediente: Expediente,
    *,
    causa: str,
    motivo: str,
    ahora: datetime,
    inicio: date | None = None,
    hecho: str = "",
    calendario: Calendario | None = None,
    antes: tuple[date | None, dict[str, Any]] | None = None,
) -> CambioDePlazo | None:
    """Vuelve a contar el plazo de un expediente ya tomado y, si la fecha cambia, guarda la de antes y lo anuncia.

    Contar dos veces lo mismo no hace nada. Quien llama guarda ``CAMPOS`` e ``inicio_computo``.

    :param inicio: desde cuándo se cuenta ahora, si cambió (131.1); ``None``: desde donde se contaba
    :param antes: la fecha y la explicación que tenía antes de detenerse, si ya no están en el expediente
    """
    fecha_anterior, explicacion_anterior = antes or (expediente.vence_el, expediente.explicacion)
    if inicio is not None:
        expediente.inicio_computo = inicio
    if expediente.calificacion == rules.AUTOMATICA or expediente.estado in SIN_RELOJ:
        return None
    assert expediente.inicio_computo is not None
    previo = expediente.explicacion.get("hecho") or "Se presentó"
    plazo = _contar(
        expediente, rules.al_mediodia(expediente.inicio_computo), hecho=hecho or previo, calendario=calendario
    )
    _poner(expediente, plazo, plazo.explicacion)
    if fecha_anterior == expediente.vence_el:
        return None
    return anotar_cambio(
        expediente, causa=causa, motivo=motivo, antes=fecha_anterior, explicacion_anterior=explicacion_anterior,
        ahora=ahora,
    )  # fmt: skip


def get_antes(expediente: Expediente) -> tuple[date | None, dict[str, Any]]:
    """Cuándo vencía antes de detenerse, leído de la explicación que se conserva: el ``antes`` de ``mover``."""
    escrita = expediente.explicacion.get("vence_el")
    return (date.fromisoformat(escrita) if escrita else None), expediente.explicacion


def anotar_cambio(
    expediente: Expediente,
    *,
    causa: str,
    motivo: str,
    antes: date | None,
    explicacion_anterior: dict[str, Any],
    ahora: datetime,
) -> CambioDePlazo:
    """Guarda la fecha que el expediente tenía y la que tiene, con sus razones, y lo anuncia."""
    cambio = CambioDePlazo.objects.create(
        expediente=expediente,
        etapa=expediente.etapa,
        causa=causa,
        motivo=motivo,
        antes=antes,
        despues=expediente.vence_el,
        explicacion_anterior=explicacion_anterior,
        explicacion=expediente.explicacion,
        cambiado_en=ahora,
    )
    # La bandeja se ordena por la fecha que lleva el envío: sigue a la del expediente.
    expediente.movimientos.filter(clase=Movimiento.Clase.ORIGINAL, atendido_en__isnull=True).update(
        vence_el=expediente.vence_el
    )
    emit(
        PlazoCambiado(expediente_id=expediente.pk, cambio_id=cambio.pk),
        actor_id=None, ahora=ahora, objeto=expediente,
    )  # fmt: skip
    return cambio


def prever(expediente: Expediente, calendario: Calendario) -> Plazo:
    """El plazo que tendría con ese calendario, contado desde donde se cuenta; no cambia nada."""
    assert expediente.inicio_computo is not None
    return _contar(
        expediente,
        rules.al_mediodia(expediente.inicio_computo),
        hecho=expediente.explicacion.get("hecho") or "Se presentó",
        calendario=calendario,
    )


def get_pausas(expediente: Expediente) -> Sequence[Pausa]:
    """Los lapsos cerrados de la etapa actual que no se cuentan, en orden y sin encimarse.

    Si el plazo es el de un expediente acumulado, valen los lapsos de aquel y, de los propios, los posteriores.
    """
    assert expediente.inicio_computo is not None
    cerradas = list(expediente.suspensiones.filter(etapa=expediente.etapa, hasta__isnull=False))
    heredado = (
        expediente.acumulaciones.filter(hereda_reloj=True).select_related("acumulado").order_by("-pk").first()
    )
    if heredado is not None and heredado.acumulado.etapa == expediente.etapa:
        desde = hoy_en_lima(heredado.acumulado_en)
        suyas = heredado.acumulado.suspensiones.filter(etapa=expediente.etapa, hasta__isnull=False)
        cerradas = [*suyas.filter(desde__lte=desde), *(s for s in cerradas if s.desde > desde)]
    pausas = [
        Pausa(
            desde=s.desde, hasta=s.hasta, motivo=_MOTIVOS[s.clase], a_pedido=s.clase == Suspension.Clase.A_PEDIDO
        )
        for s in cerradas
        if s.hasta
    ]  # fmt: skip
    return rules.sin_encimarse(pausas, expediente.inicio_computo)


def _contar(
    expediente: Expediente,
    desde: datetime,
    *,
    hecho: str,
    calendario: Calendario | None,
    politica: str = "DIA_COMPLETO",
) -> Plazo:
    dia = hoy_en_lima(desde)
    notificar, acusar = plazos.get_regla("NOTIFICAR", al=dia), plazos.get_regla("CASILLA_ACUSE", al=dia)
    pedido = rules.get_pedido(
        expediente,
        desde,
        politica=politica,
        cierre=time.fromisoformat(plazos.get_regla("HORA_DE_CIERRE", al=dia).valor),
        dias_para_notificar=notificar.entero,
        dias_para_acusar=acusar.entero,
        suspension_maxima=plazos.get_entero("SUSPENSION_A_PEDIDO", al=dia),
        hecho=hecho,
        citas=(plazos.get_regla("POLITICA_HORARIO", al=dia).cita, notificar.cita, acusar.cita),
    )
    calendario = calendario or get_calendario()
    return _con_pausas(pedido, get_pausas(expediente) if expediente.pk else (), calendario)


def _con_pausas(pedido: Pedido, pausas: Sequence[Pausa], calendario: Calendario) -> Plazo:
    """El plazo con las pausas que lo tocan: la que empieza cuando ya había vencido no lo mueve."""
    plazo = computar(pedido, calendario)
    for n, pausa in enumerate(pausas, start=1):
        vence = plazo.vence
        assert not isinstance(vence, datetime)
        if pausa.desde > vence:
            break
        plazo = computar(replace(pedido, pausas=tuple(pausas[:n])), calendario)
    return plazo


def _poner_automatica(expediente: Expediente, dia: date, *, completo: bool) -> None:
    hasta = None
    if completo:
        cuantos = plazos.get_entero("DOCUMENTO_DE_AUTOMATICA", al=dia)
        hasta = sumar_habiles(dia, cuantos, get_calendario()).fecha
    _poner(expediente, None, rules.explicar_automatica(dia, completo=completo, documento_hasta=hasta))


def _poner(expediente: Expediente, plazo: Plazo | None, explicacion: dict[str, Any]) -> None:
    # Un expediente se cuenta en días o meses: el motor solo devuelve instantes cuando se piden horas.
    vence = plazo.vence if plazo else None
    assert not isinstance(vence, datetime)
    expediente.vence_el = vence
    expediente.limite_notificacion = plazo.limite_notificacion if plazo else None
    expediente.silencio_desde = plazo.silencio_desde if plazo else None
    expediente.ultimo_deposito_seguro = plazo.ultimo_deposito_seguro if plazo else None
    expediente.explicacion = explicacion
