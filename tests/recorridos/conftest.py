"""La casa encendida con ``./llaqta up``, un navegador de verdad y las personas de la demostración.

Con ``LLAQTA_FOTOS=1`` cada parada deja su foto en docs/manual/imagenes/, y así el manual muestra lo que hay.
"""

from __future__ import annotations

import email
import io
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default as moderna
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from llaqta.lanzador.instalacion import RAIZ
from llaqta.lanzador.temporal import Casa, casa_encendida

CLAVE = "pichari-2026-demo"
PIN = "123456"
ROSA, TEODORO = "45678901", "01234567"
MESA, ESPECIALISTA, SUBGERENTE, ABOGADO, JEFA_LEGAL = (
    "41000001",
    "41000002",
    "41000003",
    "41000004",
    "41000005",
)
GERENCIA, ADMINISTRADORA = "41000006", "41000008"
AUDITORA = "41000007"
FOTOS = RAIZ / "docs/manual/imagenes"
TELEFONO = {"width": 360, "height": 740}
ESCRITORIO = {"width": 1280, "height": 800}
OPCIONES_DE_CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=es",
]


@pytest.fixture(scope="session")
def casa() -> Iterator[Casa]:
    """La misma casa que enciende un recién llegado: web, trabajador, PostgreSQL y correo, con la demostración."""
    with casa_encendida() as encendida:
        yield encendida


@pytest.fixture(scope="module")
def navegador() -> Iterator[Browser]:
    """El Chromium de Debian; se cierra con cada archivo, porque su bucle no deja a Django usar la base en este hilo."""
    with sync_playwright() as playwright:
        abierto = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=OPCIONES_DE_CHROMIUM,
            env={**os.environ, "LANGUAGE": "es"},
        )
        yield abierto
        abierto.close()


@dataclass
class Visitante:
    """Una persona delante de su pantalla."""

    pagina: Page
    url: str
    ancho: int

    def ir(self, ruta: str) -> None:
        """Abre una dirección de la casa y exige que conteste bien."""
        respuesta = self.pagina.goto(self.url + ruta)
        assert respuesta is not None
        assert respuesta.ok, f"{ruta} contestó {respuesta.status}"

    def pulsar(self, texto: str) -> None:
        """Pulsa el botón o el enlace que dice eso."""
        exacto = self.pagina.get_by_role("button", name=texto).or_(
            self.pagina.get_by_role("link", name=texto)
        )
        exacto.first.click()
        self.pagina.wait_for_load_state()

    def ve(self, texto: str) -> bool:
        """Verdadero si la página dice ``texto``."""
        return texto in " ".join(self.pagina.inner_text("body").split())

    def lee(self, texto: str) -> None:
        """Exige que la página diga ``texto``."""
        dicho = " ".join(self.pagina.inner_text("body").split())
        assert texto in dicho, f"No se lee «{texto}» en {self.pagina.url}:\n{dicho}"

    def foto(self, nombre: str) -> None:
        """Guarda la página como imagen del manual, si se pidieron fotos."""
        if os.environ.get("LLAQTA_FOTOS"):
            FOTOS.mkdir(parents=True, exist_ok=True)
            tomada = Image.open(io.BytesIO(self.pagina.screenshot(full_page=True)))
            # Con 128 colores la foto se ve igual y pesa la cuarta parte.
            tomada.convert("P", palette=Image.Palette.ADAPTIVE, colors=128).save(
                FOTOS / f"{nombre}-{self.ancho}.png", optimize=True
            )


@pytest.fixture
def abrir(casa: Casa, navegador: Browser) -> Iterator[Callable[..., Visitante]]:
    """Abre una ventana: ``abrir(MESA)`` entra con esa cuenta; ``abrir()`` es alguien que pasa por la calle."""
    contextos: list[BrowserContext] = []

    def ventana(usuario: str = "", *, telefono: bool = False, javascript: bool = True) -> Visitante:
        contexto = navegador.new_context(
            viewport=TELEFONO if telefono else ESCRITORIO,
            java_script_enabled=javascript,
            locale="es-PE",
            timezone_id="America/Lima",
        )
        contextos.append(contexto)
        visitante = Visitante(contexto.new_page(), casa.url, 360 if telefono else 1280)
        visitante.pagina.set_default_timeout(15_000)
        if usuario:
            ingresar(visitante, usuario)
        return visitante

    yield ventana
    for contexto in contextos:
        contexto.close()


def ingresar(visitante: Visitante, usuario: str) -> None:
    """Entra con la contraseña de la demostración."""
    visitante.ir("/cuenta/ingresar/")
    visitante.pagina.fill("input[name=login]", usuario)
    visitante.pagina.fill("input[name=password]", CLAVE)
    visitante.pagina.locator("main form button[type=submit]").first.click()
    visitante.pagina.wait_for_load_state()


def esperar(casa: Casa, condicion: Callable[[], bool], *, segundos: float = 120) -> None:
    """Espera a que el trabajador haga lo suyo; si no lo hace a tiempo, falla con lo último que dijo.

    El plazo es holgado a propósito: esto comprueba que ocurre; cuánto tarda se mide en ``bench/``.
    """
    limite = time.monotonic() + segundos
    while not condicion():
        if time.monotonic() > limite:
            dicho = (casa.carpeta / "registro/tareas.log").read_text(errors="replace")[-4000:]
            raise AssertionError(f"El trabajador no terminó a tiempo. Lo último que dijo:\n{dicho}")
        time.sleep(0.2)


def correos_para(casa: Casa, direccion: str) -> list[EmailMessage]:
    """Los correos que el servidor SMTP recibió para esa dirección, del más antiguo al más nuevo."""
    rutas = sorted((casa.carpeta / "correo").rglob("*.eml"), key=lambda ruta: ruta.stat().st_mtime)
    mensajes = [email.message_from_bytes(Path(ruta).read_bytes(), policy=moderna) for ruta in rutas]
    return [m for m in mensajes if direccion in str(m["To"])]
