"""La casilla es voluntaria: se acepta un texto con versión y fecha, y uno se puede retirar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from llaqta.cimientos.errors import EntradaInvalida, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.casilla import queries, services
from llaqta.salas.casilla.models import Adhesion
from llaqta.salas.cuentas.models import Persona, TextoDeConsentimiento

pytestmark = pytest.mark.django_db


def test_aceptar_guarda_que_texto_y_cuando(
    ciudadana: Persona, consentimiento: TextoDeConsentimiento, ahora: datetime
) -> None:
    adhesion = services.aceptar_casilla(actor=ciudadana, correo="rosa@ejemplo.pe", ahora=ahora)
    assert (adhesion.texto, adhesion.aceptada_en) == (consentimiento, ahora)
    assert queries.tiene_casilla(para=ciudadana, en=ahora)
    assert services.aceptar_casilla(actor=ciudadana, correo="rosa@ejemplo.pe", ahora=ahora) == adhesion
    assert Suceso.objects.filter(tipo="casilla.CasillaAceptada").count() == 1


def test_sin_correo_no_hay_casilla(
    ciudadana: Persona, consentimiento: TextoDeConsentimiento, ahora: datetime
) -> None:
    with pytest.raises(EntradaInvalida, match="Indique un correo"):
        services.aceptar_casilla(actor=ciudadana, correo="", ahora=ahora)
    assert not Adhesion.objects.exists()
    assert not Suceso.objects.exists()


def test_retirarse_y_volver(ciudadana: Persona, adhesion: Adhesion, ahora: datetime) -> None:
    services.revocar_casilla(actor=ciudadana, ahora=ahora)
    assert not queries.tiene_casilla(para=ciudadana, en=ahora)
    assert queries.tiene_casilla(para=ciudadana, en=ahora - timedelta(seconds=1))
    with pytest.raises(NoProcede, match="Usted no tiene una casilla activa"):
        services.revocar_casilla(actor=ciudadana, ahora=ahora)
    nueva = services.aceptar_casilla(
        actor=ciudadana, correo="rosa@ejemplo.pe", ahora=ahora + timedelta(hours=1)
    )
    assert nueva != adhesion


def test_la_pantalla_exige_marcar_el_consentimiento(
    ciudadana: Persona,
    consentimiento: TextoDeConsentimiento,
    cliente: Callable[..., Client],
) -> None:
    navegador = cliente(ciudadana)
    assert "Acepto ser notificado en mi casilla." in navegador.get("/casilla/activar/").content.decode()
    respuesta = navegador.post("/casilla/activar/", {"correo": "rosa@ejemplo.pe"})
    assert respuesta.status_code == 422
    assert "Para continuar, marque" in respuesta.content.decode()
    assert not Adhesion.objects.exists()
    respuesta = navegador.post("/casilla/activar/", {"correo": "rosa@ejemplo.pe", "acepto": "on"})
    assert respuesta.status_code == 302
    assert Adhesion.objects.get().persona == ciudadana
