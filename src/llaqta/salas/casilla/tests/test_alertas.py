"""Un intento por medio, escrito antes y después de enviarlo: nada se pierde, y a lo más sale uno de más."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from llaqta.cimientos.calendario import LIMA
from llaqta.cimientos.errors import Denegado, NoProcede
from llaqta.cimientos.models import Suceso
from llaqta.salas.casilla import reactions, services, sms
from llaqta.salas.casilla.mensajeria.emulador import PasarelaDePrueba
from llaqta.salas.casilla.models import Adhesion, Alerta, Notificacion
from llaqta.salas.cuentas.models import Persona
from llaqta.salas.plazos import services as plazos

from .test_depositar import huellas

pytestmark = pytest.mark.django_db
MUCHO_DESPUES = datetime(2026, 7, 15, 9, 0, tzinfo=LIMA)


@pytest.fixture
def pasarela(settings: Any) -> Iterator[PasarelaDePrueba]:
    """Una pasarela de verdad en un puerto libre, y Llaqta configurada para usarla."""
    emulada = PasarelaDePrueba().encender()
    settings.SMS = {
        **settings.SMS,
        "via": "pasarela",
        "url": emulada.url,
        "cabeceras": {},
        "cuerpo": '{"to": "{numero}", "text": "{texto}"}',
        "espera": 2,
    }
    yield emulada
    emulada.apagar()


@pytest.fixture
def con_celular(adhesion: Adhesion) -> Adhesion:
    adhesion.telefono = "987 654 321"
    adhesion.save()
    return adhesion


def enviar_todo(notificacion: Notificacion) -> None:
    """Atiende los envíos pendientes de una notificación, como el trabajador."""
    for alerta in Alerta.objects.filter(notificacion=notificacion, resultado="PENDIENTE"):
        reactions.enviar_alerta(alerta_id=alerta.pk)
    notificacion.refresh_from_db()


def resultados(notificacion: Notificacion) -> list[tuple[str, int, str]]:
    return list(notificacion.alertas.values_list("canal", "intento", "resultado"))


def test_con_celular_y_mensajeria_se_avisa_por_los_dos_medios(
    con_celular: Adhesion, depositar: Any, pasarela: PasarelaDePrueba, ahora: datetime
) -> None:
    notificacion = depositar(asunto="Multa por ruidos molestos")
    assert notificacion.canales == ["CORREO", "SMS"]
    services.abrir_alertas(notificacion_id=notificacion.pk, ahora=ahora)
    enviar_todo(notificacion)
    assert resultados(notificacion) == [("CORREO", 1, "ENVIADA"), ("SMS", 1, "ENVIADA")]
    [mensaje] = pasarela.mensajes
    por_sms = notificacion.alertas.get(canal="SMS")
    assert (mensaje["to"], mensaje["llave"]) == ("+51987654321", str(por_sms.token))
    assert por_sms.identificador == mensaje["id"]
    assert "EXP-2026-000001-3" in mensaje["text"]
    assert "Multa" not in mensaje["text"]
    assert len(mensaje["text"]) <= 160
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("telefono", ["", "084 234567"])
def test_sin_celular_se_avisa_por_correo_y_nada_mas(
    adhesion: Adhesion, depositar: Any, pasarela: PasarelaDePrueba, telefono: str
) -> None:
    adhesion.telefono = telefono
    adhesion.save()
    assert depositar().canales == ["CORREO"]


def test_sin_mensajeria_tampoco(con_celular: Adhesion, depositar: Any) -> None:
    assert depositar().canales == ["CORREO"]


def test_sin_cobertura_quedan_los_intentos_y_su_falla_y_el_correo_basta(
    con_celular: Adhesion, depositar: Any, pasarela: PasarelaDePrueba, ahora: datetime
) -> None:
    pasarela.estado = 503
    notificacion = depositar()
    services.abrir_alertas(notificacion_id=notificacion.pk, ahora=ahora)
    for _ in range(5):
        enviar_todo(notificacion)
    assert resultados(notificacion) == [
        ("CORREO", 1, "ENVIADA"), *[("SMS", intento, "FALLIDA") for intento in range(1, 6)],
    ]  # fmt: skip
    assert notificacion.estado == "DEPOSITADA"
    assert services.declarar_eficacia(ahora=MUCHO_DESPUES) == 1


def test_si_la_regla_exige_todos_la_falla_de_uno_rebota(
    con_celular: Adhesion,
    administradora: Persona,
    depositar: Any,
    pasarela: PasarelaDePrueba,
    ahora: datetime,
) -> None:
    """CASILLA_CANALES_EXIGIDOS se lee al depositar y queda congelada."""
    plazos.cambiar_regla(
        actor=administradora, codigo="CASILLA_CANALES_EXIGIDOS", valor="TODOS", norma="Informe 1",
        desde=date(2026, 6, 1), nota="Para la prueba.", ahora=ahora,
    )  # fmt: skip
    pasarela.estado = 400
    notificacion = depositar()
    services.abrir_alertas(notificacion_id=notificacion.pk, ahora=ahora)
    enviar_todo(notificacion)
    assert (notificacion.canales_exigidos, notificacion.estado) == ("TODOS", "REBOTADA_ALERTA")
    assert "por todos los medios que la regla exige" in " ".join(notificacion.explicacion)


def test_mientras_un_medio_se_intenta_no_vence_aunque_el_otro_llegara(
    con_celular: Adhesion, depositar: Any, pasarela: PasarelaDePrueba, ahora: datetime
) -> None:
    notificacion = depositar()
    services.abrir_alertas(notificacion_id=notificacion.pk, ahora=ahora)
    reactions.enviar_alerta(alerta_id=notificacion.alertas.get(canal="CORREO").pk)
    assert services.declarar_eficacia(ahora=MUCHO_DESPUES) == 0
    reactions.enviar_alerta(alerta_id=notificacion.alertas.get(canal="SMS").pk)
    assert services.declarar_eficacia(ahora=MUCHO_DESPUES) == 1


def test_abrir_las_alertas_dos_veces_es_una(adhesion: Adhesion, depositar: Any, ahora: datetime) -> None:
    notificacion = depositar()
    for _ in range(2):
        services.abrir_alertas(notificacion_id=notificacion.pk, ahora=ahora)
    assert resultados(notificacion) == [("CORREO", 1, "PENDIENTE")]
    assert ProcrastinateJob.objects.filter(task_name="casilla.enviar_alerta").count() == 1


def test_lo_que_quedo_a_medias_se_envia_una_vez_mas_con_la_misma_llave_y_nunca_una_tercera(
    con_celular: Adhesion, depositar: Any, pasarela: PasarelaDePrueba, ahora: datetime
) -> None:
    """La máquina se apaga después de que la pasarela lo aceptó y antes de anotarlo."""
    notificacion = depositar()
    services.abrir_alertas(notificacion_id=notificacion.pk, ahora=ahora)
    alerta = notificacion.alertas.get(canal="SMS")
    for _ in range(2):
        tomada = services.tomar_alerta(alerta_id=alerta.pk, ahora=ahora)
        assert tomada is not None
        sms.enviar_aviso(tomada)  # y aquí muere
    reactions.enviar_alerta(alerta_id=alerta.pk)
    alerta.refresh_from_db()
    assert (alerta.resultado, alerta.retomas) == ("INCIERTA", 1)
    assert [pedido["llave"] for pedido in pasarela.pedidos] == [str(alerta.token)] * 2
    assert len(pasarela.mensajes) == 1


def test_retomado_una_vez_se_anota_como_cualquiera(
    adhesion: Adhesion, depositar: Any, ahora: datetime
) -> None:
    notificacion = depositar()
    [alerta] = services.abrir_alertas(notificacion_id=notificacion.pk, ahora=ahora)
    services.tomar_alerta(alerta_id=alerta.pk, ahora=ahora)  # el que la tomó murió
    reactions.enviar_alerta(alerta_id=alerta.pk)
    alerta.refresh_from_db()
    assert (alerta.resultado, alerta.retomas) == ("ENVIADA", 1)


def test_una_direccion_que_el_servidor_niega_no_se_insiste(
    adhesion: Adhesion, depositar: Any, ahora: datetime
) -> None:
    notificacion = depositar()
    services.abrir_alertas(notificacion_id=notificacion.pk, ahora=ahora)
    negada = SMTPRecipientsRefused({"rosa@ejemplo.pe": (550, b"5.1.1 User unknown")})
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=negada):
        enviar_todo(notificacion)
    assert resultados(notificacion) == [("CORREO", 1, "FALLIDA")]
    assert "550 5.1.1 User unknown" in notificacion.alertas.get().detalle
    assert notificacion.estado == "REBOTADA_ALERTA"


def test_la_administracion_reintenta_lo_incierto_con_otra_llave(
    adhesion: Adhesion, administradora: Persona, ciudadana: Persona, depositar: Any, ahora: datetime
) -> None:
    notificacion = depositar()
    [alerta] = services.abrir_alertas(notificacion_id=notificacion.pk, ahora=ahora)
    with pytest.raises(NoProcede, match="todavía se está intentando"):
        services.reintentar_alerta(actor=administradora, alerta=alerta, ahora=ahora)
    Alerta.objects.update(resultado="INCIERTA")
    antes = huellas()
    with pytest.raises(Denegado):
        services.reintentar_alerta(actor=ciudadana, alerta=alerta, ahora=ahora)
    assert huellas() == antes
    nueva = services.reintentar_alerta(actor=administradora, alerta=alerta, ahora=ahora)
    assert (nueva.intento, nueva.resultado) == (2, "PENDIENTE")
    assert nueva.token != alerta.token
    assert Suceso.objects.get(tipo="casilla.AlertaReintentada").actor_id == administradora.pk


def test_la_huella_de_la_direccion_lleva_sal(adhesion: Adhesion, depositar: Any, ahora: datetime) -> None:
    notificacion = depositar()
    una = services.abrir_alerta(notificacion=notificacion, ahora=ahora)
    otra = services.abrir_alerta(notificacion=notificacion, ahora=ahora + timedelta(minutes=1))
    assert una.direccion == otra.direccion
    assert una.huella != otra.huella
    assert len(una.huella) == 64


def test_el_texto_siempre_cabe_en_un_mensaje(
    adhesion: Adhesion, depositar: Any, entidad: Any, settings: Any
) -> None:
    settings.URL_PUBLICA = "https://gestion-documental.municipalidad-distrital-de-pichari.gob.pe"
    notificacion = depositar()
    assert len(sms.redactar(notificacion)) <= 160
    entidad.nombre_corto = "Municipalidad Distrital de un lugar con un nombre verdaderamente largo"[:60]
    entidad.save()
    assert len(sms.redactar(notificacion)) <= 160
