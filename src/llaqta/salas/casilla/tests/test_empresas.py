"""La casilla de una empresa la acepta quien la representa, y cada lectura es de una persona natural (art. 57.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from llaqta.cimientos.errors import Denegado
from llaqta.cimientos.models import Suceso
from llaqta.salas.casilla import services
from llaqta.salas.casilla.models import Adhesion
from llaqta.salas.cuentas.models import Persona, Representacion, TextoDeConsentimiento

from .test_depositar import huellas

pytestmark = pytest.mark.django_db


@pytest.fixture
def representa(ciudadana: Persona, empresa: Persona) -> Representacion:
    """Rosa representa a la empresa desde enero."""
    return Representacion.objects.create(
        representante=ciudadana, representado=empresa, desde=date(2026, 1, 1), sustento="Vigencia de poder"
    )


def test_la_acepta_quien_la_representa_y_se_le_deposita(
    representa: Representacion, consentimiento: TextoDeConsentimiento,
    ciudadana: Persona, empresa: Persona, depositar: Any, ahora: datetime,
) -> None:  # fmt: skip
    adhesion = services.aceptar_casilla(
        actor=ciudadana, titular=empresa, correo="empresa@ejemplo.pe", ahora=ahora - timedelta(days=1)
    )
    assert (adhesion.persona, adhesion.aceptada_por) == (empresa, ciudadana)
    suceso = Suceso.objects.get(tipo="casilla.CasillaAceptada")
    assert (suceso.actor_id, suceso.en_nombre_de_id) == (ciudadana.pk, empresa.pk)
    notificacion = depositar(destinatario=empresa)
    abierta = services.abrir_notificacion(actor=ciudadana, codigo=notificacion.codigo, ahora=ahora)
    assert (abierta.leida_por, abierta.destinatario) == (ciudadana, empresa)
    leida = Suceso.objects.get(tipo="casilla.NotificacionLeida")
    assert (leida.actor_id, leida.en_nombre_de_id) == (ciudadana.pk, empresa.pk)


def test_no_la_acepta_quien_no_la_representa_hoy_ni_nadie_por_otra_persona(
    representa: Representacion, consentimiento: TextoDeConsentimiento,
    ciudadana: Persona, otro_ciudadano: Persona, empresa: Persona, ahora: datetime,
) -> None:  # fmt: skip
    Representacion.objects.create(
        representante=otro_ciudadano, representado=ciudadana, desde=date(2026, 1, 1), sustento="Carta poder"
    )
    antes = huellas()
    with pytest.raises(Denegado, match="la acepta o la deja quien la representa"):
        services.aceptar_casilla(actor=otro_ciudadano, titular=empresa, correo="x@ejemplo.pe", ahora=ahora)
    with pytest.raises(Denegado, match="la de una persona, solo ella misma"):
        services.aceptar_casilla(actor=otro_ciudadano, titular=ciudadana, correo="x@ejemplo.pe", ahora=ahora)
    representa.hasta = date(2026, 5, 31)
    representa.save()
    with pytest.raises(Denegado):
        services.aceptar_casilla(actor=ciudadana, titular=empresa, correo="x@ejemplo.pe", ahora=ahora)
    assert huellas() == antes


def test_en_la_pantalla_se_activa_y_se_retira(
    representa: Representacion, consentimiento: TextoDeConsentimiento,
    ciudadana: Persona, otro_ciudadano: Persona, empresa: Persona, cliente: Callable[..., Client],
) -> None:  # fmt: skip
    navegador = cliente(ciudadana)
    assert "Cacao del Apurímac S.A.C." in navegador.get("/casilla/").content.decode()
    datos = {"correo": "empresa@ejemplo.pe", "acepto": "on"}
    assert navegador.post(f"/casilla/activar/{empresa.numero_documento}/", datos).status_code == 302
    assert Adhesion.objects.get(revocada_en=None).persona == empresa
    assert cliente(otro_ciudadano).get(f"/casilla/activar/{empresa.numero_documento}/").status_code == 404
    respuesta = navegador.post(f"/casilla/retirarse/{empresa.numero_documento}/", {"confirmo": "on"})
    assert respuesta.status_code == 302
    assert not Adhesion.objects.filter(revocada_en=None).exists()
