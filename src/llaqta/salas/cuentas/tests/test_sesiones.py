"""Dónde está abierta una cuenta, cerrarla en los demás equipos, y la llave que cambia al probar otra vez quién es."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as ajustes
from django.test import Client
from django.urls import reverse

from llaqta.cimientos.errors import Denegado, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.conftest import CLAVE
from llaqta.salas.cuentas import services
from llaqta.salas.cuentas.models import Cuenta, Persona
from llaqta.salas.cuentas.rules import equipo

pytestmark = pytest.mark.django_db
SEGURIDAD = "/cuenta/seguridad/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
TELEFONO = "Mozilla/5.0 (Linux; Android 11; SM-A02) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"


def _entrar(agente: str = FIREFOX) -> Client:
    navegador = Client(HTTP_USER_AGENT=agente)
    navegador.post(reverse("account_login"), {"login": "45678901", "password": CLAVE})
    return navegador


def test_la_persona_ve_donde_esta_abierta_su_cuenta(ciudadana: Persona, entidad: Any) -> None:
    casa, _calle = _entrar(FIREFOX), _entrar(TELEFONO)
    pagina = " ".join(casa.get(SEGURIDAD).content.decode().split())
    assert "Firefox en Windows" in pagina
    assert "Chrome en Android" in pagina
    assert pagina.count("(este equipo)") == 1
    assert "127.0.0.1" in pagina


def test_cierra_las_de_los_demas_equipos_y_sigue_en_el_suyo(ciudadana: Persona, entidad: Any) -> None:
    casa, calle, cabina = _entrar(), _entrar(TELEFONO), _entrar(TELEFONO)
    pregunta = casa.post(reverse("cerrar_otras_sesiones"))
    assert pregunta["Location"].startswith(reverse("account_reauthenticate")), "primero, quién es"
    assert calle.get(SEGURIDAD).status_code == 200
    respuesta = casa.post(pregunta["Location"], {"password": CLAVE}, follow=True)
    assert "Se cerraron 2 sesiones." in respuesta.content.decode()
    assert casa.get(SEGURIDAD).status_code == 200
    assert (calle.get(SEGURIDAD).status_code, cabina.get(SEGURIDAD).status_code) == (302, 302)
    suceso = Suceso.objects.get(tipo="cuentas.SesionesCerradas")
    assert (suceso.datos["cuantas"], suceso.actor_id) == (2, ciudadana.pk)
    assert "Cerrar las de los demás equipos" not in casa.get(SEGURIDAD).content.decode()


def test_nadie_cierra_las_de_otro(
    ciudadana: Persona, otro_ciudadano: Persona, cliente: Callable[..., Client], ahora: datetime
) -> None:
    rosa = _entrar()
    cliente(otro_ciudadano).post(reverse("cerrar_otras_sesiones"))
    with pytest.raises(Denegado):
        services.cerrar_sesiones(actor=otro_ciudadano, persona=ciudadana, ahora=ahora)
    assert rosa.get(SEGURIDAD).status_code == 200
    assert not Suceso.objects.filter(tipo="cuentas.SesionesCerradas").exists()


def test_la_administracion_cierra_todas_y_la_persona_puede_volver_a_entrar(
    ciudadana: Persona, administradora: Persona, cliente: Callable[..., Client]
) -> None:
    casa, calle = _entrar(), _entrar(TELEFONO)
    direccion = reverse("cuentas_cerrar_sesiones", args=[ciudadana.pk])
    pagina = cliente(administradora).post(direccion, follow=True).content.decode()
    assert "Sesiones de Rosa Quispe Huamán que se cerraron: 2." in pagina
    assert (casa.get(SEGURIDAD).status_code, calle.get(SEGURIDAD).status_code) == (302, 302)
    assert _entrar().get(SEGURIDAD).status_code == 200


def test_al_confirmar_la_contrasena_cambia_la_llave_y_la_anterior_no_sirve(
    ciudadana: Persona, entidad: Any
) -> None:
    rosa = _entrar()
    antes = rosa.cookies[ajustes.SESSION_COOKIE_NAME].value
    rosa.post(reverse("account_reauthenticate"), {"password": CLAVE})
    despues = rosa.cookies[ajustes.SESSION_COOKIE_NAME].value
    assert antes != despues
    assert rosa.get(SEGURIDAD).status_code == 200
    copia = Client()
    copia.cookies[ajustes.SESSION_COOKIE_NAME] = antes
    assert copia.get(SEGURIDAD).status_code == 302
    assert rosa.get(SEGURIDAD).content.decode().count("(este equipo)") == 1


def test_a_quien_perdio_su_telefono_se_le_quita_el_segundo_paso_en_persona(
    ciudadana: Persona, administradora: Persona, ventanilla: Persona, ahora: datetime, entidad: Any
) -> None:
    rosa, cuenta = _entrar(), Cuenta.objects.get(persona=ciudadana)
    Authenticator.objects.create(user=cuenta, type=Authenticator.Type.TOTP, data={})
    for quien in (ventanilla, ciudadana):
        with pytest.raises(Denegado):
            services.quitar_segundo_paso(actor=quien, persona=ciudadana, ahora=ahora)
    with pytest.raises(Denegado):
        services.quitar_segundo_paso(actor=administradora, persona=administradora, ahora=ahora)
    assert Authenticator.objects.filter(user=cuenta).count() == 1
    assert services.quitar_segundo_paso(actor=administradora, persona=ciudadana, ahora=ahora) == 1
    assert rosa.get(SEGURIDAD).status_code == 302, "su sesión se cerró"
    assert _entrar().get(SEGURIDAD).status_code == 200
    assert Suceso.objects.get(tipo="cuentas.SegundoPasoQuitado").actor_id == administradora.pk
    with pytest.raises(NoProcede):
        services.quitar_segundo_paso(actor=administradora, persona=ciudadana, ahora=ahora)


def test_si_se_exige_el_personal_registra_un_segundo_paso_antes_de_hacer_nada(
    ventanilla: Persona, cliente: Callable[..., Client], settings: Any
) -> None:
    settings.SEGUNDO_PASO_DEL_PERSONAL = True
    mario = cliente(ventanilla)
    respuesta = mario.get(reverse("mesa_de_partes"), follow=True)
    assert respuesta.redirect_chain == [(reverse("seguridad_de_mi_cuenta"), 302)]
    assert "registre un segundo paso" in respuesta.content.decode()
    assert mario.post(reverse("registrar_en_ventanilla"), {}).status_code == 302
    assert mario.get(reverse("mfa_activate_totp")).status_code in (200, 302)
    Authenticator.objects.create(
        user=Cuenta.objects.get(persona=ventanilla), type=Authenticator.Type.TOTP, data={}
    )
    assert mario.get(reverse("mesa_de_partes")).status_code == 200


def test_al_ciudadano_no_se_le_exige(
    ciudadana: Persona, cliente: Callable[..., Client], settings: Any
) -> None:
    settings.SEGUNDO_PASO_DEL_PERSONAL = True
    assert cliente(ciudadana).get(reverse("inicio_de_la_persona")).status_code == 200


@pytest.mark.parametrize(
    ("agente", "dicho"),
    [(FIREFOX, "Firefox en Windows"), (TELEFONO, "Chrome en Android"), ("", "Otro programa")],
)  # fmt: skip
def test_el_equipo_se_dice_en_dos_palabras(agente: str, dicho: str) -> None:
    assert equipo(agente) == dicho
