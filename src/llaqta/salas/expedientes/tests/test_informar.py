"""Pedir opinión a otra unidad: su propio plazo de siete días hábiles, y el responsable no cambia."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.salas.cuentas.models import Persona, UnidadOrganica
from llaqta.salas.expedientes import services as expedientes
from llaqta.salas.expedientes.models import Expediente, Movimiento

Huella = Callable[[], dict[str, int]]
Unidades = dict[str, UnidadOrganica]


@pytest.fixture
def pedido(
    en_tramite: Expediente, especialista: Persona, asesor: Persona, unidades: Unidades, ahora: datetime
) -> Movimiento:
    """Lucía pide opinión legal y Elmer recibe el pedido."""
    movimiento = expedientes.pedir_informe(
        actor=especialista, expediente=en_tramite, para_unidad=unidades["OAJ"], motivo="para opinión",
        proveido="¿Procede otorgarla?", ahora=ahora,
    )  # fmt: skip
    return expedientes.recibir_movimiento(actor=asesor, movimiento=movimiento, ahora=ahora)


def test_tiene_siete_dias_habiles_y_no_cambia_el_responsable(
    pedido: Movimiento, en_tramite: Expediente, unidades: Unidades
) -> None:
    assert pedido.vence_el == date(2026, 6, 10)
    en_tramite.refresh_from_db()
    assert (en_tramite.estado, en_tramite.unidad_responsable) == ("EN_INFORME", unidades["SGLC"])


def test_al_rendirlo_vuelve_a_la_unidad_responsable(
    pedido: Movimiento,
    en_tramite: Expediente,
    asesor: Persona,
    especialista: Persona,
    unidades: Unidades,
    ahora: datetime,
) -> None:
    expedientes.rendir_informe(actor=asesor, movimiento=pedido, nota="Es procedente.", ahora=ahora)
    en_tramite.refresh_from_db()
    assert en_tramite.estado == "EN_TRAMITE"
    vuelta = Movimiento.objects.get(responde_a=pedido)
    assert (vuelta.de_unidad, vuelta.para_unidad, vuelta.proveido) == (
        unidades["OAJ"],
        unidades["SGLC"],
        "Es procedente.",
    )
    assert (
        expedientes.recibir_movimiento(actor=especialista, movimiento=vuelta, ahora=ahora).atendido_en
        == ahora
    )


def test_con_dos_pedidos_se_espera_a_los_dos(
    pedido: Movimiento,
    en_tramite: Expediente,
    especialista: Persona,
    asesor: Persona,
    unidades: Unidades,
    ahora: datetime,
) -> None:
    expedientes.pedir_informe(
        actor=especialista, expediente=en_tramite, para_unidad=unidades["SGRD"], motivo="para informe",
        proveido="Informe de seguridad.", ahora=ahora,
    )  # fmt: skip
    expedientes.rendir_informe(actor=asesor, movimiento=pedido, nota="Es procedente.", ahora=ahora)
    en_tramite.refresh_from_db()
    assert en_tramite.estado == "EN_INFORME"


def test_rendirlo_dos_veces_es_rendirlo_una(
    pedido: Movimiento, asesor: Persona, ahora: datetime, huella_de_la_base: Huella
) -> None:
    expedientes.rendir_informe(actor=asesor, movimiento=pedido, nota="Es procedente.", ahora=ahora)
    antes = huella_de_la_base()
    expedientes.rendir_informe(actor=asesor, movimiento=pedido, nota="Otra vez.", ahora=ahora)
    assert huella_de_la_base() == antes


def test_sin_documento_ni_nota_no_se_rinde(
    pedido: Movimiento, asesor: Persona, ahora: datetime, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(EntradaInvalida, match="Firme su informe"):
        expedientes.rendir_informe(actor=asesor, movimiento=pedido, nota=" ", ahora=ahora)
    assert huella_de_la_base() == antes


def test_otra_unidad_no_lo_rinde(
    pedido: Movimiento, especialista: Persona, ahora: datetime, huella_de_la_base: Huella
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(Denegado, match="se pidió a Oficina de Asesoría Jurídica"):
        expedientes.rendir_informe(actor=especialista, movimiento=pedido, nota="x", ahora=ahora)
    assert huella_de_la_base() == antes


def test_no_se_pide_dos_veces_a_la_misma_unidad(
    pedido: Movimiento,
    en_tramite: Expediente,
    especialista: Persona,
    unidades: Unidades,
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="ya tiene un pedido de informe pendiente"):
        expedientes.pedir_informe(
            actor=especialista,
            expediente=en_tramite,
            para_unidad=unidades["OAJ"],
            motivo="m",
            proveido="p",
            ahora=ahora,
        )
    assert huella_de_la_base() == antes


def test_vencido_el_plazo_se_continua_sin_el_y_antes_no(
    pedido: Movimiento,
    en_tramite: Expediente,
    especialista: Persona,
    ahora: datetime,
    huella_de_la_base: Huella,
) -> None:
    antes = huella_de_la_base()
    with pytest.raises(NoProcede, match="tiene hasta el 10/06/2026"):
        expedientes.prescindir_informe(actor=especialista, movimiento=pedido, ahora=ahora + timedelta(days=9))
    assert huella_de_la_base() == antes
    expedientes.prescindir_informe(actor=especialista, movimiento=pedido, ahora=ahora + timedelta(days=10))
    en_tramite.refresh_from_db()
    assert en_tramite.estado == "EN_TRAMITE"
