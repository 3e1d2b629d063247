"""Lo que cada quien ve: su dueña, la historia y sus papeles; la unidad, lo que depositó; el público, la cuenta."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from llaqta.salas.auditoria.services import secuenciar_ahora
from llaqta.salas.casilla import constancias, services
from llaqta.salas.casilla.models import Adhesion, Alerta, Desajuste, Notificacion
from llaqta.salas.casilla.testing import avisar_todo
from llaqta.salas.cuentas.models import Persona

pytestmark = pytest.mark.django_db


@pytest.fixture
def sellada(adhesion: Adhesion, depositar: Any, ahora: datetime) -> Notificacion:
    """Depositada, avisada y con su constancia."""
    notificacion: Notificacion = depositar()
    avisar_todo(ahora=ahora)
    secuenciar_ahora(ahora=ahora)
    constancias.sellar(notificacion_id=notificacion.pk, clase="DEPOSITO", ahora=ahora)
    return notificacion


def test_su_duena_ve_la_historia_y_descarga_constancia_y_prueba(
    sellada: Notificacion, ciudadana: Persona, cliente: Callable[..., Client]
) -> None:
    navegador = cliente(ciudadana)
    pagina = navegador.get(f"/casilla/{sellada.codigo}/").content.decode()
    for dicho in (
        "Depositada en la casilla",
        "Aviso por correo a rosa@ejemplo.pe",
        "Lo aceptó quien lo entrega.",
        "Constancia de depósito (PDF)",
    ):
        assert dicho in pagina
    constancia = sellada.constancias.get()
    assert navegador.get(reverse("documento_pdf", args=[constancia.documento_id])).status_code == 200
    respuesta = navegador.get(f"/casilla/{sellada.codigo}/prueba/deposito/")
    assert respuesta["Content-Disposition"].endswith(f'prueba-{sellada.codigo}-deposito.json"')
    assert json.loads(respuesta.content)["hoja"] == constancia.hoja


def test_la_prueba_de_otra_persona_es_como_si_no_existiera(
    sellada: Notificacion, otro_ciudadano: Persona, especialista: Persona, cliente: Callable[..., Client]
) -> None:
    direccion = f"/casilla/{sellada.codigo}/prueba/deposito/"
    assert cliente(otro_ciudadano).get(direccion).status_code == 404
    assert cliente(especialista).get(direccion).status_code == 200
    assert cliente(especialista).get(f"/casilla/{sellada.codigo}/prueba/lectura/").status_code == 404


def test_la_unidad_ve_lo_que_deposito_y_no_el_correo_de_la_persona(
    sellada: Notificacion, especialista: Persona, asesor: Persona, cliente: Callable[..., Client]
) -> None:
    navegador = cliente(especialista)
    lista = navegador.get("/casilla/depositadas/").content.decode()
    assert sellada.codigo in lista
    una = navegador.get(f"/casilla/depositadas/{sellada.codigo}/").content.decode()
    assert "Aviso por correo" in una
    assert "rosa@ejemplo.pe" not in una
    assert sellada.huella in una
    assert sellada.codigo not in cliente(asesor).get("/casilla/depositadas/").content.decode()
    assert cliente(asesor).get(f"/casilla/depositadas/{sellada.codigo}/").status_code == 404


@pytest.mark.parametrize(
    ("filtro", "sale"),
    [("estado=DEPOSITADA", True), ("estado=ANULADA", False), ("q=NOT-2026", True), ("q=exp-2026-000001", True),
     ("q=EXP-2025", False), ("estado=INVENTADO", True)],
)  # fmt: skip
def test_la_lista_se_filtra(
    sellada: Notificacion, especialista: Persona, cliente: Callable[..., Client], filtro: str, sale: bool
) -> None:
    pagina = cliente(especialista).get(f"/casilla/depositadas/?{filtro}").content.decode()
    assert (sellada.codigo in pagina) is sale


def test_la_cuenta_es_publica_y_no_nombra_a_nadie(
    sellada: Notificacion, client: Client, ahora: datetime
) -> None:
    services.publicar_balance(ahora=ahora)
    pagina = client.get("/casilla/cifras/").content.decode()
    assert "La cuenta cuadra." in pagina
    assert "1 depositadas = 0 leídas + 0 vencidas + 1 en plazo + 0 anuladas + 0 por otro medio" in pagina
    assert "Quispe" not in pagina
    hoja = client.get("/casilla/cifras.csv").content.decode().splitlines()
    assert hoja == [
        "dia,depositadas,leidas,vencidas,en_plazo,anuladas,alternativas,sucesos,numeros,cuadra",
        "2026-06-01,1,0,0,1,0,0,1,1,si",
    ]


def test_si_no_cuadra_se_dice(adhesion: Adhesion, depositar: Any, client: Client) -> None:
    depositar().delete()
    assert "La cuenta no cuadra" in client.get("/casilla/cifras/").content.decode()


def test_la_administracion_ve_lo_que_no_se_completo_y_lo_reintenta(
    sellada: Notificacion,
    administradora: Persona,
    auditora: Persona,
    cliente: Callable[..., Client],
    ahora: datetime,
) -> None:
    Alerta.objects.update(resultado="INCIERTA")
    for minuto in range(10, 14):
        services.conciliar(ahora=ahora + timedelta(minutes=minuto))
    navegador = cliente(administradora)
    pagina = navegador.get("/casilla/conciliacion/").content.decode()
    assert "No se sabe si un aviso salió" in pagina
    assert (
        "La casilla tiene algo que no completó." in navegador.get("/casilla/conciliacion/").content.decode()
    )
    desajuste = Desajuste.objects.get(clase="ALERTA_INCIERTA")
    de_control = cliente(auditora).get("/casilla/conciliacion/").content.decode()
    assert "Reintentar" not in de_control
    assert cliente(auditora).post(f"/casilla/conciliacion/{desajuste.pk}/").status_code == 403
    assert navegador.post(f"/casilla/conciliacion/{desajuste.pk}/").status_code == 302
    assert sellada.alertas.get(intento=2).resultado == "PENDIENTE"


def test_en_la_demostracion_se_leen_los_mensajes_que_nadie_recibio(
    administradora: Persona, cliente: Callable[..., Client], settings: Any, tmp_path: Path
) -> None:
    settings.DATOS = tmp_path
    (tmp_path / "sms").mkdir()
    mensaje = {
        "to": "+51987654321",
        "text": "Pichari: tiene una notificacion",
        "en": "2026-06-01T15:00:00+00:00",
    }
    (tmp_path / "sms/uno.json").write_text(json.dumps(mensaje))
    settings.DEMO = False
    assert "+51987654321" not in cliente(administradora).get("/casilla/conciliacion/").content.decode()
    settings.DEMO = True
    pagina = cliente(administradora).get("/casilla/conciliacion/").content.decode()
    assert "Sin valor: nadie los recibió." in pagina
    assert "+51987654321" in pagina
