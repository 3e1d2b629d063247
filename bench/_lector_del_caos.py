"""La persona del caos: entra por HTTP y abre parte de las notificaciones; si la página se cae, insiste."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path
from typing import Any

ROSA, CLAVE = "45678901", "pichari-2026-demo"
CADA, ABRE, VENCE = 12, (0, 4), 1
"""De cada doce actos, por su número: cuáles abre ella, y cuál lleva fecha de hace semanas y no abre nadie."""


class Lector(threading.Thread):
    """Rosa, en su navegador: entra y abre lo que le toca; si la página se cae, insiste."""

    def __init__(self, puerto: int, acuses: Path) -> None:
        """Todavía no abrió ninguna."""
        super().__init__(daemon=True)
        self.url, self.acuses = f"http://127.0.0.1:{puerto}", acuses
        self.abiertas: set[str] = set()
        self._fin = threading.Event()
        self._cliente: Any = None

    def parar(self) -> None:
        """No abre más."""
        self._fin.set()
        self.join(timeout=20)

    def por_abrir(self) -> list[str]:
        """Las que le tocan y todavía no abrió."""
        escrito = self.acuses.read_text() if self.acuses.exists() else ""
        hechas = re.findall(r"^ACTO-(\d+) (NOT-\d{4}-\d{6})$", escrito, re.MULTILINE)
        return [cual for acto, cual in hechas if int(acto) % CADA in ABRE and cual not in self.abiertas]

    def run(self) -> None:
        """Abre lo que haya, una tras otra."""
        while not self._fin.is_set():
            pendientes = self.por_abrir()
            for codigo in pendientes:
                if self._fin.is_set():
                    return
                try:
                    self._abrir(codigo)
                except OSError:
                    self._cliente = None
                    time.sleep(0.2)
                    break
            if not pendientes:
                time.sleep(0.3)

    def _abrir(self, codigo: str) -> None:
        if self._cliente is None:
            self._entrar()
        # Volver a enviar lo que quizá ya llegó es lo que hace una persona con mala señal.
        if self._enviar(f"/casilla/{codigo}/abrir/", {}) == 302:
            self.abiertas.add(codigo)

    def _entrar(self) -> None:
        from http.cookiejar import CookieJar
        from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener

        class SinSeguir(HTTPRedirectHandler):
            def redirect_request(self, *_: Any) -> None:
                return None

        self._galletas = CookieJar()
        self._cliente = build_opener(HTTPCookieProcessor(self._galletas), SinSeguir())
        if self._enviar("/cuenta/ingresar/", {"login": ROSA, "password": CLAVE}) != 302:
            self._cliente = None
            raise OSError("No se pudo entrar")

    def _enviar(self, ruta: str, datos: dict[str, str]) -> int:
        from urllib.error import HTTPError
        from urllib.parse import urlencode

        galleta = next((g.value for g in self._galletas if "csrf" in g.name), None)
        if galleta is None:
            self._cliente.open(f"{self.url}/cuenta/ingresar/", timeout=10).read()
            galleta = next((g.value for g in self._galletas if "csrf" in g.name), "")
        cuerpo = urlencode({**datos, "csrfmiddlewaretoken": galleta}).encode()
        try:
            with self._cliente.open(f"{self.url}{ruta}", cuerpo, timeout=15) as respuesta:
                return int(respuesta.status)
        except HTTPError as error:
            if error.code >= 500:
                raise OSError(f"{error.code}") from error
            return error.code
