"""La queja por defectos de tramitación: tres días, el superior, y nada se detiene (art. 158)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.salas.cuentas.models import Asignacion, Persona, Puesto
from llaqta.salas.documentos.models import Acceso
from llaqta.salas.expedientes.models import CambioDePlazo
from llaqta.salas.recursos import reactions, services
from llaqta.salas.recursos.models import Queja
from llaqta.salas.recursos.tests.conftest import Caso, atender, el

pytestmark = pytest.mark.django_db
Huella = Callable[[], dict[str, Any]]


@pytest.fixture
def superior(caso: Caso) -> Persona:
    """Carmen, encargada además de la Gerencia de Desarrollo Económico Local, de la que depende la subgerencia."""
    puesto = Puesto.objects.create(nombre="Gerente", unidad=caso.unidades["GDEL"], es_jefatura=True)
    Asignacion.objects.create(persona=caso.carmen, puesto=puesto, desde=date(2023, 1, 1))
    return Persona.objects.get(pk=caso.carmen.pk)


@pytest.fixture
def queja(caso: Caso, superior: Persona) -> Queja:
    """Presentada el martes 6 de octubre de 2026 contra la subgerencia que tiene el expediente."""
    caso.presentar("2026-09-21")
    caso.escribir("QUEJA", "2026-10-06", motivo="PARALIZACION", texto="Nadie mira mi expediente.")
    return Queja.objects.get()


def test_32_la_queja_vence_a_los_tres_dias_y_no_mueve_el_plazo_principal(
    caso: Caso, superior: Persona
) -> None:
    """Presentada el martes 6 de octubre: el 8 es feriado, se resuelve hasta el lunes 12; el expediente sigue igual."""
    caso.presentar("2026-09-21")
    antes = caso.leer()

    escrito = caso.escribir("QUEJA", "2026-10-06", motivo="PLAZO")

    queja, despues = Queja.objects.get(), caso.leer()
    assert queja.vence_el == date(2026, 10, 12)
    assert queja.descargo_hasta == date(2026, 10, 7)
    assert (queja.contra_unidad, queja.superior) == (caso.unidades["SGLC"], caso.unidades["GDEL"])
    assert queja.contra_persona == caso.lucia
    assert (despues.vence_el, despues.estado, despues.etapa) == (antes.vence_el, antes.estado, antes.etapa)
    assert not CambioDePlazo.objects.exists()
    assert "su plazo no cambia" in escrito.que_sigue


def test_el_superior_la_resuelve_y_la_persona_recibe_lo_decidido(
    caso: Caso, queja: Queja, superior: Persona
) -> None:
    services.contestar_queja(
        actor=caso.lucia, queja=queja, descargo="La inspección es el jueves.", ahora=el("2026-10-07")
    )
    services.resolver_queja(
        actor=superior,
        queja=queja,
        sentido="FUNDADA",
        resolucion="Que informe en dos días.",
        ahora=el("2026-10-09"),
    )
    for _ in range(2):
        atender("recursos.QuejaResuelta", reactions.sellar_queja_resuelta)

    queja.refresh_from_db()
    assert (queja.estado, queja.sentido, queja.resuelta_por) == ("RESUELTA", "FUNDADA", superior)
    assert queja.documento is not None
    assert queja.documento.incorporado.expediente == caso.leer()
    assert Acceso.objects.filter(documento=queja.documento, persona=caso.rosa).exists()


def test_lo_decidido_no_se_resuelve_otra_vez(queja: Queja, superior: Persona, huella: Huella) -> None:
    datos = {"sentido": "INFUNDADA", "resolucion": "No hay demora.", "ahora": el("2026-10-09")}
    services.resolver_queja(actor=superior, queja=queja, **datos)
    antes = huella()

    with pytest.raises(NoProcede, match="no se impugna") as negativa:
        services.resolver_queja(actor=superior, queja=queja, **datos)

    assert "158.3" in negativa.value.norma
    assert huella() == antes


def test_no_la_resuelve_ni_el_quejado_ni_otra_unidad(
    caso: Caso, queja: Queja, asesor: Persona, huella: Huella
) -> None:
    antes = huella()

    for intruso in (caso.lucia, caso.julio, asesor, caso.rosa, caso.mario):
        with pytest.raises(Denegado):
            services.resolver_queja(
                actor=intruso, queja=queja, sentido="INFUNDADA", resolucion="No.", ahora=el("2026-10-09")
            )
    with pytest.raises(Denegado):
        services.contestar_queja(actor=asesor, queja=queja, descargo="Yo no fui.", ahora=el("2026-10-07"))

    assert huella() == antes
    queja.refresh_from_db()
    assert queja.estado == "PRESENTADA"


def test_resolver_pide_sentido_y_razon(queja: Queja, superior: Persona, huella: Huella) -> None:
    antes = huella()

    with pytest.raises(EntradaInvalida):
        services.resolver_queja(
            actor=superior, queja=queja, sentido="", resolucion="x", ahora=el("2026-10-09")
        )
    with pytest.raises(EntradaInvalida):
        services.resolver_queja(
            actor=superior, queja=queja, sentido="FUNDADA", resolucion=" ", ahora=el("2026-10-09")
        )

    assert huella() == antes


def test_una_queja_igual_mientras_se_resuelve_la_primera_no_procede(
    caso: Caso, queja: Queja, huella: Huella
) -> None:
    antes = huella()

    with pytest.raises(NoProcede, match="Ya hay una queja igual: se resuelve hasta el lunes 12 de octubre"):
        caso.escribir("QUEJA", "2026-10-07", motivo="PARALIZACION")

    assert huella() == antes
    caso.escribir("QUEJA", "2026-10-07", motivo="PLAZO")
    assert Queja.objects.count() == 2


def test_despues_de_la_decision_notificada_ya_no_cabe_queja(caso: Caso, huella: Huella) -> None:
    caso.negado()
    antes = huella()

    with pytest.raises(NoProcede, match="antes de que se decida") as negativa:
        caso.escribir("QUEJA", "2026-08-10", motivo="PLAZO")

    assert "158.1" in negativa.value.norma
    assert huella() == antes


def test_la_queja_dice_su_motivo(caso: Caso, huella: Huella) -> None:
    caso.presentar("2026-09-21")
    antes = huella()

    with pytest.raises(EntradaInvalida, match="por qué se queja"):
        caso.escribir("QUEJA", "2026-10-06", motivo="ENOJO")

    assert huella() == antes
