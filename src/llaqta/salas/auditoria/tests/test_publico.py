"""La puerta pública del registro: lo que entrega basta para comprobarlo todo sin Llaqta, y no entrega nada más."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from llaqta.cimientos.events import emit
from llaqta.cimientos.models import Entidad, Suceso
from llaqta.salas.auditoria import publico, services
from llaqta.salas.auditoria.pruebas import get_prueba
from llaqta.salas.auditoria.verificador import llaqta_verificador as verificador
from llaqta.salas.cuentas.events import SesionIniciada

pytestmark = pytest.mark.django_db


def anunciar(cuantos: int, ahora: datetime) -> list[Suceso]:
    with transaction.atomic():
        sucesos = [emit(SesionIniciada(cuenta_id=n), actor_id=1, ahora=ahora) for n in range(cuantos)]
    services.secuenciar_ahora(ahora=ahora)
    return sucesos


@pytest.fixture
def sucesos(entidad: Entidad, ahora: datetime) -> list[Suceso]:
    return anunciar(5, ahora)


def test_un_ciudadano_comprueba_con_lo_que_descarga_de_la_sede(
    sucesos: list[Suceso], client: Client, tmp_path: Path
) -> None:
    """Los tres pasos de la página, hechos por quien solo tiene Python y lo que descargó."""
    (tmp_path / "prueba.json").write_text(json.dumps(get_prueba(sucesos[2].pk).paquete), encoding="utf-8")
    (tmp_path / "llaqta_verificador.py").write_bytes(client.get("/registro/verificador.py").content)
    (tmp_path / "registro.pub").write_bytes(client.get("/registro/llave.pub").content)
    hecho = subprocess.run(
        [sys.executable, "-I", "llaqta_verificador.py", "prueba.json", "--llave", "registro.pub", "--json"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    dicho = json.loads(hecho.stdout)
    assert (hecho.returncode, dicho["veredicto"]) == (0, "PROBADO"), hecho.stdout
    assert 'datos» es lo que se registró: {"cuenta_id":2}' in hecho.stdout.replace('\\"', '"')
    assert "La prueba no trae sello de tiempo: la hora la dice solo el registro." in dicho["sin_comprobar"]


def test_dos_puntos_de_dias_distintos_se_unen_con_lo_que_publica_la_sede(
    sucesos: list[Suceso], client: Client, ahora: datetime
) -> None:
    antes = client.get("/registro/checkpoint").content.decode()
    anunciar(300, ahora)
    despues = client.get("/registro/checkpoint").content.decode()
    prueba = client.get("/registro/consistencia", {"desde": "5", "hasta": "305"})
    assert prueba.headers["Cache-Control"] == "public, max-age=86400"
    informe = verificador.Informe()
    confianza = verificador.Confianza(llave=client.get("/registro/llave.pub").content.decode().strip())
    verificador.comprobar_puntos(antes, despues, prueba.json(), confianza, informe)
    assert (len(informe.probado), informe.sin_comprobar) == (2, [])


@pytest.mark.parametrize(
    ("desde", "hasta"),
    [
        ("", ""),
        ("0", "5"),
        ("5", "4"),
        ("1", "6"),
        ("-1", "5"),
        ("x", "5"),
        ("1", "9" * 30),
        ("٥", "5"),
        ("1.0", "5"),
    ],
)
def test_una_consistencia_imposible_se_niega_con_la_razon(
    sucesos: list[Suceso], client: Client, desde: str, hasta: str
) -> None:
    respuesta = client.get("/registro/consistencia", {"desde": desde, "hasta": hasta})
    assert respuesta.status_code == 400
    assert "desde" in respuesta.json()["error"]


def test_los_mosaicos_son_los_de_c2sp_y_el_lleno_se_guarda_para_siempre(
    entidad: Entidad, client: Client, ahora: datetime
) -> None:
    anunciar(200, ahora)
    parcial = client.get("/registro/tile/0/000.p/200")
    assert (len(parcial.content), parcial.headers["Cache-Control"]) == (200 * 32, "no-store")
    assert client.get("/registro/tile/0/000").status_code == 404
    anunciar(100, ahora)
    lleno = client.get("/registro/tile/0/000")
    assert (len(lleno.content), lleno.headers["Cache-Control"]) == (
        8192,
        "public, max-age=31536000, immutable",
    )
    assert lleno.headers["Content-Type"] == "application/octet-stream"
    assert len(client.get("/registro/tile/0/001.p/44").content) == 44 * 32
    assert len(client.get("/registro/tile/1/000.p/1").content) == 32
    # El parcial que se retiró al llenarse se responde con el comienzo del lleno.
    assert client.get("/registro/tile/0/000.p/200").content == parcial.content
    igual = client.get("/registro/tile/0/000", headers={"If-None-Match": lleno.headers["ETag"]})
    assert (igual.status_code, igual.content) == (304, b"")
    # La raíz firmada sale de los mosaicos publicados: nadie necesita la base.
    hojas = [lleno.content[i : i + 32] for i in range(0, 8192, 32)]
    raiz_0 = hojas
    while len(raiz_0) > 1:
        raiz_0 = [
            hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(raiz_0[::2], raiz_0[1::2], strict=True)
        ]
    assert raiz_0[0] == client.get("/registro/tile/1/000.p/1").content


@pytest.mark.parametrize(
    "ruta",
    [
        "0/../../llave.pem", "0/..%2f..%2fllave.pem", "0/000/../../../llave.pem", "00/000", "64/000", "0/0", "0/0000",
        "0/x000/000", "0/x000/x001/000", "0/000.p/0", "0/000.p/256", "0/000.p/01", "0/000.p/", "0/000.p/5/", "-1/000",
        "0/٠٠٠", "0/000%0a", "0//000", "data/000", "entries/000", "0/000.p/5%00", "0/" + "x001/" * 9 + "000",
    ],
)  # fmt: skip
def test_ninguna_otra_ruta_lee_un_archivo(
    sucesos: list[Suceso], client: Client, settings: Any, ruta: str
) -> None:
    assert (Path(settings.REGISTRO) / "llave.pem").exists()
    assert client.get(f"/registro/tile/{ruta}").status_code == 404
    assert publico.get_mosaico(f"tile/{ruta}") is None


def test_el_punto_de_control_se_pregunta_barato(sucesos: list[Suceso], client: Client) -> None:
    respuesta = client.get("/registro/checkpoint")
    assert respuesta.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert respuesta.content.decode().splitlines()[:2] == ["llaqta.pe/registro/080910", "5"]
    igual = client.get("/registro/checkpoint", headers={"If-None-Match": respuesta.headers["ETag"]})
    assert igual.status_code == 304
    assert client.post("/registro/checkpoint").status_code == 405


def test_la_pagina_dice_que_es_y_como_comprobar(sucesos: list[Suceso], client: Client) -> None:
    texto = client.get("/registro/").content.decode()
    assert "El registro que nadie puede reescribir" in texto
    assert "<dt>Anotaciones</dt><dd>5</dd>" in texto
    assert publico.get_portada().raiz in texto
    assert "--documento documento.pdf --llave registro.pub" in texto
    assert "Ninguna otra entidad lo ha firmado todavía." in texto


def test_antes_del_primer_suceso_la_pagina_lo_dice(entidad: Entidad, client: Client) -> None:
    assert "Todavía no hay nada anotado." in client.get("/registro/").content.decode()
    assert client.get("/registro/checkpoint").status_code == 404
    assert client.get("/registro/llave.pub").status_code == 404


def test_lo_publico_no_dice_que_hizo_nadie(sucesos: list[Suceso], client: Client, settings: Any) -> None:
    """Ni el tipo del suceso ni un dato suyo salen por la puerta pública."""
    salidas = ["/registro/checkpoint", "/registro/tile/0/000.p/5", "/registro/consistencia?desde=1&hasta=5"]
    for direccion in salidas:
        contenido = client.get(direccion).content
        assert b"SesionIniciada" not in contenido
        assert base64.b64encode(b"cuenta_id") not in contenido
        assert b"PRIVATE KEY" not in contenido
