"""Un error al nombrar un recurso no lo pierde: se encauza y vale desde el día en que llegó (art. 213)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes.models import Estado
from llaqta.salas.mesapartes import services as mesapartes
from llaqta.salas.mesapartes.models import EscritoPosterior
from llaqta.salas.recursos.models import Recurso
from llaqta.salas.recursos.tests.conftest import Caso, el

pytestmark = pytest.mark.django_db
Huella = Callable[[], dict[str, Any]]


def test_33_un_reclamo_que_ataca_la_resolucion_se_tramita_como_recurso_con_su_fecha(caso: Caso) -> None:
    """Presentado el último día como «reclamo»; encauzado cinco días después, sigue a tiempo."""
    caso.negado(deposito="2026-07-24")
    reclamo = caso.escribir(
        "OTRO", "2026-08-27 18:00", texto="Reclamo: no estoy de acuerdo con la resolución."
    )
    assert caso.leer().estado == Estado.NOTIFICADO

    mesapartes.encauzar_escrito(
        actor=caso.lucia, escrito=reclamo, clase="APELACION", ahora=el("2026-09-02 09:00")
    )

    recurso = Recurso.objects.get()
    assert recurso.presentado_en == el("2026-08-27 18:00")
    assert recurso.en_plazo
    assert recurso.presentado_como == "otro escrito"
    assert (recurso.encauzado_por, recurso.autoridad) == (caso.lucia, caso.unidades["GM"])
    # El plazo para resolver también corre desde que llegó: 30 días hábiles desde el jueves 27 de agosto.
    assert caso.leer().inicio_computo == date(2026, 8, 27)
    assert caso.leer().estado == Estado.IMPUGNADO
    reclamo.refresh_from_db()
    assert (reclamo.clase, reclamo.encauzado_a) == ("OTRO", "APELACION")
    assert reclamo.dicho == "Recurso de apelación"
    assert Suceso.objects.filter(tipo="mesapartes.EscritoEncauzado").count() == 1


def test_33_una_reconsideracion_que_es_apelacion_sube_al_superior(caso: Caso) -> None:
    caso.negado()
    escrito = caso.escribir(
        "RECONSIDERACION", "2026-08-10", nueva_prueba="No hay: interpretaron mal la norma."
    )
    assert caso.leer().vence_el == date(2026, 8, 31)

    mesapartes.encauzar_escrito(actor=caso.lucia, escrito=escrito, clase="APELACION", ahora=el("2026-08-12"))

    recurso = Recurso.objects.get()
    assert (recurso.clase, recurso.etapa, recurso.presentado_como) == ("APELACION", 1, "reconsideración")
    assert recurso.autoridad == caso.unidades["GM"] == caso.leer().unidad_responsable
    assert caso.leer().dias_plazo == 30
    assert caso.leer().vence_el == recurso.vence_el == date(2026, 9, 21)


def test_encauzar_dos_veces_a_lo_mismo_no_hace_nada(caso: Caso, huella: Huella) -> None:
    caso.negado()
    escrito = caso.escribir("APELACION", "2026-08-10")
    caso.recibir(caso.leer(), caso.carmen, "2026-08-11")
    antes = huella()

    mesapartes.encauzar_escrito(actor=caso.carmen, escrito=escrito, clase="APELACION", ahora=el("2026-08-12"))

    assert huella() == antes


def test_encauza_solo_la_unidad_que_tiene_el_expediente(caso: Caso, asesor: Persona, huella: Huella) -> None:
    caso.negado()
    escrito = caso.escribir("OTRO", "2026-08-10", texto="Reclamo.")
    antes = huella()

    for intruso in (asesor, caso.rosa):
        with pytest.raises(Denegado):
            mesapartes.encauzar_escrito(
                actor=intruso, escrito=escrito, clase="APELACION", ahora=el("2026-08-12")
            )

    assert huella() == antes
    assert EscritoPosterior.objects.get().encauzado_a == ""


def test_no_se_encauza_a_lo_que_no_correspondia_el_dia_en_que_llego(caso: Caso, huella: Huella) -> None:
    caso.presentar("2026-06-01")
    escrito = caso.escribir("OTRO", "2026-06-10", texto="Apelo.")
    antes = huella()

    with pytest.raises(NoProcede, match="Todavía no hay una decisión"):
        mesapartes.encauzar_escrito(
            actor=caso.lucia, escrito=escrito, clase="APELACION", ahora=el("2026-06-12")
        )
    with pytest.raises(EntradaInvalida):
        mesapartes.encauzar_escrito(actor=caso.lucia, escrito=escrito, clase="QUEJA", ahora=el("2026-06-12"))

    assert huella() == antes
