"""Sesiones, formularios, galletas, y lo que se puede adivinar al ingresar."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as ajustes
from django.core import mail
from django.test import Client
from django.urls import reverse

from llaqta.cimientos.models import Suceso
from llaqta.conftest import CLAVE
from llaqta.salas.casilla import services as casilla
from llaqta.salas.casilla.models import Adhesion
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.mesapartes.models import Presentacion

pytestmark = pytest.mark.django_db


def test_al_ingresar_cambia_la_llave_de_la_sesion(ciudadana: Persona, entidad: Any) -> None:
    """Quien le dejó a otro una sesión preparada no entra con ella (fijación de sesión)."""
    navegador = Client()
    sesion = navegador.session
    sesion["trampa"] = "1"
    sesion.save()
    navegador.cookies[ajustes.SESSION_COOKIE_NAME] = sesion.session_key

    navegador.post(reverse("account_login"), {"login": "45678901", "password": CLAVE})

    assert navegador.cookies[ajustes.SESSION_COOKIE_NAME].value != sesion.session_key
    vieja = Client()
    vieja.cookies[ajustes.SESSION_COOKIE_NAME] = sesion.session_key
    assert vieja.get(reverse("inicio_de_la_persona")).status_code == 302


def test_al_salir_la_sesion_deja_de_valer(ciudadana: Persona, entidad: Any) -> None:
    navegador = Client()
    navegador.post(reverse("account_login"), {"login": "45678901", "password": CLAVE})
    llave = navegador.cookies[ajustes.SESSION_COOKIE_NAME].value
    navegador.post(reverse("account_logout"))

    copia = Client()
    copia.cookies[ajustes.SESSION_COOKIE_NAME] = llave

    assert copia.get(reverse("inicio_de_la_persona")).status_code == 302


def test_las_galletas_no_se_leen_ni_viajan_de_otro_sitio(ciudadana: Persona, entidad: Any) -> None:
    navegador = Client()
    navegador.get(reverse("account_login"))
    navegador.post(reverse("account_login"), {"login": "45678901", "password": CLAVE})

    sesion = navegador.cookies[ajustes.SESSION_COOKIE_NAME]
    assert (bool(sesion["httponly"]), sesion["samesite"], sesion["domain"]) == (True, "Lax", "")
    assert navegador.cookies[ajustes.CSRF_COOKIE_NAME]["samesite"] == "Lax"


def test_todo_envio_exige_la_proteccion_del_formulario(
    ciudadana: Persona, administradora: Persona, cliente: Callable[..., Client], ahora: datetime
) -> None:
    casilla.aceptar_casilla(actor=ciudadana, correo="r@ejemplo.pe", ahora=ahora - timedelta(days=2))
    antes = Suceso.objects.count()

    for persona in (ciudadana, administradora):
        navegador = cliente(persona, enforce_csrf_checks=True)
        for nombre in (
            "casilla_retirarse", "account_logout", "account_change_password", "cuentas_persona_nueva",
            "cuentas_rol_nuevo", "nuevo_procedimiento", "seguimiento", "verificar", "auditoria_exportar",
            "registrar_en_ventanilla", "cerrar_seguimiento", "verificar_archivo",
        ):  # fmt: skip
            assert navegador.post(reverse(nombre), {"confirmo": "on"}).status_code == 403, nombre
    assert navegador.post(reverse("api:presentaciones"), {"tramite": "x"}).status_code == 403
    assert Adhesion.objects.get().revocada_en is None
    assert Suceso.objects.count() == antes


def test_ingresar_contesta_lo_mismo_exista_o_no_la_cuenta(
    ciudadana: Persona, entidad: Any, settings: Any
) -> None:
    settings.DEMO = False  # la demostración muestra sus cuentas debajo

    def intentar(documento: str) -> tuple[int, str]:
        respuesta = Client().post(
            reverse("account_login"), {"login": documento, "password": "no es la clave"}
        )
        texto = re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", respuesta.content.decode())
        return respuesta.status_code, texto.replace(documento, "DNI")

    assert intentar("45678901") == intentar("45678999")


def test_recuperar_la_contrasena_contesta_lo_mismo_y_no_escribe_a_desconocidos(
    ciudadana: Persona, entidad: Any, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    respuestas = [
        Client().post(reverse("account_reset_password"), {"email": correo})
        for correo in ("rosa@ejemplo.pe", "nadie@ejemplo.pe")
    ]

    assert [r.status_code for r in respuestas] == [302, 302]
    assert respuestas[0]["Location"] == respuestas[1]["Location"]
    assert [m.to for m in mail.outbox if "nadie@ejemplo.pe" in m.to] == []


def test_cinco_contrasenas_malas_cierran_un_rato_sin_decir_si_la_cuenta_existe(
    ciudadana: Persona, entidad: Any
) -> None:
    for documento in ("45678901", "45678999"):
        for _ in range(5):
            Client().post(reverse("account_login"), {"login": documento, "password": "mala"})
        sexta = Client().post(reverse("account_login"), {"login": documento, "password": CLAVE})
        assert sexta.status_code == 200
        assert "Demasiados intentos" in sexta.content.decode()


def test_cambiar_de_direccion_inventada_no_da_mas_intentos(presentada: Presentacion, settings: Any) -> None:
    """Sin intermediarios de confianza (LLAQTA_PROXIES=0), lo que diga X-Forwarded-For no se cree."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    from llaqta.salas.sede.rules import LIMITES  # noqa: PLC0415

    datos = {"numero": presentada.expediente.numero, "clave": "0" * 16}
    codigos = [
        Client()
        .post(reverse("seguimiento"), datos, headers={"x-forwarded-for": f"10.0.{n // 250}.{n % 250}"})
        .status_code
        for n in range(LIMITES["seguimiento"] + 1)
    ]

    assert set(codigos[:-1]) == {422}
    assert codigos[-1] == 429
