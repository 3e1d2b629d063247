"""Resolver un recurso: el sentido antes de firmar, el cierre al notificar, y los días que hizo perder un mal aviso."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.expedientes import queries as expedientes
from llaqta.salas.expedientes.models import Estado
from llaqta.salas.recursos import reactions, services
from llaqta.salas.recursos.models import InformacionErronea, Recurso
from llaqta.salas.recursos.tests.conftest import Caso, atender, el

pytestmark = pytest.mark.django_db
Huella = Callable[[], dict[str, Any]]
APELACION = "Resolución que resuelve una apelación"
RECONSIDERACION = "Resolución que resuelve una reconsideración"


@pytest.fixture
def apelado(caso: Caso) -> Recurso:
    """Una denegatoria apelada el 10 de agosto, que ya recibió la Gerencia Municipal."""
    caso.negado()
    caso.escribir("APELACION", "2026-08-10")
    caso.recibir(caso.leer(), caso.carmen, "2026-08-11")
    return Recurso.objects.get()


def test_la_apelacion_resuelta_y_notificada_agota_la_via(caso: Caso, apelado: Recurso) -> None:
    services.fijar_sentido(actor=caso.carmen, recurso=apelado, sentido="FUNDADO", ahora=el("2026-08-20"))
    documento = caso.resolver("2026-08-20", por=caso.carmen, firma_=caso.carmen, plantilla=APELACION)
    caso.notificar(documento, "2026-08-20", "2026-08-21 09:00", por=caso.carmen)
    for _ in range(2):
        atender("expedientes.ExpedienteNotificado", reactions.cerrar_recurso)

    apelado.refresh_from_db()
    assert (apelado.estado, apelado.sentido, apelado.agota_la_via) == ("RESUELTO", "FUNDADO", True)
    assert apelado.decision == documento
    assert caso.leer().estado == Estado.NOTIFICADO
    dicho = expedientes.decir_recursos(caso.leer(), para=caso.rosa, al=date(2026, 8, 21))
    assert dicho.startswith("Esta decisión agota la vía administrativa")
    assert "dentro de 3 meses" in dicho


def test_lo_que_agoto_la_via_ya_no_se_impugna(caso: Caso, apelado: Recurso, huella: Huella) -> None:
    documento = caso.resolver("2026-08-20", por=caso.carmen, firma_=caso.carmen, plantilla=APELACION)
    caso.notificar(documento, "2026-08-20", "2026-08-21 09:00", por=caso.carmen)
    atender("expedientes.ExpedienteNotificado", reactions.cerrar_recurso)
    antes = huella()

    with pytest.raises(NoProcede, match="cada recurso se presenta una sola vez"):
        caso.escribir("APELACION", "2026-08-24")
    with pytest.raises(NoProcede, match="agota la vía administrativa"):
        caso.escribir("RECONSIDERACION", "2026-08-24", nueva_prueba="Otra.")

    assert huella() == antes


def test_de_la_reconsideracion_denegada_se_apela_ante_el_superior(caso: Caso) -> None:
    caso.negado()
    caso.escribir("RECONSIDERACION", "2026-08-10", nueva_prueba="Un plano.")
    documento = caso.resolver("2026-08-20", plantilla=RECONSIDERACION)
    caso.notificar(documento, "2026-08-20", "2026-08-21 09:00")
    atender("expedientes.ExpedienteNotificado", reactions.cerrar_recurso)
    primero = Recurso.objects.get()
    assert (primero.estado, primero.agota_la_via) == ("RESUELTO", False)

    caso.escribir("APELACION", "2026-09-01")

    segundo = Recurso.objects.get(etapa=2)
    assert (segundo.autoridad, segundo.etapa_impugnada) == (caso.unidades["GM"], 1)
    assert segundo.acto == documento
    assert (caso.leer().etapa, caso.leer().dias_plazo) == (2, 30)


def test_el_sentido_se_anota_antes_de_firmar_y_despues_no_cambia(
    caso: Caso, apelado: Recurso, huella: Huella
) -> None:
    services.fijar_sentido(actor=caso.carmen, recurso=apelado, sentido="INFUNDADO", ahora=el("2026-08-19"))
    services.fijar_sentido(actor=caso.carmen, recurso=apelado, sentido="FUNDADO", ahora=el("2026-08-20"))
    caso.resolver("2026-08-20", por=caso.carmen, firma_=caso.carmen, plantilla=APELACION)
    antes = huella()

    with pytest.raises(NoProcede, match="ya está firmada: su sentido no se cambia"):
        services.fijar_sentido(
            actor=caso.carmen, recurso=apelado, sentido="INFUNDADO", ahora=el("2026-08-21")
        )

    assert huella() == antes
    apelado.refresh_from_db()
    assert apelado.sentido == "FUNDADO"


def test_el_sentido_lo_anota_quien_resuelve(caso: Caso, apelado: Recurso, huella: Huella) -> None:
    antes = huella()

    for intruso in (caso.lucia, caso.rosa):
        with pytest.raises(Denegado):
            services.fijar_sentido(actor=intruso, recurso=apelado, sentido="FUNDADO", ahora=el("2026-08-20"))
    with pytest.raises(EntradaInvalida):
        services.fijar_sentido(actor=caso.carmen, recurso=apelado, sentido="QUIZAS", ahora=el("2026-08-20"))

    assert huella() == antes


def test_la_notificacion_dice_los_recursos_enteros_y_su_plazo_segun_la_regla(caso: Caso) -> None:
    caso.presentar("2026-06-01")

    dicho = expedientes.decir_recursos(caso.leer(), para=caso.rosa, al=date(2026, 6, 10))

    assert dicho == (
        "Si no está de acuerdo, puede presentar uno de estos recursos, uno por vez, desde el día siguiente a aquel en "
        "que esta notificación surta efecto: reconsideración, ante la Subgerencia de Licencias y Comercialización, con "
        "una prueba nueva, en 15 días hábiles; o apelación, para que la resuelva la Gerencia Municipal, en 15 días "
        "hábiles. Vale hasta las 23:59:59 del último día. No necesita abogado. Presentarlo no suspende lo decidido "
        "(Ley 27444, arts. 206 a 216)."
    )


# --- 24.2: la notificación informó mal -------------------------------------------------------------------------------
def test_los_dias_perdidos_por_una_notificacion_que_informo_mal_no_se_cuentan(caso: Caso) -> None:
    """Se presentó ante otra autoridad como decía la notificación, y se rechazó el 20 de agosto: 11 días no cuentan."""
    caso.negado(deposito="2026-07-24")
    caso.escribir("APELACION", "2026-09-10")
    tarde = Recurso.objects.get()
    assert (tarde.en_plazo, tarde.presentable_hasta) == (False, date(2026, 8, 27))
    caso.recibir(caso.leer(), caso.carmen, "2026-09-11")

    services.anotar_informacion_erronea(
        actor=caso.carmen, expediente=caso.leer(), que_decia="decía que se presentaba ante la Alcaldía",
        desde=date(2026, 8, 6), hasta=date(2026, 8, 20), ahora=el("2026-09-11"),
    )  # fmt: skip

    tarde.refresh_from_db()
    # 5-ago + 15 hábiles sin contar del 6 al 20: 21, 24…28, 31 de agosto, 1…4 y 7…10 de setiembre.
    assert tarde.presentable_hasta == date(2026, 9, 10)
    assert tarde.en_plazo
    assert any("la notificación informó mal" in frase for frase in tarde.explicacion["frases"])


def test_el_error_de_una_notificacion_lo_anota_quien_tramita_y_una_vez(
    caso: Caso, asesor: Persona, huella: Huella
) -> None:
    caso.negado(deposito="2026-07-24")
    datos = {"que_decia": "decía treinta días", "desde": date(2026, 8, 6), "hasta": date(2026, 8, 20)}
    antes = huella()
    with pytest.raises(Denegado):
        services.anotar_informacion_erronea(
            actor=asesor, expediente=caso.leer(), ahora=el("2026-08-21"), **datos
        )
    with pytest.raises(EntradaInvalida, match="anterior"):
        services.anotar_informacion_erronea(
            actor=caso.lucia, expediente=caso.leer(), ahora=el("2026-08-21"), que_decia="x",
            desde=date(2026, 8, 20), hasta=date(2026, 8, 6),
        )  # fmt: skip
    with pytest.raises(EntradaInvalida, match="no toca este plazo"):
        services.anotar_informacion_erronea(
            actor=caso.lucia, expediente=caso.leer(), ahora=el("2026-12-21"), que_decia="x",
            desde=date(2026, 12, 1), hasta=date(2026, 12, 6),
        )  # fmt: skip
    assert huella() == antes

    services.anotar_informacion_erronea(
        actor=caso.lucia, expediente=caso.leer(), ahora=el("2026-08-21"), **datos
    )
    with pytest.raises(NoProcede, match="Ya se anotó"):
        services.anotar_informacion_erronea(
            actor=caso.lucia, expediente=caso.leer(), ahora=el("2026-08-22"), **datos
        )
    assert InformacionErronea.objects.count() == 1
