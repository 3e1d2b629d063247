"""Ingresar: con el número de documento, con la sesión nueva, con límite de intentos y con constancia."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from llaqta.cimientos.models import Suceso
from llaqta.conftest import CLAVE
from llaqta.salas.cuentas import enlaces
from llaqta.salas.cuentas.models import Cuenta, Persona, Rol, RolDePersona

NUEVA: dict[str, str] = {
    "numero_documento": "12345678",
    "nombres": "Juana",
    "apellido_paterno": "Mallqui",
    "apellido_materno": "",
    "correo": "",
    "telefono": "",
    "clave": "cosecha de cacao 2026",
}


def ingresar(navegador: Client, usuario: str = "45678901", clave: str = CLAVE, **mas: Any) -> Any:
    return navegador.post("/cuenta/ingresar/", {"login": usuario, "password": clave, **mas})


def test_se_ingresa_con_el_documento_y_queda_constancia(ciudadana: Persona) -> None:
    navegador = Client()
    respuesta = ingresar(navegador)
    assert respuesta.status_code == 302
    assert navegador.get("/cuenta/seguridad/").wsgi_request.persona == ciudadana
    suceso = Suceso.objects.get(tipo="cuentas.SesionIniciada")
    assert (suceso.actor_id, suceso.datos) == (ciudadana.pk, {"cuenta_id": ciudadana.cuenta.pk})


def test_la_sesion_cambia_de_llave_al_ingresar(ciudadana: Persona) -> None:
    navegador = Client()
    navegador.get("/cuenta/ingresar/")
    sesion = navegador.session
    sesion["escritos"] = {"x": 1}
    sesion.save()
    antes = navegador.cookies["sesion"].value
    ingresar(navegador)
    despues = navegador.cookies["sesion"].value
    assert antes != despues
    intruso = Client()
    intruso.cookies["sesion"] = antes
    assert intruso.get("/cuenta/seguridad/").status_code == 302, "la llave vieja no sirve"


@pytest.mark.parametrize(("usuario", "clave"), [("45678901", "otra cosa"), ("99999999", CLAVE)])
def test_no_se_dice_si_fallo_el_documento_o_la_clave(ciudadana: Persona, usuario: str, clave: str) -> None:
    respuesta = ingresar(Client(), usuario, clave)
    assert respuesta.status_code == 200
    assert "El número de documento o la contraseña no son correctos." in respuesta.content.decode()
    assert not Suceso.objects.filter(tipo="cuentas.SesionIniciada").exists()


def test_al_sexto_fallo_seguido_hay_que_esperar_aunque_la_clave_sea_la_buena(ciudadana: Persona) -> None:
    navegador = Client()
    for _ in range(5):
        ingresar(navegador, clave="otra cosa")
    respuesta = ingresar(navegador)
    assert (
        "Demasiados intentos fallidos. Espere cinco minutos y vuelva a probar." in respuesta.content.decode()
    )
    assert not Suceso.objects.filter(tipo="cuentas.SesionIniciada").exists()


def test_una_cuenta_desactivada_no_entra(ciudadana: Persona) -> None:
    Cuenta.objects.update(is_active=False)
    navegador = Client()
    ingresar(navegador)
    assert navegador.get("/cuenta/seguridad/").wsgi_request.persona is None


def test_despues_de_ingresar_vuelve_a_donde_iba_pero_no_a_otra_casa(ciudadana: Persona) -> None:
    assert ingresar(Client(), next="/cuenta/seguridad/")["Location"] == "/cuenta/seguridad/"
    assert "malo.pe" not in ingresar(Client(), next="https://malo.pe/")["Location"]
    assert "malo.pe" not in ingresar(Client(), next="//malo.pe/")["Location"]


def test_salir_pide_confirmar_y_cierra_la_sesion(ciudadana: Persona, cliente: Callable[..., Client]) -> None:
    navegador = cliente(ciudadana)
    assert "¿Desea salir de su cuenta?" in navegador.get("/cuenta/salir/").content.decode()
    navegador.post("/cuenta/salir/")
    assert navegador.get("/cuenta/seguridad/").status_code == 302


def test_crear_mi_cuenta_solo_pide_dni_nombres_y_clave(db: None) -> None:
    navegador = Client()
    respuesta = navegador.post("/cuenta/crear/", NUEVA)
    assert respuesta.status_code == 302
    persona = Persona.objects.get(numero_documento="12345678")
    assert (persona.nombre_completo, persona.correo) == ("Juana Mallqui", "")
    assert navegador.get("/cuenta/seguridad/").wsgi_request.persona == persona
    tipos = list(Suceso.objects.order_by("pk").values_list("tipo", flat=True))
    assert tipos == ["cuentas.PersonaRegistrada", "cuentas.CuentaCreada", "cuentas.SesionIniciada"]


@pytest.mark.parametrize(
    ("cambio", "frase"),
    [
        ({"numero_documento": "1234567A"}, "El DNI solo lleva números"),
        ({"numero_documento": "45678901"}, "Ese DNI ya figura en la municipalidad"),
        ({"nombres": ""}, "Falta completar «Nombres»."),
        ({"clave": "corta"}, "10 caracteres"),
        ({"clave": "1234567890"}, "demasiado com"),
        ({"correo": "rosa"}, "Escriba el correo completo"),
        ({"telefono": "no tengo"}, "Escriba el teléfono solo con números"),
    ],
)
def test_crear_cuenta_explica_lo_que_falta_y_no_guarda_nada(
    ciudadana: Persona, cambio: dict[str, str], frase: str
) -> None:
    respuesta = Client().post("/cuenta/crear/", {**NUEVA, **cambio})
    assert respuesta.status_code == 200
    assert frase in respuesta.content.decode()
    assert Persona.objects.count() == 1
    assert not Suceso.objects.exists()


def test_la_clave_olvidada_se_cambia_por_correo(ciudadana: Persona) -> None:
    Client().post("/cuenta/clave/olvido/", {"email": "rosa@ejemplo.pe"})
    (carta,) = mail.outbox
    assert carta.to == ["rosa@ejemplo.pe"]
    assert "Alguien, seguramente usted, pidió poner otra contraseña" in carta.body
    enlace = re.search(r"http://[^/]+(/cuenta/clave/olvido/\S+)", carta.body)
    assert enlace is not None
    navegador = Client()
    pagina = navegador.get(enlace[1], follow=True)
    destino = pagina.redirect_chain[-1][0]
    navegador.post(destino, {"password1": "otra frase larga", "password2": "otra frase larga"})
    assert ingresar(Client(), clave=CLAVE).status_code == 200
    assert ingresar(Client(), clave="otra frase larga").status_code == 302


def test_un_correo_que_no_es_de_nadie_contesta_lo_mismo(ciudadana: Persona) -> None:
    uno = Client().post("/cuenta/clave/olvido/", {"email": "rosa@ejemplo.pe"})
    otro = Client().post("/cuenta/clave/olvido/", {"email": "nadie@ejemplo.pe"})
    assert (uno.status_code, uno["Location"]) == (otro.status_code, otro["Location"])


def test_lo_escrito_no_se_pierde_si_la_sesion_vencio(administradora: Persona) -> None:
    navegador = Client()
    respuesta = navegador.post("/cuenta/personas/nueva/", {"nombres": "Escrito antes", "clave": "no"})
    assert respuesta.status_code == 302
    siguiente = ingresar(
        navegador,
        "41000008",
        next=respuesta["Location"]
        .split("next=")[1]
        .replace("%2F", "/")
        .replace("%3F", "?")
        .replace("%3D", "="),
    )
    pagina = navegador.get(siguiente["Location"]).content.decode()
    assert "Escrito antes" in pagina
    assert Persona.objects.count() == 1


@pytest.mark.parametrize(
    "ruta",
    [
        "/cuenta/personas/", "/cuenta/personas/nueva/", "/cuenta/unidades/", "/cuenta/unidades/nueva/",
        "/cuenta/puestos/nuevo/", "/cuenta/roles/", "/cuenta/roles/nuevo/",
    ],
)  # fmt: skip
def test_las_pantallas_de_administracion_son_de_quien_administra(
    administradora: Persona, jefe: Persona, cliente: Callable[..., Client], ruta: str
) -> None:
    assert cliente().get(ruta).status_code == 302
    assert cliente(jefe).get(ruta).status_code == 403
    assert cliente(administradora).get(ruta).status_code == 200


def test_el_enlace_de_puesta_en_marcha_sirve_una_sola_vez(roles: dict[str, Rol]) -> None:
    llave = enlaces.nuevo_enlace()
    ruta = f"/cuenta/puesta-en-marcha/{llave}/"
    navegador = Client()
    assert "Puesta en marcha" in navegador.get(ruta).content.decode()
    assert navegador.post(ruta, NUEVA).status_code == 302
    dado = RolDePersona.objects.get()
    assert (dado.rol.codigo, dado.persona.numero_documento) == ("ADMINISTRADOR", "12345678")

    segundo = Client().post(ruta, {**NUEVA, "numero_documento": "87654321"})
    assert segundo.status_code == 403
    assert "Este enlace ya se usó" in segundo.content.decode()
    assert Persona.objects.count() == 1


def test_un_enlace_inventado_no_vale(roles: dict[str, Rol]) -> None:
    respuesta = Client().post("/cuenta/puesta-en-marcha/inventado/", NUEVA)
    assert respuesta.status_code == 403
    assert not Persona.objects.exists()
