"""Quien pierde la sesión o deja vencer el formulario no pierde lo que escribió, y nadie más lo ve."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.utils import timezone

from llaqta.cimientos.models import Entidad
from llaqta.cimientos.web.escrito import conservar_escrito, recuperar_escrito

pytestmark = [pytest.mark.django_db, pytest.mark.urls("llaqta.cimientos.tests.urls_de_prueba")]
INGRESO = "allauth.account.auth_backends.AuthenticationBackend"


def ingresar(navegador: Client, persona: Any) -> None:
    navegador.force_login(get_user_model().objects.get(persona=persona), backend=INGRESO)


def test_la_sesion_vencio_mientras_escribia_y_al_ingresar_encuentra_lo_escrito(ciudadana: Any) -> None:
    navegador = Client()
    archivo = SimpleUploadedFile("plano.pdf", b"%PDF-1.4")
    respuesta = navegador.post(
        "/escribir/", {"asunto": "Mi bodega, con ñ", "archivo": archivo, "clave": "secreta"}
    )

    assert respuesta.status_code == 302
    ingreso = urlsplit(respuesta["Location"])
    assert ingreso.path == "/ingresar/"
    volver = parse_qs(ingreso.query)["next"][0]
    assert volver.startswith("/escribir/?escrito=")

    ingresar(navegador, ciudadana)
    pagina = navegador.get(volver).content.decode()
    assert 'value="Mi bodega, con ñ"' in pagina
    assert "Recuperamos lo que había escrito" in pagina
    assert "Hay un problema" not in pagina
    assert "secreta" not in pagina
    assert "secreta" not in str(dict(navegador.session))


def test_sin_ingresar_un_get_solo_lleva_a_ingresar(entidad: Entidad) -> None:
    respuesta = Client().get("/escribir/?paso=2")
    assert respuesta["Location"] == "/ingresar/?next=%2Fescribir%2F%3Fpaso%3D2"


def test_otro_navegador_con_el_mismo_enlace_no_ve_nada(ciudadana: Any, otro_ciudadano: Any) -> None:
    volver = parse_qs(urlsplit(Client().post("/escribir/", {"asunto": "Mi bodega"})["Location"]).query)[
        "next"
    ][0]
    ajeno = Client()
    ingresar(ajeno, otro_ciudadano)
    assert "Mi bodega" not in ajeno.get(volver).content.decode()


def test_lo_escrito_en_una_pagina_no_aparece_en_otra_ni_despues_de_dos_horas(entidad: Entidad) -> None:
    fabrica, ahora = RequestFactory(), timezone.now()
    envio = fabrica.post("/escribir/", {"asunto": "Mi bodega"})
    envio.session = SessionStore()
    volver = conservar_escrito(envio, ahora=ahora)

    def leer(direccion: str, minutos: int) -> object:
        visita = fabrica.get(direccion)
        visita.session = envio.session
        datos = recuperar_escrito(visita, ahora=ahora + timedelta(minutes=minutos))
        return datos and datos["asunto"]

    assert leer(volver, 119) == "Mi bodega"
    assert leer(volver, 121) is None
    assert leer(volver.replace("/escribir/", "/otra/"), 1) is None


def test_solo_se_guardan_los_tres_ultimos_y_nada_enorme(entidad: Entidad) -> None:
    envio, sesion = RequestFactory().post("/escribir/", {"asunto": "x" * 200_001}), SessionStore()
    envio.session = sesion
    assert conservar_escrito(envio) == "/escribir/"
    for i in range(5):
        envio = RequestFactory().post("/escribir/", {"asunto": str(i)})
        envio.session = sesion
        conservar_escrito(envio)
    assert [e["campos"][0][1] for e in sesion["escritos"].values()] == [["2"], ["3"], ["4"]]


def test_el_formulario_vencido_conserva_lo_escrito(ciudadana: Any) -> None:
    navegador = Client(enforce_csrf_checks=True)
    ingresar(navegador, ciudadana)
    respuesta = navegador.post(
        "/escribir/",
        {"asunto": "Mi bodega"},
        headers={"origin": "http://testserver", "referer": "http://testserver/escribir/?paso=2"},
    )
    assert respuesta.status_code == 403
    pagina = respuesta.content.decode()
    assert "No se perdió nada de lo que escribió" in pagina
    volver = pagina.split('class="boton" href="')[1].split('"')[0].replace("&amp;", "&")
    assert volver.startswith("/escribir/?paso=2&escrito=")
    assert 'value="Mi bodega"' in navegador.get(volver).content.decode()


@pytest.mark.parametrize("cabeceras", [{"origin": "https://otra.pe"}, {}])
def test_lo_que_llega_de_otra_parte_no_toca_la_sesion(entidad: Entidad, cabeceras: dict[str, str]) -> None:
    navegador = Client(enforce_csrf_checks=True)
    respuesta = navegador.post("/escribir/", {"asunto": "ajeno"}, headers=cabeceras)
    assert respuesta.status_code == 403
    assert "Ir al inicio" in respuesta.content.decode()
    assert "sesion" not in respuesta.cookies


def test_la_pagina_a_la_que_se_vuelve_es_siempre_de_la_casa(entidad: Entidad) -> None:
    envio = RequestFactory().post("/escribir/", {"asunto": "x"}, headers={"referer": "https://otra.pe/robo"})
    envio.session = SessionStore()
    assert conservar_escrito(envio).startswith("/escribir/?escrito=")


def test_quien_ya_ingreso_envia_y_llega(ciudadana: Any, cliente: Callable[..., Client]) -> None:
    respuesta = cliente(ciudadana).post("/escribir/", {"asunto": "Mi bodega"})
    assert respuesta.content.decode() == "recibido: Mi bodega"
