"""Registrar personas y darles cuenta: documentos válidos, nadie en lugar de otro, y un suceso por acto."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from llaqta.cimientos.errors import Denegado, EntradaInvalida, NoProcede
from llaqta.cimientos.models import Entidad, Suceso
from llaqta.conftest import CLAVE
from llaqta.salas.cuentas import queries, services
from llaqta.salas.cuentas.models import Cuenta, Persona

ROSA: dict[str, Any] = {
    "clase": "NATURAL",
    "tipo_documento": "DNI",
    "numero_documento": "45678901",
    "nombres": "Rosa",
    "apellido_paterno": "Quispe",
    "apellido_materno": "Huamán",
}


def test_los_ceros_de_la_izquierda_del_dni_cuentan(entidad: Entidad, ahora: datetime) -> None:
    persona = services.registrar_persona(
        actor=None, **{**ROSA, "numero_documento": " 0123-4567 "}, ahora=ahora
    )
    assert Persona.objects.get(pk=persona.pk).numero_documento == "01234567"
    suceso = Suceso.objects.get()
    assert (suceso.tipo, suceso.datos, suceso.actor_id) == (
        "cuentas.PersonaRegistrada", {"persona_id": persona.pk}, persona.pk,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cambio", "frase"),
    [
        ({"numero_documento": "4567A901"}, "El DNI solo lleva números; quite las letras y los signos."),
        ({"numero_documento": "٤٥٦٧٨٩٠١"}, "El DNI solo lleva números; quite las letras y los signos."),
        ({"numero_documento": "4567890"}, "El DNI tiene 8 números; usted escribió 7."),
        ({"numero_documento": ""}, "El DNI solo lleva números; quite las letras y los signos."),
        (
            {"tipo_documento": "RUC", "numero_documento": "20999000012"},
            "Ese RUC no existe: su último número no corresponde a los demás. Cópielo de nuevo con cuidado.",
        ),
        (
            {"tipo_documento": "RUC", "numero_documento": "2099900001"},
            "El RUC tiene 11 números; usted escribió 10.",
        ),
        (
            {"tipo_documento": "CE", "numero_documento": "12"},
            "El número de carné de extranjería lleva de 6 a 15 letras o números.",
        ),
        ({"tipo_documento": "XXX"}, "Elija un tipo de documento de identidad."),
        ({"nombres": "  "}, "Faltan los nombres."),
        ({"apellido_paterno": ""}, "Falta el primer apellido."),
        ({"clase": "JURIDICA", "razon_social": ""}, "Falta la razón social."),
    ],
)
def test_lo_mal_escrito_se_explica_y_no_guarda_nada(
    entidad: Entidad, ahora: datetime, cambio: dict[str, str], frase: str
) -> None:
    with pytest.raises(EntradaInvalida) as negativa:
        services.registrar_persona(actor=None, **{**ROSA, **cambio}, ahora=ahora)
    assert negativa.value.frase == frase
    assert not Persona.objects.exists()
    assert not Suceso.objects.exists()


def test_un_documento_se_registra_una_sola_vez(ciudadana: Persona, ahora: datetime) -> None:
    with pytest.raises(NoProcede, match="Ya hay una persona registrada con ese documento"):
        services.registrar_persona(actor=None, **ROSA, ahora=ahora)
    assert Persona.objects.count() == 1
    assert not Suceso.objects.exists()


def test_un_ciudadano_no_registra_a_otro(ciudadana: Persona, ahora: datetime) -> None:
    with pytest.raises(Denegado, match="Solo el personal de la municipalidad"):
        services.registrar_persona(actor=ciudadana, **{**ROSA, "numero_documento": "12345678"}, ahora=ahora)
    assert Persona.objects.count() == 1


def test_la_cuenta_es_de_una_persona_natural_y_una_sola(
    empresa: Persona, ciudadana: Persona, ahora: datetime
) -> None:
    with pytest.raises(NoProcede, match="personas naturales"):
        services.crear_cuenta(actor=None, persona=empresa, clave="x", ahora=ahora)
    with pytest.raises(NoProcede, match="ya tiene una cuenta"):
        services.crear_cuenta(actor=None, persona=ciudadana, clave="x", ahora=ahora)
    assert Cuenta.objects.count() == 1


def test_nadie_toma_por_internet_el_dni_de_quien_ya_figura(ventanilla: Persona, ahora: datetime) -> None:
    registrada = services.registrar_persona(actor=ventanilla, **ROSA, ahora=ahora)
    with pytest.raises(NoProcede, match="actívela en ventanilla con su DNI"):
        services.crear_mi_cuenta(
            numero_documento="45678901", nombres="Otra", apellido_paterno="Persona", clave="x", ahora=ahora
        )
    assert not Cuenta.objects.filter(persona=registrada).exists()
    cuenta = services.crear_cuenta(actor=ventanilla, persona=registrada, clave="una frase larga", ahora=ahora)
    assert (cuenta.usuario, cuenta.persona) == ("45678901", registrada)
    assert Suceso.objects.filter(tipo="cuentas.CuentaCreada", actor_id=ventanilla.pk).count() == 1


def test_un_ciudadano_solo_se_encuentra_a_si_mismo(
    ciudadana: Persona, otro_ciudadano: Persona, ventanilla: Persona
) -> None:
    def buscar(para: Persona, numero: str) -> Persona | None:
        return queries.buscar_persona(para=para, tipo_documento="DNI", numero=numero)

    assert buscar(ciudadana, "45678901") == ciudadana
    assert buscar(ciudadana, "01234567") is None
    assert buscar(ventanilla, "01234567") == otro_ciudadano
    assert buscar(ventanilla, "99999999") is None


def test_la_ventanilla_da_clave_nueva_al_ciudadano_y_cierra_sus_sesiones(
    ciudadana: Persona, ventanilla: Persona, cliente: Callable[..., Client]
) -> None:
    de_rosa = Client()
    de_rosa.post("/cuenta/ingresar/", {"login": "45678901", "password": CLAVE})
    assert de_rosa.get("/cuenta/seguridad/").status_code == 200
    datos = {"documento": "45678901", "clave": "maíz y cacao 2026"}
    pagina = cliente(ventanilla).post("/cuenta/ventanilla/", datos, follow=True).content.decode()
    assert "Rosa Quispe Huamán ya puede ingresar" in pagina
    assert de_rosa.get("/cuenta/seguridad/").status_code == 302, "la sesión vieja se cerró"
    nueva = Client().post("/cuenta/ingresar/", {"login": "45678901", "password": "maíz y cacao 2026"})
    assert nueva.status_code == 302
    assert Suceso.objects.get(tipo="cuentas.ClaveCambiada").actor_id == ventanilla.pk


def test_nadie_toma_por_la_ventanilla_la_cuenta_de_quien_firma(
    jefe: Persona, ventanilla: Persona, ciudadana: Persona, cliente: Callable[..., Client], ahora: datetime
) -> None:
    antes = Cuenta.objects.get(persona=jefe).password
    datos = {"documento": jefe.numero_documento, "clave": "maíz y cacao 2026"}
    pagina = cliente(ventanilla).post("/cuenta/ventanilla/", datos).content.decode()
    assert "le cambia la contraseña la administración del sistema" in pagina
    with pytest.raises(Denegado, match="Solo el personal de ventanilla"):
        services.dar_clave_nueva(actor=jefe, persona=ciudadana, clave="x", ahora=ahora)
    assert Cuenta.objects.get(persona=jefe).password == antes
    assert not Suceso.objects.filter(tipo="cuentas.ClaveCambiada").exists()
    assert cliente(ciudadana).get("/cuenta/ventanilla/").status_code == 403


def test_la_representacion_se_anota_con_su_sustento(
    ciudadana: Persona, otro_ciudadano: Persona, empresa: Persona, ventanilla: Persona, ahora: datetime
) -> None:
    hoy = ahora.date()
    datos: dict[str, Any] = {
        "representado": empresa,
        "representante": ciudadana,
        "desde": hoy,
        "ahora": ahora,
    }
    with pytest.raises(EntradaInvalida, match="con qué documento se acredita"):
        services.registrar_representacion(actor=ventanilla, sustento=" ", **datos)
    with pytest.raises(Denegado, match="La representación la anota la mesa de partes"):
        services.registrar_representacion(actor=ciudadana, sustento="Carta poder", **datos)
    with pytest.raises(NoProcede, match="siempre una persona natural"):
        services.registrar_representacion(
            actor=ventanilla,
            sustento="Carta poder",
            **{**datos, "representante": empresa, "representado": ciudadana},
        )
    assert queries.get_representados(ciudadana, al=hoy) == []

    services.registrar_representacion(actor=ventanilla, sustento="Carta poder simple", **datos)
    assert queries.get_representados(ciudadana, al=hoy) == [empresa]
    assert queries.get_representados(otro_ciudadano, al=hoy) == []
    assert Suceso.objects.get().tipo == "cuentas.RepresentacionRegistrada"
