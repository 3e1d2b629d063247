"""El correo autorizado: su confirmación y, sin ella, la cédula (arts. 20.4 y 25.2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from smtplib import SMTPException
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.test import Client

from llaqta.cimientos.errors import NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.documentos.models import Documento
from llaqta.salas.notificaciones import mensaje, reactions, services
from llaqta.salas.notificaciones.models import AutorizacionDeCorreo, Diligencia

from .conftest import el

Huella = Callable[[], dict[str, int]]
Encargar = Callable[[Documento], services.Encargo]


@pytest.fixture
def enviada(
    acto: Callable[..., Documento], encargo: Encargar, especialista: Persona, autorizado: AutorizacionDeCorreo
) -> Diligencia:
    """Enviada el jueves 5 de noviembre de 2026."""
    return services.enviar_por_correo(
        actor=especialista, encargo=encargo(acto("2026-11-05 09:00")), ahora=el("2026-11-05")
    )


def test_27_sin_confirmacion_en_dos_dias_habiles_pasa_a_cedula(enviada: Diligencia) -> None:
    """Art. 20.4: enviado el jueves 5, nadie confirma hasta el lunes 9; el martes 10 corresponde la cédula.

    El plazo para notificar se cuenta otra vez: cinco días hábiles desde el 10, hasta el lunes 16 de noviembre.
    """
    assert enviada.acusar_hasta == date(2026, 11, 9)
    assert services.declarar_sin_acuse(ahora=el("2026-11-09 23:59")) == 0
    assert services.declarar_sin_acuse(ahora=el("2026-11-10 00:00")) == 1
    assert services.declarar_sin_acuse(ahora=el("2026-11-11 00:00")) == 0
    enviada.refresh_from_db()
    assert (enviada.estado, enviada.efecto_el) == ("SIN_ACUSE", None)
    assert (enviada.renotificar_desde, enviada.renotificar_hasta) == (date(2026, 11, 10), date(2026, 11, 16))
    assert Suceso.objects.filter(tipo="notificaciones.CorreoSinAcuse").count() == 1


def test_27_apagado_una_semana_las_fechas_son_las_de_la_ley(enviada: Diligencia) -> None:
    services.declarar_sin_acuse(ahora=el("2026-11-20 08:00"))
    enviada.refresh_from_db()
    assert (enviada.renotificar_desde, enviada.renotificar_hasta) == (date(2026, 11, 10), date(2026, 11, 16))


def test_confirmado_surte_efecto_el_dia_en_que_consta(enviada: Diligencia) -> None:
    """Art. 25.2; confirmar dos veces es una."""
    assert enviada.llave is not None
    for _ in range(2):
        services.acusar_recibo(llave=enviada.llave, ahora=el("2026-11-09 23:59"))
    enviada.refresh_from_db()
    assert (enviada.estado, enviada.efecto_el) == ("EFECTIVA", date(2026, 11, 9))
    assert Suceso.objects.filter(tipo="notificaciones.ReciboConfirmado").count() == 1
    assert services.declarar_sin_acuse(ahora=el("2026-11-20")) == 0


def test_confirmado_en_domingo_surte_efecto_el_lunes(enviada: Diligencia) -> None:
    assert enviada.llave is not None
    services.acusar_recibo(llave=enviada.llave, ahora=el("2026-11-08 12:00"))
    enviada.refresh_from_db()
    assert (enviada.estado, enviada.efecto_el) == ("PRACTICADA", date(2026, 11, 9))


def test_confirmar_tarde_no_cambia_nada_aunque_nadie_lo_haya_declarado(
    enviada: Diligencia, huella: Huella
) -> None:
    assert enviada.llave is not None
    antes = huella()
    with pytest.raises(NoProcede, match="El plazo para confirmar terminó"):
        services.acusar_recibo(llave=enviada.llave, ahora=el("2026-11-10 00:00"))
    assert huella() == antes


def test_28_sin_autorizacion_el_correo_no_es_notificacion(
    acto: Callable[..., Documento],
    encargo: Encargar,
    especialista: Persona,
    ciudadana: Persona,
    huella: Huella,
) -> None:
    """Art. 20.4: Rosa dio su correo, pero no autorizó que se le notifique ahí."""
    assert ciudadana.correo
    documento = acto("2026-11-05 09:00")
    antes = huella()
    with pytest.raises(services.CorreoSinAutorizacion, match="la autorización es expresa"):
        services.enviar_por_correo(actor=especialista, encargo=encargo(documento), ahora=el("2026-11-05"))
    assert huella() == antes


def test_28_retirada_la_autorizacion_no_se_envia_mas(
    acto: Callable[..., Documento], encargo: Encargar, especialista: Persona, ciudadana: Persona,
    autorizado: AutorizacionDeCorreo, huella: Huella,
) -> None:  # fmt: skip
    services.revocar_correo(actor=ciudadana, ahora=el("2026-11-04"))
    documento = acto("2026-11-05 09:00")
    antes = huella()
    with pytest.raises(services.CorreoSinAutorizacion):
        services.enviar_por_correo(actor=especialista, encargo=encargo(documento), ahora=el("2026-11-05"))
    with pytest.raises(NoProcede, match="no tiene un correo autorizado"):
        services.revocar_correo(actor=ciudadana, ahora=el("2026-11-05"))
    assert huella() == antes


def test_el_mensaje_lleva_el_acto_completo_y_el_enlace(enviada: Diligencia) -> None:
    with mock.patch("django.utils.timezone.now", return_value=el("2026-11-05 10:01")):
        for _ in range(2):  # el trabajo puede repetirse
            reactions.enviar_correo(enviada.pk)
    assert len(mail.outbox) == 1
    correo = mail.outbox[0]
    assert correo.to == ["rosa@ejemplo.pe"]
    assert f"/notificaciones/acuse/{enviada.llave}/" in correo.body
    assert "hasta el lunes 9 de noviembre de 2026" in correo.body
    assert "Puede apelar ante la Gerencia Municipal" in correo.body
    assert [adjunto[2] for adjunto in correo.attachments] == ["application/pdf"]  # type: ignore[index]


def test_si_el_correo_no_se_puede_entregar_pasa_a_cedula(enviada: Diligencia) -> None:
    """Cinco intentos; después, cédula, y el plazo se cuenta desde ese día."""
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=SMTPException("buzón inexistente")):
        for minuto in range(5):
            with mock.patch("django.utils.timezone.now", return_value=el(f"2026-11-05 10:0{minuto}")):
                reactions.enviar_correo(enviada.pk)
    enviada.refresh_from_db()
    assert (enviada.estado, enviada.envios.count()) == ("SIN_ACUSE", 5)
    assert "buzón inexistente" in enviada.motivo
    assert (enviada.renotificar_desde, enviada.renotificar_hasta) == (date(2026, 11, 6), date(2026, 11, 12))


def test_si_sale_al_dia_siguiente_los_dias_se_cuentan_desde_que_salio(enviada: Diligencia) -> None:
    envio = mensaje.Envio(True, "<x@llaqta.pe>", "Aceptado")
    services.anotar_envio(diligencia_id=enviada.pk, envio=envio, ahora=el("2026-11-06 08:00"))
    enviada.refresh_from_db()
    assert enviada.acusar_hasta == date(2026, 11, 10)


def test_la_pagina_del_enlace_no_confirma_al_abrirse(
    enviada: Diligencia, client: Client, entidad: object
) -> None:
    """Muchos buzones abren solos los enlaces: confirmar es apretar el botón; antes no se entrega el documento."""
    direccion = f"/notificaciones/acuse/{enviada.llave}/"
    with mock.patch("django.utils.timezone.now", return_value=el("2026-11-06 10:00")):
        assert "Confirmo que la recibí" in client.get(direccion).content.decode()
        assert client.get(f"{direccion}documento.pdf").status_code == 404
        enviada.refresh_from_db()
        assert enviada.acuse_en is None
        assert client.post(direccion).status_code == 302
        pagina = client.get(direccion).content.decode()
        assert re.search(r"surte efecto el <b>viernes 6 de noviembre de 2026", pagina)
        assert client.get(f"{direccion}documento.pdf")["Content-Type"] == "application/pdf"
        assert client.get("/notificaciones/acuse/otra-llave/").status_code == 404


def test_la_pagina_dice_que_el_plazo_paso(enviada: Diligencia, client: Client, entidad: object) -> None:
    direccion = f"/notificaciones/acuse/{enviada.llave}/"
    with mock.patch("django.utils.timezone.now", return_value=el("2026-11-10 10:00")):
        assert "no ha perdido ningún derecho" in client.get(direccion).content.decode()
        assert client.post(direccion).status_code == 409


def test_autorizar_y_retirar_desde_la_pantalla(
    ciudadana: Persona, autorizado: AutorizacionDeCorreo, cliente: Callable[..., Client]
) -> None:
    navegador: Any = cliente(ciudadana)
    assert "Autorizo mi correo." in navegador.get("/notificaciones/correo/").content.decode()
    respuesta = navegador.post("/notificaciones/correo/", {"correo": "otra@ejemplo.pe"})
    assert respuesta.status_code == 422
    respuesta = navegador.post("/notificaciones/correo/", {"correo": "otra@ejemplo.pe", "autorizo": "on"})
    assert respuesta.status_code == 302
    vigente = AutorizacionDeCorreo.objects.get(revocada_en=None)
    assert (vigente.correo, vigente.texto.version) == ("otra@ejemplo.pe", 1)
    assert navegador.post("/notificaciones/correo/retirar/", {"confirmo": "on"}).status_code == 302
    assert not AutorizacionDeCorreo.objects.filter(revocada_en=None).exists()
