"""Cada pantalla principal, con datos de verdad, en teléfono y en escritorio: sin faltas de WCAG 2.2 AA ni desborde."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from tests.recorridos.conftest import AUDITORA, ESPECIALISTA, JEFA_LEGAL, MESA, ROSA, SUBGERENTE, Visitante

pytestmark = pytest.mark.navegador

ADMINISTRADORA = "41000008"
NORMAS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
PANTALLAS = {
    "": [
        "/",
        "/tramites/?q=licensia",
        "/tramites/todos/",
        "/tramites/PE-LIC-ALTO/",
        "/seguimiento/",
        "/verificar/",
        "/registro/",
        "/plazos/",
        "/plazos/calculadora/?desde=2026-06-01&hora=10:00&dias=30&unidad=habiles&silencio=positivo",
        "/accesibilidad/",
        "/privacidad/",
        "/cuenta/ingresar/",
        "/no-existe/",
    ],
    ROSA: ["/mi-carpeta/", "/casilla/", "/tramites/PE-LIC-ALTO/presentar/quien/"],
    MESA: ["/mesa-de-partes/", "/mesa-de-partes/registrar/", "/mesa-de-partes/escrito/"],
    ESPECIALISTA: ["/expedientes/", "/expedientes/?vista=a_mi_cargo", "/expedientes/buscar/?q=licencia"],
    SUBGERENTE: ["/expedientes/?vista=para_firma", "/recursos/", "/recursos/quejas/", "/escritos/"],
    AUDITORA: ["/auditoria/"],
    JEFA_LEGAL: [
        "/reglas/",
        "/reglas/EFECTO_CASILLA/",
        "/reglas/EFECTO_CASILLA/confirmar/",
        "/reglas/INFORME/cambiar/",
        "/reglas/distancia/",
        "/reglas/interrupciones/",
    ],
    ADMINISTRADORA: [
        "/tupa/",
        "/administracion/trabajos-fallidos/",
        "/administracion/calendario/",
        "/administracion/calendario/nuevo/",
        "/administracion/entidad/",
        "/cuenta/personas/",
        "/cuenta/representaciones/",
    ],
}


def faltas(pagina: Page) -> list[str]:
    """Las faltas de accesibilidad, cada una con el primer elemento que la comete."""
    resultado = Axe().run(pagina, options=NORMAS).response
    return [f"{f['id']}: {f['help']} en {f['nodes'][0]['html'][:120]}" for f in resultado["violations"]]


def desborda(pagina: Page) -> bool:
    """Verdadero si hay que mover la página de lado para leerla."""
    return bool(
        pagina.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
    )


@pytest.mark.parametrize("quien", PANTALLAS, ids=lambda quien: quien or "publico")
def test_las_pantallas_se_pueden_leer_y_usar(abrir: Callable[..., Visitante], quien: str) -> None:
    problemas = []
    for telefono in (True, False):
        visitante = abrir(quien, telefono=telefono)
        rutas = [*PANTALLAS[quien]]
        if quien in (MESA, ESPECIALISTA):
            # La primera fila de la lista, para mirar también la pantalla de adentro.
            visitante.ir(PANTALLAS[quien][-2 if quien == ESPECIALISTA else 0])
            enlace = visitante.pagina.locator("main tbody th a, main tbody td a").first.get_attribute("href")
            assert enlace
            rutas.append(enlace)
        for ruta in rutas:
            respuesta = visitante.pagina.goto(visitante.url + ruta)
            donde = f"{ruta} a {visitante.ancho} px"
            if respuesta is None or respuesta.status != (404 if ruta == "/no-existe/" else 200):
                problemas.append(f"{donde}: no contestó lo esperado")
            problemas += [f"{donde}: {falta}" for falta in faltas(visitante.pagina)]
            if desborda(visitante.pagina):
                problemas.append(f"{donde}: se desborda hacia los lados")
    assert problemas == []
