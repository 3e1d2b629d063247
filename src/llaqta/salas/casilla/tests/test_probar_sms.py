"""Probar los mensajes de texto desde la consola, contra los dos emuladores, como lo haría quien recién instala."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from llaqta.salas.casilla.management.commands.probar_sms import TEXTO
from llaqta.salas.casilla.mensajeria.emulador import ModemDePrueba, PasarelaDePrueba


@pytest.fixture
def pasarela(settings: Any) -> Iterator[PasarelaDePrueba]:
    emulada = PasarelaDePrueba().encender()
    settings.SMS = {**settings.SMS, "via": "pasarela", "url": emulada.url, "cabeceras": {}, "espera": 20}
    yield emulada
    emulada.apagar()


def _probar(numero: str = "987 654 321") -> str:
    salida = io.StringIO()
    call_command("probar_sms", numero, stdout=salida)
    return salida.getvalue()


def test_por_la_pasarela_sale_y_dice_su_identificador(pasarela: PasarelaDePrueba) -> None:
    dicho = _probar()
    [mensaje] = pasarela.mensajes
    assert TEXTO in mensaje.values()
    assert "+51987654321" in mensaje.values()
    assert f"Identificador: {mensaje['id']}." in dicho


def test_si_la_pasarela_lo_niega_lo_dice(pasarela: PasarelaDePrueba) -> None:
    pasarela.estado = 403
    with pytest.raises(CommandError, match="No salió: "):
        _probar()


def test_por_el_modem_sale(settings: Any) -> None:
    emulado = ModemDePrueba().encender()
    settings.SMS = {**settings.SMS, "via": "modem", "puerto": emulado.puerto, "espera": 20}
    try:
        assert "Salió. Aceptado por el módem" in _probar()
    finally:
        emulado.apagar()
    [mensaje] = emulado.mensajes
    assert TEXTO in mensaje.values()


def test_sin_via_o_sin_celular_se_dice_que_falta(settings: Any) -> None:
    settings.SMS = {**settings.SMS, "via": ""}
    with pytest.raises(CommandError, match="falta LLAQTA_SMS"):
        _probar()
    with pytest.raises(CommandError, match="nueve cifras que empiezan con 9"):
        _probar("084 234567")
