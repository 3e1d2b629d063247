"""Abrir el documento es el acuse; mirar la lista, no. Y lo que nadie abre surte efecto solo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import NoEncontrado
from llaqta.cimientos.models import Suceso
from llaqta.salas.casilla import queries, services
from llaqta.salas.casilla.models import Adhesion, Notificacion
from llaqta.salas.casilla.testing import avisar_todo
from llaqta.salas.cuentas.models import Persona, Representacion

pytestmark = pytest.mark.django_db


def test_abrir_es_el_acuse_y_fija_el_efecto(
    adhesion: Adhesion, ciudadana: Persona, depositar: Any, ahora: datetime
) -> None:
    notificacion = depositar()
    leida = services.abrir_notificacion(
        actor=ciudadana, codigo=notificacion.codigo, ahora=ahora + timedelta(days=1)
    )
    assert leida.estado == Notificacion.Estado.LEIDA
    assert leida.leida_por == ciudadana
    assert leida.efecto_el == date(2026, 6, 2)
    assert Suceso.objects.filter(tipo="casilla.NotificacionLeida").count() == 1


def test_abrirla_otra_vez_no_cambia_el_acuse(
    adhesion: Adhesion, ciudadana: Persona, depositar: Any, ahora: datetime
) -> None:
    codigo = depositar().codigo
    primera = services.abrir_notificacion(actor=ciudadana, codigo=codigo, ahora=ahora + timedelta(days=1))
    segunda = services.abrir_notificacion(actor=ciudadana, codigo=codigo, ahora=ahora + timedelta(days=3))
    assert segunda.leida_en == primera.leida_en
    assert Suceso.objects.filter(tipo="casilla.NotificacionLeida").count() == 1


def test_la_ajena_no_existe(
    adhesion: Adhesion, otro_ciudadano: Persona, depositar: Any, ahora: datetime
) -> None:
    codigo = depositar().codigo
    with pytest.raises(NoEncontrado, match="No encontramos esa notificación en su casilla"):
        services.abrir_notificacion(actor=otro_ciudadano, codigo=codigo, ahora=ahora)
    assert not Suceso.objects.filter(tipo="casilla.NotificacionLeida").exists()


def test_la_abre_quien_representa_y_queda_quien_fue(
    adhesion: Adhesion, ciudadana: Persona, otro_ciudadano: Persona, depositar: Any, ahora: datetime
) -> None:
    Representacion.objects.create(
        representado=ciudadana,
        representante=otro_ciudadano,
        desde=date(2026, 1, 1),
        sustento="Carta poder simple",
    )
    leida = services.abrir_notificacion(actor=otro_ciudadano, codigo=depositar().codigo, ahora=ahora)
    assert leida.leida_por == otro_ciudadano
    suceso = Suceso.objects.get(tipo="casilla.NotificacionLeida")
    assert (suceso.actor_id, suceso.en_nombre_de_id) == (otro_ciudadano.pk, ciudadana.pk)


def test_sin_acuse_se_declara_efectiva_en_su_fecha_y_no_antes(adhesion: Adhesion, depositar: Any) -> None:
    notificacion = depositar()
    avisar_todo(ahora=datetime(2026, 6, 8, 23, 59, 59, tzinfo=LIMA))
    assert services.declarar_eficacia(ahora=datetime(2026, 6, 8, 23, 59, 59, tzinfo=LIMA)) == 0
    assert services.declarar_eficacia(ahora=datetime(2026, 6, 9, 0, 0, tzinfo=LIMA)) == 1
    assert services.declarar_eficacia(ahora=datetime(2026, 6, 9, 0, 5, tzinfo=LIMA)) == 0
    notificacion.refresh_from_db()
    assert notificacion.estado == Notificacion.Estado.EFECTIVA
    assert Suceso.objects.filter(tipo="casilla.NotificacionSurtioEfecto").count() == 1


def test_abrirla_tarde_deja_constancia_y_no_mueve_la_fecha(
    adhesion: Adhesion, ciudadana: Persona, depositar: Any
) -> None:
    codigo = depositar().codigo
    avisar_todo(ahora=datetime(2026, 6, 10, 8, 0, tzinfo=LIMA))
    services.declarar_eficacia(ahora=datetime(2026, 6, 10, 8, 0, tzinfo=LIMA))
    leida = services.abrir_notificacion(
        actor=ciudadana, codigo=codigo, ahora=datetime(2026, 6, 11, 9, 0, tzinfo=LIMA)
    )
    assert leida.estado == Notificacion.Estado.EFECTIVA
    assert leida.efecto_el == date(2026, 6, 9)


def test_mirar_la_lista_no_es_acuse(
    adhesion: Adhesion, ciudadana: Persona, depositar: Any, cliente: Callable[..., Client]
) -> None:
    notificacion = depositar()
    navegador = cliente(ciudadana)
    assert "Licencia de funcionamiento" in navegador.get("/casilla/").content.decode()
    pagina = navegador.get(f"/casilla/{notificacion.codigo}/").content.decode()
    assert "Abrir el documento y acusar recibo" in pagina
    assert f"/documentos/{notificacion.documento_id}/" not in pagina
    notificacion.refresh_from_db()
    assert notificacion.leida_en is None


def test_el_documento_no_se_alcanza_sin_acuse(
    adhesion: Adhesion, ciudadana: Persona, depositar: Any, cliente: Callable[..., Client]
) -> None:
    notificacion = depositar()
    navegador = cliente(ciudadana)
    direccion = f"/documentos/{notificacion.documento_id}/pdf"
    assert navegador.get(direccion, follow=True).status_code == 404
    navegador.post(f"/casilla/{notificacion.codigo}/abrir/")
    assert navegador.get(direccion, follow=True).status_code == 200


def test_abrir_solo_con_post(
    adhesion: Adhesion, ciudadana: Persona, depositar: Any, cliente: Callable[..., Client]
) -> None:
    notificacion = depositar()
    assert cliente(ciudadana).get(f"/casilla/{notificacion.codigo}/abrir/").status_code == 405
    notificacion.refresh_from_db()
    assert notificacion.leida_en is None


def test_count_sin_leer(adhesion: Adhesion, ciudadana: Persona, depositar: Any, ahora: datetime) -> None:
    codigo = depositar().codigo
    assert queries.count_sin_leer(para=ciudadana, al=date(2026, 6, 1)) == 1
    services.abrir_notificacion(actor=ciudadana, codigo=codigo, ahora=ahora)
    assert queries.count_sin_leer(para=ciudadana, al=date(2026, 6, 1)) == 0
