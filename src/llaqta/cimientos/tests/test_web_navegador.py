"""Las páginas comunes en un navegador de verdad: accesibles, sin desbordes, con el foco siempre a la vista."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import caches
from django.test.testcases import LiveServerThread, _StaticFilesHandler
from playwright.sync_api import Browser, Page, sync_playwright

from llaqta.cimientos.models import Entidad

pytestmark = [pytest.mark.navegador, pytest.mark.urls("llaqta.cimientos.tests.urls_de_prueba")]
PAGINAS = ["", "interna/", "pregunta/", "confirmacion/", "error/", "vencido/"]
NORMAS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ESPACIADO = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }"
)
ESCUDO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 44 50"><path d="M0 0h44v50H0z"/></svg>'


@pytest.fixture(scope="module")
def navegador() -> Iterator[Browser]:
    """Un Chromium sin red hacia afuera."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=[
                "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--no-first-run",
            ],
        )  # fmt: skip
        yield chromium
        chromium.close()


@pytest.fixture
def direccion(settings: Any) -> Iterator[str]:
    """La galería servida de verdad y sin base de datos: la entidad está en la memoria y nadie ha ingresado."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    entidad = Entidad(
        nombre="Municipalidad Distrital de Pichari", nombre_corto="Pichari", escudo=ESCUDO, telefono="084 000 000",
        whatsapp="984 000 000", correo="mesadepartes@ejemplo.pe", horario="Lunes a viernes, de 8:00 a 16:30",
    )  # fmt: skip
    caches["memoria"].set("cimientos.entidad", entidad, None)
    servidor = LiveServerThread("127.0.0.1", _StaticFilesHandler, connections_override={})
    servidor.daemon = True
    servidor.start()
    assert servidor.is_ready.wait(10)
    if servidor.error:
        raise servidor.error
    yield f"http://127.0.0.1:{servidor.port}/administracion/galeria/"
    servidor.terminate()


def abrir(navegador: Browser, direccion: str, ancho: int, **opciones: Any) -> Page:
    contexto = navegador.new_context(
        viewport={"width": ancho, "height": 640}, reduced_motion="reduce", **opciones
    )
    pagina = contexto.new_page()
    quejas: list[str] = []
    pagina.on("pageerror", lambda error: quejas.append(str(error)))
    pagina.on("console", lambda mensaje: quejas.append(mensaje.text) if mensaje.type == "error" else None)
    pagina.goto(direccion)
    assert quejas == [], "el navegador se quejó (política de contenido o programa)"
    return pagina


@pytest.mark.parametrize("ancho", [360, 1280])
def test_ninguna_pagina_incumple_las_normas_de_accesibilidad(
    navegador: Browser, direccion: str, ancho: int
) -> None:
    axe = Axe()
    for nombre in PAGINAS:
        pagina = abrir(navegador, direccion + nombre, ancho)
        if nombre == "":
            pagina.locator("form[method=post] button[type=submit]").click()
            assert pagina.locator(".resumen-de-errores").is_visible()
        informe = axe.run(pagina, options={"runOnly": {"type": "tag", "values": NORMAS}})
        hallazgos = [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in informe.response["violations"]]
        assert hallazgos == [], f"{nombre} a {ancho}"
        pagina.context.close()


@pytest.mark.parametrize("espaciado", ["", ESPACIADO])
def test_nada_se_desborda_a_320_ni_con_letras_espaciadas(
    navegador: Browser, direccion: str, espaciado: str
) -> None:
    for nombre in PAGINAS:
        pagina = abrir(navegador, direccion + nombre, 320, bypass_csp=True)
        if espaciado:
            pagina.add_style_tag(content=espaciado)
        sobra = pagina.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sobra == 0, f"{nombre}: se desborda {sobra} px"
        pagina.context.close()


FOCO_A_LA_VISTA = """() => {
    const e = document.activeElement, c = e.getClientRects()[0] || e.getBoundingClientRect();
    if (e === document.body) return null;
    if (e.tagName === "IFRAME") return { nombre: "iframe", visible: true, ancho: 99, alto: 99 };
    const x = Math.min(Math.max(c.left + c.width / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(c.top + Math.min(c.height / 2, 20), 0), innerHeight - 1);
    const encima = document.elementFromPoint(x, y);
    const enTexto = e.tagName === "A" && getComputedStyle(e).display === "inline";
    return { nombre: e.outerHTML.slice(0, 90),
             visible: !!encima && (e === encima || e.contains(encima) || encima.contains(e)),
             dentro: c.bottom > 0 && c.top < innerHeight && c.right > 0 && c.left < innerWidth,
             ancho: c.width, alto: c.height, enTexto };
}"""


@pytest.mark.parametrize("ancho", [360, 1280])
def test_con_el_teclado_el_foco_siempre_se_ve_y_los_blancos_alcanzan(
    navegador: Browser, direccion: str, ancho: int
) -> None:
    for nombre in PAGINAS:
        pagina = abrir(navegador, direccion + nombre, ancho)
        for _ in range(60):
            pagina.keyboard.press("Tab")
            foco = pagina.evaluate(FOCO_A_LA_VISTA)
            if foco is None:
                break
            assert foco["visible"], f"algo tapa el foco: {foco['nombre']}"
            assert foco.get("dentro", True), f"el foco queda fuera de la pantalla: {foco['nombre']}"
            if not foco.get("enTexto"):
                assert foco["alto"] >= 24, f"el blanco es muy chico: {foco}"
                assert foco["ancho"] >= 24, f"el blanco es muy chico: {foco}"
        pagina.context.close()


def test_sin_programa_todo_se_ve_y_se_envia(navegador: Browser, direccion: str) -> None:
    pagina = abrir(navegador, direccion, 360, java_script_enabled=False)
    pagina.locator("form[method=post] button[type=submit]").click()
    assert pagina.title().startswith("Error: ")
    assert pagina.locator(".resumen-de-errores a").first.get_attribute("href") == "#id_quien_0"


def test_lo_escrito_se_guarda_en_el_equipo_y_vuelve(navegador: Browser, direccion: str) -> None:
    pagina = abrir(navegador, direccion + "pregunta/", 360)
    pagina.fill("#id_asunto", "Abrir mi bodega")
    pagina.check("#id_quien_1")
    pagina.locator(".estado-de-guardado", has_text="quedó guardado en este equipo").wait_for()
    pagina.reload()
    assert pagina.input_value("#id_asunto") == "Abrir mi bodega"
    assert pagina.is_checked("#id_quien_1")
    assert "Recuperamos lo que escribió en este equipo" in pagina.inner_text(".estado-de-guardado")

    pagina.check("#equipo-ajeno")
    pagina.reload()
    assert pagina.input_value("#id_asunto") == ""
    assert pagina.is_checked("#equipo-ajeno")
    assert pagina.evaluate("Object.keys(localStorage).filter(k => k.startsWith('borrador:'))") == []


def test_un_envio_con_archivos_se_cuenta_y_una_caida_no_borra_nada(
    navegador: Browser, direccion: str
) -> None:
    pagina = abrir(navegador, direccion + "pregunta/", 360)
    pagina.fill("#id_asunto", "Abrir mi bodega")
    pagina.set_input_files(
        "#id_plano", {"name": "plano.pdf", "mimeType": "application/pdf", "buffer": b"x" * 300_000}
    )
    pagina.route("**/pregunta/", lambda ruta: ruta.abort("connectionreset"))
    pagina.click("form[method=post] button[type=submit]")
    pagina.locator(".estado-de-envio", has_text="Se cortó la conexión y no llegó nada").wait_for()
    assert pagina.input_value("#id_asunto") == "Abrir mi bodega"

    pagina.unroute("**/pregunta/")
    pagina.click("form[method=post] button[type=submit]")
    pagina.locator(".resumen-de-errores").wait_for()
    assert pagina.evaluate("document.activeElement.className") == "resumen-de-errores"
    assert pagina.input_value("#id_asunto") == "Abrir mi bodega"


def test_un_archivo_demasiado_grande_se_dice_antes_de_enviarlo(navegador: Browser, direccion: str) -> None:
    pagina = abrir(navegador, direccion + "pregunta/", 360)
    pagina.evaluate("document.querySelector('#id_plano').dataset.maximoBytes = '1000'")
    pagina.set_input_files(
        "#id_plano", {"name": "plano.pdf", "mimeType": "application/pdf", "buffer": b"x" * 2000}
    )
    pagina.click("form[method=post] button[type=submit]")
    assert "El archivo «plano.pdf» pesa 2 KB y es demasiado grande" in pagina.inner_text(".estado-de-envio")
    assert pagina.locator(".resumen-de-errores").count() == 0


def test_los_atajos_se_ven_se_usan_y_se_apagan(navegador: Browser, direccion: str) -> None:
    pagina = abrir(navegador, direccion + "interna/", 1280)
    pagina.keyboard.press("/")
    assert pagina.evaluate("document.activeElement.id") == "buscar-interno"
    pagina.keyboard.press("?")
    assert pagina.locator("dialog").count() == 0, "escribiendo en una caja no hay atajos"
    pagina.evaluate("document.activeElement.blur()")
    pagina.keyboard.press("?")
    assert "Derivar" in pagina.inner_text("dialog")
    pagina.check("#sin-atajos")
    pagina.keyboard.press("Escape")
    pagina.keyboard.press("/")
    assert pagina.evaluate("document.activeElement.id") != "buscar-interno"
    pagina.click("[data-ver-atajos]")
    assert pagina.is_checked("#sin-atajos")


def test_en_papel_salen_los_datos_y_no_los_menus(navegador: Browser, direccion: str) -> None:
    pagina = abrir(navegador, direccion + "confirmacion/", 1280)
    pagina.emulate_media(media="print")
    assert pagina.locator(".panel-de-confirmacion").is_visible()
    assert not pagina.locator(".menu").first.is_visible()
    assert not pagina.locator(".pie").is_visible()
    assert pagina.pdf(prefer_css_page_size=True).startswith(b"%PDF")
