"""Las pantallas y la API de los plazos."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from urllib.parse import urlencode

import pytest
from django.test import Client

from llaqta.salas.cuentas.models import Persona
from llaqta.salas.plazos import queries, services
from llaqta.salas.plazos.models import DistanciaDeOrigen, Interrupcion, ReglaDeLaEntidad

Navegador = Callable[..., Client]
CUENTA = {"desde": "2026-06-01", "hora": "10:00", "dias": "30", "unidad": "habiles", "silencio": "positivo"}


def _calcular(cliente: Navegador, **mas: str) -> str:
    respuesta = cliente().get(f"/plazos/calculadora/?{urlencode(CUENTA | mas)}")
    assert respuesta.status_code == 200
    return str(respuesta.content.decode())


def test_la_calculadora_dice_cuando_vence_y_por_que(cliente: Navegador, entidad: object) -> None:
    pagina = _calcular(cliente)
    assert "Vence el martes 14 de julio de 2026" in pagina
    assert "<dd>miércoles 22 de julio de 2026</dd>" in pagina
    assert "<dd>lunes 13 de julio de 2026</dd>" in pagina
    assert "29/06/2026, feriado nacional: San Pedro y San Pablo" in pagina
    assert "Junio de 2026" in pagina
    assert "no se cuenta, feriado nacional: San Pedro y San Pablo" in pagina
    assert "La regla «Acusar recibo en la casilla» está pendiente de verificar." in pagina


def test_la_calculadora_suma_la_distancia_del_lugar_elegido(
    cliente: Navegador, administradora: Persona, ahora: datetime
) -> None:
    DistanciaDeOrigen.objects.create(
        codigo="omaya", nombre="Omaya", dias=2, norma="Cuadro", estado="POR_CONFIRMAR", desde=date(2020, 1, 1),
        por=administradora, en=ahora,
    )  # fmt: skip
    assert "Vence el jueves 16 de julio de 2026" in _calcular(cliente, origen="omaya")
    assert "Vence el lunes 20 de julio de 2026" in _calcular(cliente, origen="omaya", distancia="4")


def test_la_calculadora_cuenta_meses_y_horas(cliente: Navegador, entidad: object) -> None:
    meses = _calcular(cliente, desde="2026-01-31", dias="1", unidad="meses", silencio="")
    assert "Vence el lunes 2 de marzo de 2026" in meses
    horas = _calcular(cliente, desde="2026-10-09", hora="18:30", dias="48", unidad="horas", silencio="")
    assert "Vence el domingo 11 de octubre de 2026, a las 18:30" in horas


@pytest.mark.parametrize(
    ("mas", "frase"),
    [
        ({"dias": "0"}, "Un plazo es de uno o más"),
        ({"dias": "5000"}, "no existe en el procedimiento administrativo"),
        ({"dias": "x"}, "«x» no es un número entero."),
        ({"desde": "1980-01-01"}, "La fecha va del año 1990 al 2100"),
        ({"desde": ""}, "Falta completar"),
        ({"hora": "tarde"}, "no es una fecha"),
        (
            {"silencio": "negativo", "suspende_desde": "2026-06-15", "suspende_hasta": "2026-06-19"},
            "art. 136.4",
        ),
        ({"suspende_desde": "2026-06-19", "suspende_hasta": "2026-06-15"}, "antes de empezar"),
        ({"distancia": "99"}, "va de 0 a 60"),
    ],
)
def test_la_calculadora_dice_que_no_sirve(
    mas: dict[str, str], frase: str, cliente: Navegador, entidad: object
) -> None:
    pagina = _calcular(cliente, **mas)
    assert "Hay un problema" in pagina
    assert frase in pagina
    assert 'id="vence"' not in pagina


def test_la_pagina_de_reglas_dice_todas_con_su_norma_y_su_verificacion(
    cliente: Navegador, jefe_asesoria: Persona
) -> None:
    navegador = cliente(jefe_asesoria)
    pagina = navegador.get("/reglas/").content.decode()
    for regla in queries.get_reglas(para=jefe_asesoria, al=date(2026, 6, 1)):
        assert regla.nombre in pagina
        assert f"/reglas/{regla.codigo}/" in pagina
    assert "Verificada" in pagina
    assert "De segunda mano: pendiente de verificar" in pagina
    pendientes = navegador.get("/reglas/?ver=pendientes").content.decode()
    assert "Efecto de lo depositado en la casilla" in pendientes
    assert "Rendir un informe" not in pendientes


def test_confirmar_desde_la_pantalla_deja_la_nota_en_su_historia(
    cliente: Navegador, jefe_asesoria: Persona
) -> None:
    navegador = cliente(jefe_asesoria)
    sin_nota = navegador.post("/reglas/CASILLA_ACUSE/confirmar/", {"nota": ""})
    assert "Falta completar" in sin_nota.content.decode()
    hecho = navegador.post(
        "/reglas/CASILLA_ACUSE/confirmar/", {"nota": "Leída la Ley 31736.", "norma": "Ley 31736"}
    )
    assert (hecho.status_code, hecho.headers["Location"]) == (302, "/reglas/CASILLA_ACUSE/")
    pagina = navegador.get("/reglas/CASILLA_ACUSE/").content.decode()
    assert "Leída la Ley 31736." in pagina
    assert "La verificó" in pagina
    assert "Dar por verificada" not in pagina


def test_cambiar_desde_la_pantalla_vale_desde_la_fecha(cliente: Navegador, administradora: Persona) -> None:
    datos = {"valor": "4", "desde": "2099-01-01", "norma": "Ley 99999", "nota": "Así lo dispone."}
    navegador = cliente(administradora)
    assert navegador.post("/reglas/INFORME/cambiar/", datos).status_code == 302
    fila = ReglaDeLaEntidad.objects.get()
    assert (fila.valor, fila.desde, fila.estado) == ("4", date(2099, 1, 1), "POR_CONFIRMAR")
    atras = navegador.post("/reglas/INFORME/cambiar/", datos | {"desde": "2020-01-01"})
    assert "lo que ya se calculó no cambia" in atras.content.decode()
    assert ReglaDeLaEntidad.objects.count() == 1
    opciones = navegador.get("/reglas/POLITICA_HORARIO/cambiar/").content.decode()
    assert "Corte a la hora de cierre" in opciones


def test_la_tabla_de_distancias_se_edita(cliente: Navegador, administradora: Persona) -> None:
    navegador = cliente(administradora)
    datos = {"nombre": "Omaya", "dias": "2", "norma": "Cuadro del Poder Judicial", "desde": "2099-01-01"}
    assert navegador.post("/reglas/distancia/guardar/", datos).status_code == 302
    assert DistanciaDeOrigen.objects.get().codigo == "omaya"
    mal = navegador.post("/reglas/distancia/guardar/", datos | {"dias": "70"})
    assert "no puede ser mayor que 60" in mal.content.decode()


def test_una_interrupcion_se_registra_y_otra_persona_la_certifica(
    cliente: Navegador, administradora: Persona, jefe_asesoria: Persona
) -> None:
    datos = {"servicio": "CASILLA", "inicio_en": "2026-05-28T15:00", "fin_en": "2026-05-29T11:00", "causa": "Corte",
             "norma": "Ley 27444, art. 134.2"}  # fmt: skip
    assert cliente(administradora).post("/reglas/interrupciones/nueva/", datos).status_code == 302
    fila = Interrupcion.objects.get()
    assert fila.inicio_en.isoformat() == "2026-05-28T20:00:00+00:00"
    assert (
        "Sin certificar: no corre plazos"
        in cliente(administradora).get("/reglas/interrupciones/").content.decode()
    )
    certifica = {
        "fin_en": "2026-05-29T11:00",
        "difundida_en": "2026-05-29T09:00",
        "nota": "Informe de sistemas.",
    }
    direccion = f"/reglas/interrupciones/{fila.pk}/certificar/"
    assert cliente(administradora).post(direccion, certifica).status_code == 403
    assert cliente(jefe_asesoria).post(direccion, certifica).status_code == 302
    assert "Certificada" in cliente(jefe_asesoria).get("/reglas/interrupciones/").content.decode()


def test_quien_no_es_del_personal_no_ve_las_reglas(cliente: Navegador, ciudadana: Persona) -> None:
    for direccion in ("/reglas/", "/reglas/INFORME/", "/reglas/distancia/", "/reglas/interrupciones/"):
        assert cliente(ciudadana).get(direccion).status_code == 403
        assert cliente().get(direccion).status_code == 302


def test_una_regla_que_no_existe_no_se_encuentra(cliente: Navegador, jefe_asesoria: Persona) -> None:
    for direccion in ("/reglas/NADA/", "/reglas/NADA/cambiar/", "/reglas/NADA/confirmar/"):
        assert cliente(jefe_asesoria).get(direccion).status_code == 404


# --- API ------------------------------------------------------------------------------------------------------------
def test_la_api_da_lo_mismo_que_la_orden(cliente: Navegador, entidad: object) -> None:
    datos = (
        cliente()
        .get(
            "/api/v1/plazos?desde=2026-06-01T10:00&dias=30&silencio=positivo&suspender=2026-06-15:2026-06-19"
            "&suspender=2026-06-22:2026-06-26&calendario=nacional"
        )
        .json()
    )
    assert list(datos) == [
        "fecha_presentacion", "inicio", "vence", "limite_notificacion", "silencio_desde", "ultimo_deposito_seguro",
        "pasos",
    ]  # fmt: skip
    assert (datos["vence"], datos["silencio_desde"]) == ("2026-07-31", "2026-08-11")
    efecto = cliente().get("/api/v1/plazos/efecto?deposito=2026-04-01T09:00&regla=LEY31736_5DIAS").json()
    assert efecto["efecto"] == "2026-04-13"


@pytest.mark.parametrize(
    ("pedido", "frase"),
    [
        ("plazos", "Falta la fecha"),
        ("plazos?desde=2026-06-01&dias=0", "Un plazo es de uno o más"),
        ("plazos?desde=2026-06-01&dias=3&calendario=lunar", "usted escribió «lunar»"),
        ("plazos/efecto?deposito=2026-06-05&acuse=2026-06-04", "no puede ser anterior al depósito"),
        (f"plazos?desde=2026-06-01&dias=3&{'regional=2026-07-01&' * 401}", "demasiadas fechas"),
    ],
)
def test_la_api_rechaza_con_la_misma_frase(
    pedido: str, frase: str, cliente: Navegador, entidad: object
) -> None:
    respuesta = cliente().get(f"/api/v1/{pedido}", headers={"accept": "application/json"})
    assert respuesta.status_code == 422
    assert frase in respuesta.json()["mensaje"]


def test_lo_que_cambia_el_abogado_lo_usa_la_api(
    cliente: Navegador, jefe_asesoria: Persona, ahora: datetime
) -> None:
    services.cambiar_regla(
        actor=jefe_asesoria, codigo="NOTIFICAR", valor="3", norma="Ley 99999", desde=date(2026, 6, 1), nota="x",
        ahora=ahora,
    )  # fmt: skip
    datos = cliente().get("/api/v1/plazos?desde=2026-06-01&dias=30&silencio=positivo").json()
    assert datos["limite_notificacion"] == "2026-07-17"
