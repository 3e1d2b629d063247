"""Quien tiene la cuenta desactivada no entra, y con una contraseña provisional solo se puede poner la propia."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client

from llaqta.cimientos.errors import Denegado, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.conftest import CLAVE, DESDE
from llaqta.salas.cuentas import services
from llaqta.salas.cuentas.models import Cuenta, Persona, Rol, RolDePersona

PROVISIONAL, PROPIA = "maíz y cacao 2026", "quinua del valle 88"


def entrar(dni: str, clave: str) -> Client:
    navegador = Client()
    navegador.post("/cuenta/ingresar/", {"login": dni, "password": clave})
    return navegador


def con_provisional(actor: Persona, persona: Persona, ahora: datetime) -> Client:
    services.dar_clave_nueva(actor=actor, persona=persona, clave=PROVISIONAL, ahora=ahora)
    return entrar(persona.numero_documento, PROVISIONAL)


def test_al_desactivarla_sale_al_momento_y_no_vuelve_a_entrar(
    administradora: Persona, ciudadana: Persona, cliente: Callable[..., Client]
) -> None:
    de_rosa = entrar("45678901", CLAVE)
    assert de_rosa.get("/cuenta/seguridad/").status_code == 200
    ficha = f"/cuenta/personas/{ciudadana.pk}/"
    navegador = cliente(administradora)
    assert "Desactivar" in navegador.get(ficha).content.decode()
    pagina = navegador.post(f"{ficha}desactivar/", follow=True).content.decode()
    assert "Rosa Quispe Huamán ya no puede entrar con su cuenta." in pagina
    assert "Reactivar" in pagina
    assert de_rosa.get("/cuenta/seguridad/").status_code == 302, "su sesión abierta dejó de valer"
    assert entrar("45678901", CLAVE).get("/cuenta/seguridad/").status_code == 302
    suceso = Suceso.objects.get(tipo="cuentas.CuentaDesactivada")
    assert (suceso.actor_id, suceso.objeto_id) == (administradora.pk, str(ciudadana.pk))

    navegador.post(f"{ficha}reactivar/")
    assert entrar("45678901", CLAVE).get("/cuenta/seguridad/").status_code == 200
    assert Suceso.objects.filter(tipo="cuentas.CuentaReactivada").count() == 1


def test_quien_no_administra_no_desactiva_a_nadie_y_nadie_se_desactiva_a_si_mismo(
    administradora: Persona, ventanilla: Persona, ciudadana: Persona, empresa: Persona, ahora: datetime
) -> None:
    antes = Suceso.objects.count()
    with pytest.raises(Denegado):
        services.desactivar_cuenta(actor=ventanilla, persona=ciudadana, ahora=ahora)
    with pytest.raises(Denegado):
        services.reactivar_cuenta(actor=ventanilla, persona=ciudadana, ahora=ahora)
    with pytest.raises(Denegado, match="no puede desactivar su propia cuenta"):
        services.desactivar_cuenta(actor=administradora, persona=administradora, ahora=ahora)
    with pytest.raises(NoProcede, match="no tiene cuenta"):
        services.desactivar_cuenta(actor=administradora, persona=empresa, ahora=ahora)
    with pytest.raises(NoProcede, match="ya está activa"):
        services.reactivar_cuenta(actor=administradora, persona=ciudadana, ahora=ahora)
    assert not Cuenta.objects.filter(is_active=False).exists()
    assert Suceso.objects.count() == antes
    services.desactivar_cuenta(actor=administradora, persona=ciudadana, ahora=ahora)
    with pytest.raises(NoProcede, match="ya estaba desactivada"):
        services.desactivar_cuenta(actor=administradora, persona=ciudadana, ahora=ahora)
    with pytest.raises(NoProcede, match="está desactivada; la administración del sistema puede reactivarla"):
        services.dar_clave_nueva(actor=ventanilla, persona=ciudadana, clave=PROVISIONAL, ahora=ahora)
    assert Suceso.objects.count() == antes + 1


def test_quien_tiene_la_cuenta_desactivada_no_cuenta_como_quien_administra(
    administradora: Persona, jefe: Persona, roles: dict[str, Rol], ahora: datetime
) -> None:
    services.dar_rol(actor=administradora, persona=jefe, rol=roles["ADMINISTRADOR"], desde=DESDE, ahora=ahora)
    services.desactivar_cuenta(actor=administradora, persona=jefe, ahora=ahora)
    el_suyo = RolDePersona.objects.get(persona=administradora)
    with pytest.raises(NoProcede, match="Es la única persona que administra"):
        services.retirar_rol(actor=administradora, rol_de_persona=el_suyo, hasta=ahora.date(), ahora=ahora)


@pytest.mark.django_db(transaction=True)
def test_dos_que_administran_no_se_desactivan_el_uno_al_otro(
    administradora: Persona, jefe: Persona, roles: dict[str, Rol], ahora: datetime
) -> None:
    RolDePersona.objects.create(persona=jefe, rol=roles["ADMINISTRADOR"], desde=DESDE)
    barrera = Barrier(2)

    def desactivar(par: tuple[int, int]) -> bool:
        actor, otra = (Persona.objects.get(pk=pk) for pk in par)
        barrera.wait()
        try:
            services.desactivar_cuenta(actor=actor, persona=otra, ahora=ahora)
        except Denegado:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as hilos:
        hechos = list(hilos.map(desactivar, [(administradora.pk, jefe.pk), (jefe.pk, administradora.pk)]))
    assert sorted(hechos) == [False, True]
    assert Cuenta.objects.filter(is_active=True).count() == 1


def test_con_la_provisional_primero_se_pone_la_propia_y_se_sigue_adonde_iba(
    ventanilla: Persona, ciudadana: Persona, ahora: datetime
) -> None:
    navegador = con_provisional(ventanilla, ciudadana, ahora)
    cambiar = "/cuenta/clave/?next=%2Fcuenta%2Fseguridad%2F"
    assert navegador.get("/cuenta/seguridad/")["Location"] == cambiar
    assert navegador.get("/")["Location"] == "/cuenta/clave/?next=%2F"
    assert navegador.post("/cuenta/crear/", {})["Location"] == "/cuenta/clave/"
    assert navegador.get("/api/v1/presentaciones").status_code in (403, 405)
    for libre in ("/estilo-entidad.css", "/llaqta.js", "/cuenta/salir/", cambiar):
        assert navegador.get(libre).status_code == 200
    pagina = navegador.get(cambiar).content.decode()
    assert "Ponga su propia contraseña" in pagina

    datos = {
        "oldpassword": PROVISIONAL,
        "password1": PROPIA,
        "password2": PROPIA,
        "next": "/cuenta/seguridad/",
    }
    assert navegador.post("/cuenta/clave/", datos)["Location"] == "/cuenta/seguridad/"
    assert navegador.get("/cuenta/seguridad/").status_code == 200
    cuenta = Cuenta.objects.get(persona=ciudadana)
    assert not cuenta.clave_provisional
    assert cuenta.check_password(PROPIA)
    suceso = Suceso.objects.latest("pk")
    assert (suceso.tipo, suceso.actor_id) == ("cuentas.ClavePropiaCambiada", ciudadana.pk)


def test_la_misma_provisional_no_vale_como_propia(
    ventanilla: Persona, ciudadana: Persona, ahora: datetime
) -> None:
    navegador = con_provisional(ventanilla, ciudadana, ahora)
    antes = Suceso.objects.count()
    datos = {"oldpassword": PROVISIONAL, "password1": PROVISIONAL, "password2": PROVISIONAL}
    pagina = navegador.post("/cuenta/clave/", datos).content.decode()
    assert "Esa es la contraseña provisional; ponga una que solo usted sepa." in pagina
    assert Cuenta.objects.get(persona=ciudadana).clave_provisional
    assert Suceso.objects.count() == antes


def test_la_cuenta_que_da_otra_persona_nace_provisional_y_la_propia_no(
    ventanilla: Persona, ciudadana: Persona, ahora: datetime
) -> None:
    assert not Cuenta.objects.get(persona=ciudadana).clave_provisional
    nueva = services.registrar_persona(
        actor=ventanilla, clase="NATURAL", tipo_documento="DNI", numero_documento="70000001", nombres="Ana",
        apellido_paterno="Curo", ahora=ahora,
    )  # fmt: skip
    cuenta = services.crear_cuenta(actor=ventanilla, persona=nueva, clave=PROVISIONAL, ahora=ahora)
    assert cuenta.clave_provisional
    propia = services.crear_mi_cuenta(
        numero_documento="70000002", nombres="Luz", apellido_paterno="Curo", clave=PROPIA, ahora=ahora
    )
    assert not propia.clave_provisional
