"""Preguntar por la red: a nadie de adentro, con tope, sin desvíos; y sin respuesta, nada se da por bueno."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from llaqta.salas.firma import red
from llaqta.salas.firma.consultas import Consultor
from llaqta.salas.firma.tests.documentos import una_pagina
from llaqta.salas.firma.tests.taller import Taller
from llaqta.salas.firma.veredicto import Veredicto
from llaqta.salas.firma.verificacion import Informe

AQUI = {"127.0.0.1"}


# --- Adónde se puede ir -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://127.0.0.1:8000/x", "http://localhost/", "http://[::1]/", "http://0.0.0.0/",
        "http://10.0.0.1/", "http://172.16.5.4/", "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/", "http://224.0.0.1/", "http://[fe80::1]/", "http://[fd00::1]/",
        "http://[::ffff:127.0.0.1]/", "http://[::ffff:10.0.0.1]/", "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/", "http://2130706433/", "http://0x7f000001/", "http://127.1/",
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

    def conectar(_partes: Any, direccion: str, *_: Any) -> None:
        idas.append(direccion)
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
    assert red.traer(f"{servidor}/bien", tope=10, permitidas=AQUI) == b"hola"
    with pytest.raises(red.NoSeTrajo, match="302"):
        red.traer(f"{servidor}/desvio", tope=10, permitidas=AQUI)
    with pytest.raises(red.NoSeTrajo, match="más de lo que se acepta"):
        red.traer(f"{servidor}/grande", tope=100_000, permitidas=AQUI)


def test_a_quien_no_contesta_no_se_le_espera_mas_que_lo_dicho() -> None:
    with socket.socket() as mudo:
        mudo.bind(("127.0.0.1", 0))
        mudo.listen()
        with pytest.raises(red.NoSeTrajo):
            red.traer(f"http://127.0.0.1:{mudo.getsockname()[1]}/", tope=10, permitidas=AQUI, espera=0.2)


# --- Preguntar por la revocación --------------------------------------------------------------------------------------
@pytest.fixture
def firmado(taller: Taller) -> bytes:
    return taller.propia(una_pagina())


def _preguntando(taller: Taller, firmado: bytes, guardado: Path, **datos: Any) -> tuple[Informe, Consultor]:
    consultor = Consultor(guardado, **({"al": taller.ahora, "permitidas": AQUI} | datos))
    confianza = replace(taller.a_secas, consulta=consultor)
    return taller.verificar(firmado, confianza=confianza), consultor


def test_en_linea_se_comprueba_y_lo_respondido_sirve_despues_sin_red(
    taller: Taller, firmado: bytes, tmp_path: Path
) -> None:
    con_red, _ = _preguntando(taller, firmado, tmp_path)
    assert (con_red.veredicto, con_red.motivos) == (Veredicto.VALIDA, ())
    assert len(taller.estado.pedidos) == 2  # uno por certificado que se puede revocar

    taller.estado.apagar()
    sin_red, consultor = _preguntando(taller, firmado, tmp_path)
    assert sin_red.veredicto is Veredicto.VALIDA
    assert consultor.fallas == []


def test_vencido_lo_guardado_y_sin_red_no_se_afirma_nada(
    taller: Taller, firmado: bytes, tmp_path: Path
) -> None:
    _preguntando(taller, firmado, tmp_path)
    taller.estado.apagar()
    tarde = taller.ahora + timedelta(days=3)

    consultor = Consultor(tmp_path, al=tarde, permitidas=AQUI)
    informe = taller.verificar(firmado, confianza=replace(taller.a_secas, consulta=consultor), ahora=tarde)
    assert informe.veredicto is Veredicto.INDETERMINADA
    assert consultor.fallas


@pytest.mark.parametrize("como", ["500", "html", "vacia"])
def test_si_el_ocsp_falla_se_usa_la_lista(taller: Taller, firmado: bytes, tmp_path: Path, como: str) -> None:
    taller.estado.fallar("ocsp", como)

    assert _preguntando(taller, firmado, tmp_path)[0].veredicto is Veredicto.VALIDA


@pytest.mark.parametrize("como", ["500", "html", "infinita"])
def test_si_nadie_contesta_bien_es_indeterminada_y_no_se_guarda_nada(
    taller: Taller, firmado: bytes, tmp_path: Path, como: str
) -> None:
    taller.estado.fallar("todo", como)

    informe, _ = _preguntando(taller, firmado, tmp_path)
    assert informe.veredicto is Veredicto.INDETERMINADA
    assert list(tmp_path.iterdir()) == []


def test_un_revocado_se_sabe_al_preguntar(taller: Taller, tmp_path: Path) -> None:
    taller.estado.revocar("firmante", desde=taller.ahora - timedelta(hours=2))

    informe, _ = _preguntando(taller, taller.propia(una_pagina()), tmp_path)
    assert informe.veredicto is Veredicto.INVALIDA
    assert "revocado el" in informe.motivos[0]


def test_las_direcciones_internas_de_un_certificado_no_se_siguen(
    taller: Taller, firmado: bytes, tmp_path: Path
) -> None:
    informe, consultor = _preguntando(taller, firmado, tmp_path, permitidas=())

    assert informe.veredicto is Veredicto.INDETERMINADA
    assert taller.estado.pedidos == []
    assert all("ahí no se va" in falla for falla in consultor.fallas)


def test_por_un_certificado_que_no_llega_a_un_ancla_no_se_pregunta(
    taller: Taller, firmado: bytes, tmp_path: Path
) -> None:
    consultor = Consultor(tmp_path, al=taller.ahora, permitidas=AQUI)
    nadie = replace(taller.a_secas, raices=(), consulta=consultor)

    assert taller.verificar(firmado, confianza=nadie).veredicto is Veredicto.INDETERMINADA
    assert taller.estado.pedidos == []
