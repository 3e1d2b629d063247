"""Las pantallas: el botón que la ley permite, el formulario ya rellenado, el cargo, y lo que decide quien resuelve."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from llaqta.salas.cuentas.models import Asignacion, Puesto
from llaqta.salas.expedientes.models import Expediente
from llaqta.salas.mesapartes.models import EscritoPosterior, Presentacion
from llaqta.salas.recursos.models import Queja, Recurso
from llaqta.salas.recursos.tests.conftest import Caso, el, subido

pytestmark = pytest.mark.django_db
Clientes = Callable[..., Client]


@pytest.fixture
def reloj(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Pone la hora que ven las pantallas."""

    def poner(cuando: str) -> None:
        monkeypatch.setattr(timezone, "now", lambda: el(cuando))

    return poner


def ver(navegador: Client, nombre: str, *args: Any, codigo: int = 200) -> str:
    respuesta = navegador.get(reverse(nombre, args=args))
    assert respuesta.status_code == codigo, respuesta.status_code
    return str(respuesta.content.decode())


def test_de_la_respuesta_al_cargo_en_un_toque(
    caso: Caso, cliente: Clientes, reloj: Callable[[str], None]
) -> None:
    expediente = caso.negado()
    registro = Presentacion.objects.get(expediente=expediente).numero
    reloj("2026-08-10 15:00")
    rosa = cliente(caso.rosa)
    direccion = reverse("escrito_nuevo", args=[expediente.numero, "apelacion"])

    pagina = ver(rosa, "mi_tramite", registro)
    assert f'href="{direccion}"' in pagina
    assert "Hasta el jueves 27 de agosto de 2026, a las 23:59." in pagina
    formulario = ver(rosa, "escrito_nuevo", expediente.numero, "apelacion")
    for dicho in (
        "Gerencia Municipal",
        "jueves 27 de agosto de 2026",
        "miércoles 5 de agosto de 2026",
        "No suspende",
    ):
        assert dicho.lower() in formulario.lower(), dicho
    respuesta = rosa.post(direccion, {"envio": str(uuid4()), "texto": "No es justo.", "correo": ""})

    escrito = EscritoPosterior.objects.get()
    assert respuesta.headers["Location"] == reverse("cargo_de_escrito", args=[escrito.numero])
    cargo = ver(rosa, "cargo_de_escrito", escrito.numero)
    assert escrito.numero in cargo
    assert "Lo resuelve la Gerencia Municipal" in cargo
    assert "Recurso de apelación" in ver(rosa, "mi_tramite", registro)
    assert f'href="{direccion}"' not in ver(rosa, "mi_tramite", registro)


def test_repetir_el_envio_lleva_al_mismo_cargo(
    caso: Caso, cliente: Clientes, reloj: Callable[[str], None]
) -> None:
    expediente = caso.negado()
    reloj("2026-08-10 15:00")
    datos = {"envio": str(uuid4()), "texto": "", "correo": ""}
    direccion = reverse("escrito_nuevo", args=[expediente.numero, "apelacion"])
    rosa = cliente(caso.rosa)

    uno, dos = rosa.post(direccion, datos), rosa.post(direccion, datos)

    assert uno.headers["Location"] == dos.headers["Location"]
    assert Recurso.objects.count() == 1


def test_30_con_uno_en_curso_la_pagina_del_otro_se_niega_con_su_articulo(
    caso: Caso, cliente: Clientes, reloj: Callable[[str], None]
) -> None:
    expediente = caso.negado()
    caso.escribir("APELACION", "2026-08-10")
    reloj("2026-08-11 09:00")

    pagina = ver(cliente(caso.rosa), "escrito_nuevo", expediente.numero, "reconsideracion", codigo=409)

    assert "nunca dos a la vez" in pagina
    assert "art. 214" in pagina


def test_10_despues_del_ultimo_dia_no_hay_boton_pero_se_recibe(
    caso: Caso, cliente: Clientes, reloj: Callable[[str], None]
) -> None:
    expediente = caso.negado()
    reloj("2026-08-28 00:00")
    rosa = cliente(caso.rosa)
    registro = Presentacion.objects.get(expediente=expediente).numero
    assert "apelacion/" not in ver(rosa, "mi_tramite", registro)

    assert "El plazo ya venció" in ver(rosa, "escrito_nuevo", expediente.numero, "apelacion")
    rosa.post(
        reverse("escrito_nuevo", args=[expediente.numero, "apelacion"]), {"envio": str(uuid4()), "correo": ""}
    )

    assert not Recurso.objects.get().en_plazo
    assert "Llegó fuera de plazo" in ver(rosa, "cargo_de_escrito", EscritoPosterior.objects.get().numero)


def test_falta_la_prueba_nueva_y_no_se_pierde_lo_escrito(
    caso: Caso, cliente: Clientes, reloj: Callable[[str], None]
) -> None:
    expediente = caso.negado()
    reloj("2026-08-10 15:00")

    respuesta = cliente(caso.rosa).post(
        reverse("escrito_nuevo", args=[expediente.numero, "reconsideracion"]),
        {"envio": str(uuid4()), "texto": "Mis razones de siempre.", "correo": ""},
    )

    assert respuesta.status_code == 422
    pagina = respuesta.content.decode()
    assert "pide una prueba nueva" in pagina
    assert "Mis razones de siempre." in pagina
    assert not EscritoPosterior.objects.exists()


def test_el_seguimiento_con_clave_tambien_ofrece_lo_que_procede(
    caso: Caso, cliente: Clientes, reloj: Callable[[str], None]
) -> None:
    expediente = caso.negado()
    reloj("2026-08-10 15:00")
    anonimo = cliente()

    anonimo.get(reverse("seguimiento_directo", args=[expediente.numero, expediente.clave]))
    pagina = ver(anonimo, "seguimiento_expediente", expediente.numero)

    assert reverse("escrito_nuevo", args=[expediente.numero, "apelacion"]) in pagina


def test_la_ventanilla_registra_el_papel(caso: Caso, cliente: Clientes, reloj: Callable[[str], None]) -> None:
    expediente = caso.negado()
    reloj("2026-08-10 15:00")
    datos = {
        "envio": str(uuid4()), "numero": expediente.numero, "tipo_documento": "DNI", "documento": "45678901",
        "clase": "APELACION", "correo": "", "archivos": subido("apelacion.pdf"),
    }  # fmt: skip
    mario = cliente(caso.mario)

    ajeno = mario.post(reverse("registrar_escrito"), {**datos, "documento": "01234567"})
    assert ajeno.status_code == 422
    assert not EscritoPosterior.objects.exists()
    respuesta = mario.post(reverse("registrar_escrito"), {**datos, "archivos": subido("apelacion.pdf")})

    escrito = EscritoPosterior.objects.get()
    assert respuesta.headers["Location"] == reverse("cargo_de_escrito", args=[escrito.numero])
    assert escrito.canal == "VENTANILLA"


def test_33_lucia_encauza_un_reclamo(caso: Caso, cliente: Clientes, reloj: Callable[[str], None]) -> None:
    caso.negado()
    escrito = caso.escribir("OTRO", "2026-08-27 18:00", texto="Reclamo: no estoy de acuerdo.")
    reloj("2026-09-02 09:00")
    lucia = cliente(caso.lucia)
    assert escrito.numero in ver(lucia, "escritos")
    assert "Encauzarlo" in ver(lucia, "cargo_de_escrito", escrito.numero)
    assert "Encauzarlo" not in ver(cliente(caso.rosa), "cargo_de_escrito", escrito.numero)

    lucia.post(reverse("encauzar_escrito", args=[escrito.numero]), {"clase": "APELACION"})

    assert Recurso.objects.get().en_plazo
    assert "vale desde ese día" in ver(cliente(caso.rosa), "cargo_de_escrito", escrito.numero)


def test_carmen_ve_el_recurso_y_anota_su_sentido(
    caso: Caso, cliente: Clientes, reloj: Callable[[str], None]
) -> None:
    caso.negado()
    caso.escribir("APELACION", "2026-08-10")
    caso.recibir(caso.leer(), caso.carmen, "2026-08-11")
    reloj("2026-08-12 09:00")
    carmen, recurso = cliente(caso.carmen), Recurso.objects.get()
    assert caso.leer().numero in ver(carmen, "recursos")
    assert "Recurso: sentido de la decisión" in ver(carmen, "expediente", caso.leer().numero)

    carmen.post(reverse("recurso", args=[recurso.pk]), {"sentido": "FUNDADO"})
    ajena = cliente(caso.lucia).post(reverse("recurso", args=[recurso.pk]), {"sentido": "INFUNDADO"})

    recurso.refresh_from_db()
    assert recurso.sentido == "FUNDADO"
    assert ajena.status_code == 422


def test_32_la_queja_se_contesta_y_se_resuelve_en_pantalla(
    caso: Caso, cliente: Clientes, reloj: Callable[[str], None]
) -> None:
    puesto = Puesto.objects.create(nombre="Gerente", unidad=caso.unidades["GDEL"], es_jefatura=True)
    Asignacion.objects.create(persona=caso.carmen, puesto=puesto, desde=el("2023-01-01").date())
    expediente = caso.presentar("2026-09-21")
    reloj("2026-10-06 10:00")
    cliente(caso.rosa).post(
        reverse("escrito_nuevo", args=[expediente.numero, "queja"]),
        {"envio": str(uuid4()), "motivo": "PARALIZACION", "texto": "Nadie lo mira.", "correo": ""},
    )
    queja = Queja.objects.get()
    assert "lunes 12 de octubre de 2026" in ver(cliente(caso.carmen), "quejas")

    reloj("2026-10-07 10:00")
    cliente(caso.lucia).post(
        reverse("queja", args=[queja.pk]), {"contestar": "1", "c-descargo": "La inspección es mañana."}
    )
    reloj("2026-10-09 10:00")
    cliente(caso.carmen).post(
        reverse("queja", args=[queja.pk]),
        {"resolver": "1", "r-sentido": "FUNDADA", "r-resolucion": "Que decida en cinco días."},
    )

    queja.refresh_from_db()
    assert (queja.descargo, queja.sentido) == ("La inspección es mañana.", "FUNDADA")
    assert Expediente.objects.get().vence_el == expediente.vence_el
    assert queja.resuelta_en is not None
    assert queja.resuelta_en - queja.presentada_en < timedelta(days=4)
