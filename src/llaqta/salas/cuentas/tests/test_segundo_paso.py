"""El segundo paso: se activa, se pide al entrar, se puede salvar con un código de respaldo y se quita."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client

from llaqta.cimientos.models import Suceso
from llaqta.conftest import CLAVE
from llaqta.salas.cuentas.models import Persona


def entrar(navegador: Client) -> str:
    return str(navegador.post("/cuenta/ingresar/", {"login": "45678901", "password": CLAVE})["Location"])


def confirmar(navegador: Client) -> None:
    navegador.post("/cuenta/confirmar/", {"password": CLAVE})


INSTANTE = 1_790_000_000


@pytest.fixture(autouse=True)
def _reloj_quieto(monkeypatch: pytest.MonkeyPatch) -> None:
    """El código cambia cada treinta segundos: entre calcularlo y escribirlo no debe pasar el tiempo."""
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time", SimpleNamespace(time=lambda: INSTANTE))


def codigo(secreto: str) -> str:
    return str(format_hotp_value(hotp_value(secreto, INSTANTE // 30)))


@pytest.fixture
def con_segundo_paso(ciudadana: Persona) -> tuple[Client, str]:
    navegador = Client()
    entrar(navegador)
    confirmar(navegador)
    pagina = navegador.get("/cuenta/seguridad/aplicacion/activar/")
    secreto = pagina.context["form"].secret
    respuesta = navegador.post("/cuenta/seguridad/aplicacion/activar/", {"code": codigo(secreto)})
    assert respuesta.status_code == 302
    cache.clear()  # el mismo código no vale dos veces seguidas
    return navegador, secreto


def test_para_cambiar_la_seguridad_hay_que_confirmar_la_clave(ciudadana: Persona) -> None:
    navegador = Client()
    entrar(navegador)
    respuesta = navegador.get("/cuenta/seguridad/aplicacion/activar/")
    assert respuesta["Location"].startswith("/cuenta/confirmar/")
    mal = navegador.post("/cuenta/confirmar/", {"password": "otra"}).content.decode()
    assert "Esa no es su contraseña." in mal
    assert not Authenticator.objects.exists()


def test_el_secreto_se_guarda_cifrado(con_segundo_paso: tuple[Client, str]) -> None:
    _, secreto = con_segundo_paso
    guardado = Authenticator.objects.get(type="totp").data["secret"]
    assert secreto not in guardado


def test_con_segundo_paso_la_clave_sola_no_entra(con_segundo_paso: tuple[Client, str]) -> None:
    _, secreto = con_segundo_paso
    antes = Suceso.objects.filter(tipo="cuentas.SesionIniciada").count()
    navegador = Client()
    assert entrar(navegador) == "/cuenta/ingresar/codigo/"
    assert navegador.get("/cuenta/seguridad/").status_code == 302, "todavía no entró"
    assert "Segundo paso" in navegador.get("/cuenta/ingresar/codigo/").content.decode()

    assert navegador.post("/cuenta/ingresar/codigo/", {"code": "000000"}).status_code == 200
    assert Suceso.objects.filter(tipo="cuentas.SesionIniciada").count() == antes

    assert navegador.post("/cuenta/ingresar/codigo/", {"code": codigo(secreto)}).status_code == 302
    assert navegador.get("/cuenta/seguridad/").status_code == 200
    assert Suceso.objects.filter(tipo="cuentas.SesionIniciada").count() == antes + 1


def test_un_codigo_de_respaldo_vale_una_sola_vez(con_segundo_paso: tuple[Client, str]) -> None:
    duenia, _ = con_segundo_paso
    codigos = duenia.get("/cuenta/seguridad/codigos/").context["unused_codes"]
    assert len(codigos) == 10
    for estado in (302, 200):
        navegador = Client()
        entrar(navegador)
        assert navegador.post("/cuenta/ingresar/codigo/", {"code": codigos[0]}).status_code == estado
    assert "Le quedan 9" in duenia.get("/cuenta/seguridad/").content.decode()


def test_quitarlo_vuelve_a_la_clave_sola(con_segundo_paso: tuple[Client, str]) -> None:
    navegador, _ = con_segundo_paso
    assert (
        "¿Quitar el segundo paso?" in navegador.get("/cuenta/seguridad/aplicacion/quitar/").content.decode()
    )
    navegador.post("/cuenta/seguridad/aplicacion/quitar/")
    assert not Authenticator.objects.filter(type="totp").exists()
    assert entrar(Client()) != "/cuenta/ingresar/codigo/"


@pytest.mark.parametrize(
    ("ruta", "titulo"),
    [
        ("/cuenta/clave/", "Cambiar mi contraseña"),
        ("/cuenta/seguridad/codigos/nuevos/", "Códigos de respaldo nuevos"),
        ("/cuenta/seguridad/llaves/", "Mis llaves de acceso"),
        ("/cuenta/seguridad/llaves/nueva/", "Registrar una llave de acceso"),
    ],
)
def test_cada_pagina_de_seguridad_esta_en_castellano(
    con_segundo_paso: tuple[Client, str], ruta: str, titulo: str
) -> None:
    pagina = con_segundo_paso[0].get(ruta).content.decode()
    assert f"<h1>{titulo}</h1>" in pagina
    assert 'lang="es-PE"' in pagina
