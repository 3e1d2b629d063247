"""El aviso por correo se entrega a un servidor SMTP de verdad, y cada intento queda escrito."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from procrastinate.contrib.django.models import ProcrastinateJob

from llaqta.salas.casilla import reactions
from llaqta.salas.casilla.models import Adhesion, Alerta, Notificacion

pytestmark = pytest.mark.django_db


class Buzon:
    """Guarda lo que llega; rechaza si se le pide."""

    def __init__(self) -> None:
        self.mensajes: list[Message] = []
        self.rechazar = False

    async def handle_DATA(self, servidor: Any, sesion: Any, sobre: Any) -> str:  # noqa: N802 - nombre de aiosmtpd
        """Recibe un mensaje."""
        if self.rechazar:
            return "452 Buzon lleno"
        self.mensajes.append(message_from_bytes(sobre.content))
        return "250 Recibido"


@pytest.fixture
def buzon(settings: Any) -> Iterator[Buzon]:
    """Un servidor SMTP en un puerto libre, y Llaqta configurada para usarlo."""
    with socket.socket() as libre:
        libre.bind(("127.0.0.1", 0))
        puerto = libre.getsockname()[1]
    buzon = Buzon()
    servidor = Controller(buzon, hostname="127.0.0.1", port=puerto)
    servidor.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", puerto
    yield buzon
    servidor.stop()


def abrir_alerta(notificacion: Notificacion) -> Alerta:
    return reactions.services.abrir_alerta(notificacion=notificacion, ahora=notificacion.depositada_en)


def test_el_aviso_llega_y_no_cuenta_que_dice_el_acto(
    adhesion: Adhesion, depositar: Any, buzon: Buzon
) -> None:
    notificacion = depositar(asunto="Multa por ruidos molestos")
    alerta = abrir_alerta(notificacion)
    reactions.enviar_alerta(alerta_id=alerta.pk)
    alerta.refresh_from_db()
    assert alerta.resultado == Alerta.Resultado.ENVIADA
    [mensaje] = buzon.mensajes
    cuerpo = mensaje.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert mensaje["To"] == "rosa@ejemplo.pe"
    assert mensaje["Message-ID"] == alerta.identificador
    assert f"/casilla/{notificacion.codigo}/" in cuerpo
    assert "tiene 5 días hábiles para abrirla" in cuerpo
    assert "Multa" not in cuerpo


def test_un_aviso_enviado_no_se_envia_otra_vez(adhesion: Adhesion, depositar: Any, buzon: Buzon) -> None:
    alerta = abrir_alerta(depositar())
    reactions.enviar_alerta(alerta_id=alerta.pk)
    reactions.enviar_alerta(alerta_id=alerta.pk)
    assert len(buzon.mensajes) == 1


def test_si_el_servidor_rechaza_queda_escrito_y_se_vuelve_a_intentar(
    adhesion: Adhesion, depositar: Any, buzon: Buzon
) -> None:
    buzon.rechazar = True
    alerta = abrir_alerta(depositar())
    reactions.enviar_alerta(alerta_id=alerta.pk)
    alerta.refresh_from_db()
    assert alerta.resultado == Alerta.Resultado.FALLIDA
    assert "452" in alerta.detalle
    siguiente = Alerta.objects.get(intento=2)
    assert siguiente.resultado == Alerta.Resultado.PENDIENTE
    trabajo = ProcrastinateJob.objects.get(
        task_name="casilla.enviar_alerta", args={"alerta_id": siguiente.pk}
    )
    assert trabajo.scheduled_at is not None


def test_al_quinto_fallo_no_se_insiste_mas(adhesion: Adhesion, depositar: Any, buzon: Buzon) -> None:
    buzon.rechazar = True
    notificacion = depositar()
    abrir_alerta(notificacion)
    for intento in range(1, 6):
        reactions.enviar_alerta(alerta_id=Alerta.objects.get(intento=intento).pk)
    assert list(notificacion.alertas.values_list("resultado", flat=True)) == ["FALLIDA"] * 5


@pytest.mark.parametrize(
    ("cual", "dicho"),
    [
        ("LEY31736_5DIAS", "tiene 5 días hábiles para abrirla"),
        ("DEPOSITO", "surte efecto el día en que se depositó"),
        ("ACUSE", "surte efecto el día en que la abra"),
    ],
)
def test_el_aviso_no_promete_dias_que_la_regla_no_da(
    cual: str, dicho: str, adhesion: Adhesion, depositar: Any, buzon: Buzon
) -> None:
    notificacion = depositar()
    Notificacion.objects.filter(pk=notificacion.pk).update(regla_efecto=cual)
    alerta = abrir_alerta(Notificacion.objects.get(pk=notificacion.pk))

    reactions.enviar_alerta(alerta_id=alerta.pk)

    [mensaje] = buzon.mensajes
    cuerpo = mensaje.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert dicho in cuerpo
    assert ("5 días" in cuerpo) == (cual == "LEY31736_5DIAS")
