"""Las páginas públicas en un navegador de verdad: accesibles, sin desborde a 320 píxeles y sin JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from llaqta.salas.expedientes.models import Expediente

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]
OPCIONES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--no-first-run"]  # fmt: skip


@pytest.fixture(scope="module")
def navegador() -> Iterator[Browser]:
    # El bucle de Playwright vive en este hilo y Django cree que el código es asíncrono; no lo es.
    with pytest.MonkeyPatch.context() as parche, sync_playwright() as playwright:
        parche.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        abierto = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=OPCIONES)
        yield abierto
        abierto.close()


RUTAS = (
    "/",
    "/tramites/?q=licensia",
    "/tramites/PE-LIC-ALTO/",
    "/seguimiento/",
    "/verificar/",
    "/plazos/",
    "/privacidad/",
)


def test_sin_faltas_de_accesibilidad_y_sin_desborde(
    navegador: Browser, live_server: Any, expediente: Expediente, emitir: Any
) -> None:
    rutas = (*RUTAS, f"/s/{expediente.numero}/{expediente.clave}", f"/v/{emitir().cvd}")
    for ancho in (320, 1280):
        pestana = navegador.new_context(viewport={"width": ancho, "height": 800}).new_page()
        for ruta in rutas:
            pestana.goto(live_server.url + ruta)
            faltas = Axe().run(pestana)
            assert faltas.violations_count == 0, f"{ruta} a {ancho}: {faltas.generate_report()}"
            assert pestana.evaluate("document.documentElement.scrollWidth") <= ancho, f"{ruta} a {ancho}"
        pestana.context.close()


def test_sin_javascript_se_sigue_un_tramite(
    navegador: Browser, live_server: Any, expediente: Expediente
) -> None:
    pestana = navegador.new_context(
        viewport={"width": 360, "height": 640}, java_script_enabled=False
    ).new_page()
    pestana.goto(live_server.url + "/")
    pestana.fill("#numero", expediente.numero)
    pestana.fill("#clave", expediente.clave.lower())
    pestana.click("text=Ver en qué está")
    assert pestana.url == f"{live_server.url}/seguimiento/{expediente.numero}/"
    assert pestana.inner_text(".etiqueta-estado") == "Recibimos su solicitud"
    pestana.context.close()
