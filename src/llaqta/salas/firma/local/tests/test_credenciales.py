"""El permiso ante la plataforma: se pide de verdad, se recuerda hasta que vence y no se insiste cuando se cae."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from llaqta.cimientos.errors import NoProcede
from llaqta.salas.firma.local import credenciales
from llaqta.salas.firma.local.credenciales import Credenciales, FirmaPeruNoResponde, Portero
from llaqta.salas.firma.local.emulador import permiso_de_practica


class _Plataforma(HTTPServer):
    """La plataforma: contesta lo que se le diga y anota lo que le piden."""

    contesta: tuple[int, bytes] = (200, b"")
    pedidos: list[dict[str, list[str]]]

    def __init__(self) -> None:
        self.pedidos = []
        super().__init__(("127.0.0.1", 0), _Puerta)


class _Puerta(BaseHTTPRequestHandler):
    server: _Plataforma

    def do_POST(self) -> None:
        self.server.pedidos.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        codigo, cuerpo = self.server.contesta
        self.send_response(codigo)
        if codigo == 302:
            self.send_header("Location", "http://127.0.0.1:9/otra")
        self.end_headers()
        self.wfile.write(cuerpo)

    def log_message(self, *_que: object) -> None:
        pass


@pytest.fixture
def plataforma() -> Iterator[_Plataforma]:
    servidor = _Plataforma()
    hilo = threading.Thread(target=servidor.serve_forever, daemon=True)
    hilo.start()
    yield servidor
    servidor.shutdown()
    servidor.server_close()


@pytest.fixture
def propias(plataforma: _Plataforma) -> Credenciales:
    return Credenciales(
        "mdp", "muy-secreta", f"http://127.0.0.1:{plataforma.server_address[1]}/generate-token"
    )


def test_se_pide_una_vez_y_se_recuerda_hasta_que_vence(
    plataforma: _Plataforma, propias: Credenciales, ahora: datetime
) -> None:
    portero = Portero()
    plataforma.contesta = (200, permiso_de_practica(ahora).encode())
    primero = portero.get_permiso(propias, ahora=ahora)
    assert portero.get_permiso(propias, ahora=ahora + timedelta(hours=23)) == primero
    assert plataforma.pedidos == [{"client_id": ["mdp"], "client_secret": ["muy-secreta"]}]
    plataforma.contesta = (200, permiso_de_practica(ahora + timedelta(days=1)).encode())
    assert portero.get_permiso(propias, ahora=ahora + timedelta(hours=24)) != primero


@pytest.mark.parametrize(
    "contesta",
    [
        (500, b""), (302, b""), (200, b"<html>mantenimiento</html>"), (200, b"x" * 20_000), (200, b"a.b.c"),
        (200, b"a." + base64.urlsafe_b64encode(json.dumps({"exp": 1}).encode()) + b".c"),
    ],
    ids=["se cayó", "desvía", "HTML", "sin fin", "no es JWT", "vencido"],
)  # fmt: skip
def test_lo_que_no_es_un_permiso_no_se_usa(
    plataforma: _Plataforma, propias: Credenciales, ahora: datetime, contesta: tuple[int, bytes]
) -> None:
    plataforma.contesta = contesta
    with pytest.raises(FirmaPeruNoResponde, match="firme con su PIN"):
        Portero().get_permiso(propias, ahora=ahora)


def test_a_la_tercera_se_la_deja_descansar(
    plataforma: _Plataforma, propias: Credenciales, ahora: datetime
) -> None:
    portero = Portero()
    plataforma.contesta = (500, b"")
    for _ in range(5):
        with pytest.raises(FirmaPeruNoResponde):
            portero.get_permiso(propias, ahora=ahora)
    assert len(plataforma.pedidos) == 3
    plataforma.contesta = (200, permiso_de_practica(ahora).encode())
    assert portero.get_permiso(propias, ahora=ahora + timedelta(minutes=1)).count(".") == 2


def test_la_clave_no_se_escribe_en_ningun_registro(propias: Credenciales) -> None:
    assert "muy-secreta" not in f"{propias!r} {propias}"


@pytest.mark.parametrize(
    "escrito",
    ["", "{}", '{"client_id": "x"}', "[1]", '{"client_id":"x","client_secret":"y","token_url":"http://x/"}'],
)
def test_un_archivo_que_no_es_el_de_la_pcm(settings: Any, tmp_path: Path, escrito: str) -> None:
    settings.FIRMAPERU_CREDENCIALES = str(tmp_path / "fw.json")
    (tmp_path / "fw.json").write_text(escrito)
    with pytest.raises(NoProcede, match=r"vise a informática"):
        credenciales.leer()
