"""Afirmaciones 34 a 38: relojes que todavía no tienen sala propia; su cifra es un dato y el motor ya los cuenta.

La solicitud de acceso a la información, el libro de reclamaciones y los incidentes tendrán su sala en otra entrega;
aquí se comprueba lo que hoy es real: la regla con su norma, la cuenta y, en la 38, el calendario tributario.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from llaqta.cimientos.calendario import Calendario
from llaqta.cimientos.queries import get_calendario
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.plazos import rules
from llaqta.salas.tramites.models import VersionProcedimiento
from llaqta.salas.tramites.rules import costo_de_reproduccion

from .municipalidad import el

pytestmark = pytest.mark.django_db


def _segun_la_regla(codigo: str, desde: datetime) -> date | datetime:
    regla = plazos.get_regla(codigo, al=desde.date())
    return rules.computar(
        rules.Pedido(desde=desde, cantidad=regla.entero, unidad=regla.unidad), Calendario()
    ).vence


def test_34_el_acceso_a_la_informacion_se_responde_en_diez_dias_y_la_prorroga_se_avisa_en_dos() -> None:
    """DS 007-2024-JUS: recibida el miércoles 18 de marzo, se responde hasta el 1 de abril; la prórroga, hasta el 20."""
    assert _segun_la_regla("SAIP_RESPONDER", el("2026-03-18 10:00")) == date(2026, 4, 1)
    assert _segun_la_regla("SAIP_PRORROGA_AVISO", el("2026-03-18 10:00")) == date(2026, 3, 20)


def test_36_el_reclamo_se_responde_en_treinta_dias_habiles_y_no_en_quince() -> None:
    """DS 007-2020-PCM: registrado el jueves 1 de octubre, hasta el viernes 13 de noviembre."""
    assert _segun_la_regla("RECLAMO_RESPONDER", el("2026-10-01 10:00")) == date(2026, 11, 13)
    quince = rules.vencer(date(2026, 10, 1), 15, rules.HABILES, Calendario()).fecha
    assert quince == date(2026, 10, 23)


def test_37_el_incidente_corre_en_horas_tambien_el_domingo() -> None:
    """DS 016-2024-JUS, art. 34: conocido el viernes 9 a las 18:30, hasta el domingo 11 a las 18:30; son dos relojes."""
    anpd = plazos.get_regla("ANPD_INCIDENTE", al=date(2026, 10, 9))
    cnsd = plazos.get_regla("CNSD_INCIDENTE", al=date(2026, 10, 9))
    assert (anpd.unidad, cnsd.unidad) == (rules.HORAS, rules.HORAS)
    assert anpd.norma != cnsd.norma
    for codigo in ("ANPD_INCIDENTE", "CNSD_INCIDENTE"):
        vence = _segun_la_regla(codigo, el("2026-10-09 18:30"))
        assert vence == el("2026-10-11 18:30")
        assert isinstance(vence, datetime)
        assert vence.isoformat() == "2026-10-11T18:30:00-05:00"


def test_38_el_reloj_tributario_no_es_el_administrativo(feriado: Callable[..., object]) -> None:
    """El 2 de enero es no laborable compensable: inhábil para el procedimiento y hábil para los tributos."""
    feriado("2026-01-02", "NACIONAL", efecto_administrativo=True, efecto_tributario=False)
    vencimientos = {
        efecto: rules.vencer(date(2025, 12, 31), 2, rules.HABILES, get_calendario(efecto=efecto)).fecha
        for efecto in ("ADMINISTRATIVO", "TRIBUTARIO")
    }
    assert vencimientos == {"ADMINISTRATIVO": date(2026, 1, 6), "TRIBUTARIO": date(2026, 1, 5)}


def test_35_no_se_pregunta_el_motivo_y_solo_se_paga_la_copia(
    tupa: int, ciudadana: Persona, cliente: Callable[..., Client], reloj: Callable[[str], Any]
) -> None:
    """DS 164-2020-PCM: el formulario no pide motivo; por correo nada, 37 hojas S/ 3.70, un disco S/ 1.00."""
    base, ella = "/tramites/PE-SAIP/presentar/", cliente(ciudadana)
    with reloj("2026-06-01 10:00"):
        ella.post(base + "quien/", {"administrado": ciudadana.pk})
        formularios = [ella.get(base + paso).content.decode() for paso in ("quien/", "datos/", "adjuntos/")]
        ficha = ella.get("/tramites/PE-SAIP/").content.decode()
    campos = {nombre for pagina in formularios for nombre in re.findall(r'name="([^"]+)"', pagina)}
    assert "asunto" in campos
    assert not [c for c in campos if re.search(r"motivo|razon|finalidad|para_que|justific|sustent", c)]
    assert "No le pueden preguntar para qué quiere la información" in ficha

    version = VersionProcedimiento.objects.get(procedimiento__codigo="PE-SAIP")
    assert version.es_gratuito
    assert costo_de_reproduccion(hojas=37, medio="CORREO") == Decimal("0.00")
    assert costo_de_reproduccion(hojas=37, medio="A4") == Decimal("3.70")
    assert costo_de_reproduccion(hojas=37, medio="CD") == Decimal("1.00")
