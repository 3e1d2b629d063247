"""La orden que imprime el enlace de la puesta en marcha, y dos personas que lo abren a la vez."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Barrier
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from llaqta.cimientos.errors import Denegado
from llaqta.salas.cuentas import enlaces, services
from llaqta.salas.cuentas.models import Persona, Rol, RolDePersona


def imprimir() -> str:
    salida = StringIO()
    call_command("enlace_primer_administrador", stdout=salida)
    return salida.getvalue().strip()


def test_se_imprime_mientras_nadie_administre(roles: dict[str, Rol], settings: Any) -> None:
    settings.URL_PUBLICA = "http://127.0.0.1:8000"
    enlace = imprimir()
    assert enlace.startswith("http://127.0.0.1:8000/cuenta/puesta-en-marcha/")
    assert Client().get(enlace.removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_cuando_alguien_administra_no_imprime_nada(administradora: Persona) -> None:
    assert imprimir() == ""


@pytest.mark.django_db(transaction=True)
def test_dos_a_la_vez_con_el_mismo_enlace_solo_uno_administra(roles: dict[str, Rol]) -> None:
    llave, salida = enlaces.nuevo_enlace(), Barrier(2)

    def usar(dni: str) -> str:
        try:
            salida.wait(10)
            services.crear_primer_administrador(
                llave=llave, numero_documento=dni, nombres="Ana", apellido_paterno="Curi",
                clave="una frase larga", ahora=timezone.now(),
            )  # fmt: skip
        except Denegado as negativa:
            return negativa.frase
        finally:
            connection.close()
        return "administra"

    with ThreadPoolExecutor(2) as hilos:
        resultados = sorted(hilos.map(usar, ["12345678", "87654321"]))

    assert resultados == [
        "Este enlace ya se usó: la municipalidad ya tiene quien administre el sistema.",
        "administra",
    ]
    assert RolDePersona.objects.count() == 1
    assert Persona.objects.count() == 1, "del que llegó tarde no queda nada"
