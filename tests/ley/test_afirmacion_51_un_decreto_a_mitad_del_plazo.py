"""Afirmación 51: un decreto que llega a mitad del plazo mueve solo los relojes abiertos, y la fecha de antes queda."""

from __future__ import annotations

from datetime import date

import pytest

from llaqta.cimientos import dias
from llaqta.cimientos.dias import DiaAnotado
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import queries
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import CambioDePlazo, Expediente
from llaqta.salas.expedientes.services import reloj
from llaqta.salas.expedientes.services.vencimientos import declarar_vencimientos

from .municipalidad import Municipalidad, el

pytestmark = pytest.mark.django_db


def _decreto(administradora: Persona, dia: date, cuando: str) -> None:
    """Se anota el día y se hace lo que el oyente deja por hacer."""
    anotado = dias.anotar_dia(
        actor=administradora, fecha=dia, ambito="NACIONAL", descripcion="Día no laborable", norma="DS 050-2026-PCM",
        efecto_administrativo=True, efecto_tributario=False,
        vigente_desde=min(dia, el(cuando).date()), ahora=el(cuando),
    )  # fmt: skip
    fechas, motivo = queries.decir_cambio_de_calendario(DiaAnotado(dia_id=anotado.pk))
    expedientes.recontar_abiertos(dias=fechas, motivo=motivo, ahora=el(cuando))


def test_51_solo_se_recuentan_los_relojes_abiertos_y_la_historia_dice_la_fecha_de_antes(
    muni: Municipalidad, administradora: Persona, julio_firma: None, rosa_con_casilla: None
) -> None:
    """Un decreto del 15 de junio declara no laborable el viernes 26: lo abierto pasa del 14 al 15 de julio."""
    terminado = muni.en_tramite("2026-06-01 10:00")
    muni.notificada(terminado, "2026-06-10 10:00", leida="2026-06-10 11:00")
    observada = muni.presentar("2026-06-01 10:00")
    muni.observar(observada, "2026-06-02 10:00")
    abierto = muni.en_tramite("2026-06-01 10:00")
    assert abierto.vence_el == date(2026, 7, 14)

    _decreto(administradora, date(2026, 6, 26), "2026-06-15 09:00")
    movido = muni.leer(abierto)
    assert (movido.vence_el, movido.limite_notificacion) == (date(2026, 7, 15), date(2026, 7, 22))
    cambio = CambioDePlazo.objects.get()
    assert (cambio.expediente, cambio.causa) == (abierto, "CALENDARIO")
    assert (cambio.antes, cambio.despues) == (date(2026, 7, 14), date(2026, 7, 15))
    assert cambio.explicacion_anterior["vence_el"] == "2026-07-14"
    dicho = " ".join(hito.texto for hito in queries.get_historia(movido, para=muni.rosa))
    assert "Antes vencía el martes 14 de julio de 2026; ahora vence el miércoles 15 de julio de 2026" in dicho
    assert muni.leer(terminado).vence_el == date(2026, 7, 14)
    assert muni.leer(observada.expediente).vence_el is None


def test_51_lo_que_ya_produjo_efecto_no_se_reabre(muni: Municipalidad, administradora: Persona) -> None:
    """Aprobado por silencio el 22 de julio, un decreto posterior sobre el 21 no deshace la aprobación."""
    expediente = muni.en_tramite("2026-06-01 10:00")
    declarar_vencimientos(ahora=el("2026-07-22 00:05"))
    antes = muni.leer(expediente)
    assert antes.estado == "APROBADO_FICTO"
    _decreto(administradora, date(2026, 7, 21), "2026-07-22 09:00")
    despues = muni.leer(expediente)
    assert (despues.estado, despues.vence_el, despues.silencio_operado_el) == (
        antes.estado,
        antes.vence_el,
        date(2026, 7, 22),
    )


def test_51_el_plazo_heredado_al_acumular_se_vuelve_a_contar_igual(muni: Municipalidad) -> None:
    """El principal hereda el plazo que vence antes con su distancia: recontarlo no da otra fecha."""
    cercano, lejano = muni.en_tramite("2026-06-01 10:00"), muni.en_tramite("2026-06-03 10:00")
    Expediente.objects.filter(pk=lejano.pk).update(dias_distancia=5)
    expedientes.acumular(
        actor=muni.lucia, principal=muni.leer(lejano), acumulado=cercano, motivo="Es el mismo local",
        ahora=el("2026-06-04"),
    )  # fmt: skip
    heredado = muni.leer(lejano)
    assert heredado.vence_el == date(2026, 7, 14)
    assert reloj.mover(heredado, causa="CALENDARIO", motivo="Recuento", ahora=el("2026-06-05")) is None
    assert heredado.vence_el == date(2026, 7, 14)
