"""Un aviso devuelto deja de estar enviado, aunque vuelva días después: por una conversación SMTP de verdad."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_string
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.core import mail
from django.db import connections

from llaqta.cimientos import alarmas
from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.models import Suceso
from llaqta.lanzador.correo import devolver
from llaqta.salas.casilla import escucha, reactions, rebotes, rebotes_vigilados, services
from llaqta.salas.casilla.models import Adhesion, Alerta, Notificacion
from llaqta.salas.cuentas.models import Persona

from . import informes

pytestmark = pytest.mark.django_db
BASE = "rebotes@pichari.ejemplo.pe"
EL_NUEVE = datetime(2026, 6, 9, 9, 0, tzinfo=LIMA)


@pytest.fixture
def enviada(adhesion: Adhesion, depositar: Any, ahora: datetime, settings: Any) -> Alerta:
    """El aviso de un depósito, ya aceptado por el servidor de correo."""
    settings.REBOTES = BASE
    [alerta] = services.abrir_alertas(notificacion_id=depositar().pk, ahora=ahora)
    reactions.enviar_alerta(alerta_id=alerta.pk)
    alerta.refresh_from_db()
    assert alerta.resultado == "ENVIADA"
    return alerta


def volver(alerta: Alerta, plantilla: str, ahora: datetime) -> Alerta:
    rebote = rebotes.leer(plantilla.format(token=alerta.token).encode())
    assert rebote is not None
    services.anotar_rebote(rebote=rebote, ahora=ahora)
    alerta.refresh_from_db()
    return alerta


def test_cada_aviso_sale_con_su_propio_remitente_de_sobre(enviada: Alerta) -> None:
    [mensaje] = mail.outbox
    assert mensaje.from_email == f"rebotes+{enviada.token}@pichari.ejemplo.pe"
    escrito = message_from_string(mensaje.message().as_string())
    assert str(enviada.token) in escrito["Message-ID"]
    assert "rebotes+" not in escrito["From"]


def test_una_direccion_que_no_existe_rebota_la_notificacion_si_era_el_unico_medio(
    enviada: Alerta, ahora: datetime
) -> None:
    volver(enviada, informes.POSTFIX, ahora + timedelta(days=1))
    notificacion = Notificacion.objects.get()
    assert (enviada.resultado, notificacion.estado, notificacion.efecto_el) == (
        "FALLIDA",
        "REBOTADA_ALERTA",
        None,
    )
    assert enviada.detalle.startswith("Devuelto: 5.1.1 smtp; 550 5.1.1")
    assert enviada.devuelta_en == ahora + timedelta(days=1)
    assert services.declarar_eficacia(ahora=EL_NUEVE) == 0
    tipos = list(Suceso.objects.order_by("pk").values_list("tipo", flat=True))
    assert tipos[-2:] == ["casilla.AlertaDevuelta", "casilla.AlertaRebotada"]


def test_el_buzon_lleno_se_intenta_otra_vez(enviada: Alerta, ahora: datetime) -> None:
    volver(enviada, informes.BUZON_LLENO, ahora + timedelta(hours=1))
    notificacion = Notificacion.objects.get()
    assert notificacion.estado == "DEPOSITADA"
    siguiente = notificacion.alertas.get(intento=2)
    assert siguiente.resultado == "PENDIENTE"
    assert siguiente.token != enviada.token


def test_si_llego_por_otro_medio_no_rebota(enviada: Alerta, ahora: datetime) -> None:
    Notificacion.objects.update(canales=["CORREO", "SMS"])
    notificacion = Notificacion.objects.get()
    otra = services.abrir_alerta(notificacion=notificacion, canal="SMS", ahora=ahora)
    Alerta.objects.filter(pk=otra.pk).update(resultado="ENVIADA")
    volver(enviada, informes.GMAIL, ahora + timedelta(days=1))
    notificacion.refresh_from_db()
    assert notificacion.estado == "DEPOSITADA"
    assert services.declarar_eficacia(ahora=EL_NUEVE) == 1


def test_lo_que_ya_surtio_efecto_no_se_deshace_aunque_nadie_lo_declarara(enviada: Alerta) -> None:
    volver(enviada, informes.EXIM, EL_NUEVE)
    notificacion = Notificacion.objects.get()
    assert (notificacion.estado, notificacion.efecto_por) == ("EFECTIVA", "VENCIMIENTO")
    assert (enviada.resultado, enviada.devuelta_en) == ("FALLIDA", EL_NUEVE)


def test_lo_que_ya_se_leyo_tampoco(enviada: Alerta, ciudadana: Persona, ahora: datetime) -> None:
    notificacion = Notificacion.objects.get()
    services.abrir_notificacion(actor=ciudadana, codigo=notificacion.codigo, ahora=ahora)
    volver(enviada, informes.POSTFIX, ahora + timedelta(days=1))
    notificacion.refresh_from_db()
    assert (notificacion.efecto_por, notificacion.efecto_el) == ("LECTURA", ahora.date())
    assert enviada.resultado == "FALLIDA"


def test_el_mismo_informe_dos_veces_es_uno_y_un_retraso_no_cambia_nada(
    enviada: Alerta, ahora: datetime
) -> None:
    volver(enviada, informes.DEMORADO, ahora)
    assert enviada.resultado == "ENVIADA"
    for dia in (1, 2):
        volver(enviada, informes.POSTFIX, ahora + timedelta(days=dia))
    assert enviada.devuelta_en == ahora + timedelta(days=1)
    assert Suceso.objects.filter(tipo="casilla.AlertaDevuelta").count() == 1


def test_un_informe_de_entrega_deja_constancia_de_que_llego(enviada: Alerta, ahora: datetime) -> None:
    volver(enviada, informes.ENTREGADO, ahora)
    assert (enviada.resultado, enviada.entregada_en) == ("ENVIADA", ahora)


class _Servidor(Controller):
    def factory(self) -> SMTP:
        return escucha.hacer()


@pytest.fixture
def servidor(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    """El servidor de rebotes en un puerto libre; anota en la transacción de la prueba, que es la única que hay."""
    with socket.socket() as libre:
        libre.bind(("127.0.0.1", 0))
        puerto = libre.getsockname()[1]
    conexion = connections["default"]
    conexion.inc_thread_sharing()
    monkeypatch.setattr(
        escucha, "close_old_connections", lambda: connections.__setitem__("default", conexion)
    )
    controlador = _Servidor(None, hostname="127.0.0.1", port=puerto)
    controlador.start()
    yield "127.0.0.1", puerto
    controlador.stop()
    conexion.dec_thread_sharing()


def test_el_informe_llega_por_smtp_y_se_anota_antes_de_contestar(
    enviada: Alerta, servidor: tuple[str, int]
) -> None:
    para = f"rebotes+{enviada.token}@pichari.ejemplo.pe"
    with smtplib.SMTP(*servidor) as correo:
        correo.sendmail("", [para], informes.GMAIL.format(token=enviada.token).replace("\n", "\r\n").encode())
    enviada.refresh_from_db()
    assert enviada.resultado == "FALLIDA"


def test_lo_que_no_es_un_informe_se_rechaza_al_nombrarlo(enviada: Alerta, servidor: tuple[str, int]) -> None:
    para = f"rebotes+{enviada.token}@pichari.ejemplo.pe"
    with smtplib.SMTP(*servidor) as correo:
        correo.ehlo()
        assert correo.mail("rosa@ejemplo.pe")[0] == 550
        assert correo.mail("")[0] == 250
        assert correo.rcpt("alcaldia@pichari.ejemplo.pe")[0] == 550
        assert correo.rcpt(para)[0] == 250
        assert (
            correo.data(informes.FUERA_DE_OFICINA.format(token=enviada.token).replace("\n", "\r\n").encode())[
                0
            ]
            == 250
        )
    enviada.refresh_from_db()
    assert enviada.resultado == "ENVIADA"


def test_la_demostracion_devuelve_lo_que_va_a_una_direccion_que_rebota(
    enviada: Alerta, servidor: tuple[str, int]
) -> None:
    devolver(
        f"{servidor[0]}:{servidor[1]}", f"rebotes+{enviada.token}@pichari.ejemplo.pe", "rebota@ejemplo.pe"
    )
    enviada.refresh_from_db()
    assert enviada.resultado == "FALLIDA"
    assert "550 5.1.1 Esa direccion no existe" in enviada.detalle


def test_si_nadie_atiende_los_rebotes_lo_ve_la_administracion(administradora: Persona, settings: Any) -> None:
    def alarmadas() -> list[str]:
        return [una.frase for una in alarmas.list_alarmas(para=administradora)]

    rebotes_vigilados.vigilar()
    assert rebotes_vigilados.se_atienden() is None
    settings.REBOTES = "rebotes@pichari.ejemplo.pe"
    for _ in range(2):
        rebotes_vigilados.vigilar()
        assert alarmadas() == []
    rebotes_vigilados.vigilar()
    assert alarmadas() == ["Nadie atiende los avisos devueltos: un aviso que rebote no se sabrá."]
    rebotes_vigilados.latir()
    rebotes_vigilados.vigilar()
    assert alarmadas() == []
