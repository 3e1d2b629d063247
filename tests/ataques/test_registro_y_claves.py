"""Lo que queda anotado de un ataque y lo que nunca se anota; las sesiones que vencen y las claves que se adivinan."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from llaqta.cimientos.bitacora import Linea
from llaqta.salas.cuentas import middleware
from llaqta.salas.cuentas.claves import SinPalabrasDeLaCasa
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.mesapartes.models import Borrador

pytestmark = pytest.mark.django_db


def _linea(mensaje: str, *args: object) -> str:
    return Linea().format(logging.LogRecord("sala", logging.WARNING, "", 0, mensaje, args, None))


@pytest.mark.parametrize("raro", ["\n", "\r\n", "\u2028", "\u202e", "\x1b[2J", "\x00"])
def test_nadie_inventa_una_linea_del_registro(raro: str) -> None:
    linea = _linea("ruta %s", f"/x{raro}2026-11-23T00:00:00.000+00:00 INFO sala: todo en orden")
    assert len(linea.splitlines()) == 1
    assert raro not in linea
    assert "\\" in linea


def test_cada_linea_lleva_su_fecha_en_utc_y_la_traza_va_debajo() -> None:
    try:
        raise ValueError("uno\ndos")
    except ValueError:
        registro = logging.LogRecord("sala", logging.ERROR, "", 0, "falló", (), sys.exc_info())
    primera, *traza = Linea().format(registro).splitlines()
    fecha, nivel, resto = primera.split(" ", 2)
    assert (fecha[10], fecha[-6:], nivel, resto) == ("T", "+00:00", "ERROR", "sala: falló")
    assert traza
    assert all(linea.startswith("    ") for linea in traza)


def test_el_ingreso_fallido_queda_anotado_sin_contrasena_ni_documento(
    ciudadana: Persona, entidad: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "llaqta.salas.cuentas.adaptador"):
        Client().post(reverse("account_login"), {"login": "45678901", "password": "no-es-esta-99"})
    [linea] = [r.getMessage() for r in caplog.records if r.name == "llaqta.salas.cuentas.adaptador"]
    assert linea.startswith("Ingreso fallido desde 127.0.0.1 con la cuenta ")
    assert "45678901" not in caplog.text
    assert "no-es-esta-99" not in caplog.text


def test_lo_negado_queda_anotado_con_quien_y_que(
    ciudadana: Persona, cliente: Callable[..., Client], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "llaqta.cimientos.web.middleware"):
        assert cliente(ciudadana).get(reverse("mesa_de_partes")).status_code == 403
        assert cliente(ciudadana).get(reverse("documento_ficha", args=[99])).status_code == 404
    dichos = [r.getMessage() for r in caplog.records if r.name == "llaqta.cimientos.web.middleware"]
    assert [dicho.split(" a la persona ")[0] for dicho in dichos] == [
        "Negado 403 GET mesa-de-partes/",
        "Negado 404 GET documentos/<int:documento_id>/ documento_id=99",
    ]
    assert all(f"a la persona {ciudadana.pk} desde 127.0.0.1" in dicho for dicho in dichos)
    assert ciudadana.numero_documento not in caplog.text


def test_una_llave_escrita_en_la_direccion_no_llega_al_registro(
    entidad: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "llaqta.cimientos.web.middleware"):
        assert Client().get(reverse("primer_administrador", args=["llave-muy-secreta"])).status_code == 403
    assert "Negado 403 GET cuenta/puesta-en-marcha/<str:llave>/" in caplog.text
    assert "llave-muy-secreta" not in caplog.text


def test_una_sesion_sin_usar_una_hora_se_cierra_y_usandola_sigue(
    ciudadana: Persona, cliente: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    reloj = [time.time()]
    monkeypatch.setattr(middleware.time, "time", lambda: reloj[0])
    rosa, carpeta = cliente(ciudadana), reverse("inicio_de_la_persona")
    for _ in range(3):
        assert rosa.get(carpeta).status_code == 200
        reloj[0] += settings.SESION_SIN_USO - 1
    assert rosa.get(carpeta).status_code == 200
    reloj[0] += settings.SESION_SIN_USO + 1
    assert rosa.get(carpeta).status_code == 302
    assert rosa.get(carpeta).status_code == 302, "y no revive"


def test_una_sesion_dura_a_lo_mas_una_jornada_aunque_se_use(
    ciudadana: Persona, cliente: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    inicio = time.time()
    reloj = [inicio]
    monkeypatch.setattr(middleware.time, "time", lambda: reloj[0])
    rosa, carpeta = cliente(ciudadana), reverse("inicio_de_la_persona")
    while reloj[0] < inicio + settings.SESSION_COOKIE_AGE - 60:
        assert rosa.get(carpeta).status_code == 200
        reloj[0] += 1800
    reloj[0] += 60
    assert rosa.get(carpeta).status_code == 302


def test_al_salir_el_navegador_olvida_lo_que_guardo(
    ciudadana: Persona, cliente: Callable[..., Client]
) -> None:
    respuesta = cliente(ciudadana).post(reverse("account_logout"))
    assert respuesta.headers["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.parametrize(
    "clave", ["Municipalidad2026", "pichari-2026", "LLAQTA123456", "Alcaldía.2025", "c@silla2024", "MDP-mdp-2026"]
)  # fmt: skip
def test_una_contrasena_hecha_con_palabras_de_la_casa_no_vale(clave: str, entidad: Any) -> None:
    with pytest.raises(ValidationError, match="se adivina"):
        SinPalabrasDeLaCasa().validate(clave)


@pytest.mark.parametrize(
    "clave",
    ["cuatro gallinas en pichari azul", "wq8-Zr2-Lm5-tK", "x" * 64, "clave-de-prueba-1", "ñandú ñandú ñ"],
)
def test_una_frase_larga_que_las_contiene_si_vale(clave: str, entidad: Any) -> None:
    SinPalabrasDeLaCasa().validate(clave)


def test_la_contrasena_se_rechaza_al_crear_la_cuenta(entidad: Any) -> None:
    datos = {
        "numero_documento": "70000001", "nombres": "Ana", "apellido_paterno": "Ríos", "apellido_materno": "",
        "correo": "", "telefono": "", "clave": "Municipalidad2026",
    }  # fmt: skip
    pagina = Client().post(reverse("account_signup"), datos)
    assert "Esa contraseña se adivina" in pagina.content.decode()
    assert not Persona.objects.filter(numero_documento="70000001").exists()


def test_con_https_el_transporte_estricto_y_las_galletas_son_las_mas_cerradas() -> None:
    orden = (
        "import json; from llaqta.config import settings as s; print(json.dumps([s.SECURE_HSTS_SECONDS, "
        "s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE]))"
    )
    entorno = {**os.environ, "LLAQTA_URL": "https://tramites.ejemplo.pe", "LLAQTA_DEMO": "1"}
    dicho = subprocess.run(
        [sys.executable, "-c", orden], env=entorno, capture_output=True, text=True, check=True
    )
    assert json.loads(dicho.stdout) == [31_536_000, True, "__Host-sesion", "__Host-csrf", True]


@pytest.mark.parametrize("metodo", ["TRACE", "CONNECT", "PROPFIND", "XYZ"])
def test_trace_y_los_metodos_inventados_no_llegan_a_ninguna_vista(metodo: str, entidad: Any) -> None:
    assert Client().generic(metodo, "/").status_code == 405


def test_un_parametro_repetido_o_en_otro_lugar_no_cambia_lo_que_se_presenta(
    ciudadana: Persona, licencia: Any, cliente: Callable[..., Client]
) -> None:
    rosa, base = cliente(ciudadana), "/tramites/PE-LIC-ALTO/presentar/"
    rosa.post(base + "quien/", {"administrado": ciudadana.pk, "lengua": ""})
    cuerpo = "asunto=Primero&asunto=Segundo&telefono=&correo=&domicilio="
    rosa.post(base + "datos/?asunto=Colado", cuerpo, content_type="application/x-www-form-urlencoded")
    assert Borrador.objects.get().datos["datos"]["asunto"] == "Segundo", (
        "el que se comprobó es el que se guarda"
    )


def test_ninguna_pagina_deja_cargar_complementos(entidad: Any) -> None:
    politica = Client().get("/").headers["Content-Security-Policy"]
    assert {"object-src 'none'", "base-uri 'none'", "frame-ancestors 'self'", "script-src 'self'"} <= set(
        politica.split("; ")
    )
