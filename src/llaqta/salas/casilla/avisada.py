"""Desde cuándo está avisada la persona, y qué hace eso con los días que tiene para acusar recibo.

El aviso es requisito de la notificación (DS 098-2025-PCM, art. 55). Si se acepta el mismo día del depósito no cambia
nada; si se acepta otro día, la regla ``CASILLA_PLAZO_DESDE`` que regía al depositar dice cuál de las dos lecturas vale.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Min

from llaqta.cimientos.calendario import hoy_en_lima, primer_habil
from llaqta.cimientos.events import emit
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.casilla import rules
from llaqta.salas.casilla.events import PlazoDesdeElAviso
from llaqta.salas.casilla.models import Alerta, CanalesExigidos, Notificacion, PlazoDesde, ReglaDeEfecto


def anotar_avisada(notificacion: Notificacion, *, ahora: datetime) -> None:
    """Anota desde qué día está avisada; si es otro que el del depósito, mueve la fecha en que vence sin lectura.

    Quien llama ya bloqueó la notificación. Lo que ya se abrió, surtió efecto o se anuló no cambia.
    """
    dia, calendario = _avisada_el(notificacion), get_calendario()
    if notificacion.estado != Notificacion.Estado.DEPOSITADA or dia is None:
        return
    antes = notificacion.plazo_corre_el
    notificacion.avisada_el = primer_habil(dia, calendario)
    cambia = (
        notificacion.plazo_desde == PlazoDesde.AVISO
        and notificacion.exige_alerta
        and notificacion.regla_efecto == ReglaDeEfecto.LEY31736_5DIAS
        and notificacion.plazo_corre_el != antes
    )
    if cambia:
        efecto = rules.calcular_desde(
            deposito=notificacion.deposito_computa_el,
            desde=notificacion.plazo_corre_el,
            acuse=None,
            regla=notificacion.regla_efecto,
            dias=notificacion.dias_para_acusar,
            calendario=calendario,
        )
        notificacion.efecto_el, notificacion.explicacion = efecto.fecha, list(efecto.explicacion)
    notificacion.save(update_fields=["avisada_el", "efecto_el", "explicacion"])
    if cambia:
        emit(
            PlazoDesdeElAviso(notificacion_id=notificacion.pk),
            actor_id=None,
            ahora=ahora,
            objeto=notificacion,
        )


def _avisada_el(notificacion: Notificacion) -> date | None:
    """El día del primer aviso aceptado; si la regla exige todos los medios, el del último de ellos en llegar."""
    por_canal = dict(
        notificacion.alertas.filter(resultado=Alerta.Resultado.ENVIADA)
        .order_by()
        .values_list("canal")
        .annotate(primera=Min("resuelta_en"))
    )
    if notificacion.canales_exigidos == CanalesExigidos.TODOS:
        exigidos = notificacion.canales or [Alerta.Canal.CORREO]
        instantes = [por_canal.get(canal) for canal in exigidos]
        return None if None in instantes else hoy_en_lima(max(i for i in instantes if i is not None))
    return hoy_en_lima(min(por_canal.values())) if por_canal else None
