"""El registro lleva sello de tiempo de una autoridad: con él, su hora no la dice la municipalidad."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from llaqta.cimientos.events import emit
from llaqta.cimientos.models import Entidad
from llaqta.salas.auditoria import anclas, puntos
from llaqta.salas.auditoria import services as auditoria
from llaqta.salas.auditoria.models import Punto
from llaqta.salas.auditoria.pruebas import get_prueba
from llaqta.salas.auditoria.verificador import llaqta_verificador as verificador
from llaqta.salas.cuentas.events import SesionIniciada
from llaqta.salas.firma import anclaje, tsa
from llaqta.salas.firma.testing.pki import EstadoDePrueba

pytestmark = pytest.mark.django_db
HORA = datetime(2026, 7, 4, 12, 30, 15, tzinfo=UTC)


@pytest.fixture
def con_tsa(settings: Any, estado_de_prueba: EstadoDePrueba) -> EstadoDePrueba:
    """La instalación pide sus sellos al Estado de prueba."""
    settings.TSA_URL = estado_de_prueba.url_tsa
    settings.TSA_SEGUNDOS = 1
    estado_de_prueba.reloj = HORA
    return estado_de_prueba


def anunciar(cuantos: int, ahora: datetime) -> int:
    with transaction.atomic():
        sucesos = [emit(SesionIniciada(cuenta_id=n), actor_id=1, ahora=ahora) for n in range(cuantos)]
    auditoria.secuenciar_ahora(ahora=ahora)
    return sucesos[0].pk


def test_la_prueba_lleva_el_sello_y_un_tercero_lo_comprueba_con_la_raiz_de_la_autoridad(
    entidad: Entidad, con_tsa: EstadoDePrueba, ahora: datetime
) -> None:
    suceso = anunciar(4, ahora)
    assert anclaje.anclar(ahora=ahora) == 4
    punto = Punto.objects.get()
    assert punto.anclado_en == HORA  # la de la autoridad, no la de esta máquina
    informe = verificador.Informe()
    verificador.comprobar_prueba(
        get_prueba(suceso).paquete, verificador.Confianza(autoridades=(con_tsa.raiz,)), informe
    )
    dicho = "Un sello de tiempo prueba que el punto de 4 hojas existía el 2026-07-04 12:30:15 UTC."
    assert dicho in informe.probado
    assert not [falta for falta in informe.sin_comprobar if "--ca" in falta]


def test_se_sella_una_vez_por_hora_y_solo_si_crecio(
    entidad: Entidad, con_tsa: EstadoDePrueba, ahora: datetime
) -> None:
    primero = anunciar(4, ahora)
    assert anclaje.anclar(ahora=HORA) == 4
    assert anclaje.anclar(ahora=HORA + timedelta(hours=5)) == 0  # no creció
    segundo = anunciar(3, ahora)
    assert anclaje.anclar(ahora=HORA + timedelta(minutes=59)) == 0
    con_tsa.reloj = HORA + timedelta(hours=1)
    assert anclaje.anclar(ahora=HORA + timedelta(hours=1)) == 7
    # Cada hecho se prueba con el primer sello que lo cubre: el que prueba la fecha más antigua.
    assert (get_prueba(primero).tamano, get_prueba(segundo).tamano) == (4, 7)


@pytest.mark.parametrize("falla", ["500", "html", "cuelga", "corta"])
def test_si_la_autoridad_falla_el_punto_queda_sin_sello_y_se_vuelve_a_pedir(
    entidad: Entidad, con_tsa: EstadoDePrueba, ahora: datetime, falla: str
) -> None:
    suceso = anunciar(2, ahora)
    con_tsa.fallar("tsa", falla)
    with pytest.raises(tsa.TsaNoResponde):
        anclaje.anclar(ahora=ahora)
    assert list(Punto.objects.values_list("ancla", "anclado_en")) == [(None, None)]
    assert get_prueba(suceso).paquete["ancla"] == ""
    con_tsa.reiniciar(reloj=HORA)
    assert anclaje.anclar(ahora=ahora) == 2


def test_sin_autoridad_configurada_no_pasa_nada(entidad: Entidad, ahora: datetime) -> None:
    anunciar(1, ahora)
    assert anclaje.anclar(ahora=ahora) == 0
    assert Punto.objects.get().ancla is None


def test_un_sello_puesto_no_se_reemplaza(entidad: Entidad, con_tsa: EstadoDePrueba, ahora: datetime) -> None:
    anunciar(2, ahora)
    anclaje.anclar(ahora=ahora)
    puesto = bytes(Punto.objects.get().ancla or b"")
    assert anclas.anotar_ancla(tamano=2, token=b"otro", anclado_en=ahora) is False
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE auditoria_punto SET ancla = 'otro'")
    assert bytes(Punto.objects.get().ancla or b"") == puesto


def test_lo_que_se_sella_es_el_texto_de_la_nota_sin_sus_firmas(
    entidad: Entidad, con_tsa: EstadoDePrueba, ahora: datetime
) -> None:
    anunciar(2, ahora)
    por_anclar = anclas.get_por_anclar(ahora=ahora)
    assert por_anclar is not None
    nota = Punto.objects.get().nota
    assert por_anclar.cuerpo == nota.split("\n\n")[0].encode() + b"\n"
    sello = tsa.pedir_sello(hashlib.sha256(por_anclar.cuerpo).digest(), ahora=ahora)
    cuerpo = puntos.leer_nota(nota).cuerpo.encode()
    verificador.comprobar_sello(sello.der, cuerpo, verificador.Confianza(), verificador.Informe())
