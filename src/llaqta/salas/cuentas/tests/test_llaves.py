"""Entrar con una llave de acceso, en un navegador de verdad con un autenticador virtual."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from llaqta.cimientos.models import Suceso
from llaqta.conftest import CLAVE
from llaqta.salas.cuentas.models import Persona

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def contexto(monkeypatch: pytest.MonkeyPatch) -> Iterator[BrowserContext]:
    """Un teléfono con lector de huella: el autenticador virtual de Chromium."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright corre su propio bucle en este hilo
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
                  "--disable-sync", "--no-first-run"],
        )  # fmt: skip
        yield chromium.new_context(viewport={"width": 360, "height": 740}, locale="es-PE")
        chromium.close()


def con_huella(contexto: BrowserContext) -> Page:
    pagina = contexto.new_page()
    cdp = contexto.new_cdp_session(pagina)
    cdp.send("WebAuthn.enable")
    opciones: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": opciones})
    return pagina


def test_se_registra_una_llave_y_se_entra_sin_contrasena(
    ciudadana: Persona, live_server: LiveServer, contexto: BrowserContext, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    casa = live_server.url.replace("127.0.0.1", "localhost")
    pagina = con_huella(contexto)
    pagina.goto(f"{casa}/cuenta/ingresar/")
    pagina.get_by_label("Número de DNI u otro documento").fill("45678901")
    pagina.get_by_label("Contraseña").fill(CLAVE)
    pagina.get_by_role("button", name="Ingresar", exact=True).click()
    pagina.goto(f"{casa}/cuenta/seguridad/llaves/nueva/")
    pagina.get_by_label("Su contraseña").fill(CLAVE)
    pagina.get_by_role("button", name="Confirmar").click()
    pagina.get_by_label("Un nombre para reconocerla").fill("Mi celular")
    pagina.get_by_label("Entrar con ella en lugar de la contraseña").check()
    pagina.get_by_role("button", name="Registrar").click()
    pagina.get_by_role("heading", name="Códigos de respaldo").wait_for()

    pagina.goto(f"{casa}/cuenta/salir/")
    pagina.get_by_role("button", name="Salir").click()
    pagina.goto(f"{casa}/cuenta/ingresar/")
    pagina.get_by_text("Ingresar con una llave de acceso").click()
    pagina.get_by_role("button", name="Usar mi llave de acceso").click()
    pagina.wait_for_url(lambda url: "/cuenta/ingresar/" not in url)

    pagina.goto(f"{casa}/cuenta/seguridad/")
    assert "Rosa Quispe Huamán" in pagina.content()
    assert "Mi celular" in pagina.content()
    assert Authenticator.objects.filter(type="webauthn").count() == 1
    assert Suceso.objects.filter(tipo="cuentas.SesionIniciada", actor_id=ciudadana.pk).count() == 2
