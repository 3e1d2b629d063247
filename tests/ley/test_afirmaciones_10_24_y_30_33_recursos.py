"""Afirmaciones 10, 24 y 30 a 33: los recursos, hasta qué segundo se presentan, en cuánto se deciden, y la queja."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest

from llaqta.cimientos.errors import NoProcede
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.mesapartes.services.encauzar import encauzar_escrito
from llaqta.salas.mesapartes.services.escritos import LoQueDice, presentar_escrito
from llaqta.salas.recursos import services as recursos
from llaqta.salas.recursos.models import Queja, Recurso

from .municipalidad import Municipalidad, el

pytestmark = pytest.mark.django_db
Huella = Callable[[], dict[str, int]]


@pytest.fixture
def negativo(muni: Municipalidad, julio_firma: None, rosa_con_casilla: None) -> Municipalidad:
    """El mismo trámite con silencio negativo: aquí no se aprueba nada mientras se espera un recurso."""
    muni.rige(calificacion="SILENCIO_NEGATIVO")
    return muni


def _notificado(muni: Municipalidad, presentado: str, deposito: str, leida: str = "") -> Expediente:
    expediente = muni.en_tramite(presentado)
    muni.notificada(expediente, deposito, leida=leida)
    return muni.leer(expediente)


def test_10_el_ultimo_dia_termina_a_las_23_59_59(negativo: Municipalidad) -> None:
    """Arts. 140.1, 142 y 207.2: notificada el miércoles 22 de julio, hasta el martes 18 de agosto; después es tarde."""
    uno, otro = (
        _notificado(negativo, "2026-06-25 10:00", "2026-07-22 09:00", "2026-07-22 10:00") for _ in range(2)
    )
    a_tiempo = negativo.impugnar(uno, "APELACION", "2026-08-18 23:59:59")
    assert (a_tiempo.presentable_hasta, a_tiempo.en_plazo) == (date(2026, 8, 18), True)
    tarde = negativo.impugnar(otro, "APELACION", "2026-08-19 00:00:00")
    assert (tarde.presentable_hasta, tarde.en_plazo) == (
        date(2026, 8, 18),
        False,
    )  # se recibe igual: art. 124.1


def test_24_el_recurso_se_cuenta_desde_el_efecto_y_no_desde_el_deposito(negativo: Municipalidad) -> None:
    """Arts. 25 y 133.1: depositada el 24 de julio sin acuse, surte efecto el 5; recurso hasta el 27 de agosto."""
    expediente = negativo.en_tramite("2026-06-25 10:00")
    notificacion = negativo.notificada(expediente, "2026-07-24 10:00")
    assert notificacion.efecto_el == date(2026, 8, 5)
    recurso = negativo.impugnar(negativo.leer(expediente), "RECONSIDERACION", "2026-08-27 23:59:59")
    assert recurso.acto_efecto_el == date(2026, 8, 5)
    assert (recurso.presentable_hasta, recurso.en_plazo) == (date(2026, 8, 27), True)


def test_30_nunca_hay_dos_recursos_vivos(negativo: Municipalidad, huella_de_la_base: Huella) -> None:
    """Art. 214: con una reconsideración pendiente, la apelación no procede; no pasa nada."""
    expediente = _notificado(negativo, "2026-06-25 10:00", "2026-07-22 09:00", "2026-07-22 10:00")
    negativo.impugnar(expediente, "RECONSIDERACION", "2026-07-30 10:00")
    escrito = negativo.escrito("2026-07-31 10:00")
    antes = (Recurso.objects.count(), huella_de_la_base())
    for clase in ("APELACION", "RECONSIDERACION"):
        with pytest.raises(NoProcede) as negativa:
            recursos.interponer(
                actor=negativo.rosa, expediente=negativo.leer(expediente), clase=clase, escrito=escrito,
                presentado_por=negativo.rosa, presentado_en=el("2026-07-31 10:00"), ahora=el("2026-07-31 10:00"),
                nueva_prueba="Otra",
            )  # fmt: skip
        assert "214" in negativa.value.norma
    assert (Recurso.objects.count(), huella_de_la_base()) == antes
    assert Recurso.objects.vivos().filter(expediente=expediente).count() == 1


@pytest.mark.parametrize(
    ("clase", "vence"), [("RECONSIDERACION", date(2027, 1, 6)), ("APELACION", date(2027, 1, 27))]
)
def test_31_la_reconsideracion_se_decide_en_quince_y_la_apelacion_en_treinta(
    negativo: Municipalidad, clase: str, vence: date
) -> None:
    """Art. 207.2 y Ley 31603: presentados el lunes 14 de diciembre, el 6 y el 27 de enero."""
    expediente = _notificado(negativo, "2026-11-16 10:00", "2026-12-01 09:00", "2026-12-01 10:00")
    recurso = negativo.impugnar(expediente, clase, "2026-12-14 10:00")
    assert recurso.vence_el == vence
    leido = negativo.leer(expediente)
    assert (leido.estado, leido.etapa, leido.vence_el) == ("IMPUGNADO", 1, vence)


def test_32_la_queja_se_resuelve_en_tres_dias_y_no_suspende(negativo: Municipalidad) -> None:
    """Art. 158: presentada el martes 6 de octubre, hasta el lunes 12 (el 8 es feriado); el otro plazo no cambia."""
    expediente = negativo.en_tramite("2026-09-21 10:00")
    vence = expediente.vence_el
    escrito = presentar_escrito(
        actor=negativo.rosa, expediente=expediente, archivos=[], envio=uuid4(), ahora=el("2026-10-06 10:00"),
        dice=LoQueDice(clase="QUEJA", motivo=Queja.Motivo.PARALIZACION, texto="Nadie lo mueve desde setiembre."),
    )  # fmt: skip
    queja = Queja.objects.get(expediente=expediente)
    assert (queja.vence_el, queja.descargo_hasta) == (date(2026, 10, 12), date(2026, 10, 7))
    leido = negativo.leer(expediente)
    assert (leido.estado, leido.vence_el) == ("EN_TRAMITE", vence)
    assert escrito.numero.startswith("2026-")


def test_33_el_nombre_equivocado_no_mata_el_recurso(negativo: Municipalidad) -> None:
    """Art. 213: un «reclamo» que ataca una resolución se tramita como apelación, con la fecha en que llegó."""
    expediente = _notificado(negativo, "2026-06-25 10:00", "2026-07-22 09:00", "2026-07-22 10:00")
    escrito = presentar_escrito(
        actor=negativo.rosa, expediente=expediente, archivos=[], envio=uuid4(), ahora=el("2026-08-18 23:00"),
        dice=LoQueDice(clase="OTRO", texto="Presento reclamo: no estoy de acuerdo con la resolución."),
    )  # fmt: skip
    assert not Recurso.objects.exists()
    encauzar_escrito(actor=negativo.lucia, escrito=escrito, clase="APELACION", ahora=el("2026-08-25 10:00"))
    recurso = Recurso.objects.get()
    assert (recurso.clase, recurso.presentado_en, recurso.en_plazo) == (
        "APELACION",
        el("2026-08-18 23:00"),
        True,
    )
    assert negativo.leer(expediente).estado == "IMPUGNADO"
