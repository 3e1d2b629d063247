"""Salir a la red: a nadie de adentro, con tope y plazo, sin desvíos, y a la dirección que se miró."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from llaqta.cimientos import red

AQUI = {"127.0.0.1"}


# --- Adónde se puede ir -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://127.0.0.1:8000/x", "http://localhost/", "http://[::1]/", "http://0.0.0.0/",
        "http://10.0.0.1/", "http://172.16.5.4/", "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/", "http://224.0.0.1/", "http://[fe80::1]/", "http://[fd00::1]/",
        "http://[::ffff:127.0.0.1]/", "http://[::ffff:10.0.0.1]/", "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/", "http://[::127.0.0.1]/", "http://[2001:0:808:808::]/",
        "http://2130706433/", "http://0x7f000001/", "http://127.1/",
        "file:///etc/passwd", "ftp://ejemplo.pe/", "ldap://ejemplo.pe/", "gopher://ejemplo.pe/", "//ejemplo.pe/",
        "http://usuario:clave@ejemplo.pe/", "http:///x", "http://8.8.8.8:22/", "http://8.8.8.8:puerto/",
        "http://ejemplo.pe/\r\nX: y", "",
    ],
)  # fmt: skip
def test_adentro_no_se_va(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(red, "_conectar", _prohibido)

    with pytest.raises(red.NoSeTrajo):
        red.traer(url, tope=10)


def _prohibido(*_: Any) -> None:
    raise AssertionError("se intentó conectar")


def test_si_una_sola_direccion_del_nombre_es_interna_no_se_va(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(red, "_direcciones", lambda *_: ["8.8.8.8", "10.0.0.7"])
    monkeypatch.setattr(red, "_conectar", _prohibido)

    with pytest.raises(red.DireccionProhibida, match=r"10\.0\.0\.7"):
        red.traer("http://crl.ejemplo.pe/a.crl", tope=10)


def test_el_nombre_se_resuelve_una_sola_vez(monkeypatch: pytest.MonkeyPatch) -> None:
    """Aunque la segunda respuesta del DNS llevara adentro, ya se va a la primera."""
    respuestas, idas = [["8.8.8.8"], ["127.0.0.1"]], []
    monkeypatch.setattr(red, "_direcciones", lambda *_: respuestas.pop(0))

    def conectar(_partes: Any, direcciones: list[str], *_: Any) -> None:
        idas.extend(direcciones)
        raise red.NoSeTrajo("hasta aquí")

    monkeypatch.setattr(red, "_conectar", conectar)
    with pytest.raises(red.NoSeTrajo, match="hasta aquí"):
        red.traer("http://crl.ejemplo.pe/a.crl", tope=10)
    assert (idas, respuestas) == (["8.8.8.8"], [["127.0.0.1"]])


class _Servidor(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/desvio":
            self.send_response(302)
            self.send_header("Location", "/bien")
            self.end_headers()
        elif self.path == "/grande":
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):  # quien pide corta al pasar de su tope
                for _ in range(64):
                    self.wfile.write(bytes(64 * 1024))
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hola")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def servidor() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Servidor) as encendido:
        threading.Thread(target=encendido.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{encendido.server_port}"
        encendido.shutdown()


def test_se_trae_lo_permitido_sin_seguir_desvios_y_con_tope(servidor: str) -> None:
    assert red.traer(f"{servidor}/bien", tope=10, permitidas=AQUI, espera=60.0) == b"hola"
    with pytest.raises(red.NoSeTrajo, match="302"):
        red.traer(f"{servidor}/desvio", tope=10, permitidas=AQUI, espera=60.0)
    with pytest.raises(red.NoSeTrajo, match="más de lo que se acepta"):
        red.traer(f"{servidor}/grande", tope=100_000, permitidas=AQUI, espera=60.0)


def test_a_quien_no_contesta_no_se_le_espera_mas_que_lo_dicho() -> None:
    with socket.socket() as mudo:
        mudo.bind(("127.0.0.1", 0))
        mudo.listen()
        with pytest.raises(red.NoSeTrajo):
            red.traer(f"http://127.0.0.1:{mudo.getsockname()[1]}/", tope=10, permitidas=AQUI, espera=0.2)


def test_si_la_primera_direccion_no_atiende_se_va_a_la_siguiente(
    servidor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """La de IPv6 que no llega a ninguna parte no deja a nadie sin su certificado."""
    monkeypatch.setattr(red, "_direcciones", lambda *_: ["127.0.0.2", "127.0.0.1"])

    assert (
        red.traer(f"{servidor}/bien", tope=10, permitidas={"127.0.0.1", "127.0.0.2"}, espera=120.0) == b"hola"
    )


def test_lo_que_puso_la_instalacion_puede_estar_adentro(servidor: str) -> None:
    respuesta = red.pedir(f"{servidor}/bien", tope=10, espera=60.0, paso=red.adonde_diga_la_instalacion)
    assert (respuesta.estado, respuesta.contenido) == (200, b"hola")

    desvio = red.pedir(f"{servidor}/desvio", tope=10, espera=60.0, paso=red.adonde_diga_la_instalacion)
    assert (desvio.estado, desvio.contenido) == (302, b"")


def test_el_nombre_con_enie_viaja_en_su_forma_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    assert red._anfitrion(red._partir("https://ñahui.pe:8443/registro")) == "xn--ahui-fqa.pe:8443"
    monkeypatch.setattr(red, "_conectar", _prohibido)
    with pytest.raises(red.DireccionProhibida):
        red.traer("http://crl.ejemplo.pe/ñ.crl", tope=10)
