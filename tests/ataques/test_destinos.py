"""De dónde viene una petición y adónde lleva: nadie sale de la casa sin querer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as ajustes
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from llaqta.cimientos.calendario import hoy_en_lima
from llaqta.conftest import CLAVE
from llaqta.salas.cuentas.models import Cuenta, Persona, UnidadOrganica
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.mesapartes import services as mesapartes
from llaqta.salas.mesapartes.models import Presentacion
from llaqta.salas.tramites.models import VersionProcedimiento

pytestmark = pytest.mark.django_db

_AJENOS = [
    "//malo.pe",
    "https://malo.pe",
    "/\\malo.pe",
    "javascript:alert(1)",
    "http:///malo.pe",
    "²",
    "inicio",
]


@pytest.mark.parametrize("destino", _AJENOS)
def test_nadie_sale_de_la_casa_al_ingresar(destino: str, ciudadana: Persona, entidad: Any) -> None:
    respuesta = Client().post(
        reverse("account_login"), {"login": "45678901", "password": CLAVE, "next": destino}
    )

    assert respuesta.status_code == 302
    assert not urlsplit(respuesta["Location"]).netloc
    assert not respuesta["Location"].startswith(("//", "/\\", "javascript:"))


@pytest.mark.parametrize("destino", _AJENOS)
def test_nadie_sale_de_la_casa_al_crear_su_cuenta(destino: str, entidad: Any) -> None:
    navegador = Client()

    assert "malo.pe" not in navegador.get(reverse("account_signup"), {"next": destino}).content.decode()
    respuesta = navegador.post(
        reverse("account_signup"),
        {
            "numero_documento": "45678902",
            "nombres": "Ana",
            "apellido_paterno": "Rojas",
            "correo": "ana@ejemplo.pe",
            "clave": "una clave larga 9",
            "clave_otra_vez": "una clave larga 9",
            "repetir": "una clave larga 9",
            "next": destino,
        },
    )
    assert respuesta.status_code in (200, 302)
    if respuesta.status_code == 302:
        assert respuesta["Location"] == reverse("inicio_de_la_persona")


@pytest.mark.parametrize("destino", ["//malo.pe", "https://malo.pe/x", "javascript:alert(1)"])
def test_nadie_sale_de_la_casa_al_recibir_un_envio(
    destino: str,
    presentada: Presentacion,
    ventanilla: Persona,
    especialista: Persona,
    unidades: dict[str, UnidadOrganica],
    cliente: Callable[..., Client],
    ahora: datetime,
) -> None:
    mesapartes.recibir_y_derivar(
        actor=ventanilla, presentacion=presentada, para_unidad=unidades["SGLC"], motivo="para su atención",
        proveido="", ahora=ahora,
    )  # fmt: skip
    movimiento = presentada.expediente.movimientos.get()

    respuesta = cliente(especialista).post(
        reverse("recibir_movimiento", args=[movimiento.pk]), {"volver": destino}
    )

    assert respuesta["Location"] == reverse("expediente", args=[presentada.expediente.numero])


def test_un_nombre_de_servidor_ajeno_no_se_atiende(entidad: Any) -> None:
    respuesta = Client().get("/", headers={"host": "malo.pe"})

    assert respuesta.status_code == 400
    assert "malo.pe" not in respuesta.content.decode()
    assert respuesta["Content-Security-Policy"]


@pytest.mark.parametrize("ruta", ["/robots.txt", "/sitemap.xml", "/", "/cuenta/ingresar/", "/seguimiento/"])
def test_ninguna_direccion_se_forma_con_lo_que_dice_el_visitante(
    ruta: str, entidad: Any, licencia: VersionProcedimiento, settings: Any
) -> None:
    """El puerto de la cabecera ``Host`` no se comprueba: las direcciones completas salen solo de LLAQTA_URL."""
    assert ":6666" not in Client().get(ruta, headers={"host": "localhost:6666"}).content.decode()


def test_el_aviso_de_calendario_lleva_la_direccion_publica(
    presentada: Presentacion, ciudadana: Persona, cliente: Callable[..., Client]
) -> None:
    direccion = reverse("seguimiento_vencimiento", args=[presentada.expediente.numero])
    # El aviso lleva las fechas por venir; la del reparto ya pasó.
    Expediente.objects.filter(pk=presentada.expediente_id).update(
        vence_el=hoy_en_lima(timezone.now()) + timedelta(days=10)
    )

    aviso = cliente(ciudadana).get(direccion, headers={"host": "localhost:6666"}).content.decode()

    assert ":6666" not in aviso
    assert ajustes.URL_PUBLICA in aviso


def test_el_correo_para_recuperar_la_contrasena_lleva_la_direccion_publica(
    ciudadana: Persona, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Cuenta.objects.filter(persona=ciudadana).update(**_con_correo("rosa@ejemplo.pe"))

    Client().post(
        reverse("account_reset_password"), {"email": "rosa@ejemplo.pe"}, headers={"host": "localhost:6666"}
    )

    for mensaje in mail.outbox:
        assert ":6666" not in mensaje.body
        for enlace in re.findall(r"https?://\S+", mensaje.body):
            assert enlace.startswith(ajustes.URL_PUBLICA)


def _con_correo(correo: str) -> dict[str, str]:
    campos = {campo.name for campo in Cuenta._meta.get_fields()}
    return {"email": correo} if "email" in campos else {}
