"""Las cabeceras que defienden cada respuesta, y la API con lo que no entiende."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from llaqta.cimientos.testing import archivos
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.mesapartes.models import Presentacion
from llaqta.salas.tramites.models import VersionProcedimiento

pytestmark = pytest.mark.django_db


def _subido(contenido: bytes, nombre: str = "a.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(nombre, contenido, "application/pdf")


@pytest.mark.parametrize(
    "ruta",
    ["/", "/no-existe/", "/cuenta/ingresar/", "/estilo-entidad.css", "/llaqta.js", "/mi-carpeta/", "/api/v1/nada",
     "/documentos/1/", "/sitemap.xml", "/administracion/galeria/", "/v/0000-0000-0000-0000"],
)  # fmt: skip
def test_toda_respuesta_lleva_sus_defensas(ruta: str, entidad: Any) -> None:
    respuesta = Client().get(ruta)

    politica = respuesta["Content-Security-Policy"]
    assert "unsafe-eval" not in politica
    assert "script-src 'self'" in politica or "default-src 'none'" in politica
    assert "frame-ancestors 'self'" in politica or "sandbox" in politica
    assert respuesta["X-Content-Type-Options"] == "nosniff"
    assert respuesta["X-Frame-Options"] in ("SAMEORIGIN", "DENY")
    assert respuesta["Referrer-Policy"] == "same-origin"


def test_una_falla_nuestra_tambien_lleva_sus_defensas(entidad: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from llaqta.salas.sede import queries  # noqa: PLC0415

    def romper(**_: Any) -> None:
        raise RuntimeError("secreto-de-la-casa")

    monkeypatch.setattr(queries, "get_inicio", romper)
    navegador = Client(raise_request_exception=False)

    respuesta = navegador.get("/")

    assert respuesta.status_code == 500
    assert respuesta["Content-Security-Policy"]
    assert "secreto-de-la-casa" not in respuesta.content.decode()


def test_las_paginas_de_quien_ingreso_no_se_guardan_en_el_equipo(
    presentada: Presentacion,
    ciudadana: Persona,
    ventanilla: Persona,
    auditora: Persona,
    administradora: Persona,
    cliente: Callable[..., Client],
) -> None:
    """En la cabina, el botón «Atrás» no le enseña a quien sigue lo de quien salió."""
    numero = presentada.numero
    for persona, rutas in (
        (
            ciudadana,
            ["/mi-carpeta/", f"/mi-carpeta/{numero}/", f"/mi-carpeta/{numero}/cargo/", "/casilla/", "/"],
        ),
        (ventanilla, ["/mesa-de-partes/", f"/mesa-de-partes/{numero}/", "/mesa-de-partes/registrar/"]),
        (auditora, ["/auditoria/"]),
        (administradora, ["/cuenta/personas/", "/cuenta/seguridad/"]),
    ):
        for ruta in rutas:
            assert "no-store" in cliente(persona).get(ruta).get("Cache-Control", ""), ruta
    api = cliente(ciudadana).get(reverse("api:presentacion", args=[numero]))
    assert "no-store" in api["Cache-Control"]


def test_lo_publico_y_el_estilo_si_se_guardan(
    entidad: Any, ciudadana: Persona, cliente: Callable[..., Client]
) -> None:
    for navegador in (Client(), cliente(ciudadana)):
        assert "public" in navegador.get("/estilo-entidad.css")["Cache-Control"]


# --- La API ---------------------------------------------------------------------------------------------------------
def test_la_api_dice_como_es_y_no_se_rompe_con_lo_que_no_entiende(
    ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    navegador, ruta = cliente(ciudadana), reverse("api:presentaciones")

    assert navegador.get(reverse("api:openapi-json")).status_code == 200
    for tipo, cuerpo in (
        ("application/json", b'{"tramite": "PE-LIC-ALTO"}'),
        ("text/xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
        ("multipart/form-data; boundary=X", b"--X\r\nrota"),
        ("multipart/form-data", b"sin frontera"),
        ("application/x-www-form-urlencoded", b"tramite=%00&asunto=%FF&envio=x"),
    ):
        respuesta = navegador.generic("POST", ruta, cuerpo, content_type=tipo)
        assert respuesta.status_code in (400, 422), tipo
    for verbo in ("GET", "PUT", "PATCH", "DELETE"):
        assert navegador.generic(verbo, ruta).status_code == 405
    assert Client().post(ruta).status_code in (401, 403)
    assert not Presentacion.objects.exists()


@pytest.mark.parametrize(
    ("campo", "valor"),
    [
        ("tramite", "PE-\x00"), ("asunto", "x" * 301), ("asunto", "a\x00b"), ("correo", "a@b.pe\r\nBcc: c@d.pe"),
        ("envio", "no"), ("requisitos", "99999999999999999999"), ("telefono", "9" * 30),
    ],
)  # fmt: skip
def test_la_api_rechaza_un_dato_imposible_sin_guardar_nada(
    campo: str, valor: str, ciudadana: Persona, licencia: VersionProcedimiento, cliente: Callable[..., Client]
) -> None:
    datos = {"tramite": "PE-LIC-ALTO", "asunto": "Licencia", "envio": str(uuid4()), campo: valor}

    respuesta = cliente(ciudadana).post(
        reverse("api:presentaciones"), {**datos, "archivos": _subido(archivos.pdf(1))}
    )

    assert respuesta.status_code in (400, 404, 409, 422)
    assert not Presentacion.objects.exists()
    assert not Documento.objects.exists()
