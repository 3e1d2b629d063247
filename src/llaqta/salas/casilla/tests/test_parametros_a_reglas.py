"""La migración que convierte los parámetros de la casilla en reglas: lo propio de cada municipalidad no se pierde."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from llaqta.salas.casilla import queries
from llaqta.salas.cuentas.models import Persona, RolDePersona
from llaqta.salas.plazos import queries as plazos
from llaqta.salas.plazos.models import ReglaDeLaEntidad

pytestmark = pytest.mark.django_db
MIGRACION = import_module("llaqta.salas.casilla.migrations.0002_los_parametros_son_reglas")


def _parametro(**cambios: Any) -> SimpleNamespace:
    de_fabrica = {
        "regla_efecto": "LEY31736_5DIAS", "dias_para_acusar": 5, "inhabil_pasa_al_habil": True, "norma": "Ley 31736",
        "verificada": False, "desde": date(2023, 8, 3),
    }  # fmt: skip
    return SimpleNamespace(**{**de_fabrica, **cambios})


def _migrar(*parametros: SimpleNamespace) -> None:
    """La corre con los modelos de verdad; el de los parámetros ya no existe, y solo se le piden sus filas."""
    modelos = {
        ("plazos", "ReglaDeLaEntidad"): ReglaDeLaEntidad,
        ("cuentas", "RolDePersona"): RolDePersona,
        ("casilla", "ParametroDeCasilla"): SimpleNamespace(
            objects=SimpleNamespace(order_by=lambda campo: list(parametros))
        ),
    }
    MIGRACION.copiar_parametros(SimpleNamespace(get_model=lambda *cual: modelos[cual]), None)
    plazos.olvidar()


def test_los_de_fabrica_no_escriben_nada(administradora: Persona) -> None:
    _migrar(_parametro())
    assert not ReglaDeLaEntidad.objects.exists()


def test_lo_que_la_municipalidad_cambio_sigue_rigiendo_desde_su_fecha(administradora: Persona) -> None:
    _migrar(
        _parametro(),
        _parametro(
            regla_efecto="DEPOSITO", inhabil_pasa_al_habil=False, norma="RA 5", desde=date(2025, 1, 1)
        ),
    )
    antes, despues = queries.get_reglas(al=date(2024, 12, 31)), queries.get_reglas(al=date(2025, 1, 1))
    assert (antes.efecto, antes.inhabil_pasa_al_habil) == ("LEY31736_5DIAS", True)
    assert (despues.efecto, despues.inhabil_pasa_al_habil, despues.dias_para_acusar) == ("DEPOSITO", False, 5)
    assert {fila.por for fila in ReglaDeLaEntidad.objects.all()} == {administradora}
    assert {fila.norma for fila in ReglaDeLaEntidad.objects.all()} == {"RA 5"}


def test_lo_que_un_abogado_verifico_queda_verificado(administradora: Persona) -> None:
    _migrar(_parametro(verificada=True))
    assert plazos.get_regla("EFECTO_CASILLA", al=date(2026, 1, 1)).estado == "VERIFICADA"
    assert ReglaDeLaEntidad.objects.filter(confirma=True).count() == 3


def test_sin_nadie_que_administre_no_hay_nada_que_conservar(entidad: object) -> None:
    _migrar(_parametro(regla_efecto="DEPOSITO"))
    assert not ReglaDeLaEntidad.objects.exists()
