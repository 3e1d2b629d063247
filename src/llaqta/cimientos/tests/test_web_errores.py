"""Toda negativa es una página con su frase, su norma y qué hacer; para otro programa, un JSON con lo mismo."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from llaqta.cimientos.models import Entidad
from llaqta.cimientos.web import views
from llaqta.cimientos.web.middleware import POLITICA_DE_CONTENIDO

pytestmark = [pytest.mark.django_db, pytest.mark.urls("llaqta.cimientos.tests.urls_de_prueba")]


@pytest.mark.parametrize(
    ("clase", "estado", "titulo", "frase"),
    [
        ("denegado", 403, "No le corresponde hacer esto", "Solo el jefe de la unidad puede firmar."),
        ("nada", 404, "No encontramos lo que busca", "La dirección no existe, cambió o está mal copiada."),
        ("procede", 409, "Ahora no se puede hacer", "Ya fue observado una vez."),
        ("entrada", 422, "Revise lo que envió", "El archivo está vacío."),
    ],
)
def test_cada_negativa_tiene_su_pagina(
    entidad: Entidad, clase: str, estado: int, titulo: str, frase: str
) -> None:
    respuesta = Client().get(f"/negar/{clase}/")
    pagina = respuesta.content.decode()
    assert respuesta.status_code == estado
    assert f"<h1>{titulo}</h1>" in pagina
    assert frase in pagina
    assert entidad.telefono in pagina


def test_la_norma_acompana_a_la_negativa(entidad: Entidad) -> None:
    assert "Ley 27444, art. 136.1" in Client().get("/negar/procede/").content.decode()


def test_la_api_recibe_lo_mismo_en_json(entidad: Entidad) -> None:
    respuesta = Client().post("/api/v1/negar/entrada/")
    assert respuesta.status_code == 422
    assert respuesta.json() == {
        "codigo": 422,
        "mensaje": "El archivo está vacío.",
        "norma": "",
        "campo": "archivo",
    }
    assert Client().get("/api/v1/no-existe/").json()["codigo"] == 404


def test_una_negativa_a_un_envio_ofrece_volver_con_lo_escrito(entidad: Entidad) -> None:
    pagina = Client().post("/negar/procede/", {"asunto": "x"}).content.decode()
    assert "Volver al formulario con lo que escribió" in pagina
    assert "/negar/procede/?escrito=" in pagina


def test_lo_que_no_existe_tiene_la_misma_pagina_que_lo_ajeno(entidad: Entidad) -> None:
    inexistente, ajeno = Client().get("/no-existe/"), Client().get("/negar/nada/")
    assert inexistente.status_code == ajeno.status_code == 404
    assert b"<h1>No encontramos lo que busca</h1>" in inexistente.content


def test_una_falla_nuestra_da_un_codigo_y_no_muestra_el_detalle(entidad: Entidad) -> None:
    respuesta = Client(raise_request_exception=False).get("/negar/falla/")
    pagina = respuesta.content.decode()
    assert respuesta.status_code == 500
    assert "Hubo una falla nuestra" in pagina
    assert "ZeroDivisionError" not in pagina


def test_si_la_base_no_responde_se_dice_que_el_servicio_esta_detenido(entidad: Entidad) -> None:
    try:
        raise OperationalError("connection refused")
    except OperationalError:
        respuesta = views.pagina_500(RequestFactory().get("/"))
    assert respuesta.status_code == 503
    assert respuesta["Retry-After"] == "120"
    assert "El servicio está detenido un momento" in respuesta.content.decode()


def test_las_cabeceras_de_seguridad_van_en_toda_respuesta(entidad: Entidad) -> None:
    for direccion in ("/inicio/", "/no-existe/", "/negar/denegado/"):
        respuesta = Client().get(direccion)
        assert respuesta["Content-Security-Policy"] == POLITICA_DE_CONTENIDO
        assert respuesta["X-Content-Type-Options"] == "nosniff"
        assert respuesta["Referrer-Policy"] == "same-origin"
        assert respuesta["X-Frame-Options"] == "SAMEORIGIN"
        assert "geolocation=()" in respuesta["Permissions-Policy"]
    assert "unsafe" not in POLITICA_DE_CONTENIDO
    assert "http" not in POLITICA_DE_CONTENIDO


def test_la_cabecera_de_la_entidad_sigue_ahi_sin_nada_en_la_base(settings: Any) -> None:
    assert b"Municipalidad" in Client().get("/inicio/").content
